# SPDX-License-Identifier: MIT
# The platform layer as an ordinary user, with small limits of locked memory.
# When run as root: as the user nobody; else as whoever it is.
add_executable(as_user user/as_user.c)
target_link_libraries(as_user PRIVATE memward_options)

add_test(NAME harden_test_as_user COMMAND
  ${CMAKE_CURRENT_SOURCE_DIR}/user/as_user.sh
  $<TARGET_FILE:as_user> 8388608 $<TARGET_FILE:harden_test>)
set_tests_properties(harden_test_as_user PROPERTIES
  TIMEOUT 120 LABELS user)

foreach(limit 0 65536 8388608)
  foreach(program platform_specific_test limits_test)
    add_test(NAME ${program}_limit_${limit} COMMAND
      ${CMAKE_CURRENT_SOURCE_DIR}/user/as_user.sh
      $<TARGET_FILE:as_user> ${limit} $<TARGET_FILE:${program}>)
    set_tests_properties(${program}_limit_${limit} PROPERTIES
      TIMEOUT 120 LABELS user)
  endforeach()
endforeach()
