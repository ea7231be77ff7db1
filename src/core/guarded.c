/* SPDX-License-Identifier: MIT */
#include "guarded.h"

#include "fatal.h"
#include "pool.h"
#include "region.h"
#include "wipe_all.h"

#define FRONT_CANARY 16

/* Up to so many pages a slot may be longer than its secret needs. */
#define ROUNDED_PAGES 8

static size_t pages_for(size_t len)
{
	size_t page = mw_arena_page();

	return len == 0 ? 1 : (len - 1) / page + 1;
}

unsigned mw_guarded_class(size_t len)
{
	size_t pages = pages_for(len);

	for (unsigned i = 0; i < MW_GUARDED_CLASSES; i++) {
		size_t slot = (size_t)1 << i;

		/* Rounding many pages up would waste too much of the limit. */
		if (slot == pages || (pages < slot && slot <= ROUNDED_PAGES))
			return MW_PACKED_CLASSES + i;
	}
	return MW_CLASSES;
}

static int new_run(
    memward_ward *ward, unsigned class, size_t pages, struct mw_run **made)
{
	size_t stride = pages + 1;
	size_t chunks = mw_region_chunks(ward, class, stride);
	struct mw_run *run;
	int rc;

	if (chunks > UINT32_MAX)
		return MEMWARD_ENOMEM;
	rc = mw_arena_take((uint32_t)chunks, &run);
	if (rc != 0)
		return rc;
	run->ward = ward;
	run->class = (uint8_t) class;
	run->slot_size = stride * mw_arena_page();
	run->slots = (uint32_t)(chunks * MW_CHUNK_PAGES / stride);
	run->divisor = (UINT64_C(1) << 40) / run->slot_size + 1;
	if (class < MW_CLASSES)
		rc = mw_region_make(run);
	if (rc != 0) {
		mw_arena_give(run);
		return rc;
	}
	atomic_store(&run->kind, MW_RUN_GUARDED);
	mw_ward_link(ward, run);
	if (class < MW_CLASSES)
		ward->growing[class] = run;
	*made = run;
	return 0;
}

static void forget_run(struct mw_run *run)
{
	memward_ward *ward = run->ward;

	/* Guards alone, if no slot was ever lifted. */
	if (run->region != MW_REGION_NONE && mw_region_drop(run) != 0)
		run->doubtful = true;

	if (run->class < MW_CLASSES && ward->growing[run->class] == run)
		ward->growing[run->class] = NULL;
	if (run->listed)
		mw_ward_hide_room(run);
	mw_ward_unlink(run);
	if (!mw_arena_give(run))
		ward->key_stays = true;
}

/* Gives the next slot of a run its pages and makes it idle. */
static int add_slot(struct mw_run *run)
{
	memward_ward *ward = run->ward;
	uint32_t slot = atomic_load(&run->ready);
	struct mw_guarded *g = mw_slot_guarded(run, slot);
	size_t bytes = mw_slot_guarded_bytes(run);
	int rc;

	if (run->region != MW_REGION_NONE)
		rc = mw_region_lift(run, slot, &g->locked);
	else
		rc = mw_ward_commit(
		    ward, mw_slot_data(run, slot), bytes, &g->locked);
	if (rc != 0) {
		run->doubtful = true;
		return rc;
	}
	mw_poison_lay(mw_slot_data(run, slot), bytes);
	g->committed = true;
	g->now = MEMWARD_READ_WRITE;
	g->reach = bytes;
	atomic_store(&g->access, MEMWARD_READ_WRITE);
	atomic_store(&g->state, MW_SLOT_FREE);
	/* A free slot of a closed ward is closed, in windows too. */
	(void)mw_guarded_apply(run, slot, ward->rest);
	atomic_store(&run->ready, slot + 1);
	mw_guarded_mark_idle(run, slot);
	return 0;
}

int mw_guarded_grow(memward_ward *ward, unsigned class)
{
	struct mw_run *run = ward->growing[class];
	uint32_t ready;
	int rc;

	if (run == NULL) {
		rc = new_run(ward, class,
		    (size_t)1 << (class - MW_PACKED_CLASSES), &run);
		if (rc != 0)
			return rc;
	}
	rc = add_slot(run);
	ready = atomic_load(&run->ready);
	if (ready == 0) {
		forget_run(run);
		return rc;
	}
	if (ready == run->slots)
		ward->growing[class] = NULL;
	if (rc != 0)
		return rc;
	/* Nothing in use: so it was before, and only the new slot is more. */
	if (run->idle == ready)
		ward->idle += mw_slot_guarded_bytes(run);
	mw_ward_show_room(run);
	return 0;
}

void mw_guarded_mark_idle(struct mw_run *run, uint32_t slot)
{
	mw_slot_guarded(run, slot)->idle = true;
	run->idle++;
	if (slot < run->hint)
		run->hint = slot;
}

static struct mw_slot take_one(struct mw_run *run)
{
	uint32_t slot;

	while (!mw_slot_guarded(run, run->hint)->idle)
		run->hint++;
	slot = run->hint;
	if (run->idle == atomic_load(&run->ready))
		run->ward->idle -= run->idle * mw_slot_guarded_bytes(run);
	mw_slot_guarded(run, slot)->idle = false;
	run->idle--;
	if (run->idle == 0)
		mw_ward_hide_room(run);
	return (struct mw_slot){mw_slot_data(run, slot), NULL};
}

uint32_t mw_guarded_take_idle(
    memward_ward *ward, unsigned class, uint32_t most, struct mw_slot *slots)
{
	uint32_t got = 0;

	while (got < most && ward->room[class] != NULL)
		slots[got++] = take_one(ward->room[class]);
	return got;
}

static int make_own_run(memward_ward *ward, size_t len, struct mw_run **made)
{
	int rc = new_run(ward, MW_CLASSES, pages_for(len), made);

	if (rc != 0)
		return rc;
	rc = add_slot(*made);
	if (rc != 0)
		forget_run(*made);
	return rc;
}

int mw_guarded_own_run(memward_ward *ward, size_t len, struct mw_slot *slot)
{
	struct mw_run *run;
	int rc = make_own_run(ward, len, &run);

	if (mw_pool_is_limit(rc)) {
		mw_pool_empty(ward);
		rc = make_own_run(ward, len, &run);
	}
	if (rc != 0)
		return rc;
	mw_slot_guarded(run, 0)->idle = false;
	run->idle = 0;
	mw_pool_count_out(ward, MW_CLASSES, 1);
	*slot = (struct mw_slot){run->data, NULL};
	return 0;
}

void mw_guarded_poison(struct mw_run *run, uint32_t slot)
{
	struct mw_guarded *g = mw_slot_guarded(run, slot);
	char *pages = mw_slot_data(run, slot);

	/* What runs on them, perhaps this very function, uses all of them. */
	if (atomic_load_explicit(&g->running, memory_order_relaxed))
		return;
	mw_poison_lay(pages, mw_slot_guarded_bytes(run));
	if (atomic_load_explicit(&g->state, memory_order_relaxed) ==
	    MW_SLOT_LIVE)
		mw_poison_lift(pages + atomic_load_explicit(
					   &g->from, memory_order_relaxed),
		    atomic_load_explicit(&g->len, memory_order_relaxed));
}

static int set_pages(struct mw_run *run, uint32_t slot, memward_access access)
{
	struct mw_guarded *g = mw_slot_guarded(run, slot);
	memward_access before = g->now;
	int rc;

	if (before == access)
		return 0;
	/*
	 * A child of a fork at this moment must never believe a page to be
	 * more open than it is: closing is noted before, opening after.
	 */
	if (access < before)
		g->now = (uint8_t)access;
	rc = mw_wipe_all_protect(
	    mw_slot_data(run, slot), mw_slot_guarded_bytes(run), access);
	g->now = (uint8_t)(rc == 0 ? access : before);
	/* Valgrind takes pages that were opened just now for usable. */
	if (mw_poison_watched && access != MEMWARD_NO_ACCESS)
		mw_guarded_poison(run, slot);
	return rc;
}

/*
 * Opens pages that are only to be wiped: if need be without the lock that they
 * lost when they were closed, and that cannot be had again.
 */
static int open_to_wipe(struct mw_run *run, uint32_t slot)
{
	int rc = set_pages(run, slot, MEMWARD_READ_WRITE);

	if (rc == 0)
		return 0;
	rc = mw_sys_expose(mw_slot_data(run, slot), mw_slot_guarded_bytes(run));
	if (rc == 0)
		mw_slot_guarded(run, slot)->now = MEMWARD_READ_WRITE;
	return rc;
}

bool mw_guarded_drop_run(struct mw_run *run)
{
	size_t bytes = mw_slot_guarded_bytes(run);
	bool all = true;

	if (run->region != MW_REGION_NONE && mw_region_drop(run) != 0)
		return false;
	for (uint32_t i = 0;
	     i < atomic_load_explicit(&run->ready, memory_order_relaxed); i++) {
		struct mw_guarded *g = mw_slot_guarded(run, i);
		char *data = mw_slot_data(run, i);

		if (!g->committed)
			continue;
		if (open_to_wipe(run, i) != 0) {
			all = false;
			continue;
		}
		mw_poison_lift(data, bytes);
		memward_wipe(data, bytes);
		if (mw_ward_decommit(
			run->ward, data, bytes, g->locked ? bytes : 0) != 0) {
			mw_poison_lay(data, bytes);
			all = false;
			continue;
		}
		g->committed = false;
		atomic_store_explicit(
		    &g->state, MW_SLOT_NEVER, memory_order_relaxed);
	}
	if (all)
		forget_run(run);
	return all;
}

int mw_guarded_apply(struct mw_run *run, uint32_t slot, memward_access ward)
{
	struct mw_guarded *g = mw_slot_guarded(run, slot);
	memward_access own =
	    atomic_load_explicit(&g->access, memory_order_relaxed);

	/* The values are in the order of what they allow. */
	return set_pages(run, slot, own < ward ? own : ward);
}

int mw_guarded_open(struct mw_run *run, uint32_t slot)
{
	return set_pages(run, slot, MEMWARD_READ_WRITE);
}

static bool has_canary(struct mw_run *run)
{
	return (run->ward->features & MEMWARD_CANARY) != 0;
}

/* Bytes of canary before a secret that begins there in its pages. */
static size_t front_canary(struct mw_run *run, size_t from)
{
	return from < FRONT_CANARY || !has_canary(run) ? 0 : FRONT_CANARY;
}

/* Where a secret begins in its pages, as close to their end as it may be. */
static size_t first_byte(const struct mw_run *run, size_t len, size_t align)
{
	/* An empty secret has an address too, and it is not the guard's. */
	return (mw_slot_guarded_bytes(run) - (len == 0 ? 1 : len)) &
	       ~(align - 1);
}

static void lay_out(
    struct mw_run *run, struct mw_guarded *g, char *pages, size_t align)
{
	size_t bytes = mw_slot_guarded_bytes(run);
	size_t len = atomic_load_explicit(&g->len, memory_order_relaxed);
	size_t from = first_byte(run, len, align);

	atomic_store_explicit(&g->from, from, memory_order_relaxed);
	g->align = (uint32_t)align;
	g->reach = from - front_canary(run, from);
	mw_slot_put_canary(pages + g->reach, front_canary(run, from));
	if (has_canary(run))
		mw_slot_put_canary(pages + from + len, bytes - from - len);
}

int mw_guarded_hand_out(const char *call, struct mw_run *run, uint32_t slot,
    size_t len, size_t align, void **secret)
{
	struct mw_guarded *g = mw_slot_guarded(run, slot);
	char *pages = mw_slot_data(run, slot);
	size_t from = first_byte(run, len, align);
	size_t lowest = from - front_canary(run, from);
	int rc = set_pages(run, slot, MEMWARD_READ_WRITE);

	if (rc != 0)
		return rc;
	atomic_store_explicit(&g->state, MW_SLOT_MOVING, memory_order_relaxed);
	mw_poison_lift(pages, mw_slot_guarded_bytes(run));
	/* What the last secret had, and what this one is to have. */
	if (g->reach < lowest)
		lowest = g->reach;
	if (!mw_slot_is_zero(
		pages + lowest, mw_slot_guarded_bytes(run) - lowest))
		mw_fatal(call, MW_LATE_WRITE);
	atomic_store_explicit(&g->len, len, memory_order_relaxed);
	atomic_store_explicit(
	    &g->access, MEMWARD_READ_WRITE, memory_order_relaxed);
	lay_out(run, g, pages, align);
	atomic_store_explicit(&g->state, MW_SLOT_LIVE, memory_order_release);
	mw_guarded_poison(run, slot);
	*secret = pages + atomic_load_explicit(&g->from, memory_order_relaxed);
	if (!run->ward->cached)
		/* Its mapping is whole: closing it cannot be refused. */
		(void)mw_guarded_apply(run, slot, run->ward->now);
	return 0;
}

bool mw_guarded_has_canary(struct mw_run *run, uint32_t slot)
{
	struct mw_guarded *g = mw_slot_guarded(run, slot);
	size_t bytes = mw_slot_guarded_bytes(run);
	/* Each read once: another thread may be laying out the next secret. */
	size_t from = atomic_load_explicit(&g->from, memory_order_relaxed);
	size_t len = atomic_load_explicit(&g->len, memory_order_relaxed);
	size_t front = front_canary(run, from);
	char *pages = mw_slot_data(run, slot);

	if (!has_canary(run))
		return true;
	return from <= bytes && len <= bytes - from &&
	       mw_slot_glance(pages + from - front, front) &&
	       mw_slot_glance(pages + from + len, bytes - from - len);
}

bool mw_guarded_take_back(const char *call, struct mw_run *run, uint32_t slot)
{
	struct mw_guarded *g = mw_slot_guarded(run, slot);
	memward_ward *ward = run->ward;
	char *pages = mw_slot_data(run, slot);
	bool usable = set_pages(run, slot, MEMWARD_READ_WRITE) == 0;
	bool open = usable || open_to_wipe(run, slot) == 0;

	if (open && !mw_guarded_has_canary(run, slot) && !mw_wipe_all_began())
		mw_fatal(call, MW_BROKEN_CANARY);
	atomic_store_explicit(&g->state, MW_SLOT_MOVING, memory_order_relaxed);
	if (!open)
		return false;
	mw_poison_lift(pages, mw_slot_guarded_bytes(run));
	memward_wipe(pages + g->reach, mw_slot_guarded_bytes(run) - g->reach);
	mw_poison_lay(pages, mw_slot_guarded_bytes(run));
	if (!usable) {
		/* Open without its lock: not to be used again. */
		(void)set_pages(run, slot, MEMWARD_NO_ACCESS);
		return false;
	}
	atomic_store_explicit(
	    &g->access, MEMWARD_READ_WRITE, memory_order_relaxed);
	atomic_store_explicit(&g->state, MW_SLOT_FREE, memory_order_release);
	if ((ward->features & MEMWARD_TRAP_FREE) != 0)
		(void)set_pages(run, slot, MEMWARD_NO_ACCESS);
	else if (!ward->cached)
		(void)mw_guarded_apply(run, slot, ward->rest);
	return true;
}

/* A child inherits no locks; a closed page must be open to be locked. */
static void lock_again(struct mw_run *run, uint32_t slot)
{
	struct mw_guarded *g = mw_slot_guarded(run, slot);
	memward_access before = g->now;
	char *pages = mw_slot_data(run, slot);
	size_t bytes = mw_slot_guarded_bytes(run);
	bool open = set_pages(run, slot, MEMWARD_READ_WRITE) == 0;

	/* What refuses a lock may look at the pages. */
	mw_poison_lift(pages, bytes);
	g->locked = mw_ward_lock_again(run->ward, pages, bytes, open);
	mw_guarded_poison(run, slot);
	(void)set_pages(run, slot, before);
}

/* What another thread was at when the process forked. */
static void wipe_moving(struct mw_run *run, uint32_t slot)
{
	struct mw_guarded *g = mw_slot_guarded(run, slot);
	char *pages = mw_slot_data(run, slot);
	size_t bytes = mw_slot_guarded_bytes(run);

	if (set_pages(run, slot, MEMWARD_READ_WRITE) != 0)
		return;
	mw_poison_lift(pages, bytes);
	memward_wipe(pages, bytes);
	mw_poison_lay(pages, bytes);
	g->reach = 0;
	atomic_store_explicit(&g->state, MW_SLOT_FREE, memory_order_release);
}

void mw_guarded_settle(struct mw_run *run)
{
	bool locked = mw_region_lock_again(run);

	run->idle = 0;
	run->hint = 0;
	for (uint32_t i = 0;
	     i < atomic_load_explicit(&run->ready, memory_order_relaxed); i++) {
		struct mw_guarded *g = mw_slot_guarded(run, i);

		g->idle = false;
		if (atomic_load_explicit(&g->state, memory_order_relaxed) ==
		    MW_SLOT_MOVING)
			wipe_moving(run, i);
		if (atomic_load_explicit(&g->state, memory_order_relaxed) ==
		    MW_SLOT_FREE)
			mw_guarded_mark_idle(run, i);
		if (g->locked && !locked)
			lock_again(run, i);
		if (!g->locked)
			run->ward->unlocked += mw_slot_guarded_bytes(run);
	}
}
