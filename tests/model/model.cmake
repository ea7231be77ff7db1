# SPDX-License-Identifier: MIT
# The model of each Unix: its backend, run on Linux (see model/README.md).
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
  message(STATUS "The models of other systems run on Linux only: not built")
  return()
endif()

set(model_root ${CMAKE_CURRENT_SOURCE_DIR}/model)
set(mem_sys ${PROJECT_SOURCE_DIR}/src/mem_sys)

# What a backend stands on; the heap can be made to fail.
add_library(model_common OBJECT
  ${PROJECT_SOURCE_DIR}/src/base/error.c
  ${PROJECT_SOURCE_DIR}/src/base/wipe.c
  ${mem_sys}/mem_sys.c
  ${mem_sys}/posix_input.c
  ${mem_sys}/posix_terminal.c
  ${mem_sys}/tracked.c
  harness.c support_posix.c
  ${model_root}/support_model.c
  ${model_root}/model.c
  ${model_root}/pages.c
  ${model_root}/calls.c
  ${model_root}/key_calls.c
  ${model_root}/linux_calls.c
  ${model_root}/lock_calls.c
  ${model_root}/other_calls.c
  ${model_root}/permanent_calls.c
  ${model_root}/process_calls.c)
target_include_directories(model_common PRIVATE
  . ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(model_common PRIVATE memward_options)

add_library(model_spans OBJECT ${mem_sys}/spans.c)
target_compile_definitions(model_spans PRIVATE realloc=model_realloc)
target_link_libraries(model_spans PRIVATE memward_options)

# Wards above it know no system.
file(GLOB core_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/core/*.c)
add_library(model_core OBJECT ${core_sources}
  ${PROJECT_SOURCE_DIR}/src/base/equal.c ${PROJECT_SOURCE_DIR}/src/cpu/stack.c)
# The models look at a ward's pages as kernels do, whoever they belong to.
target_compile_definitions(model_core PRIVATE MW_NO_POISON)
target_include_directories(model_core PRIVATE
  ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(model_core PRIVATE memward_options)
# Sealing has its boxes on the heap.
target_compile_definitions(model_core PRIVATE
  malloc=model_malloc realloc=model_realloc)

# What is plain POSIX is the host's own on every model.
add_library(model_host OBJECT ${mem_sys}/no_hand.c ${mem_sys}/posix_output.c
  ${mem_sys}/posix_signals.c)
target_include_directories(model_host PRIVATE
  ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(model_host PRIVATE memward_options)

# The facts on the host's own headers.
add_library(host_constants OBJECT support_constants.c)
target_link_libraries(host_constants PRIVATE memward_options)

# Further arguments are the files of the backend beside the shared ones.
function(memward_model name pretend headers row)
  list(TRANSFORM ARGN PREPEND ${mem_sys}/ OUTPUT_VARIABLE backend)
  add_library(model_${name} OBJECT ${mem_sys}/posix.c
    ${mem_sys}/posix_harden.c ${mem_sys}/posix_store.c ${backend}
    support_constants.c)
  if(pretend STREQUAL "LINUX")
    target_sources(model_${name} PRIVATE ${mem_sys}/linux_account.c
      ${mem_sys}/linux_guards.c
      ${mem_sys}/linux_hidden.c)
  endif()
  target_include_directories(model_${name} BEFORE PRIVATE
    ${model_root}/include/${headers} ${model_root}/include/common
    ${model_root} ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
  target_compile_definitions(model_${name} PRIVATE
    MODEL_PRETEND_${pretend} MODEL_${row})
  target_compile_options(model_${name} PRIVATE
    -include ${model_root}/pretend.h)
  target_link_libraries(model_${name} PRIVATE memward_options)
  set(differences_sources ${model_root}/differences_test.c
    ${model_root}/expected.c ${model_root}/differences_${name}.c)
  set(faults_sources ${model_root}/faults_test.c
    ${model_root}/faults_heap.c)
  set(model_core $<TARGET_OBJECTS:model_core> $<TARGET_OBJECTS:memward_cipher>)
  set(wards_sources ${portable_sources} ${model_core})
  set(ward_faults_sources ward/fault_test.c ward/fault_acts.c
    ward/fault_util.c ward/fault_call.c ward/fault_child.c
    ward/fault_forms.c ward/fault_input.c ward/fault_output.c
    ward/fault_seal.c ${model_core})
  set(harden_sources ${model_root}/harden_test.c ${model_core})
  set(store_sources ${model_root}/store_test.c ${model_core})
  set(parts contract faults wards harden store)
  if(NOT name STREQUAL "linux_16k")
    # Large pages: those of 64 KiB stand for them.
    list(APPEND parts ward_faults)
  endif()
  if(EXISTS ${model_root}/differences_${name}.c)
    list(APPEND parts differences)
  endif()
  foreach(part ${parts})
    set(program model_${name}_${part})
    add_executable(${program} ${${part}_sources} ${model_root}/systems.c
      $<TARGET_OBJECTS:model_${name}> $<TARGET_OBJECTS:model_common>
      $<TARGET_OBJECTS:model_host> $<TARGET_OBJECTS:model_spans>)
    target_compile_definitions(${program} PRIVATE MODEL_SYSTEM=${row})
    target_include_directories(${program} PRIVATE
      . ward ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
    target_link_libraries(${program} PRIVATE memward_options Threads::Threads
      ${MEMWARD_CIPHER_LIBRARIES})
    add_test(NAME ${program} COMMAND ${program})
    set_tests_properties(${program} PROPERTIES TIMEOUT 600)
    if(part STREQUAL "ward_faults")
      # A process for each call of each operation: once is enough.
      set_tests_properties(${program} PROPERTIES LABELS slow COST 50)
      # Each error on two systems, where locks are plain and where closing
      # drops them; on the others one of them.
      if(NOT name MATCHES "^(linux|openbsd)$")
        set_tests_properties(${program} PROPERTIES
          ENVIRONMENT MODEL_FEW_ERRORS=1)
      endif()
      if(name STREQUAL "linux")
        # The same on hidden wards.
        add_test(NAME model_linux_hidden_ward_faults COMMAND ${program})
        set_tests_properties(model_linux_hidden_ward_faults PROPERTIES
          TIMEOUT 600 LABELS slow COST 50
          ENVIRONMENT "MODEL_HIDDEN_WARDS=1;MODEL_FEW_ERRORS=1")
      endif()
    endif()
  endforeach()
endfunction()

#             name      pretends headers row       backend
memward_model(freebsd   FREEBSD  freebsd FREEBSD   freebsd.c no_keys.c)
memward_model(netbsd    NETBSD   netbsd  NETBSD    netbsd.c no_keys.c)
memward_model(openbsd   OPENBSD  openbsd OPENBSD   openbsd.c no_keys.c)
memward_model(macos     MACOS    macos   MACOS     unix.c mac_harden.c no_keys.c)
memward_model(solaris   SOLARIS  solaris SOLARIS   solaris.c no_keys.c)
memward_model(illumos   SOLARIS  solaris ILLUMOS   solaris.c no_keys.c)
memward_model(linux     LINUX    linux   LINUX     unix.c linux_harden.c linux_keys.c)
memward_model(linux_16k LINUX    linux   LINUX_16K unix.c linux_harden.c linux_keys.c)
memward_model(linux_64k LINUX    linux   LINUX_64K unix.c linux_harden.c linux_keys.c)
memward_model(linux_keys LINUX   linux   LINUX_KEYS unix.c linux_harden.c linux_keys.c)
memward_model(emulator  LINUX    linux   EMULATOR  unix.c linux_harden.c linux_keys.c)

# Without the privilege, and with small limits, the contract is the same.
foreach(name freebsd netbsd openbsd macos solaris illumos linux linux_16k
    linux_64k linux_keys emulator)
  foreach(limit 0 65536)
    foreach(part contract wards)
      set(test model_${name}_${part}_limit_${limit})
      add_test(NAME ${test} COMMAND model_${name}_${part})
      set_tests_properties(${test} PROPERTIES TIMEOUT 300
        ENVIRONMENT "MODEL_UNPRIVILEGED=1;MODEL_LOCK_LIMIT=${limit}")
    endforeach()
  endforeach()
endforeach()
