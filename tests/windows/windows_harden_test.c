/* SPDX-License-Identifier: MIT */
/* memward_harden() on the model of Windows. */
#include "harness.h"
#include "model.h"

#include "memward.h"

#define NO_TRACE (uint32_t) MEMWARD_HARDEN_NO_TRACE
#define NO_CORES (uint32_t) MEMWARD_HARDEN_NO_CORES
#define ALL      ((UINT32_C(1) << MEMWARD_HARDEN_COUNT) - 1)

static memward_hardening harden(uint32_t items, int expected)
{
	memward_hardening hardening = MEMWARD_HARDENING_INIT;

	CHECK_CODE(memward_harden(items, &hardening), expected);
	return hardening;
}

static void nothing_is_imposed(void)
{
	model_reset();
	CHECK_INT(harden(0, 0).obtained, 0);
	CHECK(!model.listed);
	CHECK_INT(model.wer_flags, 0);
	CHECK_INT(model.error_mode, 0);
}

static void an_access_list_keeps_others_out(void)
{
	memward_hardening got;

	model_reset();
	for (int i = 0; i < 2; i++) {
		got = harden(NO_TRACE, 0);
		CHECK_INT(got.obtained, NO_TRACE);
	}
	CHECK(model.listed);
	/* Neither memory nor the list; but it can be ended and waited for. */
	CHECK_INT(model.owner_may &
		      (PROCESS_VM_READ | PROCESS_VM_WRITE |
			  PROCESS_VM_OPERATION | PROCESS_DUP_HANDLE |
			  WRITE_DAC | WRITE_OWNER | PROCESS_CREATE_THREAD),
	    0);
	CHECK_INT(model.owner_may & (PROCESS_TERMINATE | SYNCHRONIZE),
	    PROCESS_TERMINATE | SYNCHRONIZE);
	CHECK_INT(harden(0, 0).obtained, NO_TRACE);
}

/* Then others of the same user who have it come in as well. */
static void a_privilege_that_passes_lists_is_told(void)
{
	model_reset();
	model.may_debug = true;
	CHECK_CODE(harden(NO_TRACE, MEMWARD_ETRACEABLE).answer[1].reason,
	    MEMWARD_ETRACEABLE);
}

static void reports_are_turned_off(void)
{
	model_reset();
	CHECK_INT(harden(NO_CORES, 0).obtained, NO_CORES);
	CHECK_INT(harden(0, 0).obtained, NO_CORES);
	model_reset();
	model.has_flags = false;
	(void)harden(NO_CORES, MEMWARD_EUNSUPPORTED);
}

static void the_rest_is_not_there(void)
{
	memward_hardening got;

	model_reset();
	got = harden(ALL, MEMWARD_EUNSUPPORTED);
	CHECK_INT(got.obtained, NO_TRACE | NO_CORES);
	CHECK_CODE(got.answer[0].reason, MEMWARD_EUNSUPPORTED);
	CHECK_CODE(got.answer[3].reason, MEMWARD_EUNSUPPORTED);
}

static bool fail_one(size_t nth, DWORD error)
{
	memward_hardening got;

	model_reset();
	model_fail(nth, error);
	got = harden(ALL, MEMWARD_EUNSUPPORTED);
	for (size_t i = 0; i < MEMWARD_HARDEN_COUNT; i++)
		CHECK_INT(
		    got.answer[i].reason == 0, (got.obtained >> i & 1) != 0);
	CHECK((got.obtained & NO_TRACE) == 0 || model.listed);
	CHECK((got.obtained & NO_CORES) == 0 || model.wer_flags != 0);
	/* A trial that is refused for a reason of its own proves nothing. */
	if (model.failed == MODEL_SECURITY ||
	    (model.failed == MODEL_OPEN && error != ERROR_ACCESS_DENIED))
		CHECK_INT(got.obtained & NO_TRACE, 0);
	return model.failed != MODEL_NONE;
}

static void every_call_fails_in_turn(void)
{
	static const DWORD errors[] = {ERROR_ACCESS_DENIED,
	    ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY};

	for (size_t e = 0; e < TEST_COUNT(errors); e++) {
		size_t nth = 1;

		while (fail_one(nth, errors[e]))
			nth++;
		CHECK(nth > 4);
	}
}

static const struct test_case cases[] = {
    TEST_CASE(nothing_is_imposed),
    TEST_CASE(an_access_list_keeps_others_out),
    TEST_CASE(a_privilege_that_passes_lists_is_told),
    TEST_CASE(reports_are_turned_off),
    TEST_CASE(the_rest_is_not_there),
    TEST_CASE(every_call_fails_in_turn),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
