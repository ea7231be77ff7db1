/* SPDX-License-Identifier: MIT */
#include "ward.h"

#include "cache.h"
#include "ends.h"
#include "feature.h"
#include "fork.h"
#include "key.h"
#include "meta.h"
#include "policy.h"
#include "pool.h"
#include "range.h"
#include "region.h"
#include "seal.h"
#include "slot.h"
#include "stack.h"
#include "window.h"
#include "wipe_all.h"

#include <errno.h>
#include <string.h>

_Atomic size_t mw_ward_locked;
memward_ward *_Atomic mw_ward_standard;
atomic_bool mw_ward_wiped;

static struct {
	struct mw_mutex lock;
	memward_ward *_Atomic first;
	memward_ward *last;
	uint32_t count;
	uint64_t serial;
	atomic_bool started;
	unsigned steps; /* of the start that are done */
} wards;

void mw_ward_link(memward_ward *ward, struct mw_run *run)
{
	run->prev = NULL;
	run->next = ward->runs;
	if (ward->runs != NULL)
		ward->runs->prev = run;
	ward->runs = run;
}

void mw_ward_unlink(struct mw_run *run)
{
	if (run->prev != NULL)
		run->prev->next = run->next;
	else
		run->ward->runs = run->next;
	if (run->next != NULL)
		run->next->prev = run->prev;
}

void mw_ward_show_room(struct mw_run *run)
{
	memward_ward *ward = run->ward;

	if (run->listed || run->class >= MW_CLASSES)
		return;
	run->listed = true;
	run->prev_room = NULL;
	run->next_room = ward->room[run->class];
	if (run->next_room != NULL)
		run->next_room->prev_room = run;
	ward->room[run->class] = run;
}

void mw_ward_hide_room(struct mw_run *run)
{
	if (run->prev_room != NULL)
		run->prev_room->next_room = run->next_room;
	else
		run->ward->room[run->class] = run->next_room;
	if (run->next_room != NULL)
		run->next_room->prev_room = run->prev_room;
	run->listed = false;
}

/* A wish not granted is recorded. */
int mw_ward_lock_pages(memward_ward *ward, void *mem, size_t len, bool *locked)
{
	int rc;

	*locked = false;
	if ((ward->features & MEMWARD_LOCKED) == 0)
		return 0;
	rc = mw_sys_lock(mem, len);
	if (rc == MEMWARD_ELOCKLIMIT && mw_region_yield(ward))
		rc = mw_sys_lock(mem, len);
	if (rc == 0) {
		*locked = true;
		atomic_fetch_add(&mw_ward_locked, len);
		return 0;
	}
	ward->reason[0] = rc;
	ward->system_error[0] = errno;
	return (ward->policy.require & MEMWARD_LOCKED) != 0 ? rc : 0;
}

bool mw_ward_lock_again(memward_ward *ward, void *mem, size_t len, bool open)
{
	/* What cannot be opened in a child cannot be locked there either. */
	int rc = open ? mw_sys_lock(mem, len) : MEMWARD_ENOMEM;

	if (rc == 0) {
		atomic_fetch_add(&mw_ward_locked, len);
		return true;
	}
	ward->reason[0] = rc;
	ward->system_error[0] = errno;
	return false;
}

/* Pages as every system has them. */
static int commit_plain(memward_ward *ward, void *mem, size_t len, bool *locked)
{
	struct mw_sys_kind kind = ward->kind;
	int rc;

	kind.hidden = false;
	rc = mw_sys_commit(mem, len, &kind);
	if (rc == MEMWARD_EPERM && mw_feature_record_denied(ward)) {
		kind.denied = true;
		rc = mw_sys_commit(mem, len, &kind);
	}
	if (rc != 0)
		return rc;
	rc = mw_ward_lock_pages(ward, mem, len, locked);
	if (rc != 0)
		(void)mw_wipe_all_decommit(mem, len);
	return rc;
}

/* Hidden pages, which are locked by nature; a wish not granted is recorded. */
static int commit_hidden(
    memward_ward *ward, void *mem, size_t len, bool *locked)
{
	int rc = mw_sys_commit(mem, len, &ward->kind);

	if (rc == 0) {
		*locked = true;
		atomic_fetch_add(&mw_ward_locked, len);
		return 0;
	}
	if ((ward->policy.require & MEMWARD_HIDDEN) != 0)
		return rc;
	ward->reason[MW_HIDDEN_BIT] = rc;
	ward->system_error[MW_HIDDEN_BIT] = errno;
	return commit_plain(ward, mem, len, locked);
}

bool mw_ward_has_room(const memward_ward *ward, size_t len)
{
	size_t limit = ward->policy.limit;

	return limit == 0 || (len <= limit && ward->committed <= limit - len);
}

void mw_ward_count(memward_ward *ward, size_t len, bool locked)
{
	ward->committed += len;
	if (!locked)
		ward->unlocked += len;
}

void mw_ward_uncount(memward_ward *ward, size_t len, size_t locked)
{
	ward->committed -= len;
	ward->unlocked -= len - locked;
	atomic_fetch_sub(&mw_ward_locked, locked);
}

int mw_ward_commit(memward_ward *ward, void *mem, size_t len, bool *locked)
{
	int rc;

	if (!mw_ward_has_room(ward, len))
		return MEMWARD_ELIMIT;
	rc = ward->kind.hidden ? commit_hidden(ward, mem, len, locked)
			       : commit_plain(ward, mem, len, locked);
	if (rc != 0)
		return rc;
	mw_ward_count(ward, len, *locked);
	return 0;
}

int mw_ward_decommit(memward_ward *ward, void *mem, size_t len, size_t locked)
{
	int rc = mw_wipe_all_decommit(mem, len);

	if (rc == 0)
		mw_ward_uncount(ward, len, locked);
	return rc;
}

static memward_ward *find_unused(void)
{
	memward_ward *ward;

	for (ward = atomic_load(&wards.first); ward != NULL;
	     ward = ward->next) {
		if (atomic_load(&ward->serial) == 0)
			return ward;
	}
	ward = mw_meta_alloc(sizeof(*ward));
	if (ward == NULL)
		return NULL;
	ward->id = wards.count++;
	mw_mutex_init(&ward->lock);
	if (wards.last == NULL)
		atomic_store(&wards.first, ward);
	else
		atomic_store(&wards.last->next, ward);
	wards.last = ward;
	return ward;
}

/* Puts a ward into the state of one just opened, but for its serial. */
static int prepare(memward_ward *ward, const memward_policy *policy)
{
	uint32_t lacking;
	int rc;

	ward->policy = *policy;
	ward->lowered = 0;
	rc = mw_policy_override(&ward->policy, &ward->lowered);
	if (rc != 0)
		return rc;
	ward->features = ward->policy.require | ward->policy.prefer;
	ward->kind = (struct mw_sys_kind){.fork = ward->policy.fork};
	rc = mw_feature_try(ward, &lacking);
	/* An operator's wish that cannot be had is said to be his. */
	if ((lacking & ~policy->require) != 0)
		return MEMWARD_EOVERRIDE;
	if (rc != 0)
		return rc;
	ward->kind.hidden = (ward->features & MEMWARD_HIDDEN) != 0 &&
			    ward->reason[MW_HIDDEN_BIT] == 0;
	ward->regions = ward->regions_reason == 0 && !ward->kind.hidden &&
			(ward->features & MEMWARD_TRAP_FREE) == 0;
	ward->cached = ward->policy.rest == MEMWARD_READ_WRITE;
	ward->rest = mw_key_has(ward) ? MEMWARD_READ_WRITE : ward->policy.rest;
	ward->now = ward->rest;
	ward->uneven = false;
	ward->readers = 0;
	ward->writers = 0;
	ward->runs = NULL;
	memset(ward->room, 0, sizeof(ward->room));
	memset(ward->growing, 0, sizeof(ward->growing));
	ward->caches = NULL;
	ward->stacks = NULL;
	ward->committed = 0;
	ward->unlocked = 0;
	ward->spare = 0;
	ward->idle = 0;
	ward->reserved = false;
	memset(ward->out, 0, sizeof(ward->out));
	memset(ward->peak, 0, sizeof(ward->peak));
	for (unsigned i = 0; i <= MW_ALL_CLASSES; i++)
		atomic_store(&ward->refused[i], 0);
	return 0;
}

/* Caches may hold an eighth of what can be had at all. */
static size_t cache_share(const memward_ward *ward)
{
	uint64_t limit = UINT64_MAX;

	if ((ward->features & MEMWARD_LOCKED) != 0 || ward->kind.hidden)
		limit = mw_sys_lock_limit();
	if (ward->policy.limit != 0 && ward->policy.limit < limit)
		limit = ward->policy.limit;
	return limit / 8 > SIZE_MAX / 8 ? SIZE_MAX : (size_t)(limit / 8);
}

/* With the lock of all wards held. */
static int open_locked(const memward_policy *policy, memward_ward **made)
{
	memward_ward *ward = find_unused();
	int rc;

	if (ward == NULL)
		return MEMWARD_ENOMEM;
	/* Who walks all wards may be at this one, closed a moment ago. */
	mw_mutex_lock(&ward->lock);
	rc = prepare(ward, policy);
	if (rc == 0) {
		ward->cache_room = cache_share(ward);
		/* What opens and closes runs as a whole has few long ones. */
		ward->most_chunks = ward->rest == MEMWARD_READ_WRITE
					? 1
					: mw_arena_chunks(ward->cache_room);
		atomic_store(&ward->serial, ++wards.serial);
		*made = ward;
	}
	mw_mutex_unlock(&ward->lock);
	return rc;
}

static void start(void)
{
	mw_mutex_init(&wards.lock);
	mw_arena_start();
	mw_class_start();
	mw_poison_start();
	mw_range_start();
	mw_seal_start();
	mw_ends_start();
}

static int start_canary(void)
{
	return mw_sys_random(&mw_slot_canary_key, sizeof(mw_slot_canary_key));
}

/* What the system may refuse now and grant later: each until it succeeds. */
static int start_further(void)
{
	static int (*const steps[])(void) = {
	    mw_meta_start, mw_fork_start, start_canary};
	int rc;

	while (wards.steps < sizeof(steps) / sizeof(steps[0])) {
		rc = steps[wards.steps]();
		if (rc != 0)
			return rc;
		wards.steps++;
	}
	atomic_store(&wards.started, true);
	return 0;
}

int mw_ward_start(void)
{
	int rc;

	if (atomic_load(&wards.started))
		return 0;
	mw_sys_once(start);
	mw_mutex_lock(&wards.lock);
	rc = start_further();
	mw_mutex_unlock(&wards.lock);
	return rc;
}

int mw_ward_open(const memward_policy *policy, memward_ward **ward)
{
	int rc = mw_ward_start();

	if (rc != 0)
		return rc;
	mw_mutex_lock(&wards.lock);
	rc = open_locked(policy, ward);
	mw_mutex_unlock(&wards.lock);
	return rc;
}

/*
 * A run that cannot be given back is wiped or closed, and memward_wipe_all()
 * goes on to look at it. The ward, which may become another, forgets it.
 */
static void lose(memward_ward *ward, struct mw_run *run)
{
	run->lost = ward->policy.fork != MEMWARD_FORK_KEEP;
	mw_ward_unlink(run);
	ward->key_stays = true;
}

static int close_locked(memward_ward *ward)
{
	struct mw_run *next;

	if (mw_window_is_open(ward) || !mw_stack_forget(ward))
		return MEMWARD_EWINDOW;
	mw_cache_drop_all(ward);
	for (struct mw_run *run = ward->runs; run != NULL; run = next) {
		next = run->next;
		if (!mw_pool_drop_run(run))
			lose(ward, run);
	}
	mw_seal_reset(ward);
	mw_key_give(ward);
	atomic_store(&ward->serial, 0);
	return 0;
}

int mw_ward_close(memward_ward *ward)
{
	int rc = MEMWARD_EVALUE;

	mw_mutex_lock(&wards.lock);
	mw_key_lock(ward);
	if (atomic_load(&ward->serial) != 0 &&
	    ward != atomic_load(&mw_ward_standard))
		rc = close_locked(ward);
	mw_key_unlock(ward);
	mw_mutex_unlock(&wards.lock);
	return rc;
}

/* The default ward, made at its first use. */
memward_ward *mw_ward_make_standard(int *rc)
{
	memward_policy policy;
	memward_ward *ward = NULL;

	*rc = mw_ward_start();
	if (*rc == 0)
		*rc = mw_feature_standard(&policy);
	if (*rc != 0)
		return NULL;
	mw_mutex_lock(&wards.lock);
	ward = atomic_load(&mw_ward_standard);
	if (ward == NULL) {
		*rc = open_locked(&policy, &ward);
		if (*rc == 0)
			atomic_store(&mw_ward_standard, ward);
		else
			ward = NULL;
	}
	mw_mutex_unlock(&wards.lock);
	return ward;
}

memward_ward *mw_ward_handle(memward_ward *ward)
{
	return ward == atomic_load(&mw_ward_standard) ? NULL : ward;
}

memward_ward *mw_ward_first(void)
{
	return atomic_load(&wards.first);
}

void mw_ward_hold(void)
{
	mw_mutex_lock(&wards.lock);
	for (memward_ward *w = mw_ward_first(); w != NULL; w = w->next)
		mw_mutex_lock(&w->lock);
}

void mw_ward_let_go(void)
{
	for (memward_ward *w = mw_ward_first(); w != NULL; w = w->next)
		mw_mutex_unlock(&w->lock);
	mw_mutex_unlock(&wards.lock);
}

/* Under omit and wipe nothing of the parent's is this process's. */
static void orphan(memward_ward *ward)
{
	for (struct mw_run *run = ward->runs; run != NULL; run = run->next) {
		run->orphan = true;
		if (run->region != MW_REGION_NONE &&
		    ward->policy.fork == MEMWARD_FORK_WIPE)
			mw_region_lay_again(run);
	}
	ward->runs = NULL;
	memset(ward->room, 0, sizeof(ward->room));
	memset(ward->growing, 0, sizeof(ward->growing));
	ward->committed = 0;
	ward->unlocked = 0;
	ward->spare = 0;
	ward->idle = 0;
	ward->reserved = false;
	memset(ward->out, 0, sizeof(ward->out));
	ward->now = ward->rest;
	/* What is wiped is still there. */
	ward->key_stays |= ward->policy.fork == MEMWARD_FORK_WIPE;
}

void mw_ward_after_fork(void)
{
	mw_mutex_init(&wards.lock);
	atomic_store(&mw_ward_locked, 0);
	for (memward_ward *w = mw_ward_first(); w != NULL; w = w->next) {
		mw_mutex_init(&w->lock);
		if (atomic_load(&w->serial) == 0)
			continue;
		mw_cache_after_fork(w);
		mw_key_open(w);
		if (w->policy.fork == MEMWARD_FORK_KEEP)
			mw_pool_after_fork(w);
		else
			orphan(w);
		mw_stack_after_fork(w);
		mw_key_restore(w);
		mw_window_settle(w);
	}
}
