/* SPDX-License-Identifier: MIT */
#include "arena.h"

#include "mem_sys/store.h"

#include <string.h>

/* Asked for first; halved until the system grants it. */
#define MOST_BYTES   (sizeof(void *) > 4 ? (size_t)1 << 36 : (size_t)1 << 28)
#define LEAST_CHUNKS 16
#define ARENA_COUNT  64
#define SIZE_CLASSES 32

struct mw_arena mw_arena_at[ARENA_COUNT];
unsigned mw_arena_shift;

static struct {
	struct mw_mutex lock;
	_Atomic size_t count;
	struct mw_run *spares[SIZE_CLASSES]; /* by log2 of chunks */
	size_t page;
} arenas;

void mw_arena_start(void)
{
	mw_mutex_init(&arenas.lock);
	arenas.page = mw_sys_page_size();
	while (((size_t)1 << mw_arena_shift) < arenas.page * MW_CHUNK_PAGES)
		mw_arena_shift++;
}

uint32_t mw_arena_chunks(size_t most)
{
	uint32_t chunks = 1;

	if (most > MW_PACKED_MOST)
		most = MW_PACKED_MOST;
	while ((size_t)chunks * 2 <= most >> mw_arena_shift)
		chunks *= 2;
	return chunks;
}

static size_t to_pages(size_t bytes)
{
	return (bytes + arenas.page - 1) & ~(arenas.page - 1);
}

/* Guards that never change, where the system has a means to see to it. */
static void keep_guards(char *meta, size_t record_bytes, size_t meta_bytes)
{
	const size_t page = arenas.page;

	(void)mw_sys_make_permanent(meta, page);
	(void)mw_sys_make_permanent(meta + page + record_bytes, page);
	(void)mw_sys_make_permanent(meta + meta_bytes - page, page);
}

/* Reserves an arena of so many chunks, with its records. */
static int reserve(struct mw_arena *arena, size_t chunks)
{
	size_t chunk = (size_t)1 << mw_arena_shift;
	size_t record_bytes = to_pages(chunks * sizeof(struct mw_run));
	/* guard, records, guard, notes, guard */
	size_t meta_bytes = record_bytes + (chunks + 3) * arenas.page;
	/* One guard more behind the last chunk, one chunk more to align. */
	size_t bytes = (chunks + 1) * chunk + arenas.page;
	void *meta;
	void *space;

	if (mw_sys_reserve(meta_bytes, &meta) != 0)
		return MEMWARD_ENOMEM;
	if (mw_sys_reserve(bytes, &space) != 0) {
		mw_sys_unreserve(meta, meta_bytes);
		return MEMWARD_ENOMEM;
	}
	keep_guards(meta, record_bytes, meta_bytes);
	arena->base = ((uintptr_t)space + chunk - 1) & ~(chunk - 1);
	arena->runs = (struct mw_run *)(void *)((char *)meta + arenas.page);
	arena->notes = (char *)meta + record_bytes + 2 * arenas.page;
	arena->chunks = chunks;
	atomic_store_explicit(
	    &arena->bytes, chunks * chunk, memory_order_release);
	return 0;
}

static int add_arena(size_t chunks)
{
	size_t count = atomic_load(&arenas.count);
	size_t most = MOST_BYTES >> mw_arena_shift;

	if (count == ARENA_COUNT)
		return MEMWARD_ENOMEM;
	for (; most >= LEAST_CHUNKS && most >= chunks; most /= 2) {
		if (reserve(&mw_arena_at[count], most) != 0)
			continue;
		atomic_store(&arenas.count, count + 1);
		return 0;
	}
	return MEMWARD_ENOMEM;
}

/* Commits the records and notes of the next chunks of an arena. */
static int commit_records(struct mw_arena *arena, size_t first, size_t chunks)
{
	size_t ready = arena->runs_ready;
	size_t need = first + chunks;
	char *records = (char *)arena->runs;
	size_t from = to_pages(ready * sizeof(struct mw_run));
	size_t to = to_pages(need * sizeof(struct mw_run));
	int rc;

	if (to > from) {
		rc = mw_sys_commit_plain(records + from, to - from);
		if (rc != 0)
			return rc;
		arena->runs_ready = to / sizeof(struct mw_run);
	}
	return mw_sys_commit_plain(
	    arena->notes + first * arenas.page, chunks * arenas.page);
}

/* Cuts a run off the unused end of an arena. */
static int cut(struct mw_arena *arena, uint32_t chunks, struct mw_run **run)
{
	size_t first = atomic_load(&arena->used);
	int rc;

	if (arena->chunks - first < chunks)
		return MEMWARD_ENOMEM;
	rc = commit_records(arena, first, chunks);
	if (rc != 0)
		return rc;
	*run = &arena->runs[first];
	for (uint32_t i = 0; i < chunks; i++)
		(*run)[i].back = i;
	(*run)->chunks = chunks;
	(*run)->data =
	    (char *)(arena->base + (first << mw_arena_shift)) + arenas.page;
	(*run)->notes = arena->notes + first * arenas.page;
	atomic_store_explicit(
	    &arena->used, first + chunks, memory_order_release);
	return 0;
}

static unsigned log2_up(uint32_t chunks)
{
	unsigned log = 0;

	while (((uint32_t)1 << log) < chunks)
		log++;
	return log;
}

static int take(uint32_t chunks, struct mw_run **run)
{
	unsigned log = log2_up(chunks);
	size_t count = atomic_load(&arenas.count);
	int rc;

	*run = arenas.spares[log];
	if (*run != NULL) {
		arenas.spares[log] = (*run)->next;
		(*run)->next = NULL;
		return 0;
	}
	if (count != 0 && cut(&mw_arena_at[count - 1], 1u << log, run) == 0)
		return 0;
	rc = add_arena((size_t)1 << log);
	if (rc != 0)
		return rc;
	return cut(&mw_arena_at[count], 1u << log, run);
}

int mw_arena_take(uint32_t chunks, struct mw_run **run)
{
	int rc;

	if (chunks > (UINT32_C(1) << 30))
		return MEMWARD_ENOMEM;
	mw_mutex_lock(&arenas.lock);
	rc = take(chunks, run);
	mw_mutex_unlock(&arenas.lock);
	return rc;
}

/* Forgets everything of a run but where it is. */
static void clear(struct mw_run *run)
{
	atomic_store(&run->kind, MW_RUN_NONE);
	/*
	 * Somebody may be looking up a stale address in this run, without a
	 * lock: where the run and its notes are stays true at every moment.
	 */
	atomic_store(&run->ready, 0);
	run->ward = NULL;
	run->orphan = false;
	run->listed = false;
	run->uneven = false;
	run->region = MW_REGION_NONE;
	run->doubtful = false;
	run->kept = false;
	run->lost = false;
	run->idle = 0;
	run->committed = 0;
	for (uint32_t i = 0; i < run->chunks; i++)
		run[i].locked = 0;
	run->hint = 0;
	run->next_room = NULL;
	run->prev_room = NULL;
	run->next = NULL;
	run->prev = NULL;
	/* What a guarded run knows fits here, and more of a packed one is
	 * cleared already. */
	memset(run->notes, 0, arenas.page);
}

/* Whether none of a run's pages can be open. */
static bool is_gone(struct mw_run *run)
{
	size_t bytes = ((size_t)run->chunks << mw_arena_shift) - arenas.page;

	return !run->doubtful || mw_sys_decommit(run->data, bytes) == 0;
}

bool mw_arena_give(struct mw_run *run)
{
	unsigned log = log2_up(run->chunks);
	bool gone = is_gone(run);

	clear(run);
	if (!gone)
		return false;
	mw_mutex_lock(&arenas.lock);
	run->next = arenas.spares[log];
	arenas.spares[log] = run;
	mw_mutex_unlock(&arenas.lock);
	return true;
}

struct mw_run *mw_arena_find_further(const void *address)
{
	size_t count =
	    atomic_load_explicit(&arenas.count, memory_order_acquire);

	for (size_t i = 1; i < count; i++) {
		size_t offset = (uintptr_t)address - mw_arena_at[i].base;

		if (offset < mw_arena_at[i].bytes)
			return mw_arena_look(&mw_arena_at[i], offset);
	}
	return NULL;
}

bool mw_arena_holds(const void *address)
{
	size_t count = atomic_load(&arenas.count);

	for (size_t i = 0; i < count; i++) {
		/* The guard behind the last chunk belongs to it. */
		if ((uintptr_t)address - mw_arena_at[i].base <
		    mw_arena_at[i].bytes + arenas.page)
			return true;
	}
	return false;
}

struct mw_run *mw_arena_next(size_t *cursor)
{
	size_t count = atomic_load(&arenas.count);
	size_t before = 0;

	for (size_t i = 0; i < count; i++) {
		size_t used = atomic_load(&mw_arena_at[i].used);

		for (; *cursor - before < used;) {
			struct mw_run *run =
			    &mw_arena_at[i].runs[*cursor - before];

			*cursor += run->chunks == 0 ? 1 : run->chunks;
			if (atomic_load(&run->kind) != MW_RUN_NONE)
				return run;
		}
		before += mw_arena_at[i].chunks;
		if (*cursor < before)
			*cursor = before;
	}
	return NULL;
}

/* The same in one arena; *at becomes the end of what was looked at. */
static struct mw_run *next_between(
    struct mw_arena *arena, uintptr_t *at, uintptr_t to)
{
	uintptr_t end =
	    arena->base + (atomic_load(&arena->used) << mw_arena_shift);

	if (*at < arena->base)
		*at = arena->base;
	while (*at < to && *at < end) {
		struct mw_run *run =
		    &arena->runs[(*at - arena->base) >> mw_arena_shift];
		size_t chunks;

		run -= run->back;
		chunks = run->chunks == 0 ? 1 : run->chunks;
		*at = arena->base + (((size_t)(run - arena->runs) + chunks)
					<< mw_arena_shift);
		if (atomic_load(&run->kind) != MW_RUN_NONE)
			return run;
	}
	return NULL;
}

struct mw_run *mw_arena_next_between(uintptr_t *at, uintptr_t to)
{
	size_t count = atomic_load(&arenas.count);
	struct mw_run *nearest = NULL;
	uintptr_t next = to;

	/* They lie in no order; there is hardly ever more than one. */
	for (size_t i = 0; i < count; i++) {
		uintptr_t here = *at;
		struct mw_run *run = next_between(&mw_arena_at[i], &here, to);

		if (run == NULL ||
		    (nearest != NULL && run->data > nearest->data))
			continue;
		nearest = run;
		next = here;
	}
	*at = next;
	return nearest;
}

void mw_arena_hold(void)
{
	mw_mutex_lock(&arenas.lock);
}

void mw_arena_let_go(void)
{
	mw_mutex_unlock(&arenas.lock);
}

void mw_arena_after_fork(void)
{
	struct mw_run *run;
	size_t cursor = 0;

	mw_mutex_init(&arenas.lock);
	while ((run = mw_arena_next(&cursor)) != NULL)
		run->orphan |= run->lost;
}
