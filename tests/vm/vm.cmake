# SPDX-License-Identifier: MIT
# What the laboratory (README.md beside this file) takes into its guests: the
# programs of the suite, and a few of its own.
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
  return()
endif()
add_executable(lab_secrets vm/lab_secrets.c)
target_link_libraries(lab_secrets PRIVATE memward_options memward_static)

set(lab_programs ${suite_programs})
list(FILTER lab_programs EXCLUDE REGEX "^(wipe_lto|wipe_release|deny)")
add_custom_target(lab DEPENDS ${lab_programs} lab_secrets as_user)
# Its list of suites, the guest's order of running them.
set(lines "")
foreach(name ${lab_programs})
  string(APPEND lines "$<TARGET_FILE:${name}>\n")
endforeach()
set(extra "$<TARGET_FILE:lab_secrets>\n$<TARGET_FILE:as_user>\n")
if(TARGET memward_tool)
  add_dependencies(lab memward_tool)
  string(APPEND extra "$<TARGET_FILE:memward_tool>\n")
endif()
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/lab_suites CONTENT "${lines}")
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/lab_tools CONTENT "${extra}")

find_package(Python3 COMPONENTS Interpreter QUIET)
if(Python3_Interpreter_FOUND AND NOT CMAKE_CROSSCOMPILING)
  add_test(NAME lab_test COMMAND ${Python3_EXECUTABLE}
    ${CMAKE_CURRENT_LIST_DIR}/lab_test.py $<TARGET_FILE:lab_secrets>)
endif()
