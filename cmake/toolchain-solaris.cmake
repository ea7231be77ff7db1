# SPDX-License-Identifier: MIT
# Solaris and illumos, object files only: no C library of theirs is to be had
# for cross builds. clang knows the target; what the layer needs of the
# system's own headers is in tests/model/include/solaris, and the rest, plain
# C and POSIX of 2008, comes from the headers of this machine.
set(CMAKE_SYSTEM_NAME SunOS)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER clang)
set(CMAKE_C_COMPILER_TARGET x86_64-pc-solaris2.11)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_COMPILER_WORKS TRUE)
set(CMAKE_HAVE_LIBC_PTHREAD TRUE CACHE BOOL "")
set(MEMWARD_COMPILE_ONLY TRUE)

get_filename_component(model ${CMAKE_CURRENT_LIST_DIR}/../tests/model ABSOLUTE)
set(flags -DMODEL_PRETEND_SOLARIS -D_POSIX_C_SOURCE=200809L
  -include ${model}/pretend.h
  -I${model}/include/solaris -I${model}/include/common -I${model}
  -isystem /usr/include)
execute_process(COMMAND cc -print-multiarch OUTPUT_VARIABLE multiarch
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(multiarch)
  list(APPEND flags -isystem /usr/include/${multiarch})
endif()
list(JOIN flags " " CMAKE_C_FLAGS_INIT)
