# SPDX-License-Identifier: MIT
# Secrets on their way out.
if(NOT WIN32)
  memward_test(output_test output/output_test.c output/output_ends.c
    output/output_hand.c output/output_util.c ward/ward_util.c
    ward/probe_posix.c ward/probe_wait.c ${ward_support})
  target_include_directories(output_test PRIVATE
    ${CMAKE_CURRENT_SOURCE_DIR}/ward)
  set_tests_properties(output_test PROPERTIES LABELS threads
    ENVIRONMENT "TSAN_OPTIONS=report_thread_leaks=0")
  add_dependencies(threads output_test)
  # Nothing of it needs a lock.
  add_test(NAME output_test_limit_0 COMMAND
    ${CMAKE_CURRENT_SOURCE_DIR}/user/as_user.sh
    $<TARGET_FILE:as_user> 0 $<TARGET_FILE:output_test>)
  set_tests_properties(output_test_limit_0 PROPERTIES TIMEOUT 120 LABELS user)
  # Calls that fail: the linker puts others in the place of the C library's.
  if(HAS_LINKER_WRAP AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
    memward_test(output_fault_test output/output_fault_test.c
      output/output_util.c ward/ward_util.c ward/probe_posix.c
      ward/probe_wait.c ${ward_support})
    target_include_directories(output_fault_test PRIVATE
      ${CMAKE_CURRENT_SOURCE_DIR}/ward)
    foreach(call write send poll pthread_sigmask fcntl pipe2 syscall
        ftruncate mmap madvise getrandom fstatfs)
      target_link_options(output_fault_test PRIVATE -Wl,--wrap=${call})
    endforeach()
  else()
    message(STATUS "output_fault_test is left out: the linker has no --wrap")
  endif()
endif()
