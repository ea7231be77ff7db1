# SPDX-License-Identifier: MIT
# memward.hpp.
if(MEMWARD_HAS_CXX)
  set(cpp_sources)
  foreach(part cpp_test cpp_secret cpp_string cpp_container cpp_call
      heap_watch)
    list(APPEND cpp_sources ${CMAKE_CURRENT_SOURCE_DIR}/cpp/${part}.cpp)
  endforeach()
  foreach(standard 17 20)
    memward_cxx_program(cpp${standard}_test ${standard} ${cpp_sources})
    add_test(NAME cpp${standard}_test COMMAND cpp${standard}_test)
    set_tests_properties(cpp${standard}_test PROPERTIES TIMEOUT 120)
  endforeach()
  # And as an ordinary user, with a small limit of locked memory.
  add_test(NAME cpp17_test_limit_65536 COMMAND
    ${CMAKE_CURRENT_SOURCE_DIR}/user/as_user.sh
    $<TARGET_FILE:as_user> 65536 $<TARGET_FILE:cpp17_test>)
  set_tests_properties(cpp17_test_limit_65536 PROPERTIES
    TIMEOUT 120 LABELS user)
  if(TARGET memward_tool AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
    memward_cxx_program(leaks 17 cpp/leaks.cpp)
    add_test(NAME cpp_leaks COMMAND
      ${CMAKE_CURRENT_SOURCE_DIR}/cpp/leaks.sh $<TARGET_FILE:memward_tool>
      $<TARGET_FILE:leaks> ${MEMWARD_SANITIZE})
    set_tests_properties(cpp_leaks PROPERTIES TIMEOUT 120)
  endif()
  # Needs no build; once is enough.
  if(NOT MEMWARD_SANITIZE)
    add_test(NAME cpp_compile COMMAND
      ${CMAKE_CURRENT_SOURCE_DIR}/cpp/compile.sh g++ clang++)
  endif()
elseif(NOT WIN32)
  add_test(NAME cpp_test COMMAND ${CMAKE_COMMAND} -E echo
    "skip cpp_test: no C++ compiler\ncpp_test: 0 passed, 0 failed, 1 skipped")
endif()
