/* SPDX-License-Identifier: MIT */
/*
 * Guarded slots: pages of their own between two no-access pages.
 *
 *	guard | zeros | canary (16) | secret | canary (slack) | guard
 *
 * The canary in front is there unless the secret fills its pages; the slack
 * is what the alignment leaves. With the ward's lock held unless said
 * otherwise.
 */
#ifndef MW_CORE_GUARDED_H
#define MW_CORE_GUARDED_H

#include "cache.h"
#include "slot.h"

/* The class of guarded secrets of len bytes; MW_CLASSES: a run of its own. */
unsigned mw_guarded_class(size_t len);

/* As take and make in pool.c, for one class. */
uint32_t mw_guarded_take_idle(
    memward_ward *ward, unsigned class, uint32_t most, struct mw_slot *slots);
int mw_guarded_grow(memward_ward *ward, unsigned class);
void mw_guarded_mark_idle(struct mw_run *run, uint32_t slot);

/* A run with one slot, for a secret of len bytes. */
int mw_guarded_own_run(memward_ward *ward, size_t len, struct mw_slot *slot);

/* Wipes, decommits and forgets a run. False: it could not be. */
bool mw_guarded_drop_run(struct mw_run *run);

/*
 * Lays a secret into an idle slot. Needs no lock on a ward that is open at
 * rest. 0, or ENOMEM if the pages could not be opened.
 */
int mw_guarded_hand_out(const char *call, struct mw_run *run, uint32_t slot,
    size_t len, size_t align, void **secret);

/*
 * Checks, wipes and closes a slot whose secret is freed. Needs no lock on a
 * ward that is open at rest. False: the pages could not be opened; they stay
 * closed and out of use for good.
 */
bool mw_guarded_take_back(const char *call, struct mw_run *run, uint32_t slot);

/* Whether the canaries are whole. The pages must be readable. */
bool mw_guarded_has_canary(struct mw_run *run, uint32_t slot);

/* Gives the pages the narrower of the ward's and the secret's access. */
int mw_guarded_apply(struct mw_run *run, uint32_t slot, memward_access ward);

/* Tells sanitizers what of the pages is no secret's. */
void mw_guarded_poison(struct mw_run *run, uint32_t slot);

/* Makes the pages writable for memward's own work. */
int mw_guarded_open(struct mw_run *run, uint32_t slot);

/* In a child of fork. The pages are open. */
void mw_guarded_settle(struct mw_run *run);

#endif
