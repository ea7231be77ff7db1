# SPDX-License-Identifier: MIT
# The suite on this kernel, with one optional feature refused by a filter of
# system calls: once as a kernel refuses that does not know it, once as a
# container does.
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
  return()
endif()
add_executable(deny deny/deny.c)
target_include_directories(deny PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(deny PRIVATE memward_options)
if(CMAKE_CROSSCOMPILING OR MEMWARD_SANITIZE)
  # Sanitizers ask the kernel for things of their own.
  return()
endif()
add_test(NAME deny_try COMMAND deny --try)

# What tells nothing new about a kernel, or much of the same for long.
set(denied ${suite_programs})
list(FILTER denied EXCLUDE REGEX
  "^(unit_|wipe_|random_)|limits_|residue_|quickstart")
list(TRANSFORM denied REPLACE "(.+)" "$<TARGET_FILE:\\1>"
  OUTPUT_VARIABLE denied_files)
foreach(case memfd_secret:ENOSYS memfd_secret:EPERM pkey_alloc:ENOSYS
    pkey_alloc:EPERM mseal:ENOSYS mseal:EPERM membarrier:ENOSYS
    membarrier:EPERM guard_advice:EINVAL guard_advice:EPERM
    wipeonfork:EINVAL wipeonfork:EPERM)
  string(REPLACE ":" ";" case ${case})
  list(GET case 0 call)
  list(GET case 1 error)
  add_test(NAME deny_${call}_${error} COMMAND
    ${CMAKE_CURRENT_SOURCE_DIR}/deny/denied.sh
    $<TARGET_FILE:deny> ${call} ${error} ${denied_files})
  set_tests_properties(deny_${call}_${error} PROPERTIES
    TIMEOUT 300 LABELS denied)
endforeach()
