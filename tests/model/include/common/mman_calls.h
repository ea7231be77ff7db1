/* SPDX-License-Identifier: MIT */
/* Prototypes that FreeBSD, NetBSD, OpenBSD, macOS and Linux have alike. */
#ifndef MW_MODEL_MMAN_CALLS_H
#define MW_MODEL_MMAN_CALLS_H

#include "redirect.h"

#define PROT_NONE  0
#define PROT_READ  1
#define PROT_WRITE 2
#define PROT_EXEC  4

#define MAP_PRIVATE 2
#define MAP_FIXED   0x10
#define MAP_FAILED  ((void *)-1)

void *mmap(void *mem, size_t len, int prot, int flags, int fd, off_t at);
int munmap(void *mem, size_t len);
int mprotect(void *mem, size_t len, int prot);
int madvise(void *mem, size_t len, int advice);
int msync(void *mem, size_t len, int flags);
int mlock(const void *mem, size_t len);
int munlock(const void *mem, size_t len);

#endif
