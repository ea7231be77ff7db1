# SPDX-License-Identifier: MIT
# For systems we cannot run: everything is compiled with the real headers and
# the contract test is linked with the real C library, so that a call that
# does not exist there, or has another shape, is seen here.
set(tests ${PROJECT_SOURCE_DIR}/tests)

# Facts about the system, as assertions of the compiler.
if(EXISTS ${tests}/support_constants.c)
  add_library(memward_constants OBJECT ${tests}/support_constants.c)
  target_link_libraries(memward_constants PRIVATE memward_options)
  target_include_directories(memward_constants PRIVATE
    ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
endif()

# Objects of their own, for Solaris compiles them and links nothing.
file(GLOB contract CONFIGURE_DEPENDS ${tests}/contract_*.c)
list(APPEND contract ${tests}/platform_specific_test.c ${tests}/harness.c)
if(NOT MEMWARD_COMPILE_ONLY)
  # These need more of a system's headers than the layer itself.
  list(APPEND contract ${tests}/support_posix.c ${tests}/support_account.c)
endif()
add_library(memward_contract OBJECT ${contract})
target_link_libraries(memward_contract PRIVATE memward_options)
target_include_directories(memward_contract PRIVATE ${tests}
  ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)

# Wards above it.
set(wards ${tests}/ward/portable_test.c ${tests}/ward/portable_limits.c
  ${tests}/ward/portable_util.c)
if(NOT MEMWARD_COMPILE_ONLY)
  list(APPEND wards ${tests}/ward/forked_posix.c ${tests}/harness.c
    ${tests}/support_posix.c ${tests}/support_account.c)
endif()
add_library(memward_wards OBJECT ${wards})
target_link_libraries(memward_wards PRIVATE memward_options)
target_include_directories(memward_wards PRIVATE ${tests} ${tests}/ward
  ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)

if(NOT MEMWARD_COMPILE_ONLY)
  add_executable(platform_specific_test $<TARGET_OBJECTS:memward_contract>)
  target_link_libraries(platform_specific_test PRIVATE memward_static)
  add_executable(portable_test $<TARGET_OBJECTS:memward_wards>)
  target_link_libraries(portable_test PRIVATE memward_static)
endif()
