/* SPDX-License-Identifier: MIT */
#include "secret.h"

#include "cache.h"
#include "fatal.h"
#include "guarded.h"
#include "key.h"
#include "pool.h"
#include "slot.h"
#include "warm.h"
#include "window.h"
#include "wipe_all.h"

#include <errno.h>

/* How many slots travel between a bin and the central store at once. */
#define BATCH (MW_BIN_SLOTS / 2)

/* One slot from the central store, and some more into the bin. Lock held. */
static int refill(memward_ward *ward, struct mw_cache *cache, unsigned class,
    struct mw_slot *slot)
{
	struct mw_slot batch[BATCH];
	struct mw_bin *bin = NULL;
	uint32_t most = 1;
	uint32_t got;
	uint32_t in_bin;
	int rc;

	if (cache != NULL && ward->cached)
		bin = mw_cache_bin(cache, class, mw_class_bytes(class));
	if (bin != NULL)
		most = bin->most / 2 < BATCH ? bin->most / 2 : BATCH;
	rc = mw_pool_take(ward, class, most == 0 ? 1 : most, batch, &got);
	if (rc != 0)
		return rc;
	*slot = batch[--got];
	if (bin == NULL || got == 0)
		return 0;
	/* Under the lock nobody empties the bin, so it can be filled. */
	in_bin = atomic_load(&bin->count);
	while (got != 0 && in_bin < bin->most)
		bin->slots[in_bin++] = batch[--got];
	atomic_store(&bin->count, in_bin);
	while (got != 0)
		mw_pool_give(ward, batch[--got]);
	return 0;
}

/* Half a bin back to the central store, and the slot after it. */
void mw_secret_give_back(memward_ward *ward, struct mw_cache *cache,
    unsigned class, struct mw_slot slot)
{
	struct mw_bin *bin = NULL;
	uint32_t count;
	int err = errno;

	mw_key_lock(ward);
	if (cache != NULL && ward->cached && class < MW_CLASSES)
		bin = mw_cache_bin(cache, class, mw_class_bytes(class));
	if (bin != NULL) {
		count = atomic_load(&bin->count);
		while (count > bin->most / 2)
			mw_pool_give(ward, bin->slots[--count]);
		bin->slots[count++] = slot;
		atomic_store(&bin->count, count);
	} else {
		mw_pool_give(ward, slot);
	}
	mw_pool_trim(ward);
	mw_key_unlock(ward);
	errno = err;
}

/* As on the warm path, and Valgrind is told. */
static void *lay(const char *call, const memward_ward *ward, size_t slot_size,
    struct mw_slot slot, size_t len)
{
	mw_poison_lift(slot.data, slot_size);
	mw_warm_lay(call, ward, slot_size, slot, len);
	mw_poison_lay(slot.data + len, slot_size - len);
	return slot.data;
}

/* On a ward that is closed at rest: everything under its lock. */
static int new_in_window(const char *call, memward_ward *ward, unsigned class,
    size_t len, void **secret)
{
	struct mw_slot slot;
	struct mw_run *run;
	uint32_t index;
	int rc = refill(ward, NULL, class, &slot);

	if (rc != 0)
		return rc;
	run = mw_arena_find(slot.data);
	index = mw_slot_of(run, (size_t)(slot.data - run->data));
	rc = mw_window_open_slot(run, index);
	if (rc != 0) {
		mw_pool_give(ward, slot);
		return rc;
	}
	*secret = lay(call, ward, run->slot_size, slot, len);
	mw_window_close_slot(run, index);
	return 0;
}

static int new_slowly(const char *call, memward_ward *ward, unsigned class,
    size_t len, void **secret)
{
	struct mw_cache *cache = mw_cache_of(ward);
	struct mw_slot slot;
	int rc;

	mw_key_lock(ward);
	if (!ward->cached) {
		rc = new_in_window(call, ward, class, len, secret);
		mw_key_unlock(ward);
		return rc;
	}
	rc = refill(ward, cache, class, &slot);
	mw_key_unlock(ward);
	if (rc == 0)
		*secret = lay(call, ward, mw_class_bytes(class), slot, len);
	return rc;
}

static int refuse(memward_ward *ward, unsigned class, int rc)
{
	atomic_fetch_add(&ward->refused[class], 1);
	atomic_fetch_add(&ward->refused[MW_ALL_CLASSES], 1);
	return rc;
}

int mw_secret_new(
    const char *call, memward_ward *ward, size_t len, void **secret)
{
	unsigned class = mw_class_of(len);
	struct mw_cache *cache;
	struct mw_slot slot;
	int rc;

	/* Longer ones have pages of their own, with the guard right behind */
	if (class == MW_PACKED_CLASSES)
		return mw_secret_new_guarded(call, ward, len, 16, secret);
	if (ward->cached) {
		cache = mw_cache_of(ward);
		if (cache != NULL && mw_warm_pop(cache, class, &slot)) {
			*secret =
			    lay(call, ward, mw_class_bytes(class), slot, len);
			return 0;
		}
	}
	rc = new_slowly(call, ward, class, len, secret);
	return rc == 0 ? 0 : refuse(ward, class, rc);
}

/* Gets an idle guarded slot. Lock held. */
static int take_guarded(memward_ward *ward, struct mw_cache *cache,
    unsigned class, size_t len, struct mw_slot *slot)
{
	if (class == MW_CLASSES)
		return mw_guarded_own_run(ward, len, slot);
	return refill(ward, cache, class, slot);
}

static int lay_guarded(const char *call, struct mw_slot slot, size_t len,
    size_t align, void **secret)
{
	struct mw_run *run = mw_arena_find(slot.data);
	uint32_t index = mw_slot_of(run, (size_t)(slot.data - run->data));

	return mw_guarded_hand_out(call, run, index, len, align, secret);
}

static int new_guarded_slowly(const char *call, memward_ward *ward,
    unsigned class, size_t len, size_t align, void **secret)
{
	struct mw_cache *cache = mw_cache_of(ward);
	struct mw_slot slot;
	int rc;

	mw_key_lock(ward);
	rc = take_guarded(ward, cache, class, len, &slot);
	if (rc == 0) {
		rc = lay_guarded(call, slot, len, align, secret);
		if (rc != 0)
			mw_pool_give(ward, slot);
	}
	mw_key_unlock(ward);
	return rc;
}

int mw_secret_new_guarded(const char *call, memward_ward *ward, size_t len,
    size_t align, void **secret)
{
	unsigned class;
	struct mw_cache *cache;
	struct mw_slot slot;
	int rc;

	if (len > SIZE_MAX / 4)
		return refuse(ward, MW_CLASSES, MEMWARD_EOVERFLOW);
	class = mw_guarded_class(len);
	if (ward->cached && class < MW_CLASSES) {
		cache = mw_cache_of(ward);
		if (cache != NULL && mw_warm_pop(cache, class, &slot)) {
			if (lay_guarded(call, slot, len, align, secret) == 0)
				return 0;
			mw_secret_give_back(ward, cache, class, slot);
		}
	}
	rc = new_guarded_slowly(call, ward, class, len, align, secret);
	return rc == 0 ? 0 : refuse(ward, class, rc);
}

static inline bool look_packed(struct mw_run *run, const char *secret,
    struct mw_place *place, const char **why)
{
	size_t offset = (size_t)(secret - run->data);
	uint32_t slot = mw_slot_of(run, offset);
	uint16_t state;

	if (secret < run->data ||
	    slot >= atomic_load_explicit(&run->ready, memory_order_relaxed) ||
	    offset != (size_t)slot * run->slot_size) {
		*why = MW_INTERIOR;
		return false;
	}
	state = atomic_load_explicit(
	    &mw_slot_states(run)[slot], memory_order_acquire);
	if (state < MW_SLOT_LIVE) {
		*why = MW_DOUBLE_FREE;
		return false;
	}
	*place =
	    (struct mw_place){run, slot, (size_t)state - MW_SLOT_LIVE, false};
	return true;
}

static bool look_guarded(struct mw_run *run, const char *secret,
    struct mw_place *place, const char **why)
{
	size_t offset = (size_t)(secret - run->data);
	uint32_t slot = mw_slot_of(run, offset);
	struct mw_guarded *g;

	if (secret < run->data ||
	    slot >= atomic_load_explicit(&run->ready, memory_order_relaxed)) {
		*why = MW_INTERIOR;
		return false;
	}
	g = mw_slot_guarded(run, slot);
	if (atomic_load_explicit(&g->state, memory_order_relaxed) !=
	    MW_SLOT_LIVE) {
		*why = MW_DOUBLE_FREE;
		return false;
	}
	if (offset - slot * run->slot_size !=
	    atomic_load_explicit(&g->from, memory_order_relaxed)) {
		*why = MW_INTERIOR;
		return false;
	}
	*place = (struct mw_place){run, slot,
	    atomic_load_explicit(&g->len, memory_order_relaxed), true};
	return true;
}

static bool look(struct mw_run *run, const void *secret, struct mw_place *place,
    const char **why)
{
	if (run == NULL) {
		*why = MW_FOREIGN;
		return false;
	}
	if (atomic_load_explicit(&run->kind, memory_order_relaxed) ==
	    MW_RUN_GUARDED)
		return look_guarded(run, secret, place, why);
	return look_packed(run, secret, place, why);
}

bool mw_secret_look(
    const void *secret, struct mw_place *place, const char **why)
{
	return look(mw_arena_find(secret), secret, place, why);
}

struct mw_place mw_secret_find(const char *call, const void *secret)
{
	struct mw_place place;
	const char *why;

	if (!mw_secret_look(secret, &place, &why))
		mw_fatal(call, why);
	return place;
}

static struct mw_slot slot_at(struct mw_place place)
{
	return (struct mw_slot){mw_slot_data(place.run, place.slot),
	    place.guarded ? NULL : &mw_slot_states(place.run)[place.slot]};
}

/* Wipes a packed slot whose secret is freed. */
static void take_back(const char *call, struct mw_place place)
{
	size_t slot_size = place.run->slot_size;

	mw_poison_lift(slot_at(place).data, slot_size);
	if (!mw_warm_is_whole(
		place.run->ward, slot_size, slot_at(place), place.len) &&
	    !mw_wipe_all_began())
		mw_fatal(call, MW_BROKEN_CANARY);
	mw_warm_clear(slot_size, slot_at(place), place.len);
	mw_poison_lay(slot_at(place).data, slot_size);
}

static void free_in_window(const char *call, struct mw_place place)
{
	memward_ward *ward = place.run->ward;
	int err = errno;

	mw_key_lock(ward);
	/* If need be a whole mapping is opened: that needs no new mapping. */
	if (mw_window_open_slot_to_wipe(place.run, place.slot) == 0) {
		take_back(call, place);
		mw_window_close_slot(place.run, place.slot);
		mw_pool_give(ward, slot_at(place));
		mw_pool_trim(ward);
	} else {
		/* It stays closed, and is never handed out again. */
		atomic_store(slot_at(place).state, MW_SLOT_MOVING);
	}
	mw_key_unlock(ward);
	errno = err;
}

static inline void free_packed(const char *call, struct mw_place place)
{
	memward_ward *ward = place.run->ward;
	struct mw_slot slot = slot_at(place);
	unsigned class = place.run->class;
	struct mw_cache *cache;

	if (!ward->cached) {
		free_in_window(call, place);
		return;
	}
	take_back(call, place);
	cache = mw_cache_of(ward);
	if (cache == NULL || !mw_warm_push(cache, cache->bins[class], slot))
		mw_secret_give_back(ward, cache, class, slot);
}

/* Runs with one slot for one long secret are not kept. */
static void drop_own_run(struct mw_place place)
{
	memward_ward *ward = place.run->ward;
	int err = errno;

	mw_key_lock(ward);
	mw_pool_count_in(ward, MW_CLASSES);
	(void)mw_pool_drop_run(place.run);
	mw_key_unlock(ward);
	errno = err;
}

/*
 * Whoever checks a ward reads pages under its lock, and opens the closed ones:
 * so they change their access under the lock alone.
 */
static bool must_lock(struct mw_place place)
{
	const memward_ward *ward = place.run->ward;

	return !ward->cached || (ward->features & MEMWARD_TRAP_FREE) != 0 ||
	       atomic_load(&mw_slot_guarded(place.run, place.slot)->access) !=
		   MEMWARD_READ_WRITE;
}

static void free_guarded(const char *call, struct mw_place place)
{
	memward_ward *ward = place.run->ward;
	unsigned class = place.run->class;
	struct mw_cache *cache = NULL;
	bool usable;

	if (must_lock(place)) {
		mw_key_lock(ward);
		usable = mw_guarded_take_back(call, place.run, place.slot);
		mw_key_unlock(ward);
	} else {
		usable = mw_guarded_take_back(call, place.run, place.slot);
	}
	if (ward->cached)
		cache = mw_cache_of(ward);
	if (!usable)
		return;
	if (class == MW_CLASSES)
		drop_own_run(place);
	else if (cache == NULL ||
		 !mw_warm_push(cache, cache->bins[class], slot_at(place)))
		mw_secret_give_back(ward, cache, class, slot_at(place));
}

void mw_secret_free(const char *call, void *secret)
{
	struct mw_run *run = mw_arena_find(secret);
	struct mw_place place;
	const char *why;

	if (run != NULL && run->orphan)
		/* Inherited, not this process's: nothing to wipe or reuse. */
		return;
	if (run != NULL && atomic_load_explicit(&run->kind,
			       memory_order_relaxed) == MW_RUN_PACKED) {
		if (!look_packed(run, secret, &place, &why))
			mw_fatal(call, why);
		free_packed(call, place);
		return;
	}
	if (!look(run, secret, &place, &why))
		mw_fatal(call, why);
	free_guarded(call, place);
}

bool mw_secret_has_canary(struct mw_place place)
{
	const memward_ward *ward = place.run->ward;
	char *data = mw_slot_data(place.run, place.slot);

	if (place.guarded)
		return mw_guarded_has_canary(place.run, place.slot);
	return !mw_warm_has_canary(ward) ||
	       mw_slot_glance(data + place.len,
		   mw_slot_canary_bytes(place.run->slot_size, place.len));
}

void mw_secret_check(const char *call, struct mw_place place)
{
	if (!mw_secret_has_canary(place) && !mw_wipe_all_began())
		mw_fatal(call, MW_BROKEN_CANARY);
}

void mw_secret_resize_in_place(
    const char *call, struct mw_place place, char *secret, size_t len)
{
	const memward_ward *ward = place.run->ward;
	size_t slot_size = place.run->slot_size;
	size_t before = place.len + mw_slot_canary_bytes(slot_size, place.len);

	mw_secret_check(call, place);
	mw_poison_lift(secret, slot_size);
	/* Old canary, and what a shorter secret gives up. */
	if (len < place.len)
		memward_wipe(secret + len, before - len);
	else
		memward_wipe(secret + place.len, before - place.len);
	if (mw_warm_has_canary(ward))
		mw_slot_put_canary(
		    secret + len, mw_slot_canary_bytes(slot_size, len));
	mw_poison_lay(secret + len, slot_size - len);
	atomic_store(&mw_slot_states(place.run)[place.slot],
	    (uint16_t)(MW_SLOT_LIVE + len));
}
