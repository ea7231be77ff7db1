# SPDX-License-Identifier: MIT
# Sealing, where it is built in; and everywhere, that a library without it
# says so.
set(seal_tests ${CMAKE_CURRENT_SOURCE_DIR}/seal)

# As memward_test(), but the library without a cipher.
add_executable(seal_none_test seal/none_test.c
  ${PROJECT_SOURCE_DIR}/src/cipher/none.c $<TARGET_OBJECTS:memward_objects>
  $<TARGET_OBJECTS:memward_test_support>)
target_include_directories(seal_none_test PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src
  ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(seal_none_test PRIVATE memward_options Threads::Threads)
add_test(NAME seal_none_test COMMAND seal_none_test)
set_tests_properties(seal_none_test PROPERTIES TIMEOUT 120)

if(NOT WIN32 AND MEMWARD_HAS_SEAL)
  set(seal_sources)
  foreach(part seal_test seal_util seal_tamper seal_keys seal_fork seal_stream)
    list(APPEND seal_sources ${seal_tests}/${part}.c)
  endforeach()
  memward_test(seal_test ${seal_sources} ward/ward_util.c ward/fork_util.c
    ${ward_support})
  target_include_directories(seal_test PRIVATE ward)
  target_include_directories(seal_test SYSTEM PRIVATE
    ${MEMWARD_SODIUM_INCLUDE})
  foreach(limit 65536 8388608)
    add_test(NAME seal_test_limit_${limit} COMMAND
      ${CMAKE_CURRENT_SOURCE_DIR}/user/as_user.sh
      $<TARGET_FILE:as_user> ${limit} $<TARGET_FILE:seal_test>)
    set_tests_properties(seal_test_limit_${limit} PROPERTIES
      TIMEOUT 120 LABELS user)
  endforeach()
  memward_test(seal_thread_test seal/seal_thread_test.c)
  set_tests_properties(seal_thread_test PROPERTIES LABELS threads
    ENVIRONMENT "TSAN_OPTIONS=report_thread_leaks=0")
  add_dependencies(threads seal_thread_test)
endif()
