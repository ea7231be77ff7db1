/* SPDX-License-Identifier: MIT */
#include "window.h"

#include "guarded.h"
#include "key.h"
#include "region.h"
#include "seal.h"
#include "slot.h"
#include "wipe_all.h"

static size_t run_bytes(const struct mw_run *run)
{
	return run->committed * mw_arena_page();
}

/* Valgrind takes all pages that were opened just now for usable. */
static void poison_again(struct mw_run *run)
{
	uint32_t ready = atomic_load(&run->ready);

	mw_poison_lay(run->data, run_bytes(run));
	for (uint32_t slot = 0; slot < ready; slot++) {
		uint16_t state = atomic_load(&mw_slot_states(run)[slot]);

		if (state >= MW_SLOT_LIVE)
			mw_poison_lift(
			    mw_slot_data(run, slot), state - MW_SLOT_LIVE);
	}
}

static int apply_packed(struct mw_run *run, memward_access access)
{
	memward_access before = run->now;
	int rc;

	if (before == access && !run->uneven)
		return 0;
	/* As with guarded slots: closing is noted before, opening after. */
	if (access < before)
		run->now = (uint8_t)access;
	rc = run->committed == 0
		 ? 0
		 : mw_wipe_all_protect(run->data, run_bytes(run), access);
	run->now = (uint8_t)(rc == 0 ? access : before);
	run->uneven &= rc != 0;
	if (mw_poison_watched && access != MEMWARD_NO_ACCESS)
		poison_again(run);
	return rc;
}

static int apply_run(struct mw_run *run, memward_access access)
{
	if (run->orphan)
		return 0;
	if (atomic_load(&run->kind) == MW_RUN_GUARDED)
		return mw_region_apply(run, access);
	return apply_packed(run, access);
}

/* Sets what the pages of a whole ward allow; all of them, or none. */
static int apply(memward_ward *ward, memward_access access)
{
	memward_access before = ward->now;
	struct mw_run *run;
	int rc = 0;

	if (access == before && !ward->uneven)
		return 0;
	ward->uneven = false;
	for (run = ward->runs; run != NULL && rc == 0; run = run->next)
		rc = apply_run(run, access);
	if (rc == 0) {
		ward->now = access;
		return 0;
	}
	/* Back to what was; if that fails too, the next change sees to it. */
	for (run = ward->runs; run != NULL; run = run->next)
		ward->uneven |= apply_run(run, before) != 0;
	return rc;
}

static memward_access wanted(const memward_ward *ward)
{
	if (ward->rest == MEMWARD_READ_WRITE || ward->writers != 0)
		return MEMWARD_READ_WRITE;
	return ward->readers != 0 ? MEMWARD_READ_ONLY : ward->rest;
}

static uint32_t depth_of(const struct mw_cache *cache)
{
	return atomic_load_explicit(&cache->depth, memory_order_relaxed);
}

static bool writes(const struct mw_cache *cache, uint32_t depth)
{
	return (cache->writes[depth / 8] >> (depth % 8) & 1) != 0;
}

static void push(struct mw_cache *cache, bool writing)
{
	uint32_t depth = depth_of(cache);
	uint8_t bit = (uint8_t)(1u << (depth % 8));
	uint8_t *byte = &cache->writes[depth / 8];

	*byte = (uint8_t)(writing ? *byte | bit : *byte & ~bit);
	cache->writers += writing;
	atomic_store_explicit(&cache->depth, depth + 1, memory_order_relaxed);
}

/* Whether the innermost window, which is no more, was for writing. */
static bool pop(struct mw_cache *cache)
{
	uint32_t depth = depth_of(cache) - 1;
	bool writing = writes(cache, depth);

	cache->writers -= writing;
	atomic_store_explicit(&cache->depth, depth, memory_order_relaxed);
	return writing;
}

bool mw_window_is_open(const memward_ward *ward)
{
	const struct mw_cache *cache = ward->caches;

	while (cache != NULL && depth_of(cache) == 0)
		cache = cache->next;
	return cache != NULL;
}

static int begin_locked(
    memward_ward *ward, struct mw_cache *cache, bool writing)
{
	uint32_t *count = writing ? &ward->writers : &ward->readers;
	int rc;

	++*count;
	rc = apply(ward, wanted(ward));
	if (rc != 0)
		--*count;
	else
		push(cache, writing);
	return rc;
}

/* By the key there is nothing that could be refused, and nobody to wait for. */
static int begin_keyed(memward_ward *ward, struct mw_cache *cache, bool writing)
{
	push(cache, writing);
	mw_key_apply(ward, cache);
	return 0;
}

int mw_window_begin(memward_ward *ward, memward_access access)
{
	struct mw_cache *cache = mw_cache_of(ward);
	bool writing = access == MEMWARD_READ_WRITE;
	int rc;

	if (cache == NULL)
		return MEMWARD_ENOMEM;
	if (depth_of(cache) == MW_WINDOW_DEPTH)
		return MEMWARD_EWINDOW;
	if (mw_key_has(ward))
		return begin_keyed(ward, cache, writing);
	mw_mutex_lock(&ward->lock);
	rc = begin_locked(ward, cache, writing);
	mw_mutex_unlock(&ward->lock);
	return rc;
}

static int end_locked(memward_ward *ward, struct mw_cache *cache)
{
	if (pop(cache))
		ward->writers--;
	else
		ward->readers--;
	mw_seal_window_ends(ward);
	return apply(ward, wanted(ward));
}

static int end_keyed(memward_ward *ward, struct mw_cache *cache)
{
	(void)pop(cache);
	mw_key_apply(ward, cache);
	return 0;
}

int mw_window_end(memward_ward *ward)
{
	struct mw_cache *cache = mw_cache_of(ward);
	int rc;

	if (cache == NULL || depth_of(cache) == 0)
		return MEMWARD_EWINDOW;
	if (mw_key_has(ward))
		return end_keyed(ward, cache);
	mw_mutex_lock(&ward->lock);
	rc = end_locked(ward, cache);
	mw_mutex_unlock(&ward->lock);
	return rc;
}

void mw_window_end_all(memward_ward *ward, struct mw_cache *cache)
{
	while (depth_of(cache) != 0) {
		if (mw_key_has(ward))
			(void)pop(cache);
		else
			(void)end_locked(ward, cache);
	}
	mw_key_forfeit(ward);
}

int mw_window_open_run(struct mw_run *run)
{
	if (atomic_load(&run->kind) == MW_RUN_GUARDED)
		return 0;
	return apply_packed(run, MEMWARD_READ_WRITE);
}

int mw_window_open_to_wipe(struct mw_run *run)
{
	int rc = mw_window_open_run(run);

	if (rc == 0)
		return 0;
	rc = mw_sys_expose(run->data, run_bytes(run));
	if (rc == 0)
		run->now = MEMWARD_READ_WRITE;
	return rc;
}

void mw_window_close_run(struct mw_run *run)
{
	memward_ward *ward = run->ward;

	/* One whole mapping: it needs no new one, so this is not refused. */
	if (atomic_load(&run->kind) != MW_RUN_GUARDED &&
	    apply_packed(run, ward->now) != 0)
		ward->uneven = true;
}

/* Pages of a run stay open: the next change of the ward sees to them. */
static void leave_open(struct mw_run *run)
{
	run->uneven = true;
	run->ward->uneven = true;
}

/* Sets what the pages that a packed slot lies on allow. */
static int set_slot_pages(
    const struct mw_run *run, uint32_t slot, memward_access access)
{
	size_t page = mw_arena_page();
	size_t from = (size_t)slot * run->slot_size;
	size_t to = from + run->slot_size + page - 1;

	from -= from % page;
	to -= to % page;
	return mw_wipe_all_protect(run->data + from, to - from, access);
}

/* False: the pages are as they were, and all of the run is to be opened. */
static bool open_slot_alone(struct mw_run *run, uint32_t slot)
{
	/* To split a mapping costs as much as to open a few pages more. */
	if (run->committed <= MW_DATA_PAGES || run->now == MEMWARD_READ_WRITE)
		return false;
	if (set_slot_pages(run, slot, MEMWARD_READ_WRITE) == 0) {
		if (mw_poison_watched)
			poison_again(run);
		return true;
	}
	/* What was opened is now a mapping by itself, so this is granted. */
	if (set_slot_pages(run, slot, run->now) != 0)
		leave_open(run);
	return false;
}

int mw_window_open_slot(struct mw_run *run, uint32_t slot)
{
	if (atomic_load(&run->kind) == MW_RUN_GUARDED)
		return mw_guarded_open(run, slot);
	return open_slot_alone(run, slot) ? 0 : mw_window_open_run(run);
}

int mw_window_open_slot_to_wipe(struct mw_run *run, uint32_t slot)
{
	return open_slot_alone(run, slot) ? 0 : mw_window_open_to_wipe(run);
}

void mw_window_close_slot(struct mw_run *run, uint32_t slot)
{
	if (atomic_load(&run->kind) == MW_RUN_GUARDED)
		(void)mw_guarded_apply(run, slot, run->ward->now);
	else if (run->now == MEMWARD_READ_WRITE)
		mw_window_close_run(run);
	else if (set_slot_pages(run, slot, run->now) != 0)
		leave_open(run);
}

void mw_window_recount(memward_ward *ward, struct mw_cache *cache)
{
	/* Those by key are counted in the cache alone. */
	if (mw_key_has(ward))
		return;
	for (uint32_t i = 0; i < depth_of(cache); i++) {
		if (writes(cache, i))
			ward->writers++;
		else
			ward->readers++;
	}
}

void mw_window_settle(memward_ward *ward)
{
	/* Whole mappings change their access, so this is not refused. */
	(void)apply(ward, wanted(ward));
}
