/* SPDX-License-Identifier: MIT */
/* The numbers of Linux that the backend uses, as most architectures have
 * them: include/uapi/asm-generic/mman-common.h. */
#ifndef MW_MODEL_MMAN_H
#define MW_MODEL_MMAN_H

#include "mman_calls.h"

#define MAP_SHARED          1
#define MAP_ANON            0x20
#define MAP_NORESERVE       0x4000
#define MAP_FIXED_NOREPLACE 0x100000
#define MREMAP_MAYMOVE      1
#define MREMAP_FIXED        2
#define MADV_DONTFORK       10
#define MADV_DOFORK         11
#define MADV_UNMERGEABLE    13
#define MADV_NOHUGEPAGE     15
#define MADV_DONTDUMP       16
#define MADV_DODUMP         17
#define MADV_WIPEONFORK     18
#define MADV_KEEPONFORK     19
#define MADV_POPULATE_WRITE 23
#define MADV_GUARD_INSTALL  102
#define MADV_GUARD_REMOVE   103
#define MLOCK_ONFAULT       1
#define MS_ASYNC            1

void *mremap(void *old, size_t len, size_t new_len, int flags, ...);

#endif
