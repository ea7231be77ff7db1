# SPDX-License-Identifier: MIT
# Wiping as the process ends.
if(NOT WIN32)
  memward_test(ends_test ends/ends_test.c ends/ends_signals.c
    ends/ends_chain.c ward/ward_util.c ${ward_support})
  target_include_directories(ends_test PRIVATE
    ${CMAKE_CURRENT_SOURCE_DIR}/ward)
endif()
