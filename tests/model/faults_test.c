/* SPDX-License-Identifier: MIT */
/*
 * On the model of one Unix: every system call of every public function fails
 * in turn, from every state that memory can be in. Afterwards the answer is
 * an error or the call did all that it says; nothing has leaked, nothing that
 * was locked or closed is open and unlocked, and no content is half gone.
 */
#include "harness.h"
#include "model/faults.h"
#include "model/model.h"

#include "memward/mem_sys.h"

#include <errno.h>
#include <string.h>

#define PAGES 3
#define FILL  0x5a

/* What a scene begins with. */
struct state {
	memward_access access;
	size_t locked; /* pages, from the second on: 0, 1 or all */
};

struct scene {
	struct state state;
	char *mem;
	size_t len;
	int prot[PAGES];
	bool locked[PAGES]; /* by the caller's word */
	size_t mapped;      /* pages, of this scene and left by others */
	size_t others_locked;
	void *out; /* of alloc */
	memward_sys_info info;
};

/* One public function. */
struct act {
	const char *name;
	int (*run)(struct scene *s);
	/* After 0: that it did all it says. */
	void (*check_done)(struct scene *s);
	/* After an error, further to what no function may do. */
	void (*check_undone)(struct scene *s, int code);
	bool may_unlock; /* a failure may leave pages unlocked: documented */
};

static const int errors[] = {ENOMEM, EPERM, EAGAIN, EINVAL, EIO};

/* What just failed, also for messages. */
static enum model_name failed_call;
static int failed_with;
static char where[200];

#define DEMAND(condition) \
	((condition) ? (void)0 : TEST_FAIL("%s: %s", where, #condition))

static char *page_of(const struct scene *s, size_t i)
{
	return s->mem + i * model_page_size();
}

static void set_scene(struct scene *s, struct state state)
{
	void *mem = NULL;

	model_fresh();
	*s = (struct scene){.state = state};
	s->info.size = sizeof(s->info);
	s->others_locked = model_locked_pages();
	s->len = PAGES * model_page_size();
	s->out = s;
	CHECK_CODE(memward_sys_alloc(s->len, &mem), 0);
	s->mem = mem;
	memset(mem, FILL, s->len);
	if (state.locked == PAGES)
		CHECK_CODE(memward_sys_lock(mem, s->len), 0);
	else if (state.locked == 1)
		CHECK_CODE(memward_sys_lock(page_of(s, 1), 1), 0);
	CHECK_CODE(memward_sys_protect(mem, s->len, state.access), 0);
	for (size_t i = 0; i < PAGES; i++) {
		s->prot[i] = model_protection(page_of(s, i));
		s->locked[i] =
		    state.locked == PAGES || (state.locked == 1 && i == 1);
	}
	s->mapped = model_mapped_pages();
}

/* Whether all of the range holds one value; it must be readable. */
static bool holds(const struct scene *s, char value)
{
	for (size_t i = 0; i < s->len; i++) {
		if (s->mem[i] != value)
			return false;
	}
	return true;
}

/* Locked, or closed, or never meant to be locked: for every page. */
static void demand_guarded(const struct scene *s)
{
	for (size_t i = 0; i < PAGES; i++)
		DEMAND(!s->locked[i] || model_lock_count(page_of(s, i)) != 0 ||
		       model_protection(page_of(s, i)) == 0);
}

static void demand_access(const struct scene *s, int prot)
{
	for (size_t i = 0; i < PAGES; i++)
		DEMAND(model_protection(page_of(s, i)) == prot);
}

static int run_alloc(struct scene *s)
{
	return memward_sys_alloc(s->len, &s->out);
}

static void alloc_done(struct scene *s)
{
	char *mem = s->out;

	for (size_t i = 0; i < s->len; i++)
		DEMAND(mem[i] == 0);
	DEMAND(model_mapped_pages() == s->mapped + PAGES);
	model_reset();
	CHECK_CODE(memward_sys_free(mem, s->len), 0);
}

static void alloc_undone(struct scene *s, int code)
{
	(void)code;
	DEMAND(s->out == s);
}

static int run_free(struct scene *s)
{
	return memward_sys_free(s->mem, s->len);
}

static void free_done(struct scene *s)
{
	DEMAND(model_mapped_pages() == s->mapped - PAGES);
	s->mem = NULL;
}

static void free_undone(struct scene *s, int code)
{
	if (code != MEMWARD_EWIPED)
		return;
	demand_access(s, 3);
	DEMAND(holds(s, 0));
}

static int run_close(struct scene *s)
{
	return memward_sys_protect(s->mem, s->len, MEMWARD_NO_ACCESS);
}

static void close_done(struct scene *s)
{
	demand_access(s, 0);
}

static int run_show(struct scene *s)
{
	return memward_sys_protect(s->mem, s->len, MEMWARD_READ_ONLY);
}

static void show_done(struct scene *s)
{
	demand_access(s, 1);
}

static int run_open(struct scene *s)
{
	return memward_sys_protect(s->mem, s->len, MEMWARD_READ_WRITE);
}

static void open_done(struct scene *s)
{
	demand_access(s, 3);
}

/* As before, or closed: never more open than it was. */
static void protect_undone(struct scene *s, int code)
{
	(void)code;
	for (size_t i = 0; i < PAGES; i++) {
		int prot = model_protection(page_of(s, i));

		DEMAND(prot == s->prot[i] || prot == 0);
	}
}

static int run_lock(struct scene *s)
{
	return memward_sys_lock(s->mem, s->len);
}

static void lock_done(struct scene *s)
{
	for (size_t i = 0; i < PAGES; i++)
		DEMAND(model_lock_count(page_of(s, i)) == 1);
}

/* At a limit nothing has changed; otherwise nothing more is locked. */
static void lock_undone(struct scene *s, int code)
{
	bool as_before = code == MEMWARD_ELOCKLIMIT ||
			 code == MEMWARD_ELOCKPRIV || code == MEMWARD_EUNMAPPED;

	/* The failure was that of undoing: nobody could undo it then. */
	if (failed_call == MODEL_MUNLOCK)
		return;
	for (size_t i = 0; i < PAGES; i++)
		DEMAND(s->locked[i] || model_lock_count(page_of(s, i)) == 0);
	if (as_before)
		demand_guarded(s);
}

static int run_unlock(struct scene *s)
{
	return memward_sys_unlock(s->mem, s->len);
}

static void unlock_done(struct scene *s)
{
	/* A system that lies about what is locked is not to be found out. */
	if (failed_call == MODEL_MUNLOCK &&
	    failed_with == model_system->unlocked_error)
		return;
	for (size_t i = 0; i < PAGES; i++)
		DEMAND(model_lock_count(page_of(s, i)) == 0);
}

static int run_keep(struct scene *s)
{
	return memward_sys_set_fork_rule(s->mem, s->len, MEMWARD_FORK_KEEP);
}

static int run_omit(struct scene *s)
{
	return memward_sys_set_fork_rule(s->mem, s->len, MEMWARD_FORK_OMIT);
}

static int run_wipe(struct scene *s)
{
	return memward_sys_set_fork_rule(s->mem, s->len, MEMWARD_FORK_WIPE);
}

static void demand_child_finds(const struct scene *s, enum model_effect effect)
{
	/* The failure was just what a system says that is to be believed. */
	if (model_system->accepts_any_advice && failed_with == EINVAL)
		return;
	for (size_t i = 0; i < PAGES; i++)
		DEMAND(model_child_finds(page_of(s, i)) == effect);
}

static void keep_done(struct scene *s)
{
	demand_child_finds(s, MODEL_COPY);
}

static void omit_done(struct scene *s)
{
	demand_child_finds(s, MODEL_OMIT);
}

static void wipe_done(struct scene *s)
{
	demand_child_finds(s, MODEL_ZERO);
}

static int run_take_in(struct scene *s)
{
	return memward_sys_set_dump(s->mem, s->len, true);
}

static void take_in_done(struct scene *s)
{
	if (model_system->accepts_any_advice && failed_with == EINVAL)
		return;
	for (size_t i = 0; i < PAGES; i++)
		DEMAND(!model_is_left_out(page_of(s, i)));
}

static size_t locked_before;

static int run_query(struct scene *s)
{
	locked_before = model_locked_pages();
	return memward_sys_query(&s->info);
}

/* The page of the trial is gone, unless just that was refused. */
static void query_done(struct scene *s)
{
	if (failed_call == MODEL_MUNMAP) {
		/* One that was to be hidden is locked by nature. */
		if (model_locked_pages() > locked_before)
			s->others_locked++;
		s->mapped = model_mapped_pages();
	}
	DEMAND(model_mapped_pages() == s->mapped);
}

static int run_no_cores(struct scene *s)
{
	(void)s;
	return memward_sys_disable_core_dumps();
}

static void no_cores_done(struct scene *s)
{
	uint64_t soft;
	uint64_t hard;

	(void)s;
	model_get_core_limit(&soft, &hard);
	/* Where the handler cannot be read the limit is 1. */
	DEMAND(soft <= 1 && hard <= 1);
}

static const struct act acts[] = {
    {"alloc", run_alloc, alloc_done, alloc_undone, false},
    {"free", run_free, free_done, free_undone, false},
    {"close", run_close, close_done, protect_undone, false},
    {"show", run_show, show_done, protect_undone, false},
    {"open", run_open, open_done, protect_undone, false},
    {"lock", run_lock, lock_done, lock_undone, true},
    {"unlock", run_unlock, unlock_done, NULL, true},
    {"keep", run_keep, keep_done, NULL, false},
    {"omit", run_omit, omit_done, NULL, false},
    {"wipe", run_wipe, wipe_done, NULL, false},
    {"take_in", run_take_in, take_in_done, NULL, false},
    {"query", run_query, query_done, NULL, false},
    {"no_cores", run_no_cores, no_cores_done, NULL, false},
};

/* What holds after any failure of any function. */
static void demand_no_harm(struct scene *s, const struct act *act, int code)
{
	DEMAND(model_open_files() == 0);
	if (code == 0) {
		if (act->check_done != NULL)
			act->check_done(s);
	} else {
		DEMAND(model_mapped_pages() == s->mapped);
		if (act->check_undone != NULL)
			act->check_undone(s, code);
	}
	if (s->mem != NULL && !act->may_unlock && code != MEMWARD_EWIPED)
		demand_guarded(s);
}

/* Calls work again; the content is as it was, unless the answer was EWIPED. */
static void end_scene(struct scene *s, int code)
{
	model_fresh();
	if (s->mem == NULL)
		return;
	CHECK_CODE(memward_sys_protect(s->mem, s->len, MEMWARD_READ_WRITE), 0);
	DEMAND(holds(s, code == MEMWARD_EWIPED ? 0 : FILL));
	CHECK_CODE(memward_sys_free(s->mem, s->len), 0);
	DEMAND(model_mapped_pages() == s->mapped - PAGES);
	DEMAND(model_locked_pages() == s->others_locked);
}

/* False: the function makes fewer calls than that. */
static bool fail_one(
    const struct act *act, struct state state, size_t nth, int err)
{
	struct scene s;
	size_t first;
	bool failed;
	int code;

	set_scene(&s, state);
	first = model_count();
	model_fail(nth, err, false);
	code = act->run(&s);
	(void)snprintf(where, sizeof(where),
	    "%s, access %d, %zu locked, call %zu (%s) fails with %s: %s",
	    act->name, (int)state.access, state.locked, nth,
	    first + nth < model_count()
		? model_name_of(model_record(first + nth)->name)
		: "none",
	    strerror(err), memward_error_name(code));
	failed = model_has_failed();
	failed_with = failed ? err : 0;
	failed_call = failed ? model_record(first + nth)->name : MODEL_MSYNC;
	DEMAND(code <= 0);
	demand_no_harm(&s, act, code);
	end_scene(&s, code);
	return failed;
}

/* From one call on everything fails: an error, and no harm that lasts. */
static void fail_onward(
    const struct act *act, struct state state, size_t nth, int err)
{
	struct scene s;
	int code;

	set_scene(&s, state);
	model_fail(nth, err, true);
	code = act->run(&s);
	(void)snprintf(where, sizeof(where),
	    "%s, access %d, %zu locked, calls from %zu on fail with %s: %s",
	    act->name, (int)state.access, state.locked, nth, strerror(err),
	    memward_error_name(code));
	failed_with = err;
	failed_call = MODEL_MUNLOCK;
	DEMAND(code <= 0);
	DEMAND(model_open_files() == 0);
	DEMAND(act->run != run_alloc || code == 0 || s.out == &s);
	/* A new page that could not be given back is nobody's to free. */
	if (model_mapped_pages() > s.mapped)
		return;
	if (code == 0 && act->check_done != NULL)
		act->check_done(&s);
	end_scene(&s, code);
}

static void fail_each(const struct act *act, struct state state)
{
	for (size_t e = 0; e < TEST_COUNT(errors); e++) {
		for (size_t nth = 0; fail_one(act, state, nth, errors[e]);
		     nth++)
			continue;
	}
}

static void every_call_fails_in_turn(const struct act *act)
{
	static const memward_access states[] = {
	    MEMWARD_NO_ACCESS, MEMWARD_READ_ONLY, MEMWARD_READ_WRITE};
	static const size_t locked[] = {0, 1, PAGES};

	for (size_t a = 0; a < TEST_COUNT(states); a++) {
		for (size_t l = 0; l < TEST_COUNT(locked); l++)
			fail_each(act, (struct state){states[a], locked[l]});
	}
}

/* clang-format off */
#define FAULTS(X) \
	X(alloc) X(free) X(close) X(show) X(open) X(lock) X(unlock) X(keep) \
	X(omit) X(wipe) X(take_in) X(query) X(no_cores)
/* clang-format on */

#define FAULT_CASE(function)                                        \
	static void faults_in_##function(void)                      \
	{                                                           \
		for (size_t i = 0; i < TEST_COUNT(acts); i++) {     \
			if (acts[i].run == run_##function)          \
				every_call_fails_in_turn(&acts[i]); \
		}                                                   \
	}

FAULTS(FAULT_CASE)

static void everything_fails_from_one_call_on(void)
{
	struct state state = {MEMWARD_READ_WRITE, 1};

	for (size_t i = 0; i < TEST_COUNT(acts); i++) {
		for (size_t nth = 0; nth < 8; nth++)
			fail_onward(&acts[i], state, nth, ENOMEM);
	}
}

#define FAULT_ENTRY(function) TEST_CASE(faults_in_##function),
static const struct test_case cases[] = {
    FAULTS(FAULT_ENTRY) TEST_CASE(the_heap_is_exhausted),
    /* Last: it may leave pages behind. */
    TEST_CASE(everything_fails_from_one_call_on),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
