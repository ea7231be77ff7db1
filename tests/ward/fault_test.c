/* SPDX-License-Identifier: MIT */
#include "faults.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Long operations repeat themselves: after so many calls not each is tried. */
#define EACH   20
#define STRIDE 29

static const int errors[] = {ENOMEM, EAGAIN, EPERM};

/* All of them one after the other, or by turns where time is to be short. */
size_t fault_error_count(void)
{
	return getenv("MODEL_FEW_ERRORS") == NULL ? TEST_COUNT(errors) : 1;
}

int fault_error_of(size_t round, size_t nth)
{
	bool by_turns = fault_error_count() == 1;

	return errors[(by_turns ? nth : round) % TEST_COUNT(errors)];
}

char fault_where[FAULT_WHERE];
static bool in_child;

void fault_in_child(void)
{
	in_child = true;
}

_Noreturn void fault_is_wrong(const char *file, int line, const char *what)
{
	model_fail_no_more();
	if (!in_child)
		test_fail(file, line, "%s: %s", fault_where, what);
	(void)fprintf(stderr, "%s:%d: %s: %s\n", file, line, fault_where, what);
	_exit(1);
}

static const unsigned char *page_of(const unsigned char *at)
{
	return at - (uintptr_t)at % model_page_size();
}

/* Whether all pages of a range have one protection. */
static bool has_protection(const unsigned char *at, size_t len, int prot)
{
	const unsigned char *end = at + (len == 0 ? 1 : len);

	for (at = page_of(at); at < end; at += model_page_size()) {
		if (model_protection(at) != prot)
			return false;
	}
	return true;
}

bool fault_is_open(const unsigned char *at, size_t len)
{
	return has_protection(at, len, 3);
}

static size_t committed_of(memward_ward *ward)
{
	memward_budget_info info = {.size = sizeof(info)};

	DEMAND(memward_budget(ward, 32, &info) == 0);
	return info.committed;
}

size_t fault_committed(const struct scene *s)
{
	return committed_of(s->open) + committed_of(s->closed);
}

static memward_place place_of(const void *at)
{
	memward_address what;

	DEMAND(memward_explain_address(at, &what) == 0);
	return what.place;
}

/* In front of the pages of a guarded secret, and behind them. */
static void check_guards(const struct kept *kept)
{
	const unsigned char *at = page_of(kept->at) - 1;

	while (place_of(at) == MEMWARD_PLACE_SLACK)
		at -= model_page_size();
	DEMAND(place_of(at) == MEMWARD_PLACE_GUARD);
	DEMAND(model_protection(at) == 0);
	at = kept->at + memward_size(kept->at);
	DEMAND(place_of(at) == MEMWARD_PLACE_GUARD);
	DEMAND(model_protection(at) == 0);
}

/* What the report of a secret claims, the model confirms. */
static void check_claims(const struct kept *kept)
{
	memward_report report = MEMWARD_REPORT_INIT;
	const unsigned char *end = kept->at + kept->len;
	bool locked = true;
	bool left_out = true;
	bool hidden = true;

	for (const unsigned char *at = page_of(kept->at); at < end;
	     at += model_page_size()) {
		locked &= model_lock_count(at) != 0;
		left_out &= model_is_left_out(at);
		hidden &= model_is_hidden(at);
	}
	DEMAND(memward_report_secret(kept->at, &report) == 0);
	if ((report.obtained & MEMWARD_LOCKED) != 0)
		DEMAND(locked && report.pages_unlocked == 0);
	if ((report.obtained & MEMWARD_NO_DUMP) != 0)
		DEMAND(left_out);
	if ((report.obtained & MEMWARD_HIDDEN) != 0)
		DEMAND(hidden && locked);
	if (kept->guarded)
		check_guards(kept);
}

static void check_secret(
    struct scene *s, const struct kept *kept, bool with_claims)
{
	memward_ward *ward = kept->closed ? s->closed : s->open;

	DEMAND(memward_is_secret(kept->at));
	DEMAND(memward_ward_of(kept->at) == ward);
	DEMAND(memward_size(kept->at) >= kept->len);
	if (kept->closed)
		DEMAND(memward_begin(ward, MEMWARD_READ_ONLY) == 0);
	DEMAND(has_protection(kept->at, kept->len, kept->closed ? 1 : 3));
	DEMAND(fault_is_filled(kept->at, kept->len, kept->seed));
	if (with_claims)
		check_claims(kept);
	if (!kept->closed)
		return;
	DEMAND(memward_end(ward) == 0);
	DEMAND(has_protection(kept->at, kept->len, 0));
}

void fault_check_kept(struct scene *s, const struct kept *kept)
{
	check_secret(s, kept, true);
}

/* Whether a system's locks and limits let everything be required. */
memward_policy fault_policy_of(memward_access rest)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	DEMAND(memward_sys_query(&info) == 0);
	if ((info.granted & MEMWARD_SYS_NO_DUMP) == 0)
		policy.require &= ~(uint32_t)MEMWARD_NO_DUMP;
	if ((info.granted & MEMWARD_SYS_KEYS) != 0 && rest == MEMWARD_NO_ACCESS)
		policy.require |= MEMWARD_KEYED;
	policy.rest = rest;
	fault_hide(&policy);
	return policy;
}

static memward_ward *open_ward(memward_access rest)
{
	memward_policy policy = fault_policy_of(rest);
	memward_ward *ward = NULL;

	DEMAND(memward_open(&policy, &ward) == 0);
	return ward;
}

/* Bytes that are locked by the model and not by memward's word. */
static size_t stray_bytes(const struct scene *s)
{
	memward_budget_info info = {.size = sizeof(info)};
	size_t locked = (model_locked_pages() - s->ranges) * model_page_size();

	DEMAND(memward_budget(s->open, 32, &info) == 0);
	/* Closed pages are not locked now where closing drops a lock. */
	if (model_system->closing_unlocks)
		return 0;
	DEMAND(locked >= info.locked + s->strays);
	return locked - info.locked - s->strays;
}

void fault_set_scene(struct scene *s, const struct act *act)
{
	model_fresh();
	model_forget_keys();
	*s = (struct scene){.open = open_ward(MEMWARD_READ_WRITE),
	    .closed = open_ward(MEMWARD_NO_ACCESS)};
	s->kept[0] = fault_secret(s->open, false, false, 40, 1);
	s->kept[1] = fault_secret(s->open, false, false, 5000, 2);
	s->kept[2] = fault_secret(s->open, false, true, 3000, 3);
	s->kept[3] = fault_secret(s->closed, true, false, 40, 4);
	s->kept[4] = fault_secret(s->closed, true, true, 300, 5);
	s->kept[5] = fault_secret(s->closed, true, false, 5000, 6);
	/* The control: else the second run would be the first again. */
	DEMAND(model_is_hidden(s->kept[0].at) == fault_are_hidden());
	DEMAND(model_is_hidden(s->kept[4].at) == fault_are_hidden());
	if (act->prepare != NULL)
		act->prepare(s);
	s->before = fault_committed(s);
	/* What an earlier failure left locked for good is not this one's. */
	s->strays = 0;
	s->strays = stray_bytes(s);
	model_fresh();
}

/* Where undoing failed too, more may be locked than is said, never less. */
void fault_check_account(const struct scene *s)
{
	size_t strays = stray_bytes(s);

	DEMAND(strays == 0 || s->onward);
	DEMAND(model_open_files() == 0);
}

/*
 * Each ward still hands out, takes back and closes. A report reads all that
 * the kernel says of the process, so each time another secret is asked for it.
 */
void fault_check_works(struct scene *s)
{
	static const size_t lengths[] = {40, 700, 12000};
	static unsigned turn;
	unsigned asked = turn++ % (4 * TEST_COUNT(lengths));

	for (unsigned i = 0; i < TEST_COUNT(lengths); i++) {
		for (unsigned kind = 0; kind < 4; kind++) {
			bool closed = kind % 2 != 0;
			struct kept kept =
			    fault_secret(closed ? s->closed : s->open, closed,
				kind / 2 != 0, lengths[i], i);

			check_secret(s, &kept, asked == 4 * i + kind);
			memward_free(kept.at);
		}
	}
	DEMAND(memward_check_all() == 0);
}

void fault_end_scene(struct scene *s)
{
	DEMAND(memward_close(s->closed) == 0);
	DEMAND(memward_close(s->open) == 0);
	if (s->mem != NULL)
		DEMAND(memward_sys_free(s->mem, 4 * model_page_size()) == 0);
}

/* What is documented of any of the operations. */
bool fault_is_an_answer(int code)
{
	switch (code) {
	case 0:
	case MEMWARD_ENOMEM:
	case MEMWARD_EPERM:
	case MEMWARD_EUNMAPPED:
	case MEMWARD_ELOCKLIMIT:
	case MEMWARD_ELOCKPRIV:
	case MEMWARD_EUNSUPPORTED:
	case MEMWARD_ESYSTEM:
		return true;
	default:
		return false;
	}
}

void fault_check_after(struct scene *s, const struct act *act, int code)
{
	DEMAND(fault_is_an_answer(code));
	if (act->check != NULL)
		act->check(s, code);
	if (code != 0 && !s->may_keep)
		DEMAND(fault_committed(s) == s->before);
	for (size_t i = 0; i < KEPT; i++)
		fault_check_kept(s, &s->kept[i]);
	if (s->victim.at != NULL)
		fault_check_kept(s, &s->victim);
	fault_check_account(s);
	fault_check_works(s);
	fault_check_account(s);
}

/* False: the operation makes fewer calls than that. */
static bool fail_one(const struct act *act, size_t nth, int err, bool onward)
{
	struct scene s;
	bool failed;
	int code;

	(void)snprintf(
	    fault_where, sizeof(fault_where), "%s: before", act->name);
	fault_set_scene(&s, act);
	s.err = err;
	s.onward = onward;
	model_fail(nth, err, onward);
	code = act->run(&s);
	failed = model_has_failed();
	model_fail_no_more();
	(void)snprintf(fault_where, sizeof(fault_where),
	    "%s, call %zu (%s) fails%s: %s: %s", act->name, nth,
	    nth < model_count() ? model_name_of(model_record(nth)->name)
				: "none",
	    onward ? " and all after it" : "", strerror(err),
	    memward_error_name(code));
	fault_check_after(&s, act, code);
	fault_end_scene(&s);
	return failed;
}

void fault_fail_each(const struct act *act)
{
	for (size_t e = 0; e < fault_error_count(); e++) {
		/* What fails for good: in the first round alone. */
		for (int onward = 0; onward < (e == 0 ? 2 : 1); onward++) {
			size_t nth = 0;

			while (fail_one(
			    act, nth, fault_error_of(e, nth), onward != 0))
				nth += nth < EACH ? 1 : STRIDE;
		}
	}
}

/* Where it is built in; what its first use takes was taken before. */
static void faults_in_sealing(void)
{
	if (memward_seal_cipher() == NULL)
		TEST_SKIP("this memward was built without sealing");
	for (size_t i = 0; i < fault_seal_act_count; i++)
		fault_fail_each(&fault_seal_acts[i]);
}

/* The operations whose names begin so. */
static void fail_acts(const char *const *names)
{
	for (; *names != NULL; names++) {
		for (size_t i = 0; i < fault_act_count; i++) {
			if (strncmp(fault_acts[i].name, *names,
				strlen(*names)) == 0)
				fault_fail_each(&fault_acts[i]);
		}
	}
}

#define FAULT_CASE(name, ...)                                           \
	static void faults_in_##name(void)                              \
	{                                                               \
		static const char *const names[] = {__VA_ARGS__, NULL}; \
                                                                        \
		fail_acts(names);                                       \
	}

FAULT_CASE(open, "open")
FAULT_CASE(close, "close")
FAULT_CASE(new, "new")
FAULT_CASE(free, "free")
FAULT_CASE(resize, "grow", "shrink", "stretch")
FAULT_CASE(protect, "shut", "show", "let")
FAULT_CASE(windows, "begin", "end")
FAULT_CASE(check, "check")
FAULT_CASE(reserve, "reserve")
FAULT_CASE(report, "report", "budget")
FAULT_CASE(ranges, "lock", "unlock")
FAULT_CASE(random, "random")

static const struct test_case cases[] = {
    /* First: nothing of memward was used before. */
    TEST_CASE(the_start_can_be_repeated),
    /* Before keys are lost, as the model lends them again. */
    TEST_CASE(wiping_all_tells_what_it_could_not_wipe),
    TEST_CASE(what_a_ward_lost_is_not_wiped_in_a_child),
    TEST_CASE(faults_in_open),
    TEST_CASE(faults_in_close),
    TEST_CASE(faults_in_new),
    TEST_CASE(faults_in_free),
    TEST_CASE(faults_in_resize),
    TEST_CASE(faults_in_protect),
    TEST_CASE(faults_in_windows),
    TEST_CASE(faults_in_check),
    TEST_CASE(faults_in_reserve),
    TEST_CASE(faults_in_report),
    TEST_CASE(faults_in_ranges),
    TEST_CASE(faults_in_call),
    TEST_CASE(faults_in_input),
    TEST_CASE(faults_in_output),
    TEST_CASE(faults_in_random),
    TEST_CASE(faults_in_sealing),
    TEST_CASE(faults_in_other_forms),
    TEST_CASE(faults_in_decoding),
    TEST_CASE(a_child_that_cannot_lock_says_so),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
