# SPDX-License-Identifier: MIT
# Wiping as the process ends.
if(NOT WIN32)
  memward_test(ends_test ends/ends_test.c ends/ends_signals.c
    ends/ends_chain.c ward/ward_util.c ${ward_support})
  target_include_directories(ends_test PRIVATE
    ${CMAKE_CURRENT_SOURCE_DIR}/ward)
  if(HAS_LINKER_WRAP AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
    memward_test(ends_fault_test ends/ends_fault_test.c ward/ward_util.c
      ${ward_support})
    target_include_directories(ends_fault_test PRIVATE
      ${CMAKE_CURRENT_SOURCE_DIR}/ward)
    foreach(call sigaction atexit prctl setrlimit)
      target_link_options(ends_fault_test PRIVATE -Wl,--wrap=${call})
    endforeach()
  else()
    message(STATUS "ends_fault_test is left out: the linker has no --wrap")
  endif()
  # Nothing of it needs a lock.
  add_test(NAME ends_test_limit_0 COMMAND
    ${CMAKE_CURRENT_SOURCE_DIR}/user/as_user.sh
    $<TARGET_FILE:as_user> 0 $<TARGET_FILE:ends_test>)
  set_tests_properties(ends_test_limit_0 PROPERTIES TIMEOUT 120 LABELS user)
endif()
