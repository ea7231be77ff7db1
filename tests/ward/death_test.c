/* SPDX-License-Identifier: MIT */
/*
 * Misuse that shows corruption ends the process, by SIGABRT and with exactly
 * one line, or by a fault. Each row runs in a process started anew.
 */
#include "death_cases.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define PARAMETER "MEMWARD_DEATH_PARAMETER"

struct death {
	const char *child;
	const char *call;
	const char *reason;
};

#define ROW(name, call, reason) {#name, call, reason},

static const struct death deaths[] = {DEATH_ROWS(ROW)};

long parameter(void)
{
	const char *text = getenv(PARAMETER);

	return text == NULL ? 0 : strtol(text, NULL, 10);
}

int child_dies_by_itself(void)
{
	(void)fprintf(stderr, "memward: by_itself: only a test\n");
	support_crash();
}

int child_faults_by_itself(void)
{
	void *mem = NULL;

	CHECK_CODE(memward_sys_alloc(1, &mem), 0);
	CHECK_CODE(memward_sys_protect(mem, 1, MEMWARD_NO_ACCESS), 0);
	will_touch();
	(void)read_byte(mem);
	return done_touching();
}

int child_lives(void)
{
	will_touch();
	return done_touching();
}

/* What is wrong with an end, or NULL: it is the expected one. */
static const char *verdict(
    const struct death *row, const struct child_result *result)
{
	char line[200];

	if (row->call == NULL) {
		if (result->end != CHILD_FAULTED)
			return "it did not fault";
		/* The line of will_touch() and no other. */
		return strcmp(result->output, "touching\n") == 0
			   ? NULL
			   : "it faulted too early, or said something";
	}
	(void)snprintf(
	    line, sizeof(line), "memward: %s: %s\n", row->call, row->reason);
	if (result->end != CHILD_KILLED || result->code != SIGABRT)
		return "it did not abort";
	return strcmp(result->output, line) == 0 ? NULL
						 : "its last words are others";
}

static void expect_death(const struct death *row)
{
	struct child_result result = support_run_child(row->child);
	const char *wrong = verdict(row, &result);

	skip_if_cannot(&result);
	if (wrong != NULL)
		TEST_FAIL("%s: %s (ended by %d, said \"%s\")", row->child,
		    wrong, result.code, result.output);
}

/* Row 0 is the harness itself; and an end of another kind is noticed. */
static void the_harness_tells_deaths_apart(void)
{
	struct child_result alive = support_run_child("lives");
	struct child_result dead = support_run_child(deaths[0].child);
	struct child_result fault = support_run_child(deaths[1].child);

	CHECK(verdict(&deaths[0], &dead) == NULL);
	CHECK(verdict(&deaths[1], &fault) == NULL);
	CHECK(verdict(&deaths[0], &alive) != NULL);
	CHECK(verdict(&deaths[1], &alive) != NULL);
	CHECK(verdict(&deaths[0], &fault) != NULL);
	CHECK(verdict(&deaths[1], &dead) != NULL);
	CHECK(verdict(&deaths[2], &dead) != NULL);
	expect_no_fault("lives");
}

#define DEATH_CASE(name, call, reason)                          \
	static void case_##name(void)                           \
	{                                                       \
		const struct death row = {#name, call, reason}; \
                                                                \
		expect_death(&row);                             \
	}
#define LIVING_CASE(name)               \
	static void case_##name(void)   \
	{                               \
		expect_no_fault(#name); \
	}

DEATH_ROWS(DEATH_CASE)
DEATH_LIVING(LIVING_CASE)

static void expect_interior(const char *child, long offset)
{
	const struct death row = {child, "memward_free", INTERIOR};
	char text[32];

	(void)snprintf(text, sizeof(text), "%ld", offset);
	CHECK(support_set_environment(PARAMETER, text));
	expect_death(&row);
	CHECK(support_set_environment(PARAMETER, NULL));
}

/* Every 16 bytes, where a secret could begin, and odd places. */
static const long offsets[] = {
    1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 48, 64, 80, 96, 99, 100, 101, 111};

static void interior_of_packed_is_refused(void)
{
	for (size_t i = 0; i < TEST_COUNT(offsets); i++)
		expect_interior("free_packed_at_offset", offsets[i]);
}

static void interior_of_guarded_is_refused(void)
{
	for (size_t i = 0; i < TEST_COUNT(offsets); i++) {
		expect_interior("free_guarded_at_offset", offsets[i]);
		expect_interior("free_guarded_at_offset", -offsets[i]);
	}
}

#define ROW_ENTRY(name, call, reason) {#name, case_##name},
#define LIVING_ENTRY(name)            {#name, case_##name},
#define ROW_CHILD(name, call, reason) {#name, child_##name},
#define OTHER_CHILD(name)             {#name, child_##name},

static const struct test_case cases[] = {
    TEST_CASE(the_harness_tells_deaths_apart),
    DEATH_ROWS(ROW_ENTRY) DEATH_LIVING(LIVING_ENTRY)
	TEST_CASE(interior_of_packed_is_refused),
    TEST_CASE(interior_of_guarded_is_refused),
};

static const struct child_entry children[] = {
    DEATH_ROWS(ROW_CHILD) DEATH_LIVING(OTHER_CHILD) DEATH_OFFSETS(OTHER_CHILD)};

SUPPORT_LOOKS_AT_FREED

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
