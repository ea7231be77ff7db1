# SPDX-License-Identifier: MIT
# Secrets on their way in: descriptors, files, terminals, the environment.
if(NOT WIN32)
  set(input_sources)
  foreach(part input_test input_util input_read input_files input_take
      input_residue)
    list(APPEND input_sources ${CMAKE_CURRENT_SOURCE_DIR}/input/${part}.c)
  endforeach()
  memward_test(input_test ${input_sources} ward/ward_util.c ${ward_support})
  memward_test(terminal_test input/terminal_test.c
    input/terminal_signal.c support_terminal.c ward/ward_util.c
    ${ward_support})
  foreach(limit 65536 8388608)
    add_test(NAME input_test_limit_${limit} COMMAND
      ${CMAKE_CURRENT_SOURCE_DIR}/user/as_user.sh
      $<TARGET_FILE:as_user> ${limit} $<TARGET_FILE:input_test>)
    set_tests_properties(input_test_limit_${limit} PROPERTIES
      TIMEOUT 120 LABELS user)
  endforeach()
endif()
