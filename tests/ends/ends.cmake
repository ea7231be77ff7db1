# SPDX-License-Identifier: MIT
# Wiping as the process ends.
if(NOT WIN32)
  memward_test(ends_test ends/ends_test.c ends/ends_signals.c
    ends/ends_chain.c ward/ward_util.c ${ward_support})
  target_include_directories(ends_test PRIVATE
    ${CMAKE_CURRENT_SOURCE_DIR}/ward)
  # Nothing of it needs a lock.
  add_test(NAME ends_test_limit_0 COMMAND
    ${CMAKE_CURRENT_SOURCE_DIR}/user/as_user.sh
    $<TARGET_FILE:as_user> 0 $<TARGET_FILE:ends_test>)
  set_tests_properties(ends_test_limit_0 PROPERTIES TIMEOUT 120 LABELS user)
endif()
