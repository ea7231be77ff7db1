/* SPDX-License-Identifier: MIT */
/*
 * Guarded runs in one mapping: where the system has guards that need no
 * mapping of their own, a run is made of nothing but guards, and each slot is
 * lifted out of them when it is needed.
 *
 *	| slot | guard | slot | guard | guard guard guard ... | guard |
 *	|---------------- one mapping -----------------------| page without
 *	                                                        access
 *
 * The kernel locks a mapping, guards and all, so these count against the limit
 * of locks. They are locked while that is generous; at the limit they are let
 * go, and only the slots stay locked, each then a mapping as on any system.
 * With the ward's lock held.
 */
#ifndef MW_CORE_REGION_H
#define MW_CORE_REGION_H

#include "ward.h"

/*
 * Chunks of a new run of a class whose slots take so many pages, guard
 * included. One that is to be one mapping may be long, as it costs no more.
 */
size_t mw_region_chunks(
    const memward_ward *ward, unsigned class, size_t stride);

/*
 * Makes a new run one mapping full of guards, if that is to be had; else it
 * is as it was. ENOMEM: nobody knows what it is, and it must not be used.
 */
int mw_region_make(struct mw_run *run);

/* Bytes from the first slot to the end of the last. */
size_t mw_region_bytes(const struct mw_run *run);

/*
 * Lifts a slot out of the guards and locks it, if the policy wants locks; open,
 * zeroed, counted. Errors as mw_ward_commit().
 */
int mw_region_lift(struct mw_run *run, uint32_t slot, bool *locked);

/*
 * Unlocks the guards of all runs of a ward, so that their share of the limit
 * serves secrets. False: none was locked.
 */
bool mw_region_yield(memward_ward *ward);

/*
 * Gives all slots of a guarded run the narrower of the ward's and their own
 * access; where it is one mapping, neighbours that want the same in one call.
 */
int mw_region_apply(struct mw_run *run, memward_access ward);

/* Opens all of a run, wipes it, takes its pages out and uncounts them. */
int mw_region_drop(struct mw_run *run);

/* In a child of fork: locks all of a run again. False: slot by slot, please. */
bool mw_region_lock_again(struct mw_run *run);

/* In a child that found zeros: guards are lost there, and laid again. */
void mw_region_lay_again(struct mw_run *run);

#endif
