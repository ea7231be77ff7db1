/* SPDX-License-Identifier: MIT */
/* The numbers of OpenBSD 7.5 that the backend uses: sys/mman.h, mmap(2). */
#ifndef MW_MODEL_MMAN_H
#define MW_MODEL_MMAN_H

#include "mman_calls.h"

#define MAP_ANON         0x1000
#define MAP_NORESERVE    0 /* an old name without a meaning */
#define MAP_CONCEAL      0x8000
#define MAP_INHERIT_COPY 1
#define MAP_INHERIT_NONE 2
#define MAP_INHERIT_ZERO 3
#define MS_ASYNC         1

int minherit(void *mem, size_t len, int inherit);
int mimmutable(void *mem, size_t len);

#endif
