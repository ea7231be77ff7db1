/* SPDX-License-Identifier: MIT */
#include "fork.h"

#include "arena.h"
#include "ends.h"
#include "meta.h"
#include "poison.h"
#include "range.h"
#include "seal.h"
#include "ward.h"

/* In use where the system cannot wipe a page in a child. */
static _Atomic uint32_t plain_word = MW_FORK_USUAL;

_Atomic(_Atomic uint32_t *) mw_fork_word = &plain_word;

/* In the order in which calls take the locks. */
static void before(void)
{
	mw_ends_hold();
	mw_seal_hold();
	mw_ward_hold();
	mw_range_hold();
	mw_arena_hold();
	mw_meta_hold();
}

static void parent(void)
{
	mw_meta_let_go();
	mw_arena_let_go();
	mw_range_let_go();
	mw_ward_let_go();
	mw_seal_let_go();
	mw_ends_let_go();
}

static void set_word(_Atomic uint32_t *place)
{
	uint32_t word = mw_poison_watched ? MW_FORK_WATCHED : MW_FORK_USUAL;

	if (atomic_load(&mw_ward_wiped))
		word = MW_FORK_WIPED;
	atomic_store(place, word);
}

void mw_fork_recover(void)
{
	/* The other threads are not here: all locks begin anew. */
	mw_meta_after_fork();
	mw_arena_after_fork();
	mw_range_after_fork();
	mw_ward_after_fork();
	mw_seal_after_fork();
	mw_ends_start();
	set_word(atomic_load(&mw_fork_word));
}

int mw_fork_start(void)
{
	size_t page = mw_sys_page_size();
	void *space;
	void *mem;
	/* guard, the word's page, guard */
	int rc = mw_sys_reserve(3 * page, &space);

	if (rc != 0)
		return rc;
	mem = (char *)space + page;
	rc = mw_sys_commit_plain(mem, page);
	if (rc != 0) {
		mw_sys_unreserve(space, 3 * page);
		return rc;
	}
	if (!mw_sys_around_fork(before, parent, mw_fork_recover)) {
		mw_sys_unreserve(space, 3 * page);
		return MEMWARD_ENOMEM;
	}
	if (mw_sys_set_fork_rule(mem, page, MEMWARD_FORK_WIPE) != 0) {
		set_word(&plain_word);
		return 0;
	}
	/* Whoever sees it at its new place must not see zero. */
	set_word(mem);
	atomic_store(&mw_fork_word, mem);
	return 0;
}
