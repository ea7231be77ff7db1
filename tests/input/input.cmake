# SPDX-License-Identifier: MIT
# Secrets on their way in: descriptors, files, terminals, the environment.
if(NOT WIN32)
  set(input_sources)
  foreach(part input_test input_util input_read input_files input_take)
    list(APPEND input_sources ${CMAKE_CURRENT_SOURCE_DIR}/input/${part}.c)
  endforeach()
  memward_test(input_test ${input_sources} ward/ward_util.c
    ward/probe_posix.c ward/probe_wait.c ${ward_support})
  memward_test(input_residue_test input/input_residue_test.c
    input/input_util.c ward/ward_util.c ${ward_support})
  memward_test(terminal_test input/terminal_test.c
    input/terminal_signal.c support_terminal.c ward/ward_util.c
    ${ward_support})
  # The library once more, with the calls of its seam sent to the test.
  set(seam ${PROJECT_SOURCE_DIR}/src/mem_sys/posix_input.c
    ${PROJECT_SOURCE_DIR}/src/mem_sys/posix_terminal.c)
  add_library(input_seam OBJECT EXCLUDE_FROM_ALL ${seam})
  target_compile_options(input_seam PRIVATE
    "SHELL:-include ${CMAKE_CURRENT_SOURCE_DIR}/input/io_faults.h")
  target_include_directories(input_seam PRIVATE
    ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(input_seam PRIVATE memward_options)
  set(others $<TARGET_OBJECTS:memward_objects>)
  set(others $<FILTER:${others},EXCLUDE,/posix_input|/posix_terminal>)
  add_executable(input_fault_test input/input_fault_test.c
    input/input_util.c support_terminal.c ward/ward_util.c ${ward_support}
    ${others}
    $<TARGET_OBJECTS:input_seam> $<TARGET_OBJECTS:memward_cipher>
    $<TARGET_OBJECTS:memward_test_support>)
  target_include_directories(input_fault_test PRIVATE
    ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(input_fault_test PRIVATE memward_options
    Threads::Threads ${MEMWARD_CIPHER_LIBRARIES})
  add_test(NAME input_fault_test COMMAND input_fault_test)
  set_tests_properties(input_fault_test PROPERTIES TIMEOUT 120)
  foreach(limit 65536 8388608)
    add_test(NAME input_test_limit_${limit} COMMAND
      ${CMAKE_CURRENT_SOURCE_DIR}/user/as_user.sh
      $<TARGET_FILE:as_user> ${limit} $<TARGET_FILE:input_test>)
    set_tests_properties(input_test_limit_${limit} PROPERTIES
      TIMEOUT 120 LABELS user)
  endforeach()
endif()
