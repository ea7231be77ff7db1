# SPDX-License-Identifier: MIT
# What stands in for other libraries, beside them.
memward_test(sodium_test shim/sodium_test.c shim/sodium_deaths.c
  shim/sodium_memory.c shim/sodium_locks.c shim/sodium_small.c shim/shim_util.c
  ${ward_support})
target_include_directories(sodium_test PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(sodium_test PRIVATE Threads::Threads ${CMAKE_DL_LIBS})
add_dependencies(sodium_test memward_sodium)
set(sodium_real libsodium.so.23)
if(MEMWARD_HAS_SEAL)
  set(sodium_real ${MEMWARD_SODIUM_LIBRARY})
  target_compile_definitions(sodium_test PRIVATE WITH_SODIUM)
  target_include_directories(sodium_test SYSTEM PRIVATE
    ${MEMWARD_SODIUM_INCLUDE})
endif()
target_compile_definitions(sodium_test PRIVATE SODIUM_REAL="${sodium_real}"
  SODIUM_OURS="$<TARGET_FILE:memward_sodium>")

# Programs that know nothing of it. A sanitizer must be loaded first, which
# what is preloaded would be.
if(MEMWARD_HAS_SEAL AND NOT MEMWARD_SANITIZE)
  foreach(how user linked static)
    add_executable(sodium_${how} shim/sodium_user.c)
    target_include_directories(sodium_${how} SYSTEM PRIVATE
      ${MEMWARD_SODIUM_INCLUDE})
    target_link_libraries(sodium_${how} PRIVATE memward_options)
  endforeach()
  target_link_libraries(sodium_user PRIVATE ${MEMWARD_SODIUM_LIBRARY}
    ${CMAKE_DL_LIBS})
  target_link_libraries(sodium_linked PRIVATE memward_sodium
    ${MEMWARD_SODIUM_LIBRARY} ${CMAKE_DL_LIBS})
  target_link_libraries(sodium_static PRIVATE memward_sodium_static
    ${MEMWARD_SODIUM_LIBRARY} ${CMAKE_DL_LIBS})
  add_test(NAME sodium_programs COMMAND
    ${CMAKE_CURRENT_LIST_DIR}/sodium_programs.sh
    $<TARGET_FILE:memward_sodium> $<TARGET_FILE:sodium_user>
    $<TARGET_FILE:sodium_linked> $<TARGET_FILE:sodium_static>
    $<TARGET_FILE:seal_test>)
  set_tests_properties(sodium_programs PROPERTIES TIMEOUT 120)
endif()

if(NOT CMAKE_CROSSCOMPILING)
  find_package(OpenSSL 3.0 QUIET)
endif()
memward_test(openssl_test shim/openssl_test.c)
target_link_libraries(openssl_test PRIVATE Threads::Threads ${CMAKE_DL_LIBS})
add_dependencies(openssl_test memward_openssl)
target_compile_definitions(openssl_test PRIVATE
  OPENSSL_OURS="$<TARGET_FILE:memward_openssl>")
if(OpenSSL_FOUND)
  target_sources(openssl_test PRIVATE shim/openssl_heap.c
    shim/shim_util.c)
  target_include_directories(openssl_test PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(openssl_test PRIVATE WITH_LIBCRYPTO)
  target_link_libraries(openssl_test PRIVATE OpenSSL::Crypto)
endif()
if(OpenSSL_FOUND AND NOT MEMWARD_SANITIZE)
  foreach(how user linked)
    add_executable(openssl_${how} shim/openssl_user.c)
    target_link_libraries(openssl_${how} PRIVATE memward_options)
  endforeach()
  target_link_libraries(openssl_user PRIVATE OpenSSL::Crypto)
  target_link_libraries(openssl_linked PRIVATE memward_openssl OpenSSL::Crypto)
  add_test(NAME openssl_programs COMMAND
    ${CMAKE_CURRENT_LIST_DIR}/openssl_programs.sh
    $<TARGET_FILE:memward_openssl> ${OPENSSL_CRYPTO_LIBRARY}
    $<TARGET_FILE:openssl_user> $<TARGET_FILE:openssl_linked>)
  set_tests_properties(openssl_programs PROPERTIES TIMEOUT 120)
endif()

# Sanitizers bring names and libraries of their own.
if(NOT MEMWARD_SANITIZE AND NOT CMAKE_CROSSCOMPILING)
  add_test(NAME check_shims COMMAND ${CMAKE_CURRENT_LIST_DIR}/exports.sh
    ${PROJECT_SOURCE_DIR}/shim
    $<TARGET_FILE:memward_sodium> $<TARGET_FILE:memward_openssl>)
  set_tests_properties(check_shims PROPERTIES LABELS exports)
endif()
