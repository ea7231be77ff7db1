/* SPDX-License-Identifier: MIT */
/* Counted access to closed wards. */
#ifndef MW_CORE_WINDOW_H
#define MW_CORE_WINDOW_H

#include "cache.h"

int mw_window_begin(memward_ward *ward, memward_access access);
int mw_window_end(memward_ward *ward);

/* Whether a thread has a window open. Lock held. */
bool mw_window_is_open(const memward_ward *ward);

/* Ends all windows of the cache's thread, which ends as well. Lock held. */
void mw_window_end_all(memward_ward *ward, struct mw_cache *cache);

/*
 * A short window for memward's own work on a packed run: makes it writable, and
 * closes it again as the windows that are open have it. With the ward's lock
 * held. Closing cannot be refused for want of mappings: a run is a mapping of
 * its own, and changes as a whole.
 */
int mw_window_open_run(struct mw_run *run);
void mw_window_close_run(struct mw_run *run);

/*
 * The same for one slot. Of a long packed run only the pages of the slot are
 * opened, if the system has the mappings to spare; closing makes them one with
 * the others again, and is not refused either.
 */
int mw_window_open_slot(struct mw_run *run, uint32_t slot);
void mw_window_close_slot(struct mw_run *run, uint32_t slot);

/*
 * Opens a run, or one slot, only to wipe in it: if need be without locks that
 * were lost when it was closed, and cannot be had again.
 */
int mw_window_open_to_wipe(struct mw_run *run);
int mw_window_open_slot_to_wipe(struct mw_run *run, uint32_t slot);

/* In a child of fork: counts only this thread's windows ... */
void mw_window_recount(memward_ward *ward, struct mw_cache *cache);
/* ... and closes what only others had open. */
void mw_window_settle(memward_ward *ward);

#endif
