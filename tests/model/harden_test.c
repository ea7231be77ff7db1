/* SPDX-License-Identifier: MIT */
/*
 * memward_harden() on the model of one Unix: what each system is asked for,
 * what old kernels and other states of the process answer, and every call
 * failing in turn.
 */
#include "harness.h"
#include "model.h"

#include "memward.h"

#include <errno.h>
#include <string.h>

#define NOT_DUMPABLE (uint32_t) MEMWARD_HARDEN_NOT_DUMPABLE
#define NO_TRACE     (uint32_t) MEMWARD_HARDEN_NO_TRACE
#define NO_CORES     (uint32_t) MEMWARD_HARDEN_NO_CORES
#define NO_MERGE     (uint32_t) MEMWARD_HARDEN_NO_MERGE
#define ALL          (NOT_DUMPABLE | NO_TRACE | NO_CORES | NO_MERGE)

/* Rows of the table in systems.c that are one system. */
#define LINUXES                                                               \
	(1u << LINUX | 1u << LINUX_16K | 1u << LINUX_64K | 1u << LINUX_KEYS | \
	    1u << EMULATOR)
#define NEVER_MERGE (~LINUXES)
/* Systems that say whether the process is being traced. */
#define TRACED (1u << FREEBSD | 1u << MACOS)

static bool is_one_of(unsigned systems)
{
	return (systems >> MODEL_SYSTEM & 1) != 0;
}

static memward_hardening harden(uint32_t items, int expected)
{
	memward_hardening hardening = MEMWARD_HARDENING_INIT;

	CHECK_CODE(memward_harden(items, &hardening), expected);
	CHECK_INT(model_open_files(), 0);
	return hardening;
}

static memward_hardening look(void)
{
	return harden(0, 0);
}

/* What is obtained with all asked for, in a new process of each system. */
static const struct {
	uint32_t obtained;
	int code;      /* the answer of the call */
	uint32_t told; /* of the obtained, what can be read back later */
} expected[] = {
    [FREEBSD] = {ALL & ~NOT_DUMPABLE, MEMWARD_EUNSUPPORTED,
	ALL & ~NOT_DUMPABLE},
    [NETBSD] = {NO_CORES | NO_MERGE, MEMWARD_EUNSUPPORTED, NO_CORES | NO_MERGE},
    [OPENBSD] = {ALL & ~NOT_DUMPABLE, MEMWARD_EUNSUPPORTED,
	ALL & ~NOT_DUMPABLE},
    [MACOS] = {ALL & ~NOT_DUMPABLE, MEMWARD_EUNSUPPORTED, NO_CORES | NO_MERGE},
    /* Global core files: ECOREGLOBAL. */
    [SOLARIS] = {NO_TRACE | NO_MERGE, MEMWARD_EUNSUPPORTED, NO_MERGE},
    [ILLUMOS] = {NO_TRACE | NO_MERGE, MEMWARD_EUNSUPPORTED, NO_MERGE},
    [LINUX] = {ALL, 0, ALL},
    [LINUX_16K] = {ALL, 0, ALL},
    [LINUX_64K] = {ALL, 0, ALL},
    [LINUX_KEYS] = {ALL, 0, ALL},
    [EMULATOR] = {ALL, 0, ALL},
};

static void nothing_is_imposed(void)
{
	memward_hardening now;

	model_fresh();
	model_process.merging = true;
	now = look();
	CHECK_INT(now.obtained & ~(NO_TRACE | NO_MERGE), 0);
	CHECK_INT((now.obtained & NO_MERGE) != 0, is_one_of(NEVER_MERGE));
	/* OpenBSD is so from the start. */
	CHECK_INT((now.obtained & NO_TRACE) != 0, is_one_of(1u << OPENBSD));
	CHECK(model_process.merging && model_process.dumpable == 1);
	CHECK(!model_process.untraceable);
	CHECK_INT(model_find(MODEL_SETRLIMIT, 0), model_count());
	for (size_t i = 0; i < MEMWARD_HARDEN_COUNT; i++)
		CHECK(now.answer[i].reason == 0 ||
		      now.answer[i].reason == MEMWARD_EUNSUPPORTED);
}

static void all_that_the_system_has_is_obtained(void)
{
	memward_hardening got;

	model_fresh();
	model_process.merging = true;
	/* Asking again is harmless. */
	for (int i = 0; i < 2; i++) {
		got = harden(ALL, expected[MODEL_SYSTEM].code);
		CHECK_INT(got.obtained, expected[MODEL_SYSTEM].obtained);
	}
	CHECK_INT(look().obtained, expected[MODEL_SYSTEM].told);
	for (size_t i = 0; i < MEMWARD_HARDEN_COUNT; i++)
		CHECK_INT(
		    got.answer[i].reason == 0, (got.obtained >> i & 1) != 0);
	if (is_one_of(LINUXES))
		CHECK(model_process.dumpable == 0 && !model_process.merging);
	if (is_one_of(
		1u << FREEBSD | 1u << MACOS | 1u << SOLARIS | 1u << ILLUMOS))
		CHECK(model_process.untraceable);
}

/* One item each, the others untouched. */
static void each_item_is_asked_for_by_itself(void)
{
	memward_hardening got;

	for (uint32_t item = 1; item < ALL; item <<= 1) {
		bool has = (expected[MODEL_SYSTEM].obtained & item) != 0;
		memward_hardening before;

		model_fresh();
		model_process.merging = true;
		model_process.trace_scope = '1';
		before = look();
		got = (memward_hardening)MEMWARD_HARDENING_INIT;
		CHECK_INT(memward_harden(item, &got) == 0, has);
		CHECK_INT((got.obtained & item) != 0, has);
		/* What follows of it, on Linux: no dumps, no cores, no trace */
		if (item != NOT_DUMPABLE)
			CHECK_INT(
			    got.obtained & ~item, before.obtained & ~item);
	}
}

/* A debugger at work: an error, and the process lives. */
static void a_traced_process_is_told(void)
{
	memward_hardening got;

	model_fresh();
	model_process.traced = true;
	got = harden(NO_TRACE, MEMWARD_ETRACED);
	CHECK_CODE(got.answer[1].reason, MEMWARD_ETRACED);
	CHECK(!model_process.untraceable);
	model_process.traced = false;
	CHECK_INT(harden(NO_TRACE, 0).obtained & NO_TRACE, NO_TRACE);
}

static void others_may_trace_and_that_is_told(void)
{
	model_fresh();
	model_process.global_ptrace = 1;
	if (is_one_of(LINUXES | 1u << OPENBSD))
		CHECK_INT(
		    harden(NO_TRACE, MEMWARD_ETRACEABLE).obtained & NO_TRACE,
		    0);
	else
		TEST_SKIP("nothing of the whole system decides here");
}

/* Yama.rst: scope by scope, asked for and looked at. */
static void yama_is_believed_where_it_holds(void)
{
	static const struct {
		char scope;
		int code;     /* of asking */
		bool is_told; /* without asking */
	} rows[] = {
	    {'\0', MEMWARD_ETRACEABLE, false},
	    {'0', MEMWARD_ETRACEABLE, false},
	    {'1', 0, false},
	    {'2', 0, true},
	    {'3', 0, true},
	    {'x', MEMWARD_ETRACEABLE, false},
	};

	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		model_fresh();
		model_process.trace_scope = rows[i].scope;
		model_process.tracer_let = true;
		CHECK_INT((look().obtained & NO_TRACE) != 0, rows[i].is_told);
		CHECK(model_process.tracer_let);
		(void)harden(NO_TRACE, rows[i].code);
		CHECK_INT(model_process.tracer_let, rows[i].scope != '1');
		CHECK_INT(model_process.dumpable, 1);
		/* The stronger item answers for the weaker one. */
		(void)harden(NO_TRACE | NOT_DUMPABLE, 0);
	}
}

/* A socket takes cores in spite of limits, but none is made. */
static void no_core_goes_to_a_socket(void)
{
	memward_hardening got;
	uint64_t soft;
	uint64_t hard;

	model_fresh();
	model_set_core_handler("@/run/handler");
	got = harden(NO_CORES, MEMWARD_ECORESOCKET);
	CHECK_INT(got.obtained & NO_CORES, 0);
	CHECK_CODE(got.answer[2].reason, MEMWARD_ECORESOCKET);
	got = harden(NO_CORES | NOT_DUMPABLE, 0);
	CHECK_INT(got.obtained & NO_CORES, NO_CORES);
	model_get_core_limit(&soft, &hard);
	CHECK_INT(soft, 0);
	/* A pipe, and a limit that cannot be raised to the 1 that stops it. */
	model_fresh();
	model_set_core_handler("|/bin/handler");
	model_set_core_limit(0, 0);
	model_set_privileged(false);
	(void)harden(NO_CORES, MEMWARD_ECOREPIPE);
	(void)harden(NO_CORES | NOT_DUMPABLE, 0);
}

/* prctl(2): EINVAL before Linux 6.4, or without CONFIG_KSM. */
static void a_kernel_without_merging_says_so(void)
{
	for (int option = 67; option <= 68; option++) {
		model_fresh();
		model_refuse(option);
		CHECK_CODE(
		    harden(NO_MERGE, MEMWARD_EUNSUPPORTED).answer[3].reason,
		    MEMWARD_EUNSUPPORTED);
	}
}

/* Who says yes and does nothing is found out where it can be read back. */
static void pretence_is_found_out(void)
{
	memward_hardening got = MEMWARD_HARDENING_INIT;

	model_fresh();
	model_process.pretends = true;
	model_process.merging = true;
	CHECK(memward_harden(ALL & ~NO_CORES, &got) != 0);
	CHECK_INT(got.obtained & (NOT_DUMPABLE | NO_TRACE), 0);
	CHECK_INT((got.obtained & NO_MERGE) != 0, is_one_of(NEVER_MERGE));
	CHECK_CODE(got.answer[1].reason, MEMWARD_ETRACEABLE);
}

static void wrong_arguments_change_nothing(void)
{
	memward_hardening small = {.size = sizeof(small) - 1};

	model_fresh();
	CHECK_CODE(memward_harden(ALL + 1, NULL), MEMWARD_EVALUE);
	CHECK_CODE(memward_harden(ALL, &small), MEMWARD_EVALUE);
	CHECK_INT(model_count(), 0);
	CHECK_CODE(memward_harden(0, NULL), 0);
	CHECK_CODE(memward_harden(NO_MERGE, NULL), 0);
}

/* What was said to hold, by the model's own account. */
static bool holds(uint32_t item)
{
	uint64_t soft;
	uint64_t hard;

	switch (item) {
	case NOT_DUMPABLE:
		return model_process.dumpable == 0;
	case NO_TRACE:
		return model_process.untraceable ||
		       (is_one_of(LINUXES) && model_process.dumpable == 0) ||
		       (is_one_of(1u << OPENBSD) &&
			   model_process.global_ptrace == 0);
	case NO_CORES:
		model_get_core_limit(&soft, &hard);
		return soft <= 1 || model_process.dumpable == 0;
	default:
		return !model_process.merging || is_one_of(NEVER_MERGE);
	}
}

/* False: there are fewer calls. */
static bool fail_one(size_t nth, int err)
{
	memward_hardening got = MEMWARD_HARDENING_INIT;
	int code;

	model_fresh();
	model_process.merging = true;
	model_fail(nth, err, false);
	errno = 0;
	code = memward_harden(ALL, &got);
	CHECK_INT(model_open_files(), 0);
	CHECK(code <= 0);
	for (size_t i = 0; i < MEMWARD_HARDEN_COUNT; i++) {
		bool obtained = (got.obtained >> i & 1) != 0;

		CHECK_INT(got.answer[i].reason == 0, obtained);
		CHECK(!obtained || holds(UINT32_C(1) << i));
	}
	CHECK(got.obtained == ALL || code != 0);
	if (!model_has_failed())
		CHECK_INT(got.obtained, expected[MODEL_SYSTEM].obtained);
	return model_has_failed();
}

static void every_call_fails_in_turn(void)
{
	static const int errors[] = {EPERM, EINVAL, ENOSYS, EACCES, ENOMEM};

	for (size_t e = 0; e < TEST_COUNT(errors); e++) {
		for (size_t nth = 0; fail_one(nth, errors[e]); nth++)
			continue;
	}
}

#define EVERYWHERE (~0u)

/* A case, and the systems that it says something about. */
static const struct {
	unsigned systems;
	struct test_case test;
} known[] = {
    {EVERYWHERE, TEST_CASE(nothing_is_imposed)},
    {EVERYWHERE, TEST_CASE(all_that_the_system_has_is_obtained)},
    {EVERYWHERE, TEST_CASE(each_item_is_asked_for_by_itself)},
    {TRACED, TEST_CASE(a_traced_process_is_told)},
    {LINUXES | 1u << OPENBSD, TEST_CASE(others_may_trace_and_that_is_told)},
    {LINUXES, TEST_CASE(yama_is_believed_where_it_holds)},
    {LINUXES, TEST_CASE(no_core_goes_to_a_socket)},
    {LINUXES, TEST_CASE(a_kernel_without_merging_says_so)},
    {LINUXES | 1u << FREEBSD, TEST_CASE(pretence_is_found_out)},
    {EVERYWHERE, TEST_CASE(wrong_arguments_change_nothing)},
    {EVERYWHERE, TEST_CASE(every_call_fails_in_turn)},
};

int main(int argc, char **argv)
{
	struct test_case cases[TEST_COUNT(known)];
	size_t count = 0;

	for (size_t i = 0; i < TEST_COUNT(known); i++) {
		if (is_one_of(known[i].systems))
			cases[count++] = known[i].test;
	}
	return test_main(argc, argv, cases, count);
}
