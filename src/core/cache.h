/* SPDX-License-Identifier: MIT */
/*
 * What a thread keeps of a ward that is open at rest: idle slots, by class,
 * so that allocating and freeing need neither a lock nor a system call.
 *
 * Only the owner touches its bins, between mw_cache_enter() and _leave().
 * Another thread may empty them when a limit is reached: it raises `stop`,
 * has every thread pass a barrier, and waits until the owner is out. The
 * owner thus pays two plain stores and a load, no atomic exchange.
 */
#ifndef MW_CORE_CACHE_H
#define MW_CORE_CACHE_H

#include "ward.h"

#define MW_BIN_SLOTS    64
#define MW_WINDOW_DEPTH 256

struct mw_slot {
	char *data;
	_Atomic uint16_t *state; /* packed slots only */
};

struct mw_bin {
	_Atomic uint32_t count;
	uint32_t most; /* as many as the ward's limit allows here */
	struct mw_slot slots[MW_BIN_SLOTS];
};

struct mw_cache {
	memward_ward *ward;
	uint64_t serial; /* of the ward when the cache was made */
	_Atomic bool busy;
	_Atomic bool stop;
	struct mw_bin *bins[MW_CLASSES];
	_Atomic uint32_t depth;              /* windows this thread has open */
	uint32_t writers;                    /* those of them that write */
	uint8_t writes[MW_WINDOW_DEPTH / 8]; /* bit per window: writing */
	struct mw_cache *next;               /* of the ward's caches */
	struct mw_cache *prev;
};

/* The calling thread's own. */
struct mw_thread {
	memward_ward *last; /* the ward last used, and its cache */
	struct mw_cache *last_cache;
	struct mw_cache **table; /* by the ward's id */
	size_t room;
	bool armed; /* the exit hook is set */
};

extern MW_THREAD_LOCAL struct mw_thread mw_cache_thread;

/* Finds or makes the cache; NULL: no memory, go without. */
struct mw_cache *mw_cache_find(memward_ward *ward);

/* The calling thread's cache of a ward. */
static inline struct mw_cache *mw_cache_of(memward_ward *ward)
{
	struct mw_thread *own = &mw_cache_thread;

	if (own->last == ward &&
	    own->last_cache->serial ==
		atomic_load_explicit(&ward->serial, memory_order_relaxed))
		return own->last_cache;
	return mw_cache_find(ward);
}

/* False: somebody is emptying the cache, take the slow way. */
static inline bool mw_cache_enter(struct mw_cache *cache)
{
	atomic_store_explicit(&cache->busy, true, memory_order_relaxed);
	/* The other half of this fence is mw_sys_barrier(). */
	atomic_signal_fence(memory_order_seq_cst);
	if (!atomic_load_explicit(&cache->stop, memory_order_acquire))
		return true;
	atomic_store_explicit(&cache->busy, false, memory_order_release);
	return false;
}

static inline void mw_cache_leave(struct mw_cache *cache)
{
	atomic_store_explicit(&cache->busy, false, memory_order_release);
}

/*
 * The bin of a class, made and allotted its share if need be; NULL: none is
 * to be had. With the ward's lock held.
 */
struct mw_bin *mw_cache_bin(
    struct mw_cache *cache, unsigned class, size_t slot_bytes);

/*
 * Empties all caches of a ward, the caller's own included, through give().
 * With the ward's lock held.
 */
void mw_cache_empty_all(
    memward_ward *ward, void (*give)(memward_ward *ward, struct mw_slot slot));

/* Forgets all caches of a ward that closes. Lock held. */
void mw_cache_drop_all(memward_ward *ward);

/* In a child of fork: the caches of threads that are no more. */
void mw_cache_after_fork(memward_ward *ward);

/* How many slots of a class all caches of a ward hold. Lock held. */
uint64_t mw_cache_count(memward_ward *ward, unsigned class);

#endif
