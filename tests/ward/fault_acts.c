/* SPDX-License-Identifier: MIT */
/* The operations in which calls fail. */
#include "faults.h"

#include "model/system.h"

#include <string.h>

static memward_policy wishes(const struct scene *s)
{
	memward_policy policy = MEMWARD_POLICY_INIT;

	(void)s;
	policy.prefer |= policy.require;
	policy.require = MEMWARD_GUARDED | MEMWARD_CANARY;
	fault_hide(&policy);
	return policy;
}

static int run_open(struct scene *s)
{
	memward_policy policy = wishes(s);

	return memward_open(&policy, &s->made);
}

static int run_open_reserve(struct scene *s)
{
	memward_policy policy = wishes(s);

	policy.prefer |= MEMWARD_KEYED;
	policy.reserve = 9 * model_page_size();
	policy.rest = MEMWARD_NO_ACCESS;
	return memward_open(&policy, &s->made);
}

static void check_made(struct scene *s, int code)
{
	DEMAND((code == 0) == (s->made != NULL));
	if (code == 0)
		DEMAND(memward_close(s->made) == 0);
}

static void make_another(struct scene *s)
{
	memward_policy policy = wishes(s);

	DEMAND(memward_open(&policy, &s->made) == 0);
	for (unsigned i = 0; i < 20; i++)
		(void)fault_secret(s->made, false, i % 3 == 0, 3000, i);
}

static int run_close(struct scene *s)
{
	return memward_close(s->made);
}

static void check_closed(struct scene *s, int code)
{
	(void)s;
	/* What cannot be given back is lost; the ward is closed all the same */
	DEMAND(code == 0);
	s->may_keep = true;
}

/* A size that no kept secret shares, so that pages are needed. */
#define FRESH 700

static int run_new(struct scene *s)
{
	return memward_new(s->open, FRESH, &s->out);
}

static int run_new_warm(struct scene *s)
{
	return memward_new(s->open, 40, &s->out);
}

static int run_new_closed(struct scene *s)
{
	/* New pages that cannot be opened then stay for the next. */
	s->may_keep = true;
	return memward_new(s->closed, FRESH, &s->out);
}

static int run_new_guarded(struct scene *s)
{
	return memward_new_guarded(s->open, 2 * model_page_size(), 16, &s->out);
}

static int run_new_guarded_closed(struct scene *s)
{
	s->may_keep = true;
	return memward_new_guarded(
	    s->closed, 2 * model_page_size(), 16, &s->out);
}

static int run_new_long(struct scene *s)
{
	return memward_new_guarded(s->open, 20 * model_page_size(), 1, &s->out);
}

static int run_new_long_closed(struct scene *s)
{
	s->may_keep = true;
	return memward_new_guarded(
	    s->closed, 20 * model_page_size(), 1, &s->out);
}

static void check_new(struct scene *s, int code)
{
	const unsigned char *at = s->out;
	struct kept kept;

	DEMAND((code == 0) == (s->out != NULL));
	if (code != 0)
		return;
	kept = (struct kept){s->out, memward_size(s->out), 0,
	    memward_ward_of(s->out) == s->closed, false};
	if (kept.closed)
		DEMAND(memward_begin(s->closed, MEMWARD_READ_WRITE) == 0);
	DEMAND(fault_is_open(at, kept.len));
	for (size_t i = 0; i < kept.len; i++)
		DEMAND(at[i] == 0);
	fault_fill(s->out, kept.len, 0);
	if (kept.closed)
		DEMAND(memward_end(s->closed) == 0);
	fault_check_kept(s, &kept);
	memward_free(s->out);
}

static void make_packed(struct scene *s)
{
	s->victim = fault_secret(s->open, false, false, 90, 50);
}

static void make_guarded(struct scene *s)
{
	s->victim = fault_secret(s->open, false, true, 90, 51);
}

static void make_guarded_shut(struct scene *s)
{
	make_guarded(s);
	DEMAND(memward_protect(s->victim.at, MEMWARD_NO_ACCESS) == 0);
}

static void make_long(struct scene *s)
{
	s->victim =
	    fault_secret(s->open, false, true, 20 * model_page_size(), 52);
}

static void make_packed_closed(struct scene *s)
{
	s->victim = fault_secret(s->closed, true, false, 90, 53);
}

static void make_guarded_closed(struct scene *s)
{
	s->victim = fault_secret(s->closed, true, true, 90, 54);
}

static void make_long_closed(struct scene *s)
{
	s->victim =
	    fault_secret(s->closed, true, true, 20 * model_page_size(), 55);
}

static int run_free(struct scene *s)
{
	memward_free(s->victim.at);
	return 0;
}

/* Nothing of it can be read any more, and it is no secret. */
static void check_freed(struct scene *s, int code)
{
	const unsigned char *at = s->victim.at;
	size_t page = model_page_size();

	(void)code;
	DEMAND(!memward_is_secret(at));
	for (size_t i = 0; i < s->victim.len; i++) {
		uintptr_t start = (uintptr_t)(at + i) / page * page;

		/*
		 * Where closing drops locks, pages that cannot be locked and
		 * then not be closed either are open, whoever is asked.
		 */
		if (model_protection((const void *)start) != 0)
			DEMAND(at[i] == 0 ||
			       (s->onward && model_system->closing_unlocks));
	}
	s->victim.at = NULL;
	s->may_keep = true;
}

/* So many that pages are given back when they go. */
#define MANY 24
static void *many[MANY];

static void make_many(struct scene *s)
{
	for (unsigned i = 0; i < MANY; i++)
		many[i] = fault_secret(
		    s->open, false, false, 3 * model_page_size(), i)
			      .at;
}

static void make_many_closed(struct scene *s)
{
	for (unsigned i = 0; i < MANY; i++)
		many[i] = fault_secret(
		    s->closed, true, false, 3 * model_page_size(), i)
			      .at;
}

static int run_free_many(struct scene *s)
{
	s->may_keep = true;
	for (unsigned i = 0; i < MANY; i++)
		memward_free(many[i]);
	return 0;
}

static int resize_to(struct scene *s, size_t len)
{
	void *secret = s->victim.at;
	int code = memward_resize(&secret, len);

	DEMAND(code == 0 || secret == s->victim.at);
	if (code != 0)
		return code;
	s->victim.at = secret;
	s->victim.len = len < s->victim.len ? len : s->victim.len;
	return 0;
}

static int run_grow(struct scene *s)
{
	return resize_to(s, 3 * model_page_size());
}

static int run_shrink(struct scene *s)
{
	return resize_to(s, 5);
}

static int run_stretch(struct scene *s)
{
	return resize_to(s, s->victim.len - 1);
}

static void check_resized(struct scene *s, int code)
{
	(void)code;
	/* The place that was left may be kept for others. */
	s->may_keep = true;
}

static int run_shut(struct scene *s)
{
	return memward_protect(s->victim.at, MEMWARD_NO_ACCESS);
}

static int run_show(struct scene *s)
{
	return memward_protect(s->victim.at, MEMWARD_READ_ONLY);
}

static int run_let(struct scene *s)
{
	return memward_protect(s->victim.at, MEMWARD_READ_WRITE);
}

/* It is as it was, or as was wished. */
static void check_protected(struct scene *s, int code)
{
	(void)code;
	DEMAND(memward_protect(s->victim.at, MEMWARD_READ_WRITE) == 0);
	DEMAND(s->victim.closed || fault_is_open(s->victim.at, s->victim.len));
}

static int run_begin_reading(struct scene *s)
{
	return memward_begin(s->closed, MEMWARD_READ_ONLY);
}

static int run_begin_writing(struct scene *s)
{
	return memward_begin(s->closed, MEMWARD_READ_WRITE);
}

static void check_begun(struct scene *s, int code)
{
	if (code != 0)
		return;
	for (size_t i = 0; i < KEPT; i++) {
		if (s->kept[i].closed)
			DEMAND(fault_is_filled(
			    s->kept[i].at, s->kept[i].len, s->kept[i].seed));
	}
	DEMAND(memward_end(s->closed) == 0);
}

static void begin_reading(struct scene *s)
{
	DEMAND(memward_begin(s->closed, MEMWARD_READ_ONLY) == 0);
}

/* What fails here leaves the pages more open than they need be. */
static int run_end(struct scene *s)
{
	return memward_end(s->closed);
}

static void check_ended(struct scene *s, int code)
{
	(void)code;
	DEMAND(memward_begin(s->closed, MEMWARD_READ_ONLY) == 0);
	DEMAND(memward_end(s->closed) == 0);
}

static int run_check_one(struct scene *s)
{
	memward_check(s->kept[0].at);
	memward_check(s->kept[3].at);
	memward_check(s->kept[4].at);
	return 0;
}

static int run_check_ward(struct scene *s)
{
	return memward_check_ward(s->closed);
}

static int run_check_all(struct scene *s)
{
	(void)s;
	return memward_check_all();
}

static int run_reserve(struct scene *s)
{
	return memward_reserve(s->open, 100, FRESH);
}

static int run_reserve_closed(struct scene *s)
{
	return memward_reserve(s->closed, 100, FRESH);
}

static void check_reserved(struct scene *s, int code)
{
	(void)code;
	/* What was got on the way may stay for later. */
	s->may_keep = true;
}

static int run_report(struct scene *s)
{
	memward_report report = MEMWARD_REPORT_INIT;

	int code = memward_report_secret(s->kept[0].at, &report);

	if (code == 0)
		code = memward_report_process(&report);
	return code != 0 ? code : memward_report_ward(s->closed, &report);
}

static int run_budget(struct scene *s)
{
	memward_budget_info info = {.size = sizeof(info)};

	return memward_budget(s->open, 32, &info);
}

static void make_pages(struct scene *s)
{
	DEMAND(memward_sys_alloc(4 * model_page_size(), &s->mem) == 0);
}

static void make_locked_pages(struct scene *s)
{
	make_pages(s);
	DEMAND(memward_lock_range(s->mem, 3 * model_page_size()) == 0);
	s->ranges = 3;
}

static int run_lock_range(struct scene *s)
{
	return memward_lock_range(s->mem, 4 * model_page_size());
}

static int run_unlock_range(struct scene *s)
{
	return memward_unlock_range(s->mem, 2 * model_page_size());
}

static size_t locked_of(const struct scene *s)
{
	size_t n = 0;

	for (size_t i = 0; i < 4; i++)
		n += model_lock_count((char *)s->mem + i * model_page_size()) !=
		     0;
	return n;
}

static void end_ranges(struct scene *s)
{
	if (s->ranges != 0)
		DEMAND(memward_unlock_range(
			   s->mem, s->ranges * model_page_size()) == 0);
	DEMAND(locked_of(s) == 0 || s->onward);
	s->ranges = 0;
	if (s->onward)
		DEMAND(memward_sys_unlock(s->mem, 4 * model_page_size()) == 0);
}

/* Locked again twice, so that one unlock less leaves the first three. */
static void check_lock_range(struct scene *s, int code)
{
	DEMAND(locked_of(s) >= (code == 0 ? 4 : s->ranges));
	if (code == 0)
		DEMAND(
		    memward_unlock_range(s->mem, 4 * model_page_size()) == 0);
	/* If undoing failed too, pages stay locked that nobody counts. */
	DEMAND(locked_of(s) == s->ranges || s->onward);
	end_ranges(s);
}

static void check_unlock_range(struct scene *s, int code)
{
	/* A system that lies about what is locked is not to be found out. */
	if (!s->onward || s->err != model_system->unlocked_error)
		DEMAND(locked_of(s) == (code == 0 ? 1 : 3));
	if (code == 0)
		DEMAND(memward_lock_range(s->mem, 2 * model_page_size()) == 0);
	end_ranges(s);
}

static int run_random(struct scene *s)
{
	unsigned char bytes[700];

	(void)s;
	return memward_random(bytes, sizeof(bytes));
}

const struct act fault_acts[] = {
    {"open", NULL, run_open, check_made},
    {"open with a reserve", NULL, run_open_reserve, check_made},
    {"close", make_another, run_close, check_closed},
    {"new", NULL, run_new, check_new},
    {"new in a warm class", NULL, run_new_warm, check_new},
    {"new, closed", NULL, run_new_closed, check_new},
    {"new guarded", NULL, run_new_guarded, check_new},
    {"new guarded, closed", NULL, run_new_guarded_closed, check_new},
    {"new long", NULL, run_new_long, check_new},
    {"new long, closed", NULL, run_new_long_closed, check_new},
    {"free packed", make_packed, run_free, check_freed},
    {"free guarded", make_guarded, run_free, check_freed},
    {"free guarded, shut", make_guarded_shut, run_free, check_freed},
    {"free long", make_long, run_free, check_freed},
    {"free packed, closed", make_packed_closed, run_free, check_freed},
    {"free guarded, closed", make_guarded_closed, run_free, check_freed},
    {"free long, closed", make_long_closed, run_free, check_freed},
    {"free many", make_many, run_free_many, NULL},
    {"free many, closed", make_many_closed, run_free_many, NULL},
    {"grow packed", make_packed, run_grow, check_resized},
    {"shrink packed", make_packed, run_shrink, check_resized},
    {"stretch packed", make_packed, run_stretch, check_resized},
    {"grow guarded", make_guarded, run_grow, check_resized},
    {"grow packed, closed", make_packed_closed, run_grow, check_resized},
    {"shrink packed, closed", make_packed_closed, run_shrink, check_resized},
    {"stretch packed, closed", make_packed_closed, run_stretch, check_resized},
    {"grow guarded, closed", make_guarded_closed, run_grow, check_resized},
    {"shut", make_guarded, run_shut, check_protected},
    {"show", make_guarded, run_show, check_protected},
    {"let", make_guarded_shut, run_let, check_protected},
    {"shut, closed", make_guarded_closed, run_shut, check_protected},
    {"begin to read", NULL, run_begin_reading, check_begun},
    {"begin to write", NULL, run_begin_writing, check_begun},
    {"end", begin_reading, run_end, check_ended},
    {"check one", NULL, run_check_one, NULL},
    {"check a ward", NULL, run_check_ward, NULL},
    {"check all", NULL, run_check_all, NULL},
    {"reserve", NULL, run_reserve, check_reserved},
    {"reserve, closed", NULL, run_reserve_closed, check_reserved},
    {"report", NULL, run_report, NULL},
    {"budget", NULL, run_budget, NULL},
    {"lock a range", make_pages, run_lock_range, check_lock_range},
    {"lock a range again", make_locked_pages, run_lock_range, check_lock_range},
    {"unlock a range", make_locked_pages, run_unlock_range, check_unlock_range},
    {"random", NULL, run_random, NULL},
};
const size_t fault_act_count = TEST_COUNT(fault_acts);
