# SPDX-License-Identifier: MIT
# Tests of the Windows backend, on Windows or under Wine.
if(NOT WIN32)
  return()
endif()
set(windows ${CMAKE_CURRENT_LIST_DIR})

# The backend once more, with its calls sent to the model of what Wine lacks.
add_library(memward_windows_redirected OBJECT EXCLUDE_FROM_ALL
  ${PROJECT_SOURCE_DIR}/src/mem_sys/spans.c
  ${PROJECT_SOURCE_DIR}/src/mem_sys/windows.c)
# Blocks small enough that a test sees several of them.
target_compile_definitions(memward_windows_redirected PRIVATE
  MODEL_REDIRECT EXCLUDED_BLOCK_MAX=65536)
target_compile_options(memward_windows_redirected PRIVATE
  "SHELL:-include ${windows}/model.h")
add_library(memward_windows_model OBJECT EXCLUDE_FROM_ALL
  ${PROJECT_SOURCE_DIR}/src/base/error.c
  ${PROJECT_SOURCE_DIR}/src/base/wipe.c
  ${PROJECT_SOURCE_DIR}/src/mem_sys/mem_sys.c
  ${PROJECT_SOURCE_DIR}/src/mem_sys/tracked.c
  ${windows}/model.c ${windows}/model_report.c
  harness.c support_windows.c)
foreach(part memward_windows_redirected memward_windows_model)
  target_include_directories(${part} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}
    ${windows} ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${part} PRIVATE memward_options)
endforeach()

function(memward_windows_test name)
  add_executable(${name} ${ARGN}
    $<TARGET_OBJECTS:memward_windows_redirected>
    $<TARGET_OBJECTS:memward_windows_model>)
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}
    ${windows} ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(${name} PRIVATE memward_options)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120)
endfunction()

memward_windows_test(windows_lock_test ${windows}/windows_lock_test.c)
# The contract of every backend, on the model.
memward_windows_test(windows_contract_test ${contract_sources})
