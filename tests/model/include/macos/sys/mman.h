/* SPDX-License-Identifier: MIT */
/* The numbers of macOS that the backend uses: xnu 11417, bsd/sys/mman.h. */
#ifndef MW_MODEL_MMAN_H
#define MW_MODEL_MMAN_H

#include "mman_calls.h"

#define MAP_ANON              0x1000
#define MAP_NORESERVE         0x40
#define MADV_ZERO_WIRED_PAGES 6
#define MS_ASYNC              1

int minherit(void *mem, size_t len, int inherit);

#endif
