# SPDX-License-Identifier: MIT
# Wards: the public interface, misuse, limits.
set(ward_sources)
foreach(part ward_test ward_util ward_policy ward_override ward_packed
    ward_guarded ward_resize ward_address ward_window ward_report ward_budget
    ward_range ward_quiet ward_slot ward_idle)
  list(APPEND ward_sources ${CMAKE_CURRENT_SOURCE_DIR}/ward/${part}.c)
endforeach()
set(ward_support ${CMAKE_CURRENT_SOURCE_DIR}/support_ward.c)

# Functions on stacks of wards.
if(NOT WIN32)
  memward_test(stack_test ward/stack_test.c ward/stack_leave.c
    ward/stack_traces.c ward/stack_util.c ward/ward_util.c ${ward_support}
    ${PROJECT_SOURCE_DIR}/cli/aes_schedule.c)
  target_include_directories(stack_test PRIVATE ${PROJECT_SOURCE_DIR})
  # Not every static C library comes with one, and the toolchain files link
  # nothing to find out.
  include(CheckCSourceCompiles)
  check_c_source_compiles("#include <unwind.h>
    static _Unwind_Reason_Code see(struct _Unwind_Context *c, void *p)
    { (void)p; return _Unwind_GetIP(c) ? _URC_NO_REASON : _URC_END_OF_STACK; }
    int main(void) { return (int)_Unwind_Backtrace(see, 0) & 0; }"
    MEMWARD_HAS_UNWINDER)
  if(MEMWARD_HAS_UNWINDER AND NOT CMAKE_CROSSCOMPILING)
    target_compile_definitions(stack_test PRIVATE MEMWARD_HAS_UNWINDER)
  endif()
  set_tests_properties(stack_test PROPERTIES LABELS threads
    ENVIRONMENT "TSAN_OPTIONS=report_thread_leaks=0")
  # The library itself has no use for libcrypto: only this test, if it is here.
  memward_test(stack_crypto_test ward/stack_crypto_test.c ward/stack_util.c
    ward/ward_util.c ${ward_support})
  if(NOT CMAKE_CROSSCOMPILING)
    find_package(OpenSSL 1.1.1 QUIET)
  endif()
  if(OpenSSL_FOUND)
    target_compile_definitions(stack_crypto_test PRIVATE WITH_LIBCRYPTO)
    target_link_libraries(stack_crypto_test PRIVATE OpenSSL::Crypto)
  endif()
  if(NOT MEMWARD_SANITIZE AND CMAKE_BUILD_TYPE)
    add_test(NAME stack_gdb COMMAND
      ${CMAKE_CURRENT_SOURCE_DIR}/ward/gdb.sh $<TARGET_FILE:stack_test>)
    set_tests_properties(stack_gdb PROPERTIES TIMEOUT 120)
  endif()
endif()

set(death_sources)
foreach(part death_test death_pointers death_writes death_seal death_guards
    ward_util)
  list(APPEND death_sources ${CMAKE_CURRENT_SOURCE_DIR}/ward/${part}.c)
endforeach()
if(NOT WIN32)
  memward_test(ward_test ${ward_sources} ${ward_support})
  memward_test(death_test ${death_sources} ${ward_support})
  foreach(program wipe_all_test ward_limits_test poison_test scope_test)
    memward_test(${program} ward/${program}.c ward/ward_util.c ${ward_support})
  endforeach()
  # The same suites once more, with every ward a hidden one.
  add_library(hidden_wards OBJECT ward/hidden_wards.c ${ward_support})
  target_include_directories(hidden_wards PRIVATE
    ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(hidden_wards PRIVATE memward_options memward_static)
  set(hidden $<TARGET_OBJECTS:hidden_wards>)
  memward_test(ward_hidden_test ${ward_sources} ${hidden})
  memward_test(death_hidden_test ${death_sources} ${hidden})
  foreach(program wipe_all ward_limits)
    memward_test(${program}_hidden_test ward/${program}_test.c
      ward/ward_util.c ${hidden})
  endforeach()
  foreach(program ward death wipe_all ward_limits)
    target_compile_options(${program}_hidden_test PRIVATE
      -include ${CMAKE_CURRENT_SOURCE_DIR}/ward/hidden_wards.h)
  endforeach()
  foreach(program ward_limits_test ward_limits_hidden_test)
    target_sources(${program} PRIVATE
      ${CMAKE_CURRENT_SOURCE_DIR}/ward/probe_posix.c)
  endforeach()
  set(store_programs)
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    set(store_programs hidden_test regions_test records_test)
    # The suites again where the kernel refuses guard regions.
    add_executable(without_guards user/without_guards.c support_outside.c)
    target_include_directories(without_guards PRIVATE
      ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(without_guards PRIVATE memward_options)
    foreach(program ward_test death_test wipe_all_test ward_limits_test)
      add_test(NAME ${program}_without_guards COMMAND
        without_guards $<TARGET_FILE:${program}>)
      set_tests_properties(${program}_without_guards PROPERTIES TIMEOUT 120)
    endforeach()
    foreach(program ${store_programs})
      memward_test(${program} ward/${program}.c support_outside.c
        ward/ward_util.c ${ward_support})
    endforeach()
  endif()
  set(keyed_sources)
  foreach(part keyed_test keyed_calls keyed_keys keyed_signal ward_util
      probe_posix)
    list(APPEND keyed_sources ${CMAKE_CURRENT_SOURCE_DIR}/ward/${part}.c)
  endforeach()
  memward_test(keyed_test ${keyed_sources} ${ward_support})
  # And as an ordinary user, with small limits of locked memory.
  foreach(limit 0 65536 8388608)
    foreach(program ward_test death_test wipe_all_test ward_limits_test
        ward_hidden_test death_hidden_test wipe_all_hidden_test
        ward_limits_hidden_test stack_test keyed_test ${store_programs})
      add_test(NAME ${program}_limit_${limit} COMMAND
        ${CMAKE_CURRENT_SOURCE_DIR}/user/as_user.sh
        $<TARGET_FILE:as_user> ${limit} $<TARGET_FILE:${program}>)
      set_tests_properties(${program}_limit_${limit} PROPERTIES
        TIMEOUT 120 LABELS user)
    endforeach()
    # On Linux 7.2 one limit is for the hidden pages of all processes of a
    # user: what fills it must not run beside its like.
    foreach(program ward death wipe_all ward_limits)
      set_tests_properties(${program}_hidden_test
        ${program}_hidden_test_limit_${limit} PROPERTIES
        RESOURCE_LOCK hidden_pages)
    endforeach()
    if(TARGET hidden_test)
      set_tests_properties(hidden_test hidden_test_limit_${limit} PROPERTIES
        RESOURCE_LOCK hidden_pages)
    endif()
  endforeach()
endif()

# The same touches under Valgrind, where it is and was there to build with.
if(NOT WIN32 AND NOT MEMWARD_SANITIZE)
  add_test(NAME poison_valgrind COMMAND
    ${CMAKE_CURRENT_SOURCE_DIR}/ward/valgrind.sh $<TARGET_FILE:poison_test>)
  set_tests_properties(poison_valgrind PROPERTIES TIMEOUT 300)
endif()

# Wards on every system, and on the models of the others.
set(portable_sources)
foreach(part portable_test portable_limits portable_util)
  list(APPEND portable_sources ${CMAKE_CURRENT_SOURCE_DIR}/ward/${part}.c)
endforeach()
if(WIN32)
  list(APPEND portable_sources ${CMAKE_CURRENT_SOURCE_DIR}/ward/forked_windows.c)
else()
  list(APPEND portable_sources ${CMAKE_CURRENT_SOURCE_DIR}/ward/forked_posix.c)
endif()
memward_test(portable_test ${portable_sources})

# Operations beside a model, threads, forks.
set(ops_sources)
foreach(part ops ops_look ops_policy ops_thread)
  list(APPEND ops_sources ${CMAKE_CURRENT_SOURCE_DIR}/ward/${part}.c)
endforeach()
if(NOT WIN32)
  list(APPEND ops_sources ${CMAKE_CURRENT_SOURCE_DIR}/ward/probe_posix.c)
  memward_test(random_test ward/random_test.c ${ops_sources})
  memward_test(thread_test ward/thread_test.c ward/thread_limits.c
    ward/probe_posix.c ${ward_support})
  memward_test(fork_test ward/fork_test.c ward/fork_util.c
    ward/probe_posix.c ${ward_support})
  foreach(name random_test thread_test fork_test)
    target_include_directories(${name} PRIVATE
      ${CMAKE_CURRENT_SOURCE_DIR}/ward)
    set_tests_properties(${name} PROPERTIES LABELS threads
      ENVIRONMENT "TSAN_OPTIONS=report_thread_leaks=0")
  endforeach()
  # Once more, with keys on the closed wards.
  foreach(name ward_test death_test wipe_all_test thread_test fork_test)
    add_test(NAME ${name}_keyed COMMAND
      ${CMAKE_CURRENT_SOURCE_DIR}/ward/with_keys.sh
      $<TARGET_FILE:keyed_test> $<TARGET_FILE:${name}>)
    set_tests_properties(${name}_keyed PROPERTIES TIMEOUT 120 LABELS keyed)
  endforeach()
  if(NOT MEMWARD_SANITIZE)
    # Two copies of the library, as two plug-ins bring them. A sanitizer has
    # one account of the process and no use for a second.
    memward_test(copies_test ward/copies_test.c)
    target_link_libraries(copies_test PRIVATE ${CMAKE_DL_LIBS})
    add_dependencies(copies_test memward_shared)
    set(copy ${CMAKE_CURRENT_BINARY_DIR}/copy-of-memward.so)
    target_compile_definitions(copies_test PRIVATE COPIES_COPY="${copy}"
      COPIES_LIBRARY="$<TARGET_FILE:memward_shared>")
    add_custom_command(TARGET copies_test POST_BUILD COMMAND
      ${CMAKE_COMMAND} -E copy $<TARGET_FILE:memward_shared> ${copy})
    set_tests_properties(copies_test PROPERTIES LABELS copies)
  endif()
  # All that the thread sanitizer is to run.
  add_custom_target(threads DEPENDS threads_test random_test thread_test
    fork_test stack_test keyed_test)
  set_tests_properties(keyed_test PROPERTIES LABELS "threads;keyed"
    ENVIRONMENT "TSAN_OPTIONS=report_thread_leaks=0")
endif()
