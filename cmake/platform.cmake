# SPDX-License-Identifier: MIT
# Chooses the one backend that is built, by target system.
set(posix_sources src/mem_sys/posix.c src/mem_sys/posix_harden.c
  src/mem_sys/posix_input.c src/mem_sys/posix_terminal.c
  src/mem_sys/posix_output.c src/mem_sys/posix_signals.c
  src/mem_sys/posix_store.c)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  set(MEMWARD_BACKEND ${posix_sources} src/mem_sys/unix.c
    src/mem_sys/linux_account.c src/mem_sys/linux_guards.c
    src/mem_sys/linux_harden.c src/mem_sys/linux_hidden.c)
elseif(CMAKE_SYSTEM_NAME STREQUAL "Darwin")
  set(MEMWARD_BACKEND ${posix_sources} src/mem_sys/unix.c
    src/mem_sys/mac_harden.c)
elseif(CMAKE_SYSTEM_NAME STREQUAL "FreeBSD")
  set(MEMWARD_BACKEND ${posix_sources} src/mem_sys/freebsd.c)
elseif(CMAKE_SYSTEM_NAME STREQUAL "NetBSD")
  set(MEMWARD_BACKEND ${posix_sources} src/mem_sys/netbsd.c)
elseif(CMAKE_SYSTEM_NAME STREQUAL "OpenBSD")
  set(MEMWARD_BACKEND ${posix_sources} src/mem_sys/openbsd.c)
elseif(CMAKE_SYSTEM_NAME STREQUAL "SunOS")
  set(MEMWARD_BACKEND ${posix_sources} src/mem_sys/solaris.c)
elseif(CMAKE_SYSTEM_NAME STREQUAL "Windows")
  set(MEMWARD_BACKEND src/mem_sys/windows.c src/mem_sys/windows_harden.c
    src/mem_sys/windows_input.c
    src/mem_sys/windows_output.c src/mem_sys/windows_signals.c
    src/mem_sys/windows_store.c)
else()
  message(FATAL_ERROR
    "memward has no backend for ${CMAKE_SYSTEM_NAME}; see ARCHITECTURE.md, "
    "\"Adding a system\".")
endif()
# What some systems have and others answer for in a few lines.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  list(APPEND MEMWARD_BACKEND src/mem_sys/linux_hand.c
    src/mem_sys/linux_keys.c)
else()
  list(APPEND MEMWARD_BACKEND src/mem_sys/no_hand.c src/mem_sys/no_keys.c)
endif()
# glibc and musl declare the system calls only when asked for more than C11.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  target_compile_definitions(memward_options INTERFACE _DEFAULT_SOURCE)
endif()
