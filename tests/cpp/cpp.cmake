# SPDX-License-Identifier: MIT
# memward.hpp.
if(MEMWARD_HAS_CXX)
  set(cpp_sources)
  foreach(part cpp_test cpp_secret cpp_string cpp_container cpp_call
      heap_watch)
    list(APPEND cpp_sources ${CMAKE_CURRENT_SOURCE_DIR}/cpp/${part}.cpp)
  endforeach()
  # What C++20 adds needs no second look by a sanitizer, and no thread of
  # these is worth one.
  set(standards 17 20)
  if(MEMWARD_SANITIZE MATCHES "thread")
    set(standards "")
  elseif(MEMWARD_SANITIZE)
    set(standards 17)
  endif()
  foreach(standard ${standards})
    memward_cxx_program(cpp${standard}_test ${standard} ${cpp_sources})
    add_test(NAME cpp${standard}_test COMMAND cpp${standard}_test)
    # And as an ordinary user, with a small limit of locked memory.
    add_test(NAME cpp${standard}_test_limit_65536 COMMAND
      ${CMAKE_CURRENT_SOURCE_DIR}/user/as_user.sh
      $<TARGET_FILE:as_user> 65536 $<TARGET_FILE:cpp${standard}_test>)
    set_tests_properties(cpp${standard}_test_limit_65536 PROPERTIES
      LABELS user)
    foreach(name cpp${standard}_test cpp${standard}_test_limit_65536)
      set_tests_properties(${name} PROPERTIES TIMEOUT 120)
      if(NOT CMAKE_SYSTEM_NAME MATCHES "Linux|FreeBSD|OpenBSD")
        # The others cannot have what the default ward asks for.
        set_tests_properties(${name} PROPERTIES
          ENVIRONMENT "MEMWARD_POLICY=prefer-no_dump")
      endif()
    endforeach()
  endforeach()
  # Sanitizers take memory of their own, which takes minutes to look at.
  if(TARGET memward_tool AND NOT MEMWARD_SANITIZE AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
    memward_cxx_program(leaks 17 cpp/leaks.cpp)
    add_test(NAME cpp_leaks COMMAND
      ${CMAKE_CURRENT_SOURCE_DIR}/cpp/leaks.sh $<TARGET_FILE:memward_tool>
      $<TARGET_FILE:leaks>)
    set_tests_properties(cpp_leaks PROPERTIES TIMEOUT 120)
  endif()
  # It brings compilers of its own; once is enough.
  if(NOT MEMWARD_SANITIZE)
    add_test(NAME cpp_compile COMMAND
      ${CMAKE_CURRENT_SOURCE_DIR}/cpp/compile.sh g++ clang++)
    set_tests_properties(cpp_compile PROPERTIES LABELS slow COST 20)
  endif()
elseif(NOT WIN32)
  add_test(NAME cpp_test COMMAND ${CMAKE_COMMAND} -E echo
    "skip cpp_test: no C++ compiler\ncpp_test: 0 passed, 0 failed, 1 skipped")
endif()
