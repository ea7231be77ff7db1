/* SPDX-License-Identifier: MIT */
/*
 * Memory for memward's own records, apart from all secrets and between
 * no-access pages. Never given back to the system.
 */
#ifndef MW_CORE_META_H
#define MW_CORE_META_H

#include <stddef.h>

/* Reserves the space. 0 or MEMWARD_ENOMEM. Once, before anything else. */
int mw_meta_start(void);

/* Zeroed, aligned to a cache line; NULL: no memory. Thread-safe. */
void *mw_meta_alloc(size_t size);

/* Takes back what mw_meta_alloc() gave for the same size. NULL is fine. */
void mw_meta_free(void *record, size_t size);

/* For fork. */
void mw_meta_hold(void);
void mw_meta_let_go(void);
void mw_meta_after_fork(void);

#endif
