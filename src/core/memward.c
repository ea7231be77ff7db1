/* SPDX-License-Identifier: MIT */
/* The public calls: check the arguments, call one of the modules. */
#include "cache.h"
#include "copy.h"
#include "fork.h"
#include "guarded.h"
#include "key.h"
#include "policy.h"
#include "pool.h"
#include "range.h"
#include "secret.h"
#include "slot.h"
#include "warm.h"
#include "window.h"

#include <errno.h>

/* The ward of a handle, in a process that may be a child. */
static memward_ward *enter(memward_ward *handle, int *rc)
{
	*rc = 0;
	mw_fork_check();
	return mw_ward_resolve(handle, rc);
}

int memward_open(const memward_policy *policy, memward_ward **ward)
{
	memward_policy standard = MEMWARD_POLICY_INIT;
	memward_ward *made;
	int rc;

	if (ward == NULL)
		return MEMWARD_ENULL;
	if (policy == NULL)
		policy = &standard;
	rc = mw_policy_check(policy);
	if (rc != 0)
		return rc;
	mw_fork_check();
	rc = mw_ward_open(policy, &made);
	if (rc != 0)
		return rc;
	if (policy->reserve != 0)
		rc = memward_reserve(made, (policy->reserve - 1) / 32 + 1, 32);
	if (rc == 0)
		*ward = made;
	else
		(void)mw_ward_close(made);
	return rc;
}

int memward_close(memward_ward *ward)
{
	if (ward == NULL)
		return MEMWARD_EVALUE;
	mw_fork_check();
	return mw_ward_close(ward);
}

static MW_COLD int new_slowly(
    const char *call, memward_ward *handle, size_t len, void **secret)
{
	memward_ward *ward;
	int rc;

	if (atomic_load_explicit(&mw_ward_wiped, memory_order_relaxed))
		return MEMWARD_EWIPEDALL;
	ward = enter(handle, &rc);
	return ward == NULL ? rc : mw_secret_new(call, ward, len, secret);
}

int memward_new(memward_ward *handle, size_t len, void **secret)
{
	if (secret == NULL)
		return MEMWARD_ENULL;
	if (mw_warm_new("memward_new", handle, len, secret))
		return 0;
	return new_slowly("memward_new", handle, len, secret);
}

static int new_guarded(const char *call, memward_ward *handle, size_t len,
    size_t align, void **secret)
{
	memward_ward *ward;
	int rc;

	if (align == 0 || (align & (align - 1)) != 0 ||
	    align > mw_sys_page_size())
		return MEMWARD_EVALUE;
	if (atomic_load_explicit(&mw_ward_wiped, memory_order_relaxed))
		return MEMWARD_EWIPEDALL;
	ward = enter(handle, &rc);
	return ward == NULL
		   ? rc
		   : mw_secret_new_guarded(call, ward, len, align, secret);
}

int memward_new_guarded(
    memward_ward *ward, size_t len, size_t align, void **secret)
{
	return secret == NULL ? MEMWARD_ENULL
			      : new_guarded("memward_new_guarded", ward, len,
				    align, secret);
}

/* In the shape of malloc. */
static void *or_null(int rc, void *secret)
{
	if (rc == 0)
		return secret;
	if (rc == MEMWARD_ELOCKLIMIT || rc == MEMWARD_ELIMIT)
		errno = EAGAIN;
	else if (rc == MEMWARD_EVALUE || rc == MEMWARD_EOVERRIDE)
		errno = EINVAL;
	else
		errno = ENOMEM;
	return NULL;
}

static MW_COLD void *alloc_slowly(memward_ward *ward, size_t len)
{
	void *secret = NULL;
	int rc = new_slowly("memward_alloc", ward, len, &secret);

	return or_null(rc, secret);
}

void *memward_alloc(memward_ward *ward, size_t len)
{
	void *secret;

	if (mw_warm_new("memward_alloc", ward, len, &secret))
		return secret;
	return alloc_slowly(ward, len);
}

void *memward_alloc_guarded(memward_ward *ward, size_t len, size_t align)
{
	void *secret = NULL;
	int rc =
	    new_guarded("memward_alloc_guarded", ward, len, align, &secret);

	return or_null(rc, secret);
}

static MW_COLD void free_slowly(void *secret)
{
	if (secret == NULL ||
	    atomic_load_explicit(&mw_ward_wiped, memory_order_relaxed))
		return;
	mw_fork_check();
	mw_secret_free("memward_free", secret);
}

void memward_free(void *secret)
{
	if (!mw_warm_free(secret))
		free_slowly(secret);
}

/* Moves a secret to a new place; the old one is wiped by its free. */
static int move(struct mw_place place, void **secret, size_t len)
{
	memward_ward *ward = place.run->ward;
	size_t keep = len < place.len ? len : place.len;
	void *fresh;
	int rc;

	/* The alignment of a guarded secret is that of its place. */
	if (place.guarded)
		rc = mw_secret_new_guarded("memward_resize", ward, len,
		    mw_slot_guarded(place.run, place.slot)->align, &fresh);
	else
		rc = mw_secret_new("memward_resize", ward, len, &fresh);
	if (rc != 0)
		return rc;
	rc = mw_window_begin(ward, MEMWARD_READ_WRITE);
	if (rc != 0) {
		mw_secret_free("memward_resize", fresh);
		return rc;
	}
	if (keep != 0)
		mw_copy_by_bytes(fresh, *secret, keep);
	/* Whole mappings close; were it refused, the next window would do it */
	(void)mw_window_end(ward);
	mw_secret_free("memward_resize", *secret);
	*secret = fresh;
	return 0;
}

/*
 * Under the ward's lock: in the middle of it the canary is not whole, which
 * neither a check nor a child must see.
 */
static int resize_here(struct mw_place place, char *secret, size_t len)
{
	memward_ward *ward = place.run->ward;
	int rc;

	mw_key_lock(ward);
	rc = mw_window_open_slot(place.run, place.slot);
	if (rc == 0) {
		mw_secret_resize_in_place("memward_resize", place, secret, len);
		mw_window_close_slot(place.run, place.slot);
	}
	mw_key_unlock(ward);
	return rc;
}

int memward_resize(void **secret, size_t len)
{
	struct mw_place place;

	if (secret == NULL || *secret == NULL)
		return MEMWARD_ENULL;
	if (atomic_load(&mw_ward_wiped))
		return MEMWARD_EWIPEDALL;
	mw_fork_check();
	place = mw_secret_find("memward_resize", *secret);
	if (place.run->orphan)
		return MEMWARD_EUNMAPPED;
	if (place.guarded &&
	    atomic_load(&mw_slot_guarded(place.run, place.slot)->access) ==
		MEMWARD_NO_ACCESS)
		return MEMWARD_ECLOSED;
	if (place.guarded || mw_class_of(len) != place.run->class)
		return move(place, secret, len);
	return resize_here(place, *secret, len);
}

int memward_protect(void *secret, memward_access access)
{
	struct mw_place place;
	struct mw_guarded *g;
	memward_access before;
	memward_ward *ward;
	int rc;

	if (secret == NULL)
		return MEMWARD_ENULL;
	if (access != MEMWARD_NO_ACCESS && access != MEMWARD_READ_ONLY &&
	    access != MEMWARD_READ_WRITE)
		return MEMWARD_EVALUE;
	mw_fork_check();
	place = mw_secret_find("memward_protect", secret);
	if (place.run->orphan)
		return MEMWARD_EUNMAPPED;
	if (!place.guarded)
		return MEMWARD_EPACKED;
	ward = place.run->ward;
	g = mw_slot_guarded(place.run, place.slot);
	mw_mutex_lock(&ward->lock);
	before = atomic_load(&g->access);
	atomic_store(&g->access, (uint8_t)access);
	rc = mw_guarded_apply(place.run, place.slot, ward->now);
	if (rc != 0)
		atomic_store(&g->access, (uint8_t)before);
	mw_mutex_unlock(&ward->lock);
	return rc;
}

size_t memward_size(const void *secret)
{
	if (secret == NULL)
		return 0;
	return mw_secret_find("memward_size", secret).len;
}

memward_ward *memward_ward_of(const void *secret)
{
	struct mw_place place = mw_secret_find("memward_ward_of", secret);

	return mw_ward_handle(place.run->ward);
}

bool memward_is_secret(const void *address)
{
	struct mw_place place;
	const char *why;

	return mw_secret_look(address, &place, &why);
}

int memward_begin(memward_ward *handle, memward_access access)
{
	memward_ward *ward;
	int rc;

	if (access != MEMWARD_READ_ONLY && access != MEMWARD_READ_WRITE)
		return MEMWARD_EVALUE;
	ward = enter(handle, &rc);
	return ward == NULL ? rc : mw_window_begin(ward, access);
}

int memward_end(memward_ward *handle)
{
	int rc;
	memward_ward *ward = enter(handle, &rc);

	return ward == NULL ? rc : mw_window_end(ward);
}

int memward_with(memward_ward *ward, memward_access access,
    int (*function)(void *), void *argument)
{
	int answer;
	int rc;

	if (function == NULL)
		return MEMWARD_ENULL;
	rc = memward_begin(ward, access);
	if (rc != 0)
		return rc;
	answer = function(argument);
	rc = memward_end(ward);
	return rc != 0 ? rc : answer;
}

int memward_reserve(memward_ward *handle, size_t count, size_t size)
{
	int rc;
	memward_ward *ward;
	struct mw_cache *cache;
	unsigned class;

	if (atomic_load(&mw_ward_wiped))
		return MEMWARD_EWIPEDALL;
	ward = enter(handle, &rc);
	if (ward == NULL)
		return rc;
	class = mw_class_of(size);
	if (class == MW_PACKED_CLASSES)
		class = mw_guarded_class(size);
	if (class == MW_CLASSES)
		return MEMWARD_EVALUE;
	/* The thread's own records too, so that they cost no call later. */
	cache = mw_cache_of(ward);
	mw_key_lock(ward);
	rc = mw_pool_reserve(ward, class, count);
	if (rc == 0 && cache != NULL && ward->cached)
		(void)mw_cache_bin(cache, class, mw_class_bytes(class));
	mw_key_unlock(ward);
	return rc;
}

static int check_range(const void *mem, size_t len)
{
	if (mem == NULL)
		return MEMWARD_ENULL;
	if (len == 0)
		return MEMWARD_EZERO;
	return len > UINTPTR_MAX - (uintptr_t)mem ? MEMWARD_EOVERFLOW : 0;
}

int memward_lock_range(const void *mem, size_t len)
{
	int rc = check_range(mem, len);

	if (rc == 0)
		rc = mw_ward_start();
	if (rc != 0)
		return rc;
	mw_fork_check();
	return mw_range_lock(mem, len);
}

int memward_unlock_range(const void *mem, size_t len)
{
	int rc = check_range(mem, len);

	if (rc == 0)
		rc = mw_ward_start();
	if (rc != 0)
		return rc;
	mw_fork_check();
	return mw_range_unlock(mem, len);
}

int memward_random(void *mem, size_t len)
{
	return mem == NULL ? MEMWARD_ENULL : mw_sys_random(mem, len);
}
