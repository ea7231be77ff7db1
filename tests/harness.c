/* SPDX-License-Identifier: MIT */
#include "harness.h"

#include "memward/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum outcome { PASSED, FAILED, SKIPPED };

static const struct child_entry *children;
static size_t child_count;
static bool in_case;
static jmp_buf leave_case;
/* Why the case failed or was skipped. */
static char reason[5000];

void support_children(const struct child_entry *entries, size_t count)
{
	children = entries;
	child_count = count;
}

/* A line break inside a reason would look like a result of its own. */
static void join_lines(char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n' || *text == '\r')
			*text = ' ';
	}
}

unsigned test_rounds(unsigned usual)
{
	bool slow =
	    support_sanitizer() != NULL || getenv("MEMWARD_TEST_SLOW") != NULL;

	return slow && usual >= 8 ? usual / 8 : usual;
}

void test_in_child(void)
{
	in_case = false;
}

static _Noreturn void leave(enum outcome outcome)
{
	if (!in_case) {
		(void)fprintf(stderr, "child: %s\n", reason);
		exit(TEST_CHILD_FAILED);
	}
	join_lines(reason);
	longjmp(leave_case, (int)outcome);
}

void test_fail(const char *file, int line, const char *format, ...)
{
	const char *slash = strrchr(file, '/');
	va_list args;
	int n;

	n = snprintf(reason, sizeof(reason),
	    "%s:%d: ", slash == NULL ? file : slash + 1, line);
	if (n < 0 || (size_t)n >= sizeof(reason))
		n = 0;
	va_start(args, format);
	(void)vsnprintf(reason + n, sizeof(reason) - (size_t)n, format, args);
	va_end(args);
	leave(FAILED);
}

void test_skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	leave(SKIPPED);
}

void test_check_int(const char *file, int line, const char *what,
    long long actual, long long expected)
{
	if (actual != expected)
		test_fail(
		    file, line, "%s is %lld, not %lld", what, actual, expected);
}

void test_check_code(
    const char *file, int line, const char *what, int actual, int expected)
{
	if (actual != expected)
		test_fail(file, line, "%s is %s (%d), not %s", what,
		    memward_error_name(actual), actual,
		    memward_error_name(expected));
}

void test_check_str(const char *file, int line, const char *what,
    const char *actual, const char *expected)
{
	if (actual == NULL || expected == NULL) {
		if (actual != expected)
			test_fail(file, line, "%s is %s, not %s", what,
			    actual == NULL ? "NULL" : actual,
			    expected == NULL ? "NULL" : expected);
		return;
	}
	if (strcmp(actual, expected) != 0)
		test_fail(file, line, "%s is \"%s\", not \"%s\"", what, actual,
		    expected);
}

static int run_child(const char *name)
{
	for (size_t i = 0; i < child_count; i++) {
		if (strcmp(children[i].name, name) == 0)
			return children[i].run();
	}
	(void)fprintf(stderr, "no child is named %s\n", name);
	return TEST_CHILD_FAILED;
}

static enum outcome run_case(const struct test_case *test)
{
	switch (setjmp(leave_case)) {
	case 0:
		in_case = true;
		test->run();
		in_case = false;
		printf("ok %s\n", test->name);
		return PASSED;
	case SKIPPED:
		in_case = false;
		printf("skip %s: %s\n", test->name, reason);
		return SKIPPED;
	default:
		in_case = false;
		printf("not ok %s: %s\n", test->name, reason);
		return FAILED;
	}
}

static bool is_wanted(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], name) == 0)
			return true;
	}
	return argc <= 1;
}

/* The file name of the program, without folder and ".exe". */
static void print_program(const char *path)
{
	const char *name = path;
	size_t len;

	for (; *path != '\0'; path++) {
		if (*path == '/' || *path == '\\')
			name = path + 1;
	}
	len = strlen(name);
	if (len > 4 && strcmp(name + len - 4, ".exe") == 0)
		len -= 4;
	printf("%.*s", (int)len, name);
}

int test_main(
    int argc, char **argv, const struct test_case *cases, size_t count)
{
	size_t tally[3] = {0, 0, 0};

	support_begin(argv[0]);
	if (argc == 3 && strcmp(argv[1], "--child") == 0)
		return run_child(argv[2]);
	for (size_t i = 0; i < count; i++) {
		if (!is_wanted(cases[i].name, argc, argv))
			continue;
		tally[run_case(&cases[i])]++;
		/* Children write to the same place. */
		(void)fflush(stdout);
	}
	if (tally[PASSED] + tally[FAILED] + tally[SKIPPED] == 0) {
		printf("not ok no case has that name\n");
		tally[FAILED]++;
	}
	print_program(argv[0]);
	printf(": %zu passed, %zu failed, %zu skipped\n", tally[PASSED],
	    tally[FAILED], tally[SKIPPED]);
	return tally[FAILED] == 0 ? 0 : 1;
}
