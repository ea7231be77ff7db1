/* SPDX-License-Identifier: MIT */
/*
 * The warm path of packed secrets on an open ward: out of the thread's own
 * bin and back into it, with every check and neither lock nor call. Whatever
 * is not as usual is left to the slow path, which begins anew and is the one
 * to say what is wrong.
 *
 * It is one piece, inlined into the public calls, because at this speed the
 * instructions are what it costs.
 */
#ifndef MW_CORE_WARM_H
#define MW_CORE_WARM_H

#include "cache.h"
#include "fatal.h"
#include "fork.h"
#include "pool.h"
#include "slot.h"

#define MW_COLD __attribute__((noinline, cold))
#define MW_WARM __attribute__((always_inline)) static inline

static inline bool mw_warm_has_canary(const memward_ward *ward)
{
	return (ward->features & MEMWARD_CANARY) != 0;
}

/* Lays a secret into an idle packed slot. Needs no lock. */
MW_WARM void *mw_warm_lay(const char *call, const memward_ward *ward,
    size_t slot_size, struct mw_slot slot, size_t len)
{
	atomic_store_explicit(slot.state, MW_SLOT_MOVING, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	mw_poison_lift_warm(slot.data, slot_size);
	if (!mw_slot_is_clear(slot.data, slot_size))
		mw_fatal(call, MW_LATE_WRITE);
	if (mw_warm_has_canary(ward))
		mw_slot_put_canary(
		    slot.data + len, mw_slot_canary_bytes(slot_size, len));
	mw_poison_lay_warm(slot.data + len, slot_size - len);
	atomic_store_explicit(
	    slot.state, (uint16_t)(MW_SLOT_LIVE + len), memory_order_release);
	return slot.data;
}

/*
 * Whether the canary of a packed secret is whole, or there is none; the first
 * thing when it is freed.
 */
MW_WARM bool mw_warm_is_whole(
    const memward_ward *ward, size_t slot_size, struct mw_slot slot, size_t len)
{
	mw_poison_lift_warm(slot.data, slot_size);
	return !mw_warm_has_canary(ward) ||
	       mw_slot_has_canary(
		   slot.data + len, mw_slot_canary_bytes(slot_size, len));
}

/* Wipes a packed slot whose secret is freed. Needs no lock. */
MW_WARM void mw_warm_clear(size_t slot_size, struct mw_slot slot, size_t len)
{
	atomic_store_explicit(slot.state, MW_SLOT_MOVING, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	mw_slot_wipe(slot.data, slot_size, len);
	mw_poison_lay_warm(slot.data, slot_size);
	atomic_store_explicit(slot.state, MW_SLOT_FREE, memory_order_release);
}

/* A slot from the thread's own bin; false: it is empty or out of reach. */
MW_WARM bool mw_warm_pop(
    struct mw_cache *cache, unsigned class, struct mw_slot *slot)
{
	struct mw_bin *bin = cache->bins[class];
	uint32_t count;

	if (bin == NULL || !mw_cache_enter(cache))
		return false;
	count = atomic_load_explicit(&bin->count, memory_order_relaxed);
	if (count != 0) {
		*slot = bin->slots[count - 1];
		atomic_store_explicit(
		    &bin->count, count - 1, memory_order_relaxed);
	}
	mw_cache_leave(cache);
	return count != 0;
}

MW_WARM bool mw_warm_push(
    struct mw_cache *cache, struct mw_bin *bin, struct mw_slot slot)
{
	uint32_t count;
	bool fits;

	if (bin == NULL || !mw_cache_enter(cache))
		return false;
	count = atomic_load_explicit(&bin->count, memory_order_relaxed);
	fits = count < bin->most;
	if (fits) {
		bin->slots[count] = slot;
		atomic_store_explicit(
		    &bin->count, count + 1, memory_order_relaxed);
	}
	mw_cache_leave(cache);
	return fits;
}

/* Neither a child that has not noticed, nor wiped for good. */
static inline bool mw_warm_is_usual(void)
{
	return mw_fork_look() == MW_FORK_USUAL;
}

/*
 * Whether the calling thread used this ward last, and its cache is the one of
 * this opening of it. No ward is NULL, and no cache's serial 0.
 */
static inline bool mw_warm_is_last(const memward_ward *ward)
{
	const struct mw_thread *own = &mw_cache_thread;

	return own->last == ward &&
	       own->last_cache->serial ==
		   atomic_load_explicit(&ward->serial, memory_order_relaxed);
}

/* False: the slow path is to see to it; nothing has happened. */
MW_WARM bool mw_warm_new(
    const char *call, memward_ward *ward, size_t len, void **secret)
{
	struct mw_cache *cache;
	struct mw_slot slot;
	unsigned class;

	if (ward == NULL)
		ward = atomic_load_explicit(
		    &mw_ward_standard, memory_order_acquire);
	if (!mw_warm_is_usual() || len > MW_CLASS_LARGEST - MW_CANARY_LEAST ||
	    ward == NULL || !mw_warm_is_last(ward))
		return false;
	cache = mw_cache_thread.last_cache;
	class = mw_class_of(len);
	/* There is no bin unless the ward is open at rest. */
	if (!mw_warm_pop(cache, class, &slot))
		return false;
	*secret = mw_warm_lay(call, ward, mw_class_packed[class], slot, len);
	return true;
}

/* A living packed secret of the first arena by its first byte. */
struct mw_warm_place {
	struct mw_run *run;
	struct mw_slot slot;
	size_t len;
};

MW_WARM bool mw_warm_find(const char *secret, struct mw_warm_place *place)
{
	struct mw_arena *arena = &mw_arena_at[0];
	size_t index = ((uintptr_t)secret - atomic_load_explicit(&arena->base,
						memory_order_relaxed)) >>
		       mw_arena_shift;
	struct mw_run *run;
	size_t offset;
	size_t slot;
	uint16_t state;

	/* Also for all that lies outside, since it is no longer than that. */
	if (index >= atomic_load_explicit(&arena->used, memory_order_acquire))
		return false;
	/* Packed runs of open wards have one chunk: this one speaks. */
	run = &arena->runs[index];
	if (atomic_load_explicit(&run->kind, memory_order_acquire) !=
		MW_RUN_PACKED ||
	    run->orphan)
		return false;
	/* In front of the first slot it is huge, and no multiple that fits. */
	offset = (size_t)(secret - run->data);
	slot = (size_t)((uint64_t)offset * run->divisor >> 40);
	if (slot >= atomic_load_explicit(&run->ready, memory_order_relaxed) ||
	    offset != slot * run->slot_size)
		return false;
	place->slot.state = &mw_slot_states(run)[slot];
	state = atomic_load_explicit(place->slot.state, memory_order_acquire);
	if (state < MW_SLOT_LIVE)
		return false;
	place->slot.data = run->data + offset;
	place->run = run;
	place->len = (size_t)state - MW_SLOT_LIVE;
	return true;
}

/* Gives slots back to the central store, this one or others of the class. */
void mw_secret_give_back(memward_ward *ward, struct mw_cache *cache,
    unsigned class, struct mw_slot slot);

/* False: the slow path is to see to it; nothing has happened. */
MW_WARM bool mw_warm_free(void *secret)
{
	struct mw_warm_place place;
	struct mw_cache *cache;
	struct mw_bin *bin;
	size_t slot_size;

	if (!mw_warm_is_usual() || !mw_warm_find(secret, &place) ||
	    !mw_warm_is_last(place.run->ward))
		return false;
	cache = mw_cache_thread.last_cache;
	/* There is no bin unless the ward is open at rest. */
	bin = cache->bins[place.run->class];
	slot_size = place.run->slot_size;
	if (bin == NULL || !mw_warm_is_whole(place.run->ward, slot_size,
			       place.slot, place.len))
		return false;
	mw_warm_clear(slot_size, place.slot, place.len);
	if (!mw_warm_push(cache, bin, place.slot))
		mw_secret_give_back(
		    place.run->ward, cache, place.run->class, place.slot);
	return true;
}

#endif
