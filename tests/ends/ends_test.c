/* SPDX-License-Identifier: MIT */
/*
 * Wiping as the process ends. Each in a process of its own: a handler that
 * wipes is the whole process's, and there is no way back.
 */
#include "ends_cases.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

unsigned char *kept;

void keep_one(void)
{
	memward_policy policy = unlocked_policy();

	kept = new_secret(new_ward(&policy), 100);
	memset(kept, FILLED, 100);
}

bool is_kept(void)
{
	return holds(kept, 100, FILLED);
}

bool is_gone(void)
{
	return holds(kept, 100, 0);
}

void set_handler(int signal, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};

	CHECK_INT(sigemptyset(&action.sa_mask), 0);
	CHECK_INT(sigaction(signal, &action, NULL), 0);
}

void ask_for(int signal)
{
	CHECK_CODE(memward_wipe_on_signals(&signal, 1), 0);
}

/* The last word of a process that is about to end; its status says more. */
void tell(const char *word)
{
	ssize_t n = write(STDOUT_FILENO, word, strlen(word));

	(void)n;
}

void expect_killed(const char *child, int signal, const char *output)
{
	struct child_result result = support_run_child(child);

	skip_if_cannot(&result);
	if (result.end == CHILD_EXITED || result.code != signal)
		TEST_FAIL("%s ended by %d, not by signal %d: %s", child,
		    result.code, signal, result.output);
	CHECK_STR(result.output, output);
}

static void expect_output(const char *child, const char *output)
{
	struct child_result result = support_run_child(child);

	skip_if_cannot(&result);
	CHECK_INT(result.end, CHILD_EXITED);
	CHECK_INT(result.code, 0);
	CHECK_STR(result.output, output);
}

/* Nothing at load, nothing with the first secret. */
static int child_nothing_unasked(void)
{
	struct sigaction now;

	keep_one();
	for (int signal = 1; signal < 32; signal++) {
		CHECK_INT(sigaction(signal, NULL, &now), 0);
		CHECK(now.sa_handler == SIG_DFL || now.sa_handler == SIG_IGN);
		CHECK(!memward_wipes_on_signal(signal));
	}
	return 0;
}

static void nothing_happens_unasked(void)
{
	const char *sanitizer = support_sanitizer();

	if (sanitizer != NULL)
		TEST_SKIP("the sanitizer has handlers of its own");
	expect_success("nothing_unasked");
}

static void tell_at_exit(void)
{
	tell(is_gone() ? "gone" : is_kept() ? "kept" : "odd");
}

static int child_exit_wiping(void)
{
	keep_one();
	if (atexit(tell_at_exit) != 0)
		child_cannot("no room for atexit()");
	CHECK_CODE(memward_wipe_at_exit(true), 0);
	CHECK_CODE(memward_wipe_at_exit(true), 0);
	return 0;
}

static int child_exit_taken_back(void)
{
	(void)child_exit_wiping();
	CHECK_CODE(memward_wipe_at_exit(false), 0);
	return 0;
}

static int child_exit_again(void)
{
	(void)child_exit_taken_back();
	CHECK_CODE(memward_wipe_at_exit(true), 0);
	return 0;
}

static int child_exit_without(void)
{
	keep_one();
	if (atexit(tell_at_exit) != 0)
		child_cannot("no room for atexit()");
	return 0;
}

static void exit_wipes_when_asked(void)
{
	expect_output("exit_without", "kept");
	expect_output("exit_wiping", "gone");
	expect_output("exit_taken_back", "kept");
	expect_output("exit_again", "gone");
}

static void never(int signal)
{
	(void)signal;
	tell("called");
}

/* Neither handlers nor a blocked signal keep it from ending. */
static int child_panic(void)
{
	sigset_t all;

	keep_one();
	set_handler(SIGABRT, never);
	(void)atexit(tell_at_exit);
	CHECK_INT(sigfillset(&all), 0);
	CHECK_INT(pthread_sigmask(SIG_BLOCK, &all, NULL), 0);
	memward_panic("the key leaked");
}

static int child_panic_long(void)
{
	static char reason[1000];

	memset(reason, 'x', sizeof(reason) - 1);
	memward_panic(reason);
}

static int child_panic_silently(void)
{
	memward_panic(NULL);
}

static void panic_in_handler(int signal)
{
	(void)signal;
	memward_panic("in a handler");
}

static int child_panic_in_handler(void)
{
	keep_one();
	set_handler(SIGSEGV, panic_in_handler);
	CHECK_INT(raise(SIGSEGV), 0);
	return 0;
}

static void panic_says_why_and_aborts(void)
{
	expect_killed("panic", SIGABRT, "memward: panic: the key leaked\n");
	expect_killed("panic_silently", SIGABRT,
	    "memward: panic: all secrets are wiped\n");
	expect_killed(
	    "panic_in_handler", SIGABRT, "memward: panic: in a handler\n");
}

static void a_long_reason_is_cut(void)
{
	struct child_result result = support_run_child("panic_long");
	size_t len = strlen(result.output);

	CHECK_INT(result.code, SIGABRT);
	CHECK(len < 200 && result.output[len - 1] == '\n');
	CHECK(strncmp(result.output, "memward: panic: xxxx", 20) == 0);
}

#define CASE_ENTRY(name) TEST_CASE(name),

static const struct test_case cases[] = {TEST_CASE(nothing_happens_unasked),
    TEST_CASE(exit_wipes_when_asked), TEST_CASE(panic_says_why_and_aborts),
    TEST_CASE(a_long_reason_is_cut), ENDS_CASES(CASE_ENTRY)};

#define CHILD(name)                 \
	{                           \
#name, child_##name \
	}
#define CHILD_ENTRY(name) CHILD(name),

static const struct child_entry children[] = {CHILD(nothing_unasked),
    CHILD(exit_wiping), CHILD(exit_taken_back), CHILD(exit_again),
    CHILD(exit_without), CHILD(panic), CHILD(panic_long), CHILD(panic_silently),
    CHILD(panic_in_handler), ENDS_CHILDREN(CHILD_ENTRY)};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
