# SPDX-License-Identifier: MIT
# Wards: the public interface, misuse, limits.
set(ward_sources)
foreach(part ward_test ward_util ward_policy ward_override ward_packed
    ward_guarded ward_resize ward_address ward_window ward_report ward_budget
    ward_range ward_quiet)
  list(APPEND ward_sources ${CMAKE_CURRENT_SOURCE_DIR}/ward/${part}.c)
endforeach()
set(ward_support ${CMAKE_CURRENT_SOURCE_DIR}/support_ward.c)
set(death_sources)
foreach(part death_test death_pointers death_writes death_guards ward_util)
  list(APPEND death_sources ${CMAKE_CURRENT_SOURCE_DIR}/ward/${part}.c)
endforeach()
if(NOT WIN32)
  memward_test(ward_test ${ward_sources} ${ward_support})
  memward_test(death_test ${death_sources} ${ward_support})
endif()
