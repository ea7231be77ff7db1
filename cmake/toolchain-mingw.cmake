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
# Tests start through a script of their own, which keeps Wine quiet and its
# state within the build folder.
find_program(MEMWARD_WINE NAMES wine64 wine PATHS /usr/lib/wine
  NO_CMAKE_FIND_ROOT_PATH)
get_filename_component(source_dir ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
if(MEMWARD_WINE)
  set(CMAKE_CROSSCOMPILING_EMULATOR
    ${source_dir}/tests/windows/wine.sh ${source_dir}/build/wine)
endif()
