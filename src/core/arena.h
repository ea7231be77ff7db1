/* SPDX-License-Identifier: MIT */
/*
 * Address space for secrets, in chunks of sixteen pages:
 *
 *	| guard | page ... (15) | guard | page ... (15) | ... | guard |
 *	|------- chunk ---------|------- chunk ---------|
 *
 * The first page of a chunk is a guard for ever, so that every run of pages
 * stands between two. Chunks in use belong to a run: one chunk for packed
 * secrets, one or more for guarded ones. Space once used by a run goes back
 * to the arena, never to the system.
 */
#ifndef MW_CORE_ARENA_H
#define MW_CORE_ARENA_H

#include "memward.h"

#include <stdatomic.h>

#define MW_CHUNK_PAGES 16
#define MW_DATA_PAGES  (MW_CHUNK_PAGES - 1)

enum mw_run_kind { MW_RUN_NONE, MW_RUN_PACKED, MW_RUN_GUARDED };

/* One record per chunk; the first of a run speaks for all of it. */
struct mw_run {
	/* What the warm path reads shares a line of the processor's cache. */
	_Alignas(64) memward_ward *ward;
	char *data;       /* the first byte after the front guard */
	uint64_t divisor; /* 2^40 / slot_size, rounded up: see mw_run_slot */
	size_t slot_size; /* bytes; of guarded slots guard and pages */
	uint32_t slots;   /* how many the run can hold */
	_Atomic uint32_t ready; /* how many have their pages */
	_Atomic uint8_t kind;   /* enum mw_run_kind */
	uint8_t class;          /* index into the ward's lists */
	bool orphan;            /* inherited under omit or wipe: not ours */
	bool listed;            /* on the ward's list of runs with room */
	uint8_t now;            /* memward_access of the pages; packed only */
	bool doubtful;          /* a commit failed, perhaps half done */
	bool kept;              /* reserved: its pages are never given back */
	void *notes;            /* what is known of each slot, one page */
	uint32_t back;          /* chunks back to the run's first one */
	uint32_t chunks;
	/* With the ward's lock held: */
	uint32_t idle; /* slots in the central store, not in caches */
	_Atomic uint32_t committed; /* pages that exist, from data on; packed
				       only; set with the lock held */
	uint32_t locked;            /* bit per page of a packed run: locked */
	uint32_t hint;              /* where to look first for an idle slot */
	struct mw_run *next_room;   /* runs of the class with idle slots */
	struct mw_run *prev_room;
	struct mw_run *next; /* all runs of the ward */
	struct mw_run *prev;
};

/* Fixes page and chunk size. Once. */
void mw_arena_start(void);

size_t mw_arena_page(void);

/*
 * Gives a run of so many chunks, all no-access, its record zeroed but for
 * data, notes, back and chunks. 0 or MEMWARD_ENOMEM.
 */
int mw_arena_take(uint32_t chunks, struct mw_run **run);

/*
 * Takes back a run whose pages are all decommitted. After a commit that failed
 * nobody knows; if no page can be had to be gone, it is never used again.
 */
void mw_arena_give(struct mw_run *run);

struct mw_arena {
	_Atomic uintptr_t base;
	_Atomic size_t bytes; /* set last: 0 means not there yet */
	struct mw_run *runs;  /* one per chunk, committed as chunks are used */
	char *notes;          /* one page per chunk, likewise */
	size_t chunks;
	_Atomic size_t used; /* chunks ever used, from the first on */
	size_t runs_ready;   /* records committed */
};

/* Arenas are added, never taken away; the first holds nearly everything. */
extern struct mw_arena mw_arena_at[];
extern unsigned mw_arena_shift; /* log2 of a chunk's bytes */

/* The run in an arena that an address lies in, NULL: none. */
static inline struct mw_run *mw_arena_look(
    struct mw_arena *arena, size_t offset)
{
	size_t index = offset >> mw_arena_shift;
	struct mw_run *run;

	if (index >= atomic_load_explicit(&arena->used, memory_order_acquire))
		return NULL;
	run = &arena->runs[index];
	run -= run->back;
	if (atomic_load_explicit(&run->kind, memory_order_acquire) ==
	    MW_RUN_NONE)
		return NULL;
	return run;
}

/* The same in any arena but the first. */
struct mw_run *mw_arena_find_further(const void *address);

/* The run an address lies in, NULL: none. Lock-free, signal-safe. */
static inline struct mw_run *mw_arena_find(const void *address)
{
	struct mw_arena *first = &mw_arena_at[0];
	size_t bytes =
	    atomic_load_explicit(&first->bytes, memory_order_acquire);
	size_t offset = (uintptr_t)address - atomic_load_explicit(&first->base,
						 memory_order_relaxed);

	if (offset < bytes)
		return mw_arena_look(&mw_arena_at[0], offset);
	return mw_arena_find_further(address);
}

/* Whether an address is in the arena at all, used or not. */
bool mw_arena_holds(const void *address);

/*
 * The n-th run in the order of addresses, NULL after the last, for
 * mw_wipe_all(): lock-free, signal-safe. Set *cursor to 0 to begin.
 */
struct mw_run *mw_arena_next(size_t *cursor);

/* For fork. */
void mw_arena_hold(void);
void mw_arena_let_go(void);
void mw_arena_after_fork(void);

#endif
