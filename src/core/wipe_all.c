/* SPDX-License-Identifier: MIT */
/*
 * Everything wiped, now, from a signal handler too: takes no lock, walks the
 * arenas, whose list of runs only grows, and opens what is closed.
 */
#include "fork.h"
#include "guarded.h"
#include "slot.h"
#include "ward.h"

static size_t wipe_pages(char *data, size_t len)
{
	if (mw_sys_expose(data, len) != 0)
		return len;
	memward_wipe(data, len);
	return 0;
}

static size_t wipe_guarded(struct mw_run *run)
{
	size_t left = 0;

	for (uint32_t i = 0; i < atomic_load(&run->ready); i++) {
		if (mw_slot_guarded(run, i)->committed)
			left += wipe_pages(
			    mw_slot_data(run, i), mw_slot_guarded_bytes(run));
	}
	return left;
}

size_t memward_wipe_all(void)
{
	struct mw_run *run;
	size_t cursor = 0;
	size_t left = 0;
	uint32_t usual = MW_FORK_USUAL;

	atomic_store(&mw_ward_wiped, true);
	/* A child that has not noticed yet will see to it when it does. */
	(void)atomic_compare_exchange_strong(
	    mw_fork_word, &usual, MW_FORK_WIPED);
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
