/* SPDX-License-Identifier: MIT */
/*
 * Protection keys, for the backends: linux_keys.c where there are some,
 * no_keys.c elsewhere. What core needs of them is in store.h.
 */
#ifndef MW_MEM_SYS_KEYS_H
#define MW_MEM_SYS_KEYS_H

#include "backend.h"

/* Makes pages read-write under a key; 0 is the key of all other pages. */
int mw_keys_put(void *mem, size_t len, int key);

/* Tries a key on a page that is read-write, and records what came of it. */
void mw_keys_try(memward_sys_info *info, void *page, size_t len);

#endif
