/* SPDX-License-Identifier: MIT */
/*
 * The test harness: a table of cases, checks that print both sides, skips
 * that give a reason. A failed check or a skip leaves the case at once, from
 * any depth of calls, so checks belong to the thread that runs the case.
 *
 * Every case prints one line, "ok NAME", "not ok NAME: why" or
 * "skip NAME: reason", and the program ends with exactly one line
 * "PROGRAM: N passed, N failed, N skipped".
 */
#ifndef MW_TESTS_HARNESS_H
#define MW_TESTS_HARNESS_H

#include "support.h"

#include <stddef.h>
#include <stdio.h>

#if defined(__MINGW_PRINTF_FORMAT)
/* The C library's own formats, not those of the old Windows one. */
#define TEST_PRINTF(text, first) \
	__attribute__((format(__MINGW_PRINTF_FORMAT, text, first)))
#elif defined(__GNUC__)
#define TEST_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define TEST_PRINTF(text, first)
#endif

struct test_case {
	const char *name;
	void (*run)(void);
};

#define TEST_CASE(function)           \
	{                             \
#function, (function) \
	}
#define TEST_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * Runs the cases, or only those that argv names. With "--child NAME" runs
 * that child instead and returns its result. The result is for main.
 */
int test_main(
    int argc, char **argv, const struct test_case *cases, size_t count);

/*
 * How often to do what is done `usual` times: fewer where all is much slower,
 * under a sanitizer and where MEMWARD_TEST_SLOW is set, as on a processor
 * that is emulated.
 */
unsigned test_rounds(unsigned usual);

/*
 * Ends the case as failed or skipped. Inside a child, both end the process
 * with the exit status TEST_CHILD_FAILED, after printing the reason.
 */
#define TEST_CHILD_FAILED 99
/* For a child made by fork in a case: it is one of the above from now on. */
void test_in_child(void);

_Noreturn void test_fail(const char *file, int line, const char *format, ...)
    TEST_PRINTF(3, 4);
_Noreturn void test_skip(const char *format, ...) TEST_PRINTF(1, 2);

#define TEST_SKIP(...) test_skip(__VA_ARGS__)
#define TEST_FAIL(...) test_fail(__FILE__, __LINE__, __VA_ARGS__)

#define CHECK(condition)  \
	((condition)      \
		? (void)0 \
		: test_fail(__FILE__, __LINE__, "%s is false", #condition))
#define CHECK_INT(actual, expected)                                      \
	test_check_int(__FILE__, __LINE__, #actual, (long long)(actual), \
	    (long long)(expected))
/* Error codes of memward, printed by name. */
#define CHECK_CODE(actual, expected) \
	test_check_code(__FILE__, __LINE__, #actual, (actual), (expected))
#define CHECK_STR(actual, expected) \
	test_check_str(__FILE__, __LINE__, #actual, (actual), (expected))

void test_check_int(const char *file, int line, const char *what,
    long long actual, long long expected);
void test_check_code(
    const char *file, int line, const char *what, int actual, int expected);
void test_check_str(const char *file, int line, const char *what,
    const char *actual, const char *expected);

#endif
