/* SPDX-License-Identifier: MIT */
/*
 * Address space for secrets, in chunks of sixteen pages:
 *
 *	| guard | page ... (15) | guard | page ... (15) | ... | guard |
 *	|------- chunk ---------|------- chunk ---------|
 *
 * The first page of a chunk is a guard for ever, so that every run of pages
 * stands between two. Chunks in use belong to a run: for packed secrets one,
 * or in a closed ward, where runs are opened and closed as a whole, as many as
 * its limits allow; for guarded ones as many as they need. Space once used by
 * a run goes back to the arena, never to the system.
 */
#ifndef MW_CORE_ARENA_H
#define MW_CORE_ARENA_H

#include "memward.h"

#include <stdatomic.h>

#define MW_CHUNK_PAGES 16
#define MW_DATA_PAGES  (MW_CHUNK_PAGES - 1)

/* Bytes of the longest packed runs; a single chunk may be longer. */
#define MW_PACKED_MOST ((size_t)1 << (sizeof(void *) > 4 ? 22 : 20))

enum mw_run_kind { MW_RUN_NONE, MW_RUN_PACKED, MW_RUN_GUARDED };

/* Of a guarded run: whether it is one mapping, and what of it is locked. */
enum mw_region {
	MW_REGION_NONE,  /* each slot a mapping of its own */
	MW_REGION_WHOLE, /* guards are locked too */
	MW_REGION_SLOTS  /* slots alone are, if any are */
};

/* One record per chunk; the first of a run speaks for all of it. */
struct mw_run {
	/* What the warm path reads shares a line of the processor's cache. */
	_Alignas(64) _Atomic(memward_ward *) ward;
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
	bool uneven;            /* but some were not closed as they should be */
	uint8_t region;         /* enum mw_region; guarded only */
	bool doubtful;          /* a commit failed, perhaps half done */
	bool kept;              /* reserved: its pages are never given back */
	bool lost;     /* its ward closed without it; no child inherits it */
	void *notes;   /* what is known of each slot, a page for
		  each chunk */
	uint32_t back; /* chunks back to the run's first one */
	uint32_t chunks;
	/* With the ward's lock held: */
	uint32_t idle; /* slots in the central store, not in caches */
	_Atomic uint32_t committed; /* pages that exist, from data on; packed
				       only; set with the lock held */
	uint32_t locked; /* bit per page of a packed run: locked; of the
			    pages of further chunks in their own records */
	uint32_t hint;   /* where to look first for an idle slot */
	struct mw_run *next_room; /* runs of the class with idle slots */
	struct mw_run *prev_room;
	struct mw_run *next; /* all runs of the ward */
	struct mw_run *prev;
};

/* Pages that a packed run can have: fifteen for each chunk's page of notes. */
static inline uint32_t mw_run_pages(const struct mw_run *run)
{
	return run->chunks * MW_DATA_PAGES;
}

/* Whether a page of a packed run is locked. */
static inline bool mw_run_is_locked(const struct mw_run *run, uint32_t page)
{
	const struct mw_run *chunk = &run[page / MW_DATA_PAGES];

	return (chunk->locked >> page % MW_DATA_PAGES & 1) != 0;
}

static inline void mw_run_set_locked(
    struct mw_run *run, uint32_t page, bool locked)
{
	struct mw_run *chunk = &run[page / MW_DATA_PAGES];
	uint32_t bit = UINT32_C(1) << page % MW_DATA_PAGES;

	chunk->locked = locked ? chunk->locked | bit : chunk->locked & ~bit;
}

/* Fixes page and chunk size. Once. */
void mw_arena_start(void);

extern unsigned mw_arena_shift; /* log2 of a chunk's bytes */

static inline size_t mw_arena_page(void)
{
	return ((size_t)1 << mw_arena_shift) / MW_CHUNK_PAGES;
}

/*
 * As many chunks as a packed run may have that is to keep so many bytes, at
 * the most, from others: it goes back to the system only as a whole.
 */
uint32_t mw_arena_chunks(size_t most);

/*
 * Gives a run of so many chunks, all no-access, its record zeroed but for
 * data, notes, back and chunks. 0 or MEMWARD_ENOMEM.
 */
int mw_arena_take(uint32_t chunks, struct mw_run **run);

/*
 * Takes back a run whose pages are all decommitted. After a commit that failed
 * nobody knows; if no page can be had to be gone, it is never used again:
 * false.
 */
bool mw_arena_give(struct mw_run *run);

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

/*
 * A run that begins or goes on between two addresses; *at becomes the one
 * behind it. NULL: there is no more.
 */
struct mw_run *mw_arena_next_between(uintptr_t *at, uintptr_t to);

/* For fork. */
void mw_arena_hold(void);
void mw_arena_let_go(void);
void mw_arena_after_fork(void);

#endif
