/* SPDX-License-Identifier: MIT */
/* The numbers of FreeBSD 14 that the backend uses: sys/mman.h, mmap(2). */
#ifndef MW_MODEL_MMAN_H
#define MW_MODEL_MMAN_H

#include "mman_calls.h"

#define MAP_ANON     0x1000
#define MAP_GUARD    0x2000
#define MAP_NOCORE   0x20000
#define PROT_MAX(p)  ((p) << 16)
#define MADV_NOCORE  8
#define MADV_CORE    9
#define INHERIT_COPY 1
#define INHERIT_NONE 2
#define INHERIT_ZERO 3
#define MS_ASYNC     1

int minherit(void *mem, size_t len, int inherit);

#endif
