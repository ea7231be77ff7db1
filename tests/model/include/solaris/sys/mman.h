/* SPDX-License-Identifier: MIT */
/*
 * The part of sys/mman.h of Solaris and illumos that the backend uses, after
 * memcntl(2), mlock(3C) and mmap(2), since no C library of theirs is to be
 * had for cross compiling. It serves twice: with it solaris.c is compiled
 * with warnings as errors, and runs on the model.
 *
 * The values were compared once with two independent public tables: Go's
 * golang.org/x/sys 0.49.0, unix/zerrors_solaris_amd64.go, and Rust's libc
 * 0.2.191, src/unix/solarish. tests/model/README.md has the result.
 *
 * Prototypes: where X/Open features are selected, and on newer illumos, the
 * calls take void *; otherwise caddr_t, which is char *. The backend must
 * build with both, so Solaris has the one here and illumos the other.
 */
#ifndef MW_MODEL_MMAN_H
#define MW_MODEL_MMAN_H

#include "redirect.h"

#define PROT_NONE  0
#define PROT_READ  1
#define PROT_WRITE 2
#define PROT_EXEC  4

#define MAP_PRIVATE   2
#define MAP_FIXED     0x10
#define MAP_NORESERVE 0x40
#define MAP_ANON      0x100
#define MAP_FAILED    ((void *)-1)

#define MS_ASYNC 1

#ifdef MODEL_ILLUMOS
/* In neither table; memcntl(2) of illumos and its libc's random generator. */
#define MC_INHERIT_ZERO 8
typedef void *model_address;
typedef const void *model_lock_address;
#else
typedef char *model_address;
typedef char *model_lock_address;
#endif

#ifdef MODEL_ILLUMOS
void *mmap(void *mem, size_t len, int prot, int flags, int fd, off_t at);
#else
char *mmap(char *mem, size_t len, int prot, int flags, int fd, off_t at);
#endif
int munmap(model_address mem, size_t len);
int mprotect(model_address mem, size_t len, int prot);
int madvise(model_address mem, size_t len, int advice);
int msync(model_address mem, size_t len, int flags);
int mlock(model_lock_address mem, size_t len);
int munlock(model_lock_address mem, size_t len);
int memcntl(model_address mem, size_t len, int command, model_address argument,
    int attributes, int mask);

#endif
