/* SPDX-License-Identifier: MIT */
/*
 * Wards that are closed by a protection key. Their pages stay read-write in
 * the page tables; each thread's own register says whether it may use them.
 * So a window is a matter of its thread alone, which counts it in its cache:
 * no lock, no system call.
 *
 * A signal handler begins with the key closed, whatever its thread had open,
 * and its end gives the thread back what it had.
 */
#ifndef MW_CORE_KEY_H
#define MW_CORE_KEY_H

#include "cache.h"

static inline bool mw_key_has(const memward_ward *ward)
{
	return ward->kind.key != 0;
}

/* Takes a key for a ward that opens. 0 or why there is none. */
int mw_key_take(memward_ward *ward);

/*
 * For a ward that closes for good: closes the key in this thread, and gives it
 * back unless a page may still carry it. Between mw_key_lock() and _unlock().
 */
void mw_key_give(memward_ward *ward);

/*
 * The lock of a ward, for whoever uses its pages: between the two the calling
 * thread may, whatever windows it has. Of wards without a key it is the lock.
 */
void mw_key_lock(memward_ward *ward);
void mw_key_unlock(memward_ward *ward);

/* Once the lock is let go, the thread has no right to the pages. */
void mw_key_forfeit(memward_ward *ward);

/* As lock and unlock, for a child of fork, which is alone. */
void mw_key_open(memward_ward *ward);
void mw_key_restore(memward_ward *ward);

/* Gives the calling thread what the windows in its cache allow. */
void mw_key_apply(const memward_ward *ward, const struct mw_cache *cache);

/*
 * For signal handlers: opens the keys of all wards in this thread. True: there
 * are some, and *before is for mw_key_restore_all().
 */
bool mw_key_open_all(uint64_t *before);
void mw_key_restore_all(uint64_t before);

#endif
