/* SPDX-License-Identifier: MIT */
/* Whose memory an address is: for fault handlers, without locks. */
#include "guarded.h"
#include "slot.h"
#include "ward.h"

/* The secret a slot holds: *from and *len within it. False: none. */
static bool secret_in(
    struct mw_run *run, uint32_t slot, size_t *from, size_t *len)
{
	unsigned state;

	if (atomic_load(&run->kind) == MW_RUN_GUARDED) {
		struct mw_guarded *g = mw_slot_guarded(run, slot);

		*from = atomic_load(&g->from);
		*len = atomic_load(&g->len);
		return atomic_load(&g->state) == MW_SLOT_LIVE;
	}
	state = atomic_load(&mw_slot_states(run)[slot]);
	*from = 0;
	*len = state - MW_SLOT_LIVE;
	return state >= MW_SLOT_LIVE;
}

static void describe(
    struct mw_run *run, const char *address, memward_address *what)
{
	size_t offset = (size_t)(address - run->data);
	uint32_t slot;
	size_t within;
	size_t from;

	what->place = MEMWARD_PLACE_GUARD;
	what->ward = mw_ward_handle(run->ward);
	if (address < run->data)
		return;
	slot = mw_slot_of(run, offset);
	if (slot >= atomic_load(&run->ready))
		return;
	within = offset - (size_t)slot * run->slot_size;
	if (secret_in(run, slot, &from, &what->len)) {
		what->secret = mw_slot_data(run, slot) + from;
		what->offset = address - (char *)what->secret;
	} else {
		what->len = 0;
	}
	if (atomic_load(&run->kind) == MW_RUN_GUARDED &&
	    within >= mw_slot_guarded_bytes(run))
		return;
	if (what->secret == NULL)
		what->place = MEMWARD_PLACE_FREED;
	else if (within - from < what->len)
		what->place = MEMWARD_PLACE_SECRET;
	else
		what->place = MEMWARD_PLACE_SLACK;
}

int memward_explain_address(const void *address, memward_address *what)
{
	struct mw_run *run;

	if (what == NULL)
		return MEMWARD_ENULL;
	*what = (memward_address){.place = MEMWARD_PLACE_FOREIGN};
	run = mw_arena_find(address);
	if (run != NULL)
		describe(run, address, what);
	else if (mw_arena_holds(address))
		what->place = MEMWARD_PLACE_GUARD;
	return 0;
}
