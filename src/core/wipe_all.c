/* SPDX-License-Identifier: MIT */
/*
 * Everything wiped, now, from a signal handler too: takes no lock, walks the
 * arenas, whose list of runs only grows, and opens what is closed.
 */
#include "wipe_all.h"

#include "cache.h"
#include "fork.h"
#include "guarded.h"
#include "key.h"
#include "region.h"
#include "slot.h"
#include "stack.h"

/* How long to wait for threads that are closing pages at this moment. */
#define PATIENCE 100000

/* Threads between asking whether to close pages and having done so. */
static atomic_uint closing;
static MW_THREAD_LOCAL unsigned own_closing;

static bool begin_closing(void)
{
	atomic_fetch_add(&closing, 1);
	own_closing++;
	return !atomic_load(&mw_ward_wiped);
}

static void end_closing(void)
{
	own_closing--;
	atomic_fetch_sub(&closing, 1);
}

int mw_wipe_all_protect(void *mem, size_t len, memward_access access)
{
	int rc = 0;

	if (access == MEMWARD_READ_WRITE)
		return mw_sys_protect(mem, len, access);
	if (begin_closing())
		rc = mw_sys_protect(mem, len, access);
	end_closing();
	return rc;
}

int mw_wipe_all_decommit(void *mem, size_t len)
{
	int rc = MEMWARD_EWIPEDALL;

	if (begin_closing())
		rc = mw_sys_decommit(mem, len);
	end_closing();
	return rc;
}

/*
 * From here on nobody begins to close pages. A thread that did so before, and
 * is not the one interrupted by this handler, gets the time to end.
 */
static void wait_for_closing(void)
{
	for (long i = 0; i < PATIENCE; i++) {
		if (atomic_load(&closing) <= own_closing)
			return;
		mw_sys_yield();
	}
}

static size_t wipe_pages(char *data, size_t len)
{
	if (mw_sys_expose(data, len) != 0)
		return len;
	mw_poison_lift(data, len);
	memward_wipe(data, len);
	return 0;
}

static size_t wipe_guarded(struct mw_run *run)
{
	size_t left = 0;

	/* One mapping opens at once, without needing others; guards stay. */
	if (run->region != MW_REGION_NONE)
		(void)mw_sys_expose(run->data, mw_region_bytes(run));
	for (uint32_t i = 0; i < atomic_load(&run->ready); i++) {
		size_t bytes = mw_slot_guarded_bytes(run);

		/* A function runs there; its call is to wipe it. */
		if (atomic_load(&mw_slot_guarded(run, i)->running))
			left += bytes;
		else if (mw_slot_guarded(run, i)->committed)
			left += wipe_pages(mw_slot_data(run, i), bytes);
	}
	return left;
}

static size_t wipe_runs(void)
{
	struct mw_run *run;
	size_t cursor = 0;
	size_t left = 0;

	while ((run = mw_arena_next(&cursor)) != NULL) {
		if (run->orphan)
			continue;
		if (atomic_load(&run->kind) == MW_RUN_GUARDED)
			left += wipe_guarded(run);
		else if (run->committed != 0)
			left += wipe_pages(
			    run->data, run->committed * mw_arena_page());
	}
	return left;
}

size_t memward_wipe_all(void)
{
	uint32_t usual = MW_FORK_USUAL;
	uint64_t rights;
	size_t left;
	bool keyed;

	atomic_store(&mw_ward_wiped, true);
	/* A child that has not noticed yet will see to it when it does. */
	(void)atomic_compare_exchange_strong(
	    atomic_load(&mw_fork_word), &usual, MW_FORK_WIPED);
	wait_for_closing();
	mw_stack_show_left();
	keyed = mw_key_open_all(&rights);
	left = wipe_runs();
	if (keyed)
		mw_key_restore_all(rights);
	return left;
}
