# SPDX-License-Identifier: MIT
# The manual: compared with the headers, its examples compiled and run.
find_package(Python3 3.7 COMPONENTS Interpreter)

if(NOT Python3_Interpreter_FOUND)
  add_test(NAME manual COMMAND ${CMAKE_COMMAND} -E echo
    "skip manual: no python3\nmanual: 0 passed, 0 failed, 1 skipped")
elseif(NOT WIN32)
  include(${PROJECT_SOURCE_DIR}/cmake/doc_arguments.cmake)
  set(aliases)
  if(MEMWARD_INSTALL)
    set(aliases --aliases ${PROJECT_BINARY_DIR}/man)
  endif()
  add_test(NAME manual COMMAND ${Python3_EXECUTABLE}
    ${CMAKE_CURRENT_LIST_DIR}/manual_test.py ${PROJECT_SOURCE_DIR}
    ${aliases} ${doc_arguments})
  set_tests_properties(manual PROPERTIES TIMEOUT 300)
endif()

# The system calls in memward(7), compared with what a tracer sees. Sanitizers
# make calls of their own, and leak checkers want to be the tracer.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND Python3_Interpreter_FOUND
    AND NOT CMAKE_CROSSCOMPILING AND NOT MEMWARD_SANITIZE)
  add_executable(manual_calls manual/calls.c)
  target_link_libraries(manual_calls
    PRIVATE memward_options memward_static Threads::Threads)
  add_test(NAME system_calls COMMAND ${Python3_EXECUTABLE}
    ${CMAKE_CURRENT_LIST_DIR}/calls_test.py $<TARGET_FILE:manual_calls>
    ${PROJECT_SOURCE_DIR}/man/memward.7)
  set_tests_properties(system_calls PROPERTIES TIMEOUT 120)
endif()
