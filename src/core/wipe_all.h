/* SPDX-License-Identifier: MIT */
/*
 * Closing and taking away pages, in step with memward_wipe_all(): while that
 * wipes, in a handler and without locks, no page may be closed under it. Once
 * it has begun, pages stay as they are: they are open and hold zeros.
 */
#ifndef MW_CORE_WIPE_ALL_H
#define MW_CORE_WIPE_ALL_H

#include "ward.h"

/* As mw_sys_protect() and mw_sys_decommit(). */
int mw_wipe_all_protect(void *mem, size_t len, memward_access access);
int mw_wipe_all_decommit(void *mem, size_t len);

/*
 * Whether a canary that was found broken, or a slot found other than it should
 * be, is the work of memward_wipe_all() in another thread.
 */
static inline bool mw_wipe_all_began(void)
{
	/* What was looked at was read before this. */
	atomic_thread_fence(memory_order_acquire);
	return atomic_load(&mw_ward_wiped);
}

#endif
