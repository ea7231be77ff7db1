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
