# SPDX-License-Identifier: MIT
# That the wipe wipes, however hard the compiler optimises.
include(CheckIPOSupported)
include(CheckLinkerFlag)

memward_test(wipe_test wipe_test.c)
target_compile_options(wipe_test PRIVATE -O3)
target_compile_definitions(wipe_test PRIVATE WIPE_IN_UNIT)

memward_test(wipe_lto_test wipe_test.c ${PROJECT_SOURCE_DIR}/src/base/wipe.c)
target_compile_options(wipe_lto_test PRIVATE -O3)
check_ipo_supported(RESULT has_lto OUTPUT ignored LANGUAGES C)
if(has_lto)
  set_target_properties(wipe_lto_test PROPERTIES
    INTERPROCEDURAL_OPTIMIZATION ON)
else()
  target_compile_definitions(wipe_lto_test PRIVATE WIPE_UNSEEN)
endif()

# GNU ld and lld can put a function of ours in the place of munmap(2).
check_linker_flag(C -Wl,--wrap=munmap HAS_LINKER_WRAP)
if(HAS_LINKER_WRAP)
  memward_test(wipe_release_test wipe_release_test.c)
  target_link_options(wipe_release_test PRIVATE -Wl,--wrap=munmap)
else()
  message(STATUS "wipe_release_test is left out: the linker has no --wrap")
endif()

if(NOT CMAKE_OBJDUMP)
  set(CMAKE_OBJDUMP objdump)
endif()
add_test(NAME wipe_object COMMAND
  ${CMAKE_CURRENT_SOURCE_DIR}/wipe_object.sh ${CMAKE_OBJDUMP}
  $<TARGET_OBJECTS:memward_objects> COMMAND_EXPAND_LISTS)
