/* SPDX-License-Identifier: MIT */
/* Looking for broken canaries before anything is freed. */
#include "fatal.h"
#include "fork.h"
#include "guarded.h"
#include "key.h"
#include "secret.h"
#include "slot.h"
#include "window.h"
#include "wipe_all.h"

void memward_check(const void *secret)
{
	const char *call = "memward_check";
	struct mw_place place;
	memward_ward *ward;

	if (secret == NULL || atomic_load(&mw_ward_wiped))
		return;
	mw_fork_check();
	place = mw_secret_find(call, secret);
	/* Inherited, not this process's: there is nothing left to check. */
	if (place.run->orphan)
		return;
	ward = place.run->ward;
	mw_key_lock(ward);
	if (mw_window_open_slot(place.run, place.slot) == 0) {
		mw_secret_check(call, place);
		mw_window_close_slot(place.run, place.slot);
	}
	mw_key_unlock(ward);
}

/*
 * Other threads allocate and free meanwhile, without the lock: a canary counts
 * as broken only if it is so every time while the slot stays the same.
 */
#define LOOKS 1000

static unsigned state_of(struct mw_run *run, uint32_t slot)
{
	if (atomic_load(&run->kind) == MW_RUN_GUARDED)
		return mw_slot_guarded(run, slot)->state;
	return mw_slot_states(run)[slot];
}

static bool is_whole(struct mw_run *run, uint32_t slot)
{
	struct mw_place place = {
	    run, slot, 0, atomic_load(&run->kind) == MW_RUN_GUARDED};

	for (int i = 0; i < LOOKS; i++) {
		unsigned state = state_of(run, slot);

		if (state < MW_SLOT_LIVE)
			return true;
		if (!place.guarded)
			place.len = state - MW_SLOT_LIVE;
		if (mw_secret_has_canary(place))
			return true;
		atomic_thread_fence(memory_order_seq_cst);
		if (state_of(run, slot) != state)
			i = 0;
	}
	return false;
}

/*
 * Whether a living guarded secret cannot be read now. On a ward that is open
 * at rest only its own access closes it, and whoever frees a secret that has
 * one waits for the lock.
 */
static bool is_closed(struct mw_run *run, uint32_t slot)
{
	struct mw_guarded *g = mw_slot_guarded(run, slot);

	if (run->ward->cached)
		return atomic_load(&g->access) == MEMWARD_NO_ACCESS;
	return g->now == MEMWARD_NO_ACCESS;
}

static bool is_whole_or_gone(struct mw_place place)
{
	return mw_secret_has_canary(place) || mw_wipe_all_began();
}

bool memward_is_intact(const void *secret)
{
	struct mw_place place;
	memward_ward *ward;
	const char *why;
	bool intact = true;

	if (atomic_load(&mw_ward_wiped))
		return true;
	mw_fork_check();
	if (!mw_secret_look(secret, &place, &why))
		return false;
	if (place.run->orphan)
		return true;
	ward = place.run->ward;
	/* Readable, and only whoever uses the secret could close it now. */
	if (ward->cached &&
	    !(place.guarded && is_closed(place.run, place.slot)))
		return is_whole_or_gone(place);
	mw_key_lock(ward);
	if (mw_window_open_slot(place.run, place.slot) == 0) {
		intact = is_whole_or_gone(place);
		mw_window_close_slot(place.run, place.slot);
	}
	mw_key_unlock(ward);
	return intact;
}

static int check_slot(const char *call, struct mw_run *run, uint32_t slot)
{
	bool open;
	int rc = 0;

	if (state_of(run, slot) < MW_SLOT_LIVE)
		return 0;
	open =
	    atomic_load(&run->kind) == MW_RUN_GUARDED && is_closed(run, slot);
	if (open)
		rc = mw_window_open_slot(run, slot);
	if (rc != 0)
		return rc;
	if (!is_whole(run, slot) && !mw_wipe_all_began())
		mw_fatal(call, MW_BROKEN_CANARY);
	if (open)
		mw_window_close_slot(run, slot);
	return 0;
}

static int check_run(const char *call, struct mw_run *run)
{
	int rc = mw_window_open_run(run);

	for (uint32_t i = 0; rc == 0 && i < atomic_load(&run->ready); i++)
		rc = check_slot(call, run, i);
	mw_window_close_run(run);
	return rc;
}

static int check_ward(const char *call, memward_ward *ward)
{
	int rc = 0;

	mw_key_lock(ward);
	for (struct mw_run *run = ward->runs; run != NULL && rc == 0;
	     run = run->next)
		rc = check_run(call, run);
	mw_key_unlock(ward);
	return rc;
}

int memward_check_ward(memward_ward *handle)
{
	memward_ward *ward;
	int rc = 0;

	if (atomic_load(&mw_ward_wiped))
		return MEMWARD_EWIPEDALL;
	mw_fork_check();
	ward = mw_ward_resolve(handle, &rc);
	return ward == NULL ? rc : check_ward("memward_check_ward", ward);
}

int memward_check_all(void)
{
	int rc = 0;

	if (atomic_load(&mw_ward_wiped))
		return MEMWARD_EWIPEDALL;
	mw_fork_check();
	for (memward_ward *w = mw_ward_first(); w != NULL && rc == 0;
	     w = w->next) {
		if (atomic_load(&w->serial) != 0)
			rc = check_ward("memward_check_all", w);
	}
	return rc;
}
