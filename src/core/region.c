/* SPDX-License-Identifier: MIT */
#include "region.h"

#include "guarded.h"
#include "poison.h"
#include "range.h"
#include "slot.h"
#include "wipe_all.h"

/* Chunks of the longest runs: 512 secrets of a page each. */
#define MOST_CHUNKS 64

size_t mw_region_bytes(const struct mw_run *run)
{
	return run->slots * run->slot_size - mw_arena_page();
}

static bool wants_locks(const memward_ward *ward)
{
	return (ward->features & MEMWARD_LOCKED) != 0;
}

/*
 * Whether guards may be locked as well: with half of the limit left to others;
 * or beyond it, where the kernel says whether this process has one at all.
 */
static bool is_generous(size_t bytes)
{
	uint64_t limit = mw_sys_lock_limit();
	uint64_t locked = atomic_load(&mw_ward_locked) + mw_range_locked();
	uint64_t rest = locked < limit ? limit - locked : 0;

	return limit == UINT64_MAX || bytes <= rest / 2 || bytes > rest;
}

/*
 * As much again as there is in use, so that few runs hold many secrets; but no
 * more than leaves their guards locked too.
 */
size_t mw_region_chunks(const memward_ward *ward, unsigned class, size_t stride)
{
	size_t chunks = (stride + MW_CHUNK_PAGES - 1) / MW_CHUNK_PAGES;
	size_t page = mw_arena_page();
	size_t in_use = (size_t)ward->out[class] * stride / MW_CHUNK_PAGES;
	uint64_t most = MOST_CHUNKS;

	if (class == MW_CLASSES || !ward->regions)
		return chunks;
	/* The bounds of mw_slot_of(). */
	while (most * MW_CHUNK_PAGES * page * stride * page >> 40 != 0)
		most /= 2;
	while (2 * chunks <= most && 2 * chunks <= in_use &&
	       (!wants_locks(ward) ||
		   is_generous(2 * chunks * MW_CHUNK_PAGES * page)))
		chunks *= 2;
	return chunks;
}

/* Full of guards; after a failure as it was, or doubtful. */
static int fill_with_guards(struct mw_run *run, size_t bytes)
{
	int rc = mw_sys_commit(run->data, bytes, &run->ward->kind);

	if (rc != 0)
		return rc;
	rc = mw_sys_lay_guards(run->data, bytes);
	if (rc != 0)
		run->doubtful = mw_sys_decommit(run->data, bytes) != 0;
	return rc;
}

int mw_region_make(struct mw_run *run)
{
	memward_ward *ward = run->ward;
	size_t bytes = mw_region_bytes(run);

	if (!ward->regions)
		return 0;
	if (fill_with_guards(run, bytes) != 0)
		return run->doubtful ? MEMWARD_ENOMEM : 0;
	run->region = MW_REGION_SLOTS;
	if (wants_locks(ward) && is_generous(bytes) &&
	    mw_sys_lock_lazily(run->data, bytes) == 0) {
		run->region = MW_REGION_WHOLE;
		ward->spare += bytes;
		atomic_fetch_add(&mw_ward_locked, bytes);
	}
	return 0;
}

static bool is_lifted(const struct mw_run *run, uint32_t slot)
{
	return slot < run->slots && mw_slot_guarded(run, slot)->committed;
}

/* Calls function for each stretch without slots: guards, and room for more. */
static void each_gap(struct mw_run *run,
    void (*function)(struct mw_run *run, void *mem, size_t len))
{
	char *from = run->data;
	char *end = run->data + mw_region_bytes(run);

	for (uint32_t i = 0; i < run->slots; i++) {
		char *slot = mw_slot_data(run, i);

		if (!is_lifted(run, i))
			continue;
		if (from < slot)
			function(run, from, (size_t)(slot - from));
		from = slot + mw_slot_guarded_bytes(run);
	}
	if (from < end)
		function(run, from, (size_t)(end - from));
}

static void unlock_gap(struct mw_run *run, void *mem, size_t len)
{
	/*
	 * What stays locked is nobody's: a slot that is lifted out of it is
	 * locked again, and counted then.
	 */
	(void)mw_sys_unlock(mem, len);
	run->ward->spare -= len;
	atomic_fetch_sub(&mw_ward_locked, len);
}

static void yield(struct mw_run *run)
{
	each_gap(run, unlock_gap);
	run->region = MW_REGION_SLOTS;
}

bool mw_region_yield(memward_ward *ward)
{
	size_t before = ward->spare;

	for (struct mw_run *run = ward->runs; run != NULL; run = run->next) {
		if (run->region == MW_REGION_WHOLE)
			yield(run);
	}
	return ward->spare < before;
}

/* Fills a slot in, whose place is locked already, or locks it. */
static int lock_slot(struct mw_run *run, void *mem, size_t len, bool *locked)
{
	int rc;

	if (run->region != MW_REGION_WHOLE)
		return mw_ward_lock_pages(run->ward, mem, len, locked);
	rc = mw_sys_fill(mem, len);
	*locked = rc == 0;
	if (rc == 0)
		run->ward->spare -= len;
	return rc;
}

/* A guard again in the place of a slot that is not to be. */
static void put_back(struct mw_run *run, void *mem, size_t len)
{
	/* Locked memory takes no guards. */
	if (run->region == MW_REGION_WHOLE)
		yield(run);
	/* If this is refused, it is a page of zeros that nobody is given. */
	(void)mw_sys_lay_guards(mem, len);
}

int mw_region_lift(struct mw_run *run, uint32_t slot, bool *locked)
{
	memward_ward *ward = run->ward;
	void *mem = mw_slot_data(run, slot);
	size_t len = mw_slot_guarded_bytes(run);
	int rc = 0;

	if (!mw_ward_has_room(ward, len))
		return MEMWARD_ELIMIT;
	/* Of a closed ward the whole mapping may be closed. */
	if (!ward->cached)
		rc = mw_sys_protect(mem, len, MEMWARD_READ_WRITE);
	if (rc == 0)
		rc = mw_sys_lift_guards(mem, len);
	if (rc != 0)
		return rc;
	rc = lock_slot(run, mem, len, locked);
	if (rc == 0)
		mw_ward_count(ward, len, *locked);
	else
		put_back(run, mem, len);
	return rc;
}

static int protect_slot(
    struct mw_run *run, uint32_t slot, memward_access access)
{
	return mw_wipe_all_protect(
	    mw_slot_data(run, slot), mw_slot_guarded_bytes(run), access);
}

/*
 * After a call for many that failed, perhaps half done: each slot by itself,
 * whatever it is now; or if need be, as it was before.
 */
static int protect_each(
    struct mw_run *run, uint32_t from, uint32_t to, memward_access access)
{
	int first = 0;

	for (uint32_t i = from; i < to; i++) {
		struct mw_guarded *g = mw_slot_guarded(run, i);
		memward_access before = g->before;
		int rc = protect_slot(run, i, access);

		if (rc == 0 || protect_slot(run, i, before) == 0)
			g->now = (uint8_t)(rc == 0 ? access : before);
		if (first == 0)
			first = rc;
	}
	return first;
}

/*
 * Sets what the slots from one to before another allow, in one call. A failure
 * may leave some of them changed; none is then noted as more open than it is.
 */
static int protect(
    struct mw_run *run, uint32_t from, uint32_t to, memward_access access)
{
	char *mem = mw_slot_data(run, from);
	char *end = mw_slot_data(run, to) - mw_arena_page();

	/* All of it, what was never lifted too: then it stays one mapping. */
	if (to == atomic_load(&run->ready))
		end = run->data + mw_region_bytes(run);
	for (uint32_t i = from; i < to; i++) {
		struct mw_guarded *g = mw_slot_guarded(run, i);

		/* As with one slot: closing is noted before, opening after. */
		g->before = g->now;
		if (access < g->now)
			g->now = (uint8_t)access;
	}
	if (mw_wipe_all_protect(mem, (size_t)(end - mem), access) != 0)
		return protect_each(run, from, to, access);
	for (uint32_t i = from; i < to; i++) {
		mw_slot_guarded(run, i)->now = (uint8_t)access;
		if (mw_poison_watched && access != MEMWARD_NO_ACCESS)
			mw_guarded_poison(run, i);
	}
	return 0;
}

/* What a slot is to allow while the ward has this access. */
static memward_access target(
    struct mw_run *run, uint32_t slot, memward_access ward)
{
	struct mw_guarded *g = mw_slot_guarded(run, slot);
	unsigned state = atomic_load_explicit(&g->state, memory_order_relaxed);
	memward_access own =
	    atomic_load_explicit(&g->access, memory_order_relaxed);

	if (state == MW_SLOT_LIVE)
		return own < ward ? own : ward;
	/* One that was freed in a window may have been left open. */
	if (state == MW_SLOT_FREE && !run->ward->cached)
		return run->ward->rest;
	return g->now;
}

int mw_region_apply(struct mw_run *run, memward_access ward)
{
	uint32_t ready = atomic_load(&run->ready);
	uint32_t end;
	int rc = 0;

	for (uint32_t i = 0; i < ready && rc == 0; i = end) {
		memward_access wanted = target(run, i, ward);

		end = i + 1;
		if (mw_slot_guarded(run, i)->now == wanted)
			continue;
		while (run->region != MW_REGION_NONE && end < ready &&
		       target(run, end, ward) == wanted)
			end++;
		rc = end - i == 1 ? mw_guarded_apply(run, i, wanted)
				  : protect(run, i, end, wanted);
	}
	return rc;
}

/* Opens all of a run and wipes it. */
static int wipe(struct mw_run *run)
{
	size_t bytes = mw_region_bytes(run);
	int rc = mw_sys_protect(run->data, bytes, MEMWARD_READ_WRITE);

	if (rc != 0)
		rc = mw_sys_expose(run->data, bytes);
	for (uint32_t i = 0; rc == 0 && i < run->slots; i++) {
		if (!is_lifted(run, i))
			continue;
		mw_slot_guarded(run, i)->now = MEMWARD_READ_WRITE;
		mw_poison_lift(
		    mw_slot_data(run, i), mw_slot_guarded_bytes(run));
		memward_wipe(mw_slot_data(run, i), mw_slot_guarded_bytes(run));
	}
	return rc;
}

int mw_region_drop(struct mw_run *run)
{
	memward_ward *ward = run->ward;
	size_t bytes = mw_region_bytes(run);
	size_t len = mw_slot_guarded_bytes(run);
	int rc = wipe(run);

	if (rc == 0)
		rc = mw_wipe_all_decommit(run->data, bytes);
	/* What stays is wiped; whoever reads it is not reported. */
	if (rc != 0)
		return rc;
	if (run->region == MW_REGION_WHOLE) {
		/* The slots are counted out below. */
		ward->spare -= bytes;
		atomic_fetch_sub(&mw_ward_locked, bytes);
	}
	for (uint32_t i = 0; i < run->slots; i++) {
		struct mw_guarded *g = mw_slot_guarded(run, i);

		if (!g->committed)
			continue;
		if (run->region == MW_REGION_WHOLE) {
			ward->spare += len;
			atomic_fetch_add(&mw_ward_locked, len);
		}
		mw_ward_uncount(ward, len, g->locked ? len : 0);
		g->committed = false;
		atomic_store_explicit(
		    &g->state, MW_SLOT_NEVER, memory_order_relaxed);
	}
	run->region = MW_REGION_NONE;
	return 0;
}

bool mw_region_lock_again(struct mw_run *run)
{
	size_t bytes = mw_region_bytes(run);
	size_t len = mw_slot_guarded_bytes(run);

	if (run->region != MW_REGION_WHOLE)
		return false;
	if (mw_sys_lock_lazily(run->data, bytes) != 0) {
		run->region = MW_REGION_SLOTS;
		return false;
	}
	atomic_fetch_add(&mw_ward_locked, bytes);
	run->ward->spare += bytes;
	for (uint32_t i = 0; i < run->slots; i++)
		run->ward->spare -= is_lifted(run, i) ? len : 0;
	return true;
}

static void lay_gap(struct mw_run *run, void *mem, size_t len)
{
	(void)run;
	/* What is refused can be read as zeros, by the child alone. */
	(void)mw_sys_lay_guards(mem, len);
}

void mw_region_lay_again(struct mw_run *run)
{
	each_gap(run, lay_gap);
}
