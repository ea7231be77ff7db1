/* SPDX-License-Identifier: MIT */
#include "pool.h"

#include "guarded.h"
#include "slot.h"
#include "stack.h"
#include "window.h"
#include "wipe_all.h"

/* Idle pages worth keeping, whatever else: one run of them. */
#define KEEP_PAGES MW_DATA_PAGES

/* The idle bits stand behind the words, in units that ctz finds fast. */
static uint64_t *idle_bits(const struct mw_run *run)
{
	size_t words = (run->slots + 3) / 4 * 4;

	return (
	    uint64_t *)(void *)((char *)run->notes + words * sizeof(uint16_t));
}

static size_t idle_bits_bytes(uint32_t slots)
{
	return (slots + 63) / 64 * sizeof(uint64_t);
}

/* Slots whose last byte lies in the first so many pages. */
static uint32_t slots_in(const struct mw_run *run, uint32_t pages)
{
	uint32_t slots = (uint32_t)(pages * mw_arena_page() / run->slot_size);

	return slots < run->slots ? slots : run->slots;
}

static void mark_idle(struct mw_run *run, uint32_t slot)
{
	idle_bits(run)[slot / 64] |= UINT64_C(1) << (slot % 64);
	run->idle++;
	if (slot / 64 < run->hint)
		run->hint = slot / 64;
}

/* A run whose slots are all idle counts as idle pages. */
static bool all_idle(const struct mw_run *run)
{
	return run->idle == atomic_load(&run->ready);
}

static size_t run_bytes(const struct mw_run *run)
{
	return run->committed * mw_arena_page();
}

/* Bytes of pages of a run with nothing in use; 0: something is. */
static size_t idle_bytes(struct mw_run *run)
{
	if (!all_idle(run))
		return 0;
	return atomic_load(&run->kind) == MW_RUN_GUARDED
		   ? run->idle * mw_slot_guarded_bytes(run)
		   : run_bytes(run);
}

/* As many as the ward may have in one run, or as can be had. */
static int take_chunks(uint32_t most, struct mw_run **run)
{
	int rc = mw_arena_take(most, run);

	for (; rc != 0 && most != 1; most /= 2)
		rc = mw_arena_take(most / 2, run);
	return rc;
}

static int new_run(memward_ward *ward, unsigned class, struct mw_run **made)
{
	struct mw_run *run;
	int rc = take_chunks(ward->most_chunks, &run);

	if (rc != 0)
		return rc;
	run->ward = ward;
	run->class = (uint8_t) class;
	run->now = (uint8_t)ward->now;
	run->slot_size = mw_class_bytes(class);
	run->slots =
	    (uint32_t)(mw_run_pages(run) * mw_arena_page() / run->slot_size);
	run->divisor = (UINT64_C(1) << 40) / run->slot_size + 1;
	atomic_store(&run->kind, MW_RUN_PACKED);
	mw_ward_link(ward, run);
	ward->growing[class] = run;
	*made = run;
	return 0;
}

static void forget_run(struct mw_run *run)
{
	memward_ward *ward = run->ward;
	uint32_t ready = atomic_load(&run->ready);

	/* Only what was used, for the notes of a long run are many pages. */
	atomic_store(&run->ready, 0);
	memset(run->notes, 0, ready * sizeof(uint16_t));
	memset(idle_bits(run), 0, idle_bits_bytes(ready));
	if (ward->growing[run->class] == run)
		ward->growing[run->class] = NULL;
	if (run->listed)
		mw_ward_hide_room(run);
	mw_ward_unlink(run);
	if (!mw_arena_give(run))
		ward->key_stays = true;
}

/* Counts pages that a run has from now on. */
static void count_pages(struct mw_run *run, uint32_t pages, bool locked)
{
	if (all_idle(run))
		run->ward->idle += pages * mw_arena_page();
	for (uint32_t i = 0; i < pages; i++)
		mw_run_set_locked(run, run->committed + i, locked);
	run->committed += pages;
}

/* Commits the next pages of a run and makes their slots idle. */
static int grow_by(struct mw_run *run, uint32_t pages)
{
	memward_ward *ward = run->ward;
	char *at = run->data + run_bytes(run);
	uint32_t ready = atomic_load(&run->ready);
	uint32_t after = slots_in(run, run->committed + pages);
	bool locked;
	int rc = mw_ward_commit(ward, at, pages * mw_arena_page(), &locked);

	if (rc != 0) {
		run->doubtful = true;
		return rc;
	}
	/* New pages of a closed run are closed as the others. */
	if (run->now != MEMWARD_READ_WRITE &&
	    mw_wipe_all_protect(at, pages * mw_arena_page(), run->now) != 0) {
		if (mw_ward_decommit(ward, at, pages * mw_arena_page(),
			locked ? pages * mw_arena_page() : 0) != 0)
			/* They are there, and go when the run goes. */
			count_pages(run, pages, locked);
		return MEMWARD_ENOMEM;
	}
	count_pages(run, pages, locked);
	mw_poison_lay(at, pages * mw_arena_page());
	for (uint32_t slot = ready; slot < after; slot++) {
		atomic_store_explicit(&mw_slot_states(run)[slot], MW_SLOT_FREE,
		    memory_order_relaxed);
		mark_idle(run, slot);
	}
	atomic_store(&run->ready, after);
	if (run->idle != 0)
		mw_ward_show_room(run);
	return 0;
}

/* Twice what there is, or where that is too much, just enough for one more. */
static int grow_run(struct mw_run *run)
{
	uint32_t left = mw_run_pages(run) - run->committed;
	uint32_t least = 1;
	uint32_t before = run->committed;
	uint32_t step = before == 0 ? 1 : before;
	int rc;

	while (least < left && slots_in(run, run->committed + least) ==
				   atomic_load(&run->ready))
		least++;
	if (step > MW_DATA_PAGES)
		step = MW_DATA_PAGES;
	if (step > left)
		step = left;
	if (step < least)
		step = least;
	rc = grow_by(run, step);
	if (rc != 0 && step != least && run->committed == before)
		rc = grow_by(run, least);
	return rc;
}

/* Makes at least one slot of a packed class idle. */
static int grow(memward_ward *ward, unsigned class)
{
	struct mw_run *run = ward->growing[class];
	int rc;

	if (run == NULL) {
		rc = new_run(ward, class, &run);
		if (rc != 0)
			return rc;
	}
	rc = grow_run(run);
	if (rc != 0 && run->committed == 0)
		forget_run(run);
	else if (atomic_load(&run->ready) == run->slots ||
		 run->committed == mw_run_pages(run))
		ward->growing[class] = NULL;
	return rc;
}

static struct mw_slot take_one(struct mw_run *run)
{
	memward_ward *ward = run->ward;
	uint64_t *bits = idle_bits(run);
	uint32_t slot;

	while (bits[run->hint] == 0)
		run->hint++;
	slot = run->hint * 64 + (uint32_t)__builtin_ctzll(bits[run->hint]);
	if (all_idle(run))
		ward->idle -= run_bytes(run);
	bits[run->hint] &= bits[run->hint] - 1;
	run->idle--;
	if (run->idle == 0)
		mw_ward_hide_room(run);
	return (struct mw_slot){
	    mw_slot_data(run, slot), &mw_slot_states(run)[slot]};
}

static uint32_t take_packed(
    memward_ward *ward, unsigned class, uint32_t most, struct mw_slot *slots)
{
	uint32_t got = 0;

	while (got < most && ward->room[class] != NULL)
		slots[got++] = take_one(ward->room[class]);
	return got;
}

static uint32_t take(
    memward_ward *ward, unsigned class, uint32_t most, struct mw_slot *slots)
{
	if (class < MW_PACKED_CLASSES)
		return take_packed(ward, class, most, slots);
	return mw_guarded_take_idle(ward, class, most, slots);
}

static int make(memward_ward *ward, unsigned class)
{
	return class < MW_PACKED_CLASSES ? grow(ward, class)
					 : mw_guarded_grow(ward, class);
}

static void trim_to(memward_ward *ward, size_t keep);

/* All that is kept for later, of all threads. */
static void collect(memward_ward *ward)
{
	mw_cache_empty_all(ward, mw_pool_give);
	mw_stack_free_idle(ward);
}

bool mw_pool_is_limit(int rc)
{
	return rc == MEMWARD_ELOCKLIMIT || rc == MEMWARD_ELIMIT ||
	       rc == MEMWARD_ENOMEM;
}

void mw_pool_empty(memward_ward *ward)
{
	collect(ward);
	trim_to(ward, 0);
}

static void count_out(memward_ward *ward, unsigned place, uint64_t slots)
{
	ward->out[place] += slots;
	if (ward->out[place] > ward->peak[place])
		ward->peak[place] = ward->out[place];
}

void mw_pool_count_out(memward_ward *ward, unsigned class, uint64_t slots)
{
	count_out(ward, class, slots);
	count_out(ward, MW_ALL_CLASSES, slots);
}

void mw_pool_count_in(memward_ward *ward, unsigned class)
{
	ward->out[class]--;
	ward->out[MW_ALL_CLASSES]--;
}

/* Gets something for the class, at the limit from caches and idle pages. */
static int find_more(memward_ward *ward, unsigned class)
{
	int rc = make(ward, class);

	if (!mw_pool_is_limit(rc))
		return rc;
	collect(ward);
	if (ward->room[class] != NULL)
		return 0;
	trim_to(ward, 0);
	return make(ward, class);
}

int mw_pool_take(memward_ward *ward, unsigned class, uint32_t most,
    struct mw_slot *slots, uint32_t *got)
{
	int rc;

	*got = take(ward, class, most, slots);
	if (*got == 0) {
		rc = find_more(ward, class);
		if (rc != 0)
			return rc;
		*got = take(ward, class, most, slots);
	}
	mw_pool_count_out(ward, class, *got);
	return 0;
}

void mw_pool_give(memward_ward *ward, struct mw_slot slot)
{
	struct mw_run *run = mw_arena_find(slot.data);
	uint32_t index = mw_slot_of(run, (size_t)(slot.data - run->data));

	mw_pool_count_in(ward, run->class);
	if (atomic_load(&run->kind) == MW_RUN_GUARDED)
		mw_guarded_mark_idle(run, index);
	else
		mark_idle(run, index);
	mw_ward_show_room(run);
	ward->idle += idle_bytes(run);
}

static size_t locked_bytes(const struct mw_run *run)
{
	size_t pages = 0;

	for (uint32_t i = 0; i < run->committed; i++)
		pages += mw_run_is_locked(run, i);
	return pages * mw_arena_page();
}

bool mw_pool_drop_run(struct mw_run *run)
{
	memward_ward *ward = run->ward;

	if (atomic_load(&run->kind) == MW_RUN_GUARDED)
		return mw_guarded_drop_run(run);
	if (run->committed != 0 && mw_window_open_to_wipe(run) != 0)
		return false;
	mw_poison_lift(run->data, run_bytes(run));
	memward_wipe(run->data, run_bytes(run));
	if (run->committed != 0 &&
	    mw_ward_decommit(
		ward, run->data, run_bytes(run), locked_bytes(run)) != 0) {
		mw_poison_lay(run->data, run_bytes(run));
		return false;
	}
	forget_run(run);
	return true;
}

/* Gives back idle runs until no more than keep bytes of idle pages stay. */
static void trim_to(memward_ward *ward, size_t keep)
{
	struct mw_run *next;

	for (struct mw_run *run = ward->runs; run != NULL; run = next) {
		size_t bytes = idle_bytes(run);

		next = run->next;
		if (ward->idle <= keep)
			return;
		if (bytes == 0 || run->kept)
			continue;
		ward->idle -= bytes;
		/* What could not be dropped stays and is still idle. */
		if (!mw_pool_drop_run(run))
			ward->idle += idle_bytes(run);
	}
}

void mw_pool_trim(memward_ward *ward)
{
	size_t least = KEEP_PAGES * mw_arena_page();
	size_t share = ward->committed / 8;

	/* No system call is promised; a limit still gets what is idle. */
	if (ward->reserved)
		return;
	/* Beyond twice what is kept, so that it does not happen at each free */
	if (share < least)
		share = least;
	if (ward->idle > 2 * share)
		trim_to(ward, share);
}

uint64_t mw_pool_idle(memward_ward *ward, unsigned class)
{
	uint64_t idle = 0;

	for (struct mw_run *run = ward->room[class]; run != NULL;
	     run = run->next_room)
		idle += run->idle;
	return idle;
}

int mw_pool_reserve(memward_ward *ward, unsigned class, size_t count)
{
	uint64_t idle = mw_pool_idle(ward, class);
	int rc;

	while (idle < count) {
		rc = make(ward, class);
		if (rc != 0)
			return rc;
		idle = mw_pool_idle(ward, class);
	}
	for (struct mw_run *run = ward->room[class]; run != NULL;
	     run = run->next_room)
		run->kept = true;
	ward->reserved = count != 0 || ward->reserved;
	return 0;
}

/* Another thread may have been at a slot when the process forked. */
static void settle_packed(struct mw_run *run, bool open)
{
	uint32_t ready = atomic_load(&run->ready);

	run->idle = 0;
	run->hint = 0;
	memset(idle_bits(run), 0, idle_bits_bytes(ready));
	for (uint32_t slot = 0; slot < ready; slot++) {
		_Atomic uint16_t *state = &mw_slot_states(run)[slot];
		char *data = mw_slot_data(run, slot);

		if (atomic_load(state) == MW_SLOT_MOVING && open) {
			mw_poison_lift(data, run->slot_size);
			memward_wipe(data, run->slot_size);
			mw_poison_lay(data, run->slot_size);
			atomic_store(state, MW_SLOT_FREE);
		}
		if (atomic_load(state) == MW_SLOT_FREE)
			mark_idle(run, slot);
		else if (atomic_load(state) >= MW_SLOT_LIVE)
			mw_poison_lift(data, atomic_load(state) - MW_SLOT_LIVE);
	}
}

/* A child inherits no locks. What it cannot lock, its reports tell. */
static void lock_again(struct mw_run *run, bool open)
{
	size_t page = mw_arena_page();

	if (run->committed != 0 && locked_bytes(run) == run_bytes(run) &&
	    mw_ward_lock_again(run->ward, run->data, run_bytes(run), open))
		return;
	for (uint32_t i = 0; i < run->committed; i++) {
		bool locked = mw_run_is_locked(run, i) &&
			      mw_ward_lock_again(
				  run->ward, run->data + i * page, page, open);

		mw_run_set_locked(run, i, locked);
		run->ward->unlocked += locked ? 0 : page;
	}
}

void mw_pool_after_fork(memward_ward *ward)
{
	memset(ward->out, 0, sizeof(ward->out));
	ward->idle = 0;
	ward->unlocked = 0;
	ward->spare = 0;
	for (struct mw_run *run = ward->runs; run != NULL; run = run->next) {
		bool open = mw_window_open_run(run) == 0;

		if (atomic_load(&run->kind) == MW_RUN_GUARDED) {
			mw_guarded_settle(run);
		} else {
			/* What refuses a lock may look at the pages. */
			mw_poison_lift(run->data, run_bytes(run));
			lock_again(run, open);
			mw_poison_lay(run->data, run_bytes(run));
			settle_packed(run, open);
		}
		mw_window_close_run(run);
		mw_pool_count_out(
		    ward, run->class, atomic_load(&run->ready) - run->idle);
		ward->idle += idle_bytes(run);
		if (run->idle != 0)
			mw_ward_show_room(run);
		else if (run->listed)
			mw_ward_hide_room(run);
	}
}
