/* SPDX-License-Identifier: MIT */
/* Signals while a prompt waits. */
#include "terminal_cases.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static const int ending[] = {SIGALRM, SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM,
    SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, SIGXCPU, SIGXFSZ};
#define TAKEN 6 /* of them, also from a handler */

/* While a line is half typed; nothing of it is left for whoever reads next. */
void signals_that_end_it_leave_the_terminal_as_it_was(void)
{
	for (size_t i = 0; i < TEST_COUNT(ending); i++) {
		sit_down(ask);
		await_prompt(1);
		type("half");
		send_signal(ending[i]);
		expect_signal(ending[i]);
		type("\n");
		await("\r\n", 2);
		CHECK_INT(bytes_waiting(), 1);
		stand_up("half");
	}
}

void keys_that_end_it_leave_the_terminal_as_it_was(void)
{
	static const struct {
		const char *key;
		int signal;
	} keys[] = {{"\003", SIGINT}, {"\034", SIGQUIT}};

	for (size_t i = 0; i < TEST_COUNT(keys); i++) {
		sit_down(ask);
		await_prompt(1);
		type("half");
		type(keys[i].key);
		expect_signal(keys[i].signal);
		stand_up("half");
	}
}

/* The control: SIGKILL cannot be taken, and these tests see what it leaves. */
void what_cannot_be_taken_leaves_it_silent(void)
{
	sit_down(ask);
	await_prompt(1);
	send_signal(SIGKILL);
	await("signal 9.", 1);
	CHECK(!is_as_before());
	stand_up(NULL);
}

static volatile sig_atomic_t handled;
static volatile sig_atomic_t shown;

static void handle(int number)
{
	struct termios now;

	(void)number;
	handled++;
	/* Of what a handler may call. */
	shown = tcgetattr(0, &now) == 0 && (now.c_lflag & (tcflag_t)ECHO) != 0;
}

static void handle_signal(int number)
{
	struct sigaction action = {.sa_handler = handle};

	/* One within another would count while the other does: one is lost. */
	CHECK_INT(sigfillset(&action.sa_mask), 0);
	CHECK_INT(sigaction(number, &action, NULL), 0);
}

static int handled_signal;

static int ask_with_handler(void)
{
	struct sigaction now;

	handle_signal(handled_signal);
	CHECK_CODE(-ask(), MEMWARD_EINTERRUPTED);
	CHECK_INT(handled, 1);
	CHECK_INT(shown, 1);
	CHECK_INT(sigaction(handled_signal, NULL, &now), 0);
	CHECK(now.sa_handler == handle);
	return 0;
}

void handlers_run_when_the_terminal_is_back(void)
{
	for (size_t i = 0; i < TAKEN; i++) {
		handled_signal = ending[i];
		sit_down(ask_with_handler);
		await_prompt(1);
		type("half");
		send_signal(handled_signal);
		expect_status(0);
		stand_up("half");
	}
}

static int ask_with_other_handlers(void)
{
	handle_signal(SIGUSR1);
	handle_signal(SIGPROF);
	CHECK_INT(ask(), 0);
	CHECK_INT(handled, 2);
	CHECK_INT(shown, 0);
	return 0;
}

/* Those of a profiler, say. */
void other_handlers_do_not_end_it(void)
{
	sit_down(ask_with_other_handlers);
	await_prompt(1);
	send_signal(SIGUSR1);
	type("open ");
	send_signal(SIGPROF);
	type("sesame\n");
	expect_status(0);
	stand_up("sesame");
}

static int ask_ignoring(void)
{
	for (size_t i = 0; i < TEST_COUNT(ending); i++)
		CHECK(signal(ending[i], SIG_IGN) != SIG_ERR);
	return ask();
}

void ignored_signals_stay_ignored(void)
{
	sit_down(ask_ignoring);
	await_prompt(1);
	type("open ");
	for (size_t i = 0; i < TEST_COUNT(ending); i++)
		send_signal(ending[i]);
	type("sesame\n");
	expect_status(0);
	stand_up("sesame");
}

/* By ^Z, and by the signals themselves. */
void a_prompt_that_was_stopped_is_begun_anew(void)
{
	static const int signals[] = {0, SIGTSTP, SIGTTIN, SIGTTOU};

	for (size_t i = 0; i < TEST_COUNT(signals); i++) {
		sit_down(ask);
		await_prompt(1);
		type("half");
		if (signals[i] == 0)
			type("\032");
		else
			send_signal(signals[i]);
		await("stopped, shown.", 1);
		await_prompt(2);
		type(ANSWER "\n");
		expect_status(0);
		stand_up("half");
	}
}

/* SIGSTOP cannot be taken; but that the process goes on can be. */
void a_shell_may_have_set_the_terminal_meanwhile(void)
{
	sit_down(ask);
	await_prompt(1);
	type("half");
	send_signal(SIGSTOP);
	await("stopped, hidden.", 1);
	await_prompt(2);
	type(ANSWER "\n");
	expect_status(0);
	stand_up("sesame");
}

/* Back to the leader: now this is in the background. */
static int ask_in_background(void)
{
	CHECK(signal(SIGTTOU, SIG_IGN) != SIG_ERR);
	CHECK_INT(tcsetpgrp(0, getppid()), 0);
	CHECK(signal(SIGTTOU, SIG_DFL) != SIG_ERR);
	return ask();
}

void in_the_background_it_stops_first(void)
{
	sit_down(ask_in_background);
	await("stopped, shown.", 1);
	await_prompt(1);
	type(ANSWER "\n");
	expect_status(0);
	stand_up("sesame");
}

static void wait_until_hidden(void)
{
	struct termios now;

	while (tcgetattr(0, &now) == 0 && (now.c_lflag & (tcflag_t)ECHO) != 0)
		support_pause();
}

static void write_nowhere(void *unused)
{
	volatile char *nowhere = unused;

	wait_until_hidden();
	*nowhere = 1;
}

static void abort_at_once(void *unused)
{
	(void)unused;
	wait_until_hidden();
	abort();
}

static int ask_beside_bug(void)
{
	CHECK(support_start(write_nowhere, NULL) != NULL);
	return ask();
}

static int ask_beside_abort(void)
{
	CHECK(support_start(abort_at_once, NULL) != NULL);
	return ask();
}

/* With handlers of memward's own there, which wipe. */
static int ask_beside_bug_wiping(void)
{
	CHECK_CODE(memward_wipe_on_signals(NULL, 0), 0);
	return ask_beside_bug();
}

static int ask_beside_abort_wiping(void)
{
	CHECK_CODE(memward_wipe_on_signals(NULL, 0), 0);
	return ask_beside_abort();
}

static void expect_crash(int (*asks)(void), int number)
{
	sit_down(asks);
	expect_signal(number);
	stand_up(NULL);
}

/* A bug in another thread leaves no terminal without echo. */
void a_crash_leaves_the_terminal_as_it_was(void)
{
	if (support_sanitizer() != NULL)
		TEST_SKIP("a sanitizer has its own ways at a fault");
	expect_crash(ask_beside_bug, SIGSEGV);
	expect_crash(ask_beside_abort, SIGABRT);
	expect_crash(ask_beside_bug_wiping, SIGSEGV);
	expect_crash(ask_beside_abort_wiping, SIGABRT);
}

static void fork_meanwhile(void *unused)
{
	int status = -1;
	pid_t pid;

	(void)unused;
	wait_until_hidden();
	pid = fork();
	if (pid == 0) {
		(void)raise(SIGTERM);
		_exit(0);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
	    WTERMSIG(status) == SIGTERM)
		(void)!write(0, "child ended.", 12);
}

static int ask_beside_fork(void)
{
	CHECK(support_start(fork_meanwhile, NULL) != NULL);
	return ask();
}

/* The signals of a child are not the prompt's. */
void a_child_of_another_thread_has_its_own_signals(void)
{
	sit_down(ask_beside_fork);
	await("child ended.", 1);
	type(ANSWER "\n");
	expect_status(0);
	CHECK(!has_seen(PROMPT, 2));
	stand_up("sesame");
}

static void idle(void *unused)
{
	(void)unused;
	for (;;)
		(void)pause();
}

/* Only the other thread takes signals. */
static int ask_beside_thread(void)
{
	sigset_t all;

	CHECK(support_start(idle, NULL) != NULL);
	CHECK_INT(sigfillset(&all), 0);
	CHECK_INT(pthread_sigmask(SIG_BLOCK, &all, NULL), 0);
	return ask();
}

void a_signal_may_come_to_another_thread(void)
{
	sit_down(ask_beside_thread);
	await_prompt(1);
	type("half");
	send_signal(SIGTERM);
	expect_signal(SIGTERM);
	stand_up("half");
}
