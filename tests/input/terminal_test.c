/* SPDX-License-Identifier: MIT */
/* Prompts on a terminal: what is typed, what is shown, what is left. */
#include "terminal_cases.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int ask_on_descriptor(void)
{
	return ask_for(NULL, 0, ANSWER);
}

static int ask_closed(void)
{
	return ask_for(new_closed_ward(), -1, ANSWER);
}

static void a_line_is_read_and_not_shown(void)
{
	int (*const jobs[])(void) = {ask, ask_on_descriptor, ask_closed};

	for (size_t i = 0; i < TEST_COUNT(jobs); i++) {
		sit_down(jobs[i]);
		await_prompt(1);
		type(ANSWER "\n");
		expect_status(0);
		/* The line end is shown in its place. */
		await(PROMPT "\r\n", 1);
		stand_up("sesame");
	}
}

/* The control: without a prompt it is shown. */
static int read_plainly(void)
{
	char line[100];

	if (write(0, PROMPT, sizeof(PROMPT) - 1) < 0)
		return 1;
	return read(0, line, sizeof(line)) == sizeof(ANSWER) ? 0 : 1;
}

static void what_is_typed_otherwise_is_shown(void)
{
	sit_down(read_plainly);
	await(PROMPT, 1);
	type(ANSWER "\n");
	expect_status(0);
	await(ANSWER, 1);
	stand_up(NULL);
}

static int ask_empty(void)
{
	return ask_for(NULL, -1, "");
}

static int ask_edited(void)
{
	return ask_for(NULL, -1, "right");
}

static void lines_may_be_empty_and_edited(void)
{
	sit_down(ask_empty);
	await_prompt(1);
	type("\n");
	expect_status(0);
	stand_up(NULL);
	sit_down(ask_edited);
	await_prompt(1);
	/* A character, then all of it, taken back. */
	type("wrong\177x\025right\n");
	expect_status(0);
	stand_up("right");
}

static void end_of_file_is_an_error(void)
{
	static const char *const ends[] = {"\004", "half\004\004"};

	for (size_t i = 0; i < TEST_COUNT(ends); i++) {
		sit_down(ask);
		await_prompt(1);
		type(ends[i]);
		expect_status(-MEMWARD_EEND);
		stand_up("half");
	}
}

/* The status is a part of the length: it has room for no more. */
#define PART 251

static int ask_for_longest(void)
{
	void *secret = NULL;
	int rc = memward_read_tty(NULL, -1, PROMPT, SIZE_MAX, &secret);

	CHECK((rc == 0) == (secret != NULL));
	return rc == 0 ? (int)(memward_size(secret) % PART) : -rc;
}

static void type_long(int (*job)(void), size_t len, int status)
{
	char line[5002];

	memset(line, 'x', len);
	line[len] = '\n';
	line[len + 1] = '\0';
	sit_down(job);
	await_prompt(1);
	type(line);
	expect_status(status);
	/* The rest was taken too. */
	CHECK_INT(bytes_waiting(), 0);
	stand_up("xx");
}

static void lines_that_are_too_long_are_errors(void)
{
	type_long(ask, 101, -MEMWARD_ETOOLONG);
	type_long(ask_for_longest, 200, 200);
}

/* Linux' terminals take 4095 bytes of a line, and say nothing of others. */
static void lines_that_are_cut_are_errors(void)
{
	if (access("/proc/self/mem", F_OK) != 0)
		TEST_SKIP("how long lines may be is not known here");
	type_long(ask_for_longest, MEMWARD_TTY_MAX, MEMWARD_TTY_MAX % PART);
	type_long(ask_for_longest, MEMWARD_TTY_MAX + 1, -MEMWARD_ETOOLONG);
	type_long(ask_for_longest, 5000, -MEMWARD_ETOOLONG);
}

static int ask_twice(void)
{
	int before = dup(0);
	int after;
	int rc;

	CHECK_INT(close(before), 0);
	rc = ask();
	/* Nothing stays open. */
	after = dup(0);
	CHECK_INT(after, before);
	return rc != 0 ? rc : ask_for(NULL, -1, "again");
}

static void prompts_follow_each_other(void)
{
	sit_down(ask_twice);
	await_prompt(1);
	type(ANSWER "\n");
	await_prompt(2);
	type("again\n");
	expect_status(0);
	stand_up("again");
}

/* No terminal, or none any more. */

static int ask_without_terminal(void)
{
	void *secret = NULL;
	int ends[2];

	CHECK_INT(pipe(ends), 0);
	CHECK(setsid() > 0);
	CHECK_CODE(memward_read_tty(NULL, ends[0], PROMPT, 9, &secret),
	    MEMWARD_ENOTERMINAL);
	CHECK_CODE(memward_read_tty(NULL, -1, PROMPT, 9, &secret),
	    MEMWARD_ENOTERMINAL);
	/* No descriptor at all. */
	CHECK_CODE(
	    memward_read_tty(NULL, 999, PROMPT, 9, &secret), MEMWARD_ESYSTEM);
	CHECK_CODE(memward_read_tty(NULL, -1, NULL, 9, &secret), MEMWARD_ENULL);
	CHECK_CODE(memward_read_tty(NULL, -1, PROMPT, 9, NULL), MEMWARD_ENULL);
	CHECK(secret == NULL);
	return 0;
}

static void without_a_terminal_it_says_so(void)
{
	int status = -1;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		test_in_child();
		_exit(ask_without_terminal());
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK_INT(status, 0);
}

static int ask_and_lose_it(void)
{
	int rc;

	CHECK(signal(SIGHUP, SIG_IGN) != SIG_ERR);
	rc = -ask_for(NULL, 0, ANSWER);
	CHECK(rc == MEMWARD_EEND || rc == MEMWARD_ESYSTEM);
	return 0;
}

static void a_terminal_that_is_gone_is_an_error(void)
{
	int status;

	sit_down_alone(ask_and_lose_it);
	await_prompt(1);
	type("half");
	hang_up();
	CHECK_INT(end_alone(), 0);
	/* Who does not ignore the signal ends by it. */
	sit_down_alone(ask);
	await_prompt(1);
	hang_up();
	status = end_alone();
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP);
}

static const struct test_case cases[] = {
    TEST_CASE(a_line_is_read_and_not_shown),
    TEST_CASE(what_is_typed_otherwise_is_shown),
    TEST_CASE(lines_may_be_empty_and_edited),
    TEST_CASE(end_of_file_is_an_error),
    TEST_CASE(lines_that_are_too_long_are_errors),
    TEST_CASE(lines_that_are_cut_are_errors),
    TEST_CASE(prompts_follow_each_other),
    TEST_CASE(without_a_terminal_it_says_so),
    TEST_CASE(a_terminal_that_is_gone_is_an_error),
/* clang-format off */
#define TERMINAL_CASE(name) TEST_CASE(name),
    TERMINAL_SIGNAL_CASES(TERMINAL_CASE)
    /* clang-format on */
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
