/* SPDX-License-Identifier: MIT */
#include "cache.h"

#include "key.h"
#include "meta.h"
#include "pool.h"
#include "stack.h"
#include "window.h"

#include <string.h>

MW_THREAD_LOCAL struct mw_thread mw_cache_thread;

/*
 * How long to wait for a thread to leave, at first without giving it the
 * processor; then its slots stay with it.
 */
#define SPINS    1000
#define PATIENCE 100000

static void link_cache(memward_ward *ward, struct mw_cache *cache)
{
	cache->prev = NULL;
	cache->next = ward->caches;
	if (ward->caches != NULL)
		ward->caches->prev = cache;
	ward->caches = cache;
}

static void unlink_cache(memward_ward *ward, struct mw_cache *cache)
{
	if (cache->prev != NULL)
		cache->prev->next = cache->next;
	else
		ward->caches = cache->next;
	if (cache->next != NULL)
		cache->next->prev = cache->prev;
}

static void empty_bin(struct mw_bin *bin, memward_ward *ward,
    void (*give)(memward_ward *ward, struct mw_slot slot))
{
	uint32_t count = atomic_load(&bin->count);

	while (count != 0)
		give(ward, bin->slots[--count]);
	atomic_store(&bin->count, 0);
}

static void empty(struct mw_cache *cache,
    void (*give)(memward_ward *ward, struct mw_slot slot))
{
	for (unsigned i = 0; i < MW_CLASSES; i++) {
		if (cache->bins[i] != NULL)
			empty_bin(cache->bins[i], cache->ward, give);
	}
}

static void free_bins(struct mw_cache *cache)
{
	for (unsigned i = 0; i < MW_CLASSES; i++) {
		mw_meta_free(cache->bins[i], sizeof(struct mw_bin));
		cache->bins[i] = NULL;
	}
}

/* The share of the ward's limit that the bins had is for others again. */
static void give_share_back(const struct mw_cache *cache)
{
	memward_ward *ward = cache->ward;

	if (ward->cache_room == SIZE_MAX)
		return;
	for (unsigned i = 0; i < MW_CLASSES; i++) {
		if (cache->bins[i] != NULL)
			ward->cache_room +=
			    cache->bins[i]->most * mw_class_bytes(i);
	}
}

/* A thread ends: what it cached goes back, its windows close. */
static void end_cache(struct mw_cache *cache)
{
	memward_ward *ward = cache->ward;

	mw_key_lock(ward);
	if (cache->serial == atomic_load(&ward->serial)) {
		mw_window_end_all(ward, cache);
		empty(cache, mw_pool_give);
		give_share_back(cache);
		unlink_cache(ward, cache);
		mw_pool_trim(ward);
	}
	free_bins(cache);
	mw_key_unlock(ward);
	mw_meta_free(cache, sizeof(*cache));
}

/* Of a thread's table of pointers to caches. */
static size_t table_bytes(size_t room)
{
	return room * sizeof(void *);
}

static void end_thread(void *unused)
{
	struct mw_thread *own = &mw_cache_thread;

	(void)unused;
	mw_stack_end_thread();
	for (size_t i = 0; i < own->room; i++) {
		if (own->table[i] != NULL)
			end_cache(own->table[i]);
	}
	mw_meta_free(own->table, table_bytes(own->room));
	memset(own, 0, sizeof(*own));
}

/* Makes the thread's table long enough for a ward's id. */
static bool make_room(struct mw_thread *own, uint32_t id)
{
	size_t room = own->room == 0 ? 16 : own->room;
	struct mw_cache **table;

	if (id < own->room)
		return true;
	while (room <= id)
		room *= 2;
	table = mw_meta_alloc(table_bytes(room));
	if (table == NULL)
		return false;
	if (own->room != 0)
		memcpy(table, own->table, table_bytes(own->room));
	mw_meta_free(own->table, table_bytes(own->room));
	own->table = table;
	own->room = room;
	return true;
}

/* The ward was closed and its place reused: the old cache is of nothing. */
static void discard_stale(struct mw_thread *own, uint32_t id)
{
	struct mw_cache *cache = own->table[id];

	if (cache == NULL)
		return;
	free_bins(cache);
	mw_meta_free(cache, sizeof(*cache));
	own->table[id] = NULL;
}

static struct mw_cache *make(struct mw_thread *own, memward_ward *ward)
{
	struct mw_cache *cache;

	if (!own->armed)
		own->armed = mw_sys_at_thread_exit(end_thread, own);
	/* Without the hook slots would be lost with the thread. */
	if (!own->armed)
		return NULL;
	discard_stale(own, ward->id);
	cache = mw_meta_alloc(sizeof(*cache));
	if (cache == NULL)
		return NULL;
	cache->ward = ward;
	mw_mutex_lock(&ward->lock);
	cache->serial = atomic_load(&ward->serial);
	link_cache(ward, cache);
	mw_mutex_unlock(&ward->lock);
	own->table[ward->id] = cache;
	return cache;
}

struct mw_cache *mw_cache_find(memward_ward *ward)
{
	struct mw_thread *own = &mw_cache_thread;
	struct mw_cache *cache;

	own->last = NULL;
	if (!make_room(own, ward->id))
		return NULL;
	cache = own->table[ward->id];
	if (cache == NULL || cache->serial != atomic_load(&ward->serial))
		cache = make(own, ward);
	if (cache != NULL) {
		own->last_cache = cache;
		own->last = ward;
	}
	return cache;
}

struct mw_bin *mw_cache_bin(
    struct mw_cache *cache, unsigned class, size_t slot_bytes)
{
	memward_ward *ward = cache->ward;
	struct mw_bin *bin = cache->bins[class];
	size_t most = ward->cache_room / 4 / slot_bytes;

	if (bin != NULL || most < 2)
		return bin;
	bin = mw_meta_alloc(sizeof(*bin));
	if (bin == NULL)
		return NULL;
	bin->most = most < MW_BIN_SLOTS ? (uint32_t)most : MW_BIN_SLOTS;
	if (ward->cache_room != SIZE_MAX)
		ward->cache_room -= bin->most * slot_bytes;
	cache->bins[class] = bin;
	return bin;
}

static bool wait_until_out(struct mw_cache *cache)
{
	for (long i = 0; i < PATIENCE; i++) {
		if (!atomic_load_explicit(&cache->busy, memory_order_acquire))
			return true;
		if (i > SPINS)
			mw_sys_yield();
	}
	return false;
}

void mw_cache_empty_all(
    memward_ward *ward, void (*give)(memward_ward *ward, struct mw_slot slot))
{
	struct mw_thread *own = &mw_cache_thread;
	struct mw_cache *mine =
	    ward->id < own->room ? own->table[ward->id] : NULL;
	struct mw_cache *cache;
	bool reachable;

	for (cache = ward->caches; cache != NULL; cache = cache->next)
		atomic_store(&cache->stop, true);
	/* Without a barrier another thread's bins cannot be touched safely. */
	reachable = mw_sys_barrier();
	for (cache = ward->caches; cache != NULL; cache = cache->next) {
		if (cache == mine || (reachable && wait_until_out(cache)))
			empty(cache, give);
		atomic_store(&cache->stop, false);
	}
}

void mw_cache_drop_all(memward_ward *ward)
{
	/* Their threads find that the serial changed, and free them. */
	ward->caches = NULL;
}

void mw_cache_after_fork(memward_ward *ward)
{
	struct mw_thread *own = &mw_cache_thread;
	struct mw_cache *mine =
	    ward->id < own->room ? own->table[ward->id] : NULL;
	struct mw_cache *cache = ward->caches;
	struct mw_cache *next;

	ward->caches = NULL;
	ward->readers = 0;
	ward->writers = 0;
	for (; cache != NULL; cache = next) {
		next = cache->next;
		if (cache == mine)
			continue;
		give_share_back(cache);
		free_bins(cache);
		mw_meta_free(cache, sizeof(*cache));
	}
	if (mine == NULL || mine->serial != atomic_load(&ward->serial))
		return;
	for (unsigned i = 0; i < MW_CLASSES; i++) {
		if (mine->bins[i] != NULL)
			atomic_store(&mine->bins[i]->count, 0);
	}
	link_cache(ward, mine);
	mw_window_recount(ward, mine);
}

uint64_t mw_cache_count(memward_ward *ward, unsigned class)
{
	uint64_t count = 0;

	for (struct mw_cache *c = ward->caches; c != NULL; c = c->next) {
		if (c->bins[class] != NULL)
			count += atomic_load(&c->bins[class]->count);
	}
	return count;
}
