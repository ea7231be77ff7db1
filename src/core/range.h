/* SPDX-License-Identifier: MIT */
/* Locks on the caller's own memory, counted per page. */
#ifndef MW_CORE_RANGE_H
#define MW_CORE_RANGE_H

#include <stddef.h>

/* mem and len are checked: not NULL, not 0, no overflow. */
int mw_range_lock(const void *mem, size_t len);
int mw_range_unlock(const void *mem, size_t len);

/* Bytes of the pages that these calls keep locked. */
size_t mw_range_locked(void);

/* For fork. */
void mw_range_start(void);
void mw_range_hold(void);
void mw_range_let_go(void);
void mw_range_after_fork(void);

#endif
