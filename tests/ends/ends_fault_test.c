/* SPDX-License-Identifier: MIT */
/*
 * Ends of the process while calls of the system fail. The linker puts these
 * functions in place of the C library's.
 */
#include "ward_cases.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

int __real_sigaction(
    int signal, const struct sigaction *action, struct sigaction *old);
int __real_prctl(int option, ...);
int __real_setrlimit(int resource, const struct rlimit *limit);

int __wrap_sigaction(
    int signal, const struct sigaction *action, struct sigaction *old);
int __wrap_atexit(void (*function)(void));
int __wrap_prctl(int option, ...);
int __wrap_setrlimit(int resource, const struct rlimit *limit);

static bool counting;
static size_t calls;
static size_t fail_at;

int __wrap_sigaction(
    int signal, const struct sigaction *action, struct sigaction *old)
{
	if (counting && calls++ == fail_at) {
		errno = EPERM;
		return -1;
	}
	return __real_sigaction(signal, action, old);
}

int __wrap_atexit(void (*function)(void))
{
	(void)function;
	return -1;
}

/* As where a filter denies both ways to leave no core. */
static bool denying;

int __wrap_prctl(int option, ...)
{
	va_list rest;
	unsigned long value;

	va_start(rest, option);
	value = va_arg(rest, unsigned long);
	va_end(rest);
	errno = EPERM;
	return denying ? -1 : __real_prctl(option, value, 0L, 0L, 0L);
}

int __wrap_setrlimit(int resource, const struct rlimit *limit)
{
	errno = EPERM;
	return denying ? -1 : __real_setrlimit(resource, limit);
}

/* What is said to wipe does, and what does not is as it was. */
static int child_signals(void)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
	struct sigaction now;
	int rc;

	for (size_t i = 0; i < TEST_COUNT(signals); i++)
		CHECK(signal(signals[i], SIG_DFL) != SIG_ERR);
	for (fail_at = 0;; fail_at++) {
		calls = 0;
		counting = true;
		rc = memward_wipe_on_signals(signals, TEST_COUNT(signals));
		counting = false;
		for (size_t i = 0; i < TEST_COUNT(signals); i++) {
			CHECK_INT(sigaction(signals[i], NULL, &now), 0);
			CHECK(memward_wipes_on_signal(signals[i]) ==
			      (now.sa_handler != SIG_DFL));
			CHECK(rc != 0 || memward_wipes_on_signal(signals[i]));
		}
		memward_leave_signals();
		if (rc == 0)
			break;
	}
	/* Three times to see whether it exists, to look, and to set. */
	CHECK_INT(fail_at, 9);
	return 0;
}

static void signals_that_cannot_be_set(void)
{
	expect_success("signals");
}

static void no_room_at_exit(void)
{
	CHECK_CODE(memward_wipe_at_exit(true), MEMWARD_ENOMEM);
	CHECK_CODE(memward_wipe_at_exit(false), 0);
}

static int child_panic(void)
{
	denying = true;
	memward_panic("no way to leave no core");
}

static void panic_that_might_leave_a_core(void)
{
	struct child_result result = support_run_child("panic");

	CHECK_INT(result.end, CHILD_KILLED);
	CHECK_INT(result.code, SIGKILL);
	CHECK_STR(result.output, "memward: panic: no way to leave no core\n");
}

static const struct test_case cases[] = {
    TEST_CASE(signals_that_cannot_be_set),
    TEST_CASE(no_room_at_exit),
    TEST_CASE(panic_that_might_leave_a_core),
};

static const struct child_entry children[] = {
    {"signals", child_signals},
    {"panic", child_panic},
};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
