# SPDX-License-Identifier: MIT
# Tests of the build itself: what the library exports, and that what is
# installed can be used. They need a POSIX shell; the rest of ctest does not.
#
# Sanitizers bring libraries of their own and want them in each program, so
# these two look at plain builds.
if(UNIX AND NOT CMAKE_CROSSCOMPILING AND NOT MEMWARD_SANITIZE)
  add_test(NAME check_library COMMAND
    ${PROJECT_SOURCE_DIR}/tools/check_library.sh
    $<TARGET_FILE:memward_shared> ${CMAKE_NM})
  set_tests_properties(check_library PROPERTIES LABELS exports)
  if(MEMWARD_INSTALL)
    add_test(NAME check_install COMMAND
      ${PROJECT_SOURCE_DIR}/tools/check_install.sh
      ${PROJECT_BINARY_DIR} ${CMAKE_C_COMPILER})
    set_tests_properties(check_install PROPERTIES LABELS install)
    # A build of its own; once is enough.
    if(MEMWARD_TOOL)
      add_test(NAME check_package COMMAND
        ${PROJECT_SOURCE_DIR}/tools/check_package.sh ${CMAKE_C_COMPILER})
      set_tests_properties(check_package PROPERTIES LABELS slow COST 40)
    endif()
  endif()
endif()
