/* SPDX-License-Identifier: MIT */
/* The numbers of NetBSD 10 that the backend uses: sys/mman.h 1.62. */
#ifndef MW_MODEL_MMAN_H
#define MW_MODEL_MMAN_H

#include "mman_calls.h"

#define PROT_MPROTECT(prot) ((prot) << 3)

#define MAP_ANON         0x1000
#define MAP_NORESERVE    0x40
#define MAP_INHERIT_COPY 1
#define MAP_INHERIT_NONE 2
#define MAP_INHERIT_ZERO 4
#define MS_ASYNC         1

int minherit(void *mem, size_t len, int inherit);

#endif
