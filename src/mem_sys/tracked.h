/* SPDX-License-Identifier: MIT */
/*
 * Locks where the system's own do not keep the contract of backend.h by
 * themselves: where they nest (macOS), where closing a page drops its lock
 * (OpenBSD, Windows), where unlocking the unlocked fails (Windows). The layer
 * then remembers which addresses it locked, and which of those lost their
 * lock because they were closed.
 */
#ifndef MW_MEM_SYS_TRACKED_H
#define MW_MEM_SYS_TRACKED_H

#include "backend.h"

/* The system's bare calls, with MEMWARD_E results. */
struct mw_tracked_ops {
	int (*lock)(void *mem, size_t len);
	int (*unlock)(void *mem, size_t len);
	int (*protect)(void *mem, size_t len, memward_access access);
	int (*unmap)(void *mem, size_t len);
	/*
	 * So many bytes that were to be locked no longer are, and unlock was
	 * not called for them: they were closed or are gone. NULL: no matter.
	 */
	void (*unlocked)(size_t len);
	/*
	 * Whether so many bytes could be locked all at once: 0 or
	 * MEMWARD_ELOCKLIMIT. Asked while closed pages, whose locks are to
	 * come back, leave the system's own count too low. NULL: always.
	 */
	int (*could_lock)(uint64_t bytes);
	/* One mutex around all of it, held over system calls. */
	void (*enter)(void);
	void (*leave)(void);
	bool closing_unlocks;
};

int mw_tracked_lock(const struct mw_tracked_ops *ops, void *mem, size_t len);
int mw_tracked_unlock(const struct mw_tracked_ops *ops, void *mem, size_t len);
int mw_tracked_protect(const struct mw_tracked_ops *ops, void *mem, size_t len,
    memward_access access);

/* Opens, wipes and unmaps. Results as mw_sys_release(). */
int mw_tracked_release(const struct mw_tracked_ops *ops, void *mem, size_t len);

/*
 * Calls drop(), which takes the pages of a range away without unmapping it;
 * if it succeeds, their locks are forgotten.
 */
int mw_tracked_drop(const struct mw_tracked_ops *ops, void *mem, size_t len,
    int (*drop)(void *mem, size_t len));

/* Forgets every lock: for a child of fork, which inherits none. */
void mw_tracked_forget(void);

#endif
