/* SPDX-License-Identifier: MIT */
#include "stack.h"

#include "fork.h"
#include "guarded.h"
#include "key.h"
#include "meta.h"
#include "pool.h"
#include "secret.h"
#include "window.h"

#include "cpu/stack.h"
#include "memward/stack.h"

enum use {
	IDLE, /* all zeros */
	USED, /* a function runs on it, or left it without returning */
	LOST  /* its thread ended on it: not to be used again */
};

struct mw_stack {
	memward_ward *ward; /* NULL: inherited under omit or wipe */
	char *low;          /* its lowest byte; the guard ends there */
	size_t bytes;
	struct mw_run *run;
	uint32_t slot;
	unsigned watched;       /* Valgrind's name for it */
	uint32_t depth;         /* windows of its thread before the call's */
	enum use use;           /* changes with the ward's lock held */
	struct mw_stack *next;  /* of the ward's */
	struct mw_stack *outer; /* that its thread was on before this one */
};

/* What the calling thread is on, or left without returning. */
static MW_THREAD_LOCAL struct mw_stack *innermost;

/* Bytes of stack that wiping needs itself, and more. */
#define CALLEES 1024

/* Where the caller stands, roughly. */
#define HERE ((const char *)__builtin_frame_address(0))

static bool holds(const struct mw_stack *s, const char *address)
{
	return (uintptr_t)address - (uintptr_t)s->low <= s->bytes;
}

static atomic_bool *running(const struct mw_stack *s)
{
	return &mw_slot_guarded(s->run, s->slot)->running;
}

static bool switches(void)
{
	return mw_cpu_has_call_on() && mw_sys_allows_stacks();
}

bool memward_call_switches(void)
{
	return switches();
}

/* As many bytes as a guarded slot has, so that its guard is the stack's. */
static int slot_bytes(size_t size, size_t *bytes)
{
	size_t page = mw_arena_page();
	unsigned class;

	if (size > SIZE_MAX / 4)
		return MEMWARD_EOVERFLOW;
	class = mw_guarded_class(size);
	if (class < MW_CLASSES)
		*bytes = page << (class - MW_PACKED_CLASSES);
	else
		*bytes = (size + page - 1) / page * page;
	return 0;
}

static struct mw_stack *take_idle(memward_ward *ward, size_t bytes)
{
	struct mw_stack *s;

	mw_mutex_lock(&ward->lock);
	s = ward->stacks;
	while (s != NULL && (s->use != IDLE || s->bytes != bytes))
		s = s->next;
	if (s != NULL)
		s->use = USED;
	mw_mutex_unlock(&ward->lock);
	return s;
}

static int make(memward_ward *ward, size_t bytes, struct mw_stack **made)
{
	struct mw_stack *s = mw_meta_alloc(sizeof(*s));
	void *low;
	int rc;

	if (s == NULL)
		return MEMWARD_ENOMEM;
	rc = mw_secret_new_guarded("memward_call", ward, bytes, 16, &low);
	if (rc != 0) {
		mw_meta_free(s, sizeof(*s));
		return rc;
	}
	s->ward = ward;
	s->low = low;
	s->bytes = bytes;
	s->run = mw_arena_find(low);
	s->slot = mw_slot_of(s->run, (size_t)(s->low - s->run->data));
	s->watched = mw_poison_stack(low, bytes);
	s->use = USED;
	mw_mutex_lock(&ward->lock);
	s->next = ward->stacks;
	ward->stacks = s;
	mw_mutex_unlock(&ward->lock);
	*made = s;
	return 0;
}

static void put_back(struct mw_stack *s)
{
	memward_ward *ward = s->ward;

	mw_mutex_lock(&ward->lock);
	s->use = IDLE;
	mw_mutex_unlock(&ward->lock);
}

/* Wipes a stack that may be closed by now. Lock held. False: it cannot be. */
static bool wipe_left(struct mw_stack *s)
{
	if (mw_guarded_open(s->run, s->slot) != 0)
		return false;
	mw_poison_lift(s->low, s->bytes);
	memward_wipe(s->low, s->bytes);
	(void)mw_guarded_apply(s->run, s->slot, s->ward->now);
	atomic_store(running(s), false);
	return true;
}

/* Ends the windows of calls that did not return. */
static void end_windows(struct mw_stack *s)
{
	struct mw_cache *cache = mw_cache_of(s->ward);

	while (cache != NULL && cache->depth > s->depth)
		(void)mw_window_end(s->ward);
}

/* A call that did not return, of this thread. */
static void clear_away(struct mw_stack *s)
{
	memward_ward *ward = s->ward;

	innermost = s->outer;
	if (ward == NULL) {
		mw_meta_free(s, sizeof(*s));
		return;
	}
	mw_mutex_lock(&ward->lock);
	/* What cannot be opened stays as it is, and is not used again. */
	s->use = wipe_left(s) ? IDLE : LOST;
	mw_mutex_unlock(&ward->lock);
	if (!ward->cached)
		end_windows(s);
}

/*
 * A thread that stands elsewhere has left all stacks it is said to be on, down
 * to the one it stands on.
 */
static void clear_left(const char *here)
{
	while (innermost != NULL && !holds(innermost, here))
		clear_away(innermost);
}

/* In a window on a closed ward. */
static int enter(struct mw_stack *s)
{
	memward_ward *ward = s->ward;
	/* It also arms the hook at the end of the thread. */
	struct mw_cache *cache = mw_cache_of(ward);
	int rc;

	if (!ward->cached) {
		if (cache == NULL)
			return MEMWARD_ENOMEM;
		s->depth = cache->depth;
		rc = mw_window_begin(ward, MEMWARD_READ_WRITE);
		if (rc != 0)
			return rc;
	}
	s->outer = innermost;
	atomic_signal_fence(memory_order_seq_cst);
	innermost = s;
	/* Whoever wipes all says so first, and then looks at this. */
	atomic_store(running(s), true);
	return 0;
}

static int leave(struct mw_stack *s)
{
	memward_ward *ward = s->ward;

	mw_poison_lift(s->low, s->bytes);
	memward_wipe(s->low, s->bytes);
	atomic_store(running(s), false);
	innermost = s->outer;
	return ward->cached ? 0 : mw_window_end(ward);
}

#if defined(MW_POISON_ASAN)

/* Of sanitizer/common_interface_defs.h, which comes with the compiler. */
void __sanitizer_start_switch_fiber(
    void **fake_stack, const void *bottom, size_t size);
void __sanitizer_finish_switch_fiber(
    void *fake_stack, const void **old_bottom, size_t *old_size);

struct crossing {
	int (*function)(void *);
	void *argument;
	const void *bottom; /* of the stack it came from */
	size_t size;
};

static MW_UNJUDGED int cross(void *argument)
{
	struct crossing *c = argument;
	int answer;

	__sanitizer_finish_switch_fiber(NULL, &c->bottom, &c->size);
	answer = c->function(c->argument);
	__sanitizer_start_switch_fiber(NULL, c->bottom, c->size);
	return answer;
}

/* The address sanitizer wants to know on what stack it is. */
static MW_UNJUDGED int run(
    struct mw_stack *s, int (*function)(void *), void *argument)
{
	struct crossing c = {function, argument, NULL, 0};
	void *fake;
	int answer;

	__sanitizer_start_switch_fiber(&fake, s->low, s->bytes);
	answer = mw_cpu_call_on(s->low + s->bytes, cross, &c);
	__sanitizer_finish_switch_fiber(fake, NULL, NULL);
	return answer;
}

#else

static int run(struct mw_stack *s, int (*function)(void *), void *argument)
{
	return mw_cpu_call_on(s->low + s->bytes, function, argument);
}

#endif

static int call_on(struct mw_stack *s, int (*function)(void *), void *argument)
{
	int answer;
	int rc = enter(s);

	if (rc != 0)
		return rc;
	if (atomic_load(&mw_ward_wiped)) {
		(void)leave(s);
		return MEMWARD_EWIPEDALL;
	}
	answer = run(s, function, argument);
	mw_fork_check();
	/* Calls inside that did not return, but led back into the function. */
	while (innermost != s && innermost != NULL)
		clear_away(innermost);
	rc = leave(s);
	return rc != 0 ? rc : answer;
}

static int call_switching(
    memward_ward *ward, size_t size, int (*function)(void *), void *argument)
{
	struct mw_stack *s;
	size_t bytes;
	int rc = slot_bytes(size, &bytes);

	if (rc != 0)
		return rc;
	s = take_idle(ward, bytes);
	if (s == NULL) {
		rc = make(ward, bytes, &s);
		if (rc != 0)
			return rc;
	}
	rc = call_on(s, function, argument);
	put_back(s);
	return rc;
}

/* Calls itself rather than take it all at once: the compiler knows the size. */
static __attribute__((noinline)) void wipe_below(size_t bytes)
{
	char block[1024];

	memward_wipe(block, sizeof(block));
	if (bytes > sizeof(block))
		wipe_below(
		    bytes - sizeof(block)); /* NOLINT(misc-no-recursion) */
	/* The block is still wanted, so its frame is not given up before. */
	__asm__ __volatile__("" : : "r"(block) : "memory");
}

/* What is left to do where no stack can be switched. */
static __attribute__((noinline)) int call_here(
    memward_ward *ward, size_t size, int (*function)(void *), void *argument)
{
	int rc = mw_window_begin(ward, MEMWARD_READ_WRITE);
	int answer;

	if (rc != 0)
		return rc;
	answer = function(argument);
	wipe_below(size);
	rc = mw_window_end(ward);
	return rc != 0 ? rc : answer;
}

int memward_call_sized(memward_ward *handle, size_t stack,
    int (*function)(void *argument), void *argument)
{
	memward_ward *ward;
	int rc = 0;

	if (function == NULL)
		return MEMWARD_ENULL;
	if (stack == 0)
		stack = MEMWARD_CALL_STACK;
	mw_fork_check();
	clear_left(HERE);
	if (atomic_load(&mw_ward_wiped))
		return MEMWARD_EWIPEDALL;
	ward = mw_ward_resolve(handle, &rc);
	if (ward == NULL)
		return rc;
	/* A signal handler could not run on a stack that a key closes. */
	if (mw_key_has(ward))
		return MEMWARD_EUNSUPPORTED;
	return switches() ? call_switching(ward, stack, function, argument)
			  : call_here(ward, stack, function, argument);
}

int memward_call(
    memward_ward *ward, int (*function)(void *argument), void *argument)
{
	return memward_call_sized(ward, 0, function, argument);
}

static void forget(struct mw_stack *s)
{
	mw_poison_no_stack(s->watched);
	mw_meta_free(s, sizeof(*s));
}

static bool free_slot(struct mw_stack *s)
{
	struct mw_slot slot = {s->low, NULL};

	if (!mw_guarded_take_back("memward_call", s->run, s->slot))
		return false;
	if (s->run->class < MW_CLASSES) {
		mw_pool_give(s->ward, slot);
		return true;
	}
	mw_pool_count_in(s->ward, MW_CLASSES);
	(void)mw_pool_drop_run(s->run);
	return true;
}

void mw_stack_free_idle(memward_ward *ward)
{
	struct mw_stack **at = &ward->stacks;

	while (*at != NULL) {
		struct mw_stack *s = *at;

		if (s->use != IDLE || !free_slot(s)) {
			at = &s->next;
			continue;
		}
		*at = s->next;
		forget(s);
	}
}

bool mw_stack_forget(memward_ward *ward)
{
	struct mw_stack *s;
	struct mw_stack *next;

	for (s = ward->stacks; s != NULL; s = s->next) {
		if (s->use == USED)
			return false;
	}
	for (s = ward->stacks; s != NULL; s = next) {
		next = s->next;
		forget(s);
	}
	ward->stacks = NULL;
	return true;
}

static bool is_own(const struct mw_stack *s)
{
	const struct mw_stack *own = innermost;

	while (own != NULL && own != s)
		own = own->outer;
	return own != NULL;
}

void mw_stack_after_fork(memward_ward *ward)
{
	bool kept = ward->policy.fork == MEMWARD_FORK_KEEP;
	struct mw_stack *s = ward->stacks;
	struct mw_stack *next;

	if (!kept)
		ward->stacks = NULL;
	for (; s != NULL; s = next) {
		next = s->next;
		if (kept && s->use != IDLE && !is_own(s))
			s->use = wipe_left(s) ? IDLE : LOST;
		else if (!kept && is_own(s))
			s->ward = NULL;
		else if (!kept)
			forget(s);
	}
}

/* What lies below this function's callees belongs to nobody any more. */
static void wipe_unused(const struct mw_stack *s)
{
	size_t unused = (size_t)(HERE - s->low);

	if (unused <= s->bytes && unused > CALLEES)
		memward_wipe(s->low, unused - CALLEES);
}

void mw_stack_end_thread(void)
{
	clear_left(HERE);
	/* Some systems run this on the very stack that the thread died on. */
	for (struct mw_stack *s = innermost; s != NULL; s = s->outer) {
		if (s->ward == NULL)
			continue;
		wipe_unused(s);
		mw_mutex_lock(&s->ward->lock);
		s->use = LOST;
		mw_mutex_unlock(&s->ward->lock);
		atomic_store(running(s), false);
	}
	innermost = NULL;
}

void mw_stack_show_left(void)
{
	/* On a stack for signals it may have been called away from any. */
	if (mw_sys_on_signal_stack())
		return;
	for (struct mw_stack *s = innermost; s != NULL && !holds(s, HERE);
	     s = s->outer) {
		if (s->ward != NULL)
			atomic_store(running(s), false);
	}
}
