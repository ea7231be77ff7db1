/* SPDX-License-Identifier: MIT */
/*
 * Sends the system calls of a backend to the model. The header folders under
 * include/ bring this in, in place of what the system would declare.
 */
#ifndef MW_TESTS_MODEL_REDIRECT_H
#define MW_TESTS_MODEL_REDIRECT_H

#include <stddef.h>
#include <sys/types.h>

#define mmap      model_mmap
#define munmap    model_munmap
#define mremap    model_mremap
#define mprotect  model_mprotect
#define madvise   model_madvise
#define minherit  model_minherit
#define memcntl   model_memcntl
#define mlock     model_mlock
#define munlock   model_munlock
#define msync     model_msync
#define setrlimit model_setrlimit
#define getrlimit model_getrlimit
#define pipe      model_pipe
#define read      model_read
#define write     model_write
#define close     model_close
#define ftruncate model_ftruncate
#define open      model_open
#define sysconf   model_sysconf
#define syscall   model_syscall

#define getrandom  model_getrandom
#define getentropy model_getentropy
#define issetugid  model_issetugid

#define mimmutable model_mimmutable

#define prctl     model_prctl
#define procctl   model_procctl
#define sysctl    model_sysctl
#define ptrace    model_ptrace
#define setpflags model_setpflags

#endif
