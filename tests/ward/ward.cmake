# SPDX-License-Identifier: MIT
# Wards: the public interface, misuse, limits.
set(ward_sources)
foreach(part ward_test ward_util ward_policy ward_override ward_packed
    ward_guarded ward_resize ward_address ward_window ward_report ward_budget
    ward_range ward_quiet)
  list(APPEND ward_sources ${CMAKE_CURRENT_SOURCE_DIR}/ward/${part}.c)
endforeach()
set(ward_support ${CMAKE_CURRENT_SOURCE_DIR}/support_ward.c)
if(NOT WIN32)
  memward_test(ward_test ${ward_sources} ${ward_support})
  target_include_directories(ward_test PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/ward)
endif()
