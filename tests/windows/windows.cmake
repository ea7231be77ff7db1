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
  ${PROJECT_SOURCE_DIR}/src/mem_sys/no_hand.c
  ${PROJECT_SOURCE_DIR}/src/mem_sys/no_keys.c
  ${PROJECT_SOURCE_DIR}/src/mem_sys/tracked.c
  ${PROJECT_SOURCE_DIR}/src/mem_sys/windows_output.c
  ${PROJECT_SOURCE_DIR}/src/mem_sys/windows_signals.c
  ${windows}/model.c ${windows}/model_report.c ${windows}/model_security.c
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
memward_windows_test(windows_report_test ${windows}/windows_report_test.c)
memward_windows_test(windows_fault_test ${windows}/windows_fault_test.c)
# The contract of every backend, on the model.
memward_windows_test(windows_contract_test ${contract_sources})

# Wards, on the model.
file(GLOB core_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/core/*.c)
add_library(memward_windows_store OBJECT EXCLUDE_FROM_ALL
  ${PROJECT_SOURCE_DIR}/src/mem_sys/spans.c
  ${PROJECT_SOURCE_DIR}/src/mem_sys/windows.c
  ${PROJECT_SOURCE_DIR}/src/mem_sys/windows_harden.c
  ${PROJECT_SOURCE_DIR}/src/mem_sys/windows_input.c
  ${PROJECT_SOURCE_DIR}/src/mem_sys/windows_store.c)
target_compile_definitions(memward_windows_store PRIVATE MODEL_REDIRECT)
target_compile_options(memward_windows_store PRIVATE
  "SHELL:-include ${windows}/model.h")
target_include_directories(memward_windows_store PRIVATE ${windows}
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(memward_windows_store PRIVATE memward_options)
set(windows_wards_test_sources ${portable_sources})
set(windows_harden_test_sources ${windows}/windows_harden_test.c)
foreach(name windows_wards_test windows_harden_test)
  add_executable(${name} ${${name}_sources} ${core_sources}
    ${PROJECT_SOURCE_DIR}/src/base/equal.c ${PROJECT_SOURCE_DIR}/src/cpu/keys.c
    ${PROJECT_SOURCE_DIR}/src/cpu/stack.c
    $<TARGET_OBJECTS:memward_cipher>
    $<TARGET_OBJECTS:memward_windows_store>
    $<TARGET_OBJECTS:memward_windows_model>)
  target_include_directories(${name} PRIVATE ${windows}
    ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/ward
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE memward_options
    ${MEMWARD_CIPHER_LIBRARIES})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120)
endforeach()

memward_test(windows_reader_test ${windows}/windows_reader_test.c)
memward_test(windows_ends_test ${windows}/windows_ends_test.c)

# The contract once more, with the DLL, which Windows finds in its folder.
add_executable(windows_dll_test ${contract_sources}
  $<TARGET_OBJECTS:memward_test_support>)
target_include_directories(windows_dll_test PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(windows_dll_test PRIVATE memward_options memward_shared)
set_target_properties(windows_dll_test PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
add_test(NAME windows_dll_test COMMAND windows_dll_test)
set_tests_properties(windows_dll_test PROPERTIES TIMEOUT 120)

# Wards with the DLL.
add_executable(windows_portable_test ${portable_sources}
  $<TARGET_OBJECTS:memward_test_support>)
target_include_directories(windows_portable_test PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/ward)
target_link_libraries(windows_portable_test
  PRIVATE memward_options memward_shared)
set_target_properties(windows_portable_test PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
add_test(NAME windows_portable_test COMMAND windows_portable_test)
set_tests_properties(windows_portable_test PROPERTIES TIMEOUT 120)

# What the library imports statically must exist since Windows 7. The control
# imports something newer, which the check must see.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND AND CMAKE_OBJDUMP)
  add_executable(windows_imports_control ${windows}/imports_control.c)
  target_link_libraries(windows_imports_control PRIVATE memward_options)
  set(check_imports ${Python3_EXECUTABLE} ${windows}/check_imports.py
    ${CMAKE_OBJDUMP} ${windows}/imports.txt)
  foreach(target memward_shared platform_specific_test portable_test)
    add_test(NAME imports_of_${target}
      COMMAND ${check_imports} $<TARGET_FILE:${target}>)
  endforeach()
  add_test(NAME windows_imports_control COMMAND ${check_imports}
    $<TARGET_FILE:windows_imports_control> GetSystemTimePreciseAsFileTime)
endif()

# The tool reads files and core files here, and says what it cannot do.
if(MEMWARD_TOOL)
  add_test(NAME windows_scan_test COMMAND ${CMAKE_COMMAND}
    "-DTOOL=${CMAKE_CROSSCOMPILING_EMULATOR};$<TARGET_FILE:memward_tool>"
    -DFOLDER=${PROJECT_BINARY_DIR}/scan
    -DCORPUS=${PROJECT_SOURCE_DIR}/fuzz/corpus
    -P ${windows}/scan_test.cmake)
  set_tests_properties(windows_scan_test PROPERTIES TIMEOUT 120)
endif()
