/* SPDX-License-Identifier: MIT */
#include "range.h"

#include "mem_sys/store.h"
#include "meta.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

/* A page and how often it was locked; an open hash table of them. */
struct counted {
	uintptr_t page; /* number; 0: the place is empty */
	size_t count;   /* 0: was locked once, may be used anew */
};

static struct {
	struct mw_mutex lock;
	struct counted *at;
	size_t room;           /* a power of two */
	size_t used;           /* places that are not empty */
	_Atomic size_t locked; /* pages whose count is not 0 */
} ranges;

struct pages {
	uintptr_t first; /* page numbers */
	uintptr_t end;
};

void mw_range_start(void)
{
	mw_mutex_init(&ranges.lock);
}

static struct pages pages_of(const void *mem, size_t len)
{
	uintptr_t page = mw_sys_page_size();

	return (struct pages){
	    (uintptr_t)mem / page, ((uintptr_t)mem + len - 1) / page + 1};
}

static size_t place_of(uintptr_t page, size_t room)
{
	return (size_t)((uint64_t)page * UINT64_C(0x9e3779b97f4a7c15) >> 20) &
	       (room - 1);
}

/* The place of a page, or the empty one where it would be. */
static struct counted *look_up(struct counted *at, size_t room, uintptr_t page)
{
	size_t i = place_of(page, room);

	while (at[i].page != 0 && at[i].page != page)
		i = (i + 1) & (room - 1);
	return &at[i];
}

static int make_room(size_t more)
{
	size_t room = ranges.room == 0 ? 64 : ranges.room;
	struct counted *at;

	if (more > SIZE_MAX / 64 - ranges.used)
		return MEMWARD_ENOMEM;
	while (room / 2 < ranges.used + more)
		room *= 2;
	if (room == ranges.room)
		return 0;
	at = mw_meta_alloc(room * sizeof(*at));
	if (at == NULL)
		return MEMWARD_ENOMEM;
	ranges.used = 0;
	for (size_t i = 0; i < ranges.room; i++) {
		if (ranges.at[i].count == 0)
			continue;
		*look_up(at, room, ranges.at[i].page) = ranges.at[i];
		ranges.used++;
	}
	mw_meta_free(ranges.at, ranges.room * sizeof(*at));
	ranges.at = at;
	ranges.room = room;
	return 0;
}

static size_t count_of(uintptr_t page)
{
	return ranges.room == 0 ? 0
				: look_up(ranges.at, ranges.room, page)->count;
}

/* The longest stretch from first on whose pages have the same count. */
static uintptr_t stretch(struct pages pages, uintptr_t first, size_t count)
{
	uintptr_t end = first;

	while (end < pages.end && count_of(end) == count)
		end++;
	return end;
}

static void *address_of(uintptr_t page)
{
	return (void *)(page * mw_sys_page_size());
}

/* Locks or unlocks the stretches whose pages have this count. */
static int change(struct pages pages, size_t count, uintptr_t *done,
    int (*call)(void *mem, size_t len))
{
	size_t bytes = mw_sys_page_size();
	uintptr_t end;
	int rc;

	for (*done = pages.first; *done < pages.end;) {
		if (count_of(*done) != count) {
			++*done;
			continue;
		}
		end = stretch(pages, *done, count);
		rc = call(address_of(*done), (end - *done) * bytes);
		if (rc != 0)
			return rc;
		*done = end;
	}
	return 0;
}

static int lock_checked(void *mem, size_t len)
{
	if (mw_sys_locks_frozen())
		return MEMWARD_ELOCKFROZEN;
	return mw_sys_is_mapped(mem, len) ? mw_sys_lock(mem, len)
					  : MEMWARD_EUNMAPPED;
}

static int unlock_checked(void *mem, size_t len)
{
	return mw_sys_locks_frozen() ? MEMWARD_ELOCKFROZEN
				     : mw_sys_unlock(mem, len);
}

static void add(struct pages pages, bool up)
{
	for (uintptr_t page = pages.first; page < pages.end; page++) {
		struct counted *counted = look_up(ranges.at, ranges.room, page);

		if (counted->page == 0) {
			counted->page = page;
			ranges.used++;
		}
		if (counted->count == (up ? 0 : 1))
			atomic_fetch_add(&ranges.locked, up ? 1 : (size_t)-1);
		counted->count += up ? 1 : (size_t)-1;
	}
}

static int lock_entered(struct pages pages)
{
	uintptr_t done;
	uintptr_t ignored;
	int rc = make_room(pages.end - pages.first);

	if (rc != 0)
		return rc;
	rc = change(pages, 0, &done, lock_checked);
	if (rc != 0) {
		/* Undoes what was new; the first error is the answer. */
		pages.end = done;
		(void)change(pages, 0, &ignored, unlock_checked);
		return rc;
	}
	add(pages, true);
	return 0;
}

static int unlock_entered(struct pages pages)
{
	uintptr_t done;
	uintptr_t ignored;
	int rc;

	for (uintptr_t page = pages.first; page < pages.end; page++) {
		if (count_of(page) == 0)
			return MEMWARD_ENOTLOCKED;
	}
	rc = change(pages, 1, &done, unlock_checked);
	if (rc != 0) {
		pages.end = done;
		(void)change(pages, 1, &ignored, lock_checked);
		return rc;
	}
	add(pages, false);
	return 0;
}

int mw_range_lock(const void *mem, size_t len)
{
	int rc;

	mw_mutex_lock(&ranges.lock);
	rc = lock_entered(pages_of(mem, len));
	mw_mutex_unlock(&ranges.lock);
	return rc;
}

int mw_range_unlock(const void *mem, size_t len)
{
	int rc;

	mw_mutex_lock(&ranges.lock);
	rc = unlock_entered(pages_of(mem, len));
	mw_mutex_unlock(&ranges.lock);
	return rc;
}

void mw_range_hold(void)
{
	mw_mutex_lock(&ranges.lock);
}

void mw_range_let_go(void)
{
	mw_mutex_unlock(&ranges.lock);
}

void mw_range_after_fork(void)
{
	mw_mutex_init(&ranges.lock);
	/* A child inherits no locks, and the memory is not ours to lock. */
	if (ranges.room != 0)
		memset(ranges.at, 0, ranges.room * sizeof(*ranges.at));
	ranges.used = 0;
	atomic_store(&ranges.locked, 0);
}

size_t mw_range_locked(void)
{
	return atomic_load(&ranges.locked) * mw_sys_page_size();
}
