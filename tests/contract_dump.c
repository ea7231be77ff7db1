/* SPDX-License-Identifier: MIT */
/*
 * What stands in a real core file. The pattern is computed where it is
 * needed, byte by byte into its place, so that it stands nowhere else.
 */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>

#define PATTERN_LEN 64

static void put_pattern(unsigned char *at)
{
	uint32_t state = 0x6d656d77;

	for (size_t i = 0; i < PATTERN_LEN; i++) {
		state = state * 1664525 + 1013904223;
		write_byte(at + i, (unsigned char)(state >> 24));
	}
}

static struct core_result core_of(const char *child)
{
	unsigned char pattern[PATTERN_LEN];

	put_pattern(pattern);
	return support_core_of(child, pattern, sizeof(pattern));
}

int child_dump_plain(void)
{
	unsigned char *mem = malloc(PATTERN_LEN);

	CHECK(mem != NULL);
	put_pattern(mem);
	support_crash();
}

int child_dump_secret(void)
{
	put_pattern(new_pages(1));
	support_crash();
}

int child_dump_closed(void)
{
	unsigned char *mem = new_pages(1);

	put_pattern(mem);
	CHECK_CODE(memward_sys_protect(mem, PATTERN_LEN, MEMWARD_NO_ACCESS), 0);
	support_crash();
}

int child_dump_locked(void)
{
	unsigned char *mem = new_pages(1);

	put_pattern(mem);
	CHECK_CODE(memward_sys_lock(mem, PATTERN_LEN), 0);
	support_crash();
}

int child_dump_disabled(void)
{
	unsigned char *mem = malloc(PATTERN_LEN);

	CHECK(mem != NULL);
	put_pattern(mem);
	/* The case has looked at its result in a child of its own. */
	(void)!memward_sys_disable_core_dumps();
	support_crash();
}

/* Pages that are in core files again, after the pattern was put there. */
int child_dump_taken_in(void)
{
	unsigned char *mem = new_pages(1);

	put_pattern(mem);
	CHECK_CODE(memward_sys_set_dump(mem, 1, true), 0);
	support_crash();
}

int child_dump_left_out(void)
{
	unsigned char *mem = new_pages(1);

	put_pattern(mem);
	CHECK_CODE(memward_sys_set_dump(mem, 1, true), 0);
	CHECK_CODE(memward_sys_set_dump(mem, 1, false), 0);
	support_crash();
}

/* The control: plain memory must be seen to reach the core file. */
static void need_core(bool elsewhere_will_do)
{
	struct core_result control = core_of("dump_plain");

	if (control.outcome == CORE_ELSEWHERE && elsewhere_will_do)
		return;
	if (control.outcome == CORE_UNTESTABLE ||
	    control.outcome == CORE_ELSEWHERE)
		TEST_SKIP("no core file to search: %s", control.reason);
	if (control.outcome == CORE_NONE)
		TEST_SKIP("this system wrote no core file for the control");
	/* A core file without plain memory can prove nothing. */
	if (control.outcome == CORE_LACKS)
		TEST_SKIP("the control's core file lacks its plain memory");
}

static void check_core_lacks(const char *child)
{
	struct core_result core;

	need_feature(MEMWARD_SYS_NO_DUMP);
	need_core(false);
	core = core_of(child);
	if (core.outcome == CORE_HOLDS)
		TEST_FAIL("the core file of %s holds the secret", child);
	CHECK_INT(core.outcome, CORE_LACKS);
}

void core_lacks_secret_pages(void)
{
	check_core_lacks("dump_secret");
}

void core_lacks_closed_pages(void)
{
	check_core_lacks("dump_closed");
}

void core_lacks_locked_pages(void)
{
	need_feature(MEMWARD_SYS_LOCK);
	check_core_lacks("dump_locked");
}

void pages_are_put_into_cores_and_left_out(void)
{
	unsigned char *mem = new_pages(1);
	int rc = memward_sys_set_dump(mem, 1, false);

	free_pages(mem, 1);
	if (rc == MEMWARD_EUNSUPPORTED)
		TEST_SKIP("%s", memward_error_text(rc));
	CHECK_CODE(rc, 0);
	need_core(false);
	CHECK_INT(core_of("dump_taken_in").outcome, CORE_HOLDS);
	check_core_lacks("dump_left_out");
}

/* The exit status is the error number. */
int child_disable_code(void)
{
	return -memward_sys_disable_core_dumps();
}

int child_disable_twice(void)
{
	int first = memward_sys_disable_core_dumps();

	CHECK_CODE(memward_sys_disable_core_dumps(), first);
	return done_touching();
}

void disabled_core_dumps_leave_no_core(void)
{
	struct child_result answer = support_run_child("disable_code");

	CHECK_INT(answer.end, CHILD_EXITED);
	if (answer.code != 0 && -answer.code != MEMWARD_ECOREGLOBAL)
		TEST_SKIP("%s", memward_error_text(-answer.code));
	need_core(true);
	CHECK_INT(core_of("dump_disabled").outcome, CORE_NONE);
}

void disabling_core_dumps_can_be_repeated(void)
{
	expect_no_fault("disable_twice");
}
