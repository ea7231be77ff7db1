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

/* What is said of a slot's secret, wherever in the slot the address is. */
static void name_secret(struct mw_run *run, uint32_t slot, const char *address,
    memward_address *what, size_t *from)
{
	if (!secret_in(run, slot, from, &what->len)) {
		what->len = 0;
		return;
	}
	what->secret = mw_slot_data(run, slot) + *from;
	what->offset = address - (char *)what->secret;
}

/* In no slot that has its pages: on a page of the run, or behind them all. */
static memward_place outside_slots(struct mw_run *run, size_t offset)
{
	bool on_page = atomic_load(&run->kind) == MW_RUN_PACKED &&
		       offset < atomic_load(&run->committed) * mw_arena_page();

	return on_page ? MEMWARD_PLACE_FREED : MEMWARD_PLACE_GUARD;
}

static void describe(
    struct mw_run *run, const char *address, memward_address *what)
{
	size_t offset = (size_t)(address - run->data);
	uint32_t slot = mw_slot_of(run, offset);
	size_t within = offset - (size_t)slot * run->slot_size;
	size_t from = 0;

	what->ward = mw_ward_handle(run->ward);
	if (slot >= atomic_load(&run->ready)) {
		what->place = outside_slots(run, offset);
		return;
	}
	name_secret(run, slot, address, what, &from);
	if (atomic_load(&run->kind) == MW_RUN_GUARDED &&
	    within >= mw_slot_guarded_bytes(run))
		what->place = MEMWARD_PLACE_GUARD;
	else if (what->secret == NULL)
		what->place = MEMWARD_PLACE_FREED;
	else if (within - from < what->len)
		what->place = MEMWARD_PLACE_SECRET;
	else
		what->place = MEMWARD_PLACE_SLACK;
}

/*
 * The guard that begins a chunk is also the one behind the run before it, and
 * more secrets are overrun than underrun: so it is explained by the last slot
 * of that run, if that ends right here.
 */
static void describe_front_guard(
    struct mw_run *behind, const char *address, memward_address *what)
{
	const char *before = address - mw_arena_page();
	struct mw_run *run = mw_arena_find(before);
	uint32_t slot;
	size_t from = 0;

	what->place = MEMWARD_PLACE_GUARD;
	if (behind != NULL)
		what->ward = mw_ward_handle(behind->ward);
	if (run == NULL || before < run->data)
		return;
	what->ward = mw_ward_handle(run->ward);
	if (atomic_load(&run->kind) != MW_RUN_GUARDED)
		return;
	slot = mw_slot_of(run, (size_t)(before - run->data));
	if (slot < atomic_load(&run->ready))
		name_secret(run, slot, address, what, &from);
}

int memward_explain_address(const void *address, memward_address *what)
{
	struct mw_run *run;

	if (what == NULL)
		return MEMWARD_ENULL;
	*what = (memward_address){.place = MEMWARD_PLACE_FOREIGN};
	run = mw_arena_find(address);
	if (run != NULL && (const char *)address >= run->data)
		describe(run, address, what);
	else if (mw_arena_holds(address))
		describe_front_guard(run, address, what);
	return 0;
}
