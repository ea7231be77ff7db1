# SPDX-License-Identifier: MIT
# Drives the built tool as a user would; needs the tool and Python.
find_package(Python3 COMPONENTS Interpreter)

if(MEMWARD_TOOL AND UNIX AND NOT CMAKE_CROSSCOMPILING)
  # The tool over a layer that does nothing: its proof must fail.
  add_executable(memward_tool_broken ${MEMWARD_TOOL_SOURCES})
  target_link_libraries(memward_tool_broken
    PRIVATE memward_options memward_tool_options memward_static memward_broken)
  add_library(memward_broken STATIC cli/broken.c cli/broken_ward.c)
  target_link_libraries(memward_broken PRIVATE memward_options memward_static)
  # It asks the tool to lock, as the tool asks it for memory.
  target_include_directories(memward_broken PRIVATE ${PROJECT_SOURCE_DIR})
  foreach(call alloc free protect set_fork_rule disable_core_dumps)
    target_compile_definitions(memward_tool_broken PRIVATE
      memward_sys_${call}=broken_${call})
  endforeach()
  foreach(call open close new new_guarded resize begin end check
      report_secret wipe_all wipe_on_signals harden seal unseal sealed_free call
      with read_fd read_file read_tty take_environment)
    target_compile_definitions(memward_tool_broken PRIVATE
      memward_${call}=broken_${call})
  endforeach()
  # These names are taken by the layer's own.
  foreach(call free protect)
    target_compile_definitions(memward_tool_broken PRIVATE
      memward_${call}=broken_${call}_secret)
  endforeach()

  set(filtered "none")
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    add_executable(filtered support_filtered.c)
    target_link_libraries(filtered PRIVATE memward_options)
    set(filtered $<TARGET_FILE:filtered>)
  endif()
  if(Python3_Interpreter_FOUND)
    foreach(name cli prove_secret scan)
      add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE}
        ${CMAKE_CURRENT_LIST_DIR}/${name}_test.py
        $<TARGET_FILE:memward_tool> $<TARGET_FILE:memward_tool_broken>
        ${filtered} ${PROJECT_SOURCE_DIR} ${PROJECT_VERSION}
        ${MEMWARD_SANITIZE})
    endforeach()
  else()
    foreach(name cli prove_secret scan)
      add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -E echo
        "skip ${name}: no Python 3\n${name}: 0 passed, 0 failed, 1 skipped")
    endforeach()
  endif()
  # A command may take 1,000 seconds: a proof takes a sanitizer a quarter of a minute,
  # and more beside others.
  set(timeout 1200)
  if(MEMWARD_SANITIZE)
    set(timeout 1800)
  endif()
  # The longest ones begin first.
  set_tests_properties(cli prove_secret scan PROPERTIES
    TIMEOUT ${timeout} COST 100)
endif()
