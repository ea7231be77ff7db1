# SPDX-License-Identifier: MIT
# Windows programs with mingw-w64, run by Wine where it is installed.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)
set(CMAKE_FIND_ROOT_PATH /usr/x86_64-w64-mingw32)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
# Debian's "wine" complains about a missing 32-bit one; wine64 does not.
find_program(MEMWARD_WINE NAMES wine64 wine wine64-stable
  PATHS /usr/lib/wine NO_CMAKE_FIND_ROOT_PATH)
if(MEMWARD_WINE)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${MEMWARD_WINE})
endif()
