/* SPDX-License-Identifier: MIT */
/*
 * The central store of a ward's slots, packed and guarded. All with the
 * ward's lock held unless said otherwise.
 */
#ifndef MW_CORE_POOL_H
#define MW_CORE_POOL_H

#include "cache.h"
#include "class.h"
#include "slot.h"

/*
 * Takes up to most idle slots of a class into slots, making new ones if there
 * are none. *got is how many, at least one on success. At a limit all caches
 * are emptied and idle pages given back before the answer is no.
 */
int mw_pool_take(memward_ward *ward, unsigned class, uint32_t most,
    struct mw_slot *slots, uint32_t *got);

/* Counts slots that leave the central store. */
void mw_pool_count_out(memward_ward *ward, unsigned class, uint64_t slots);
void mw_pool_count_in(memward_ward *ward, unsigned class);

/* Whether an error says that there is no more of something. */
bool mw_pool_is_limit(int rc);

/* Empties all caches and gives back all idle pages that are not reserved. */
void mw_pool_empty(memward_ward *ward);

/* Puts an idle slot back. */
void mw_pool_give(memward_ward *ward, struct mw_slot slot);

/* Gives idle pages back to the system, beyond what is worth keeping. */
void mw_pool_trim(memward_ward *ward);

/* Makes ready for count secrets of a class; all or nothing but for pages. */
int mw_pool_reserve(memward_ward *ward, unsigned class, size_t count);

/* Idle slots of a class, with pages and without a new commit. */
uint64_t mw_pool_idle(memward_ward *ward, unsigned class);

/* Wipes and decommits a run, and forgets it. False: it could not be. */
bool mw_pool_drop_run(struct mw_run *run);

/* In a child of fork: rebuilds idle lists from the states. */
void mw_pool_after_fork(memward_ward *ward);

#endif
