# SPDX-License-Identifier: MIT
# Cross builds with zig, which brings the C libraries of other systems.
# MEMWARD_ZIG_TARGET names zig's target and CMAKE_SYSTEM_NAME the system, both
# set by the presets; tools/zig.sh puts zig into build/zig.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MEMWARD_ZIG_TARGET
  CMAKE_SYSTEM_NAME)
set(zig_tools ${CMAKE_CURRENT_LIST_DIR}/../build/zig/bin)
get_filename_component(zig_tools ${zig_tools} ABSOLUTE)
if(NOT EXISTS ${zig_tools}/zig-cc)
  message(FATAL_ERROR "zig is not here; tools/zig.sh installs it")
endif()

string(REGEX MATCH "^[^-]+" CMAKE_SYSTEM_PROCESSOR "${MEMWARD_ZIG_TARGET}")
set(CMAKE_C_COMPILER ${zig_tools}/zig-cc)
set(CMAKE_C_COMPILER_TARGET ${MEMWARD_ZIG_TARGET})
set(CMAKE_AR ${zig_tools}/zig-ar CACHE FILEPATH "")
set(CMAKE_RANLIB ${zig_tools}/zig-ranlib CACHE FILEPATH "")

# Each link of a new target first builds that C library's stubs: CMake's own
# questions to the compiler must do without.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_COMPILER_WORKS TRUE)

# That way CMake cannot tell where pthread_create() lives; -pthread is right
# wherever it is not in the C library.
if(CMAKE_SYSTEM_NAME MATCHES "BSD$")
  set(CMAKE_HAVE_LIBC_PTHREAD FALSE CACHE BOOL "")
  set(THREADS_HAVE_PTHREAD_ARG TRUE CACHE BOOL "")
endif()
if(CMAKE_SYSTEM_NAME STREQUAL "Darwin")
  # There is no Xcode to ask.
  set(CMAKE_OSX_SYSROOT "" CACHE STRING "")
  set(CMAKE_OSX_DEPLOYMENT_TARGET "" CACHE STRING "")
  set(CMAKE_INSTALL_NAME_TOOL ${CMAKE_COMMAND} CACHE FILEPATH "")
  set(CMAKE_SKIP_RPATH TRUE)
endif()
