/* SPDX-License-Identifier: MIT */
/* Signals that wipe, and what comes after. */
#include "ends_cases.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIGNAL "MEMWARD_TEST_SIGNAL"

int child_die_by_default(void)
{
	const char *text = getenv(SIGNAL);
	int signal = text == NULL ? 0 : (int)strtol(text, NULL, 10);

	keep_one();
	CHECK_CODE(memward_wipe_on_signals(NULL, 0), 0);
	CHECK(memward_wipes_on_signal(signal));
	if (signal == SIGABRT)
		abort();
	CHECK_INT(raise(signal), 0);
	tell("lived");
	return 0;
}

void a_process_ends_of_the_signal_it_got(void)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGILL,
	    SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS, SIGXCPU, SIGXFSZ};
	char text[16];

	if (support_sanitizer() != NULL)
		TEST_SKIP("the sanitizer ends the process in its own way");
	for (size_t i = 0; i < TEST_COUNT(signals); i++) {
		(void)snprintf(text, sizeof(text), "%d", signals[i]);
		CHECK(support_set_environment(SIGNAL, text));
		expect_killed("die_by_default", signals[i], "");
	}
}

/* The wipe opens the page: by itself the read would then be fine. */
int child_read_closed(void)
{
	memward_policy policy = unlocked_policy();
	unsigned char *secret;

	policy.rest = MEMWARD_NO_ACCESS;
	secret = new_secret(new_ward(&policy), 100);
	(void)signal(SIGSEGV, SIG_DFL);
	(void)signal(SIGBUS, SIG_DFL);
	CHECK_CODE(memward_wipe_on_signals(NULL, 0), 0);
	will_touch();
	(void)read_byte(secret);
	return done_touching();
}

void a_stray_read_still_ends_the_process(void)
{
	expect_fault("read_closed");
}

static volatile sig_atomic_t called;

static void look(int signal)
{
	called = signal;
	tell(is_gone() ? "gone" : "kept");
}

int child_call_plain(void)
{
	struct sigaction action = {.sa_handler = look, .sa_flags = SA_RESTART};
	struct sigaction now;

	keep_one();
	CHECK_INT(sigemptyset(&action.sa_mask), 0);
	CHECK_INT(sigaddset(&action.sa_mask, SIGUSR2), 0);
	CHECK_INT(sigaction(SIGTERM, &action, NULL), 0);
	ask_for(SIGTERM);
	/* What it asked for holds while it runs. */
	CHECK_INT(sigaction(SIGTERM, NULL, &now), 0);
	CHECK(((unsigned)now.sa_flags & (unsigned)SA_RESTART) != 0);
	CHECK_INT(sigismember(&now.sa_mask, SIGUSR2), 1);
	errno = 77;
	CHECK_INT(raise(SIGTERM), 0);
	CHECK_INT(errno, 77);
	CHECK_INT(called, SIGTERM);
	return 0;
}

void a_handler_that_was_there_is_called_after_the_wipe(void)
{
	struct child_result result = support_run_child("call_plain");

	CHECK_INT(result.end, CHILD_EXITED);
	CHECK_STR(result.output, "gone");
}

static void look_closely(int signal, siginfo_t *info, void *context)
{
	called = context != NULL && info->si_signo == signal &&
		 info->si_pid == getpid() && is_gone();
}

int child_call_with_info(void)
{
	struct sigaction action = {.sa_flags = SA_SIGINFO};

	action.sa_sigaction = look_closely;
	keep_one();
	CHECK_INT(sigemptyset(&action.sa_mask), 0);
	CHECK_INT(sigaction(SIGTERM, &action, NULL), 0);
	ask_for(SIGTERM);
	CHECK_INT(kill(getpid(), SIGTERM), 0);
	CHECK_INT(called, 1);
	return 0;
}

void a_handler_gets_what_it_was_promised(void)
{
	expect_success("call_with_info");
}

int child_go_on(void)
{
	void *secret = NULL;

	keep_one();
	set_handler(SIGUSR1, look);
	ask_for(SIGUSR1);
	CHECK_INT(raise(SIGUSR1), 0);
	CHECK_INT(raise(SIGUSR1), 0);
	CHECK_CODE(
	    memward_new(memward_ward_of(kept), 1, &secret), MEMWARD_EWIPEDALL);
	memward_free(kept);
	return 0;
}

static sigjmp_buf back;

static void jump(int signal)
{
	called++;
	siglongjmp(back, signal);
}

int child_jump_out(void)
{
	keep_one();
	set_handler(SIGSEGV, jump);
	ask_for(SIGSEGV);
	for (volatile int i = 0; i < 3; i++) {
		if (sigsetjmp(back, 1) == 0)
			CHECK_INT(raise(SIGSEGV), 0);
	}
	CHECK_INT(called, 3);
	CHECK(is_gone());
	return 0;
}

void a_handler_may_go_on_without_secrets(void)
{
	expect_success("go_on");
	expect_success("jump_out");
}

int child_stay_ignored(void)
{
	struct sigaction now;

	keep_one();
	(void)signal(SIGHUP, SIG_IGN);
	CHECK_CODE(memward_wipe_on_signals(NULL, 0), 0);
	CHECK(!memward_wipes_on_signal(SIGHUP));
	CHECK(memward_wipes_on_signal(SIGTERM));
	CHECK_INT(raise(SIGHUP), 0);
	CHECK_INT(sigaction(SIGHUP, NULL, &now), 0);
	CHECK(now.sa_handler == SIG_IGN);
	CHECK(is_kept());
	return 0;
}

void what_is_ignored_stays_so(void)
{
	expect_success("stay_ignored");
}

int child_refuse(void)
{
	static const int bad[] = {0, -1, 100000, SIGKILL, SIGSTOP, SIGCHLD,
	    SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH};

	for (size_t i = 0; i < TEST_COUNT(bad); i++) {
		int both[] = {SIGTERM, bad[i]};

		CHECK_CODE(memward_wipe_on_signals(both, 2), MEMWARD_EVALUE);
		CHECK(!memward_wipes_on_signal(SIGTERM));
		CHECK(!memward_wipes_on_signal(bad[i]));
	}
	CHECK_CODE(memward_wipe_on_signals(NULL, 1), MEMWARD_ENULL);
	CHECK_CODE(memward_wipe_on_signals(bad, 0), 0);
	CHECK(!memward_wipes_on_signal(SIGTERM));
	return 0;
}

void signals_that_end_nothing_are_refused(void)
{
	expect_success("refuse");
}

/* The child's copy goes, the parent's stays. */
int child_fork_and_end(void)
{
	int status;
	pid_t pid;

	keep_one();
	set_handler(SIGTERM, look);
	ask_for(SIGTERM);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		if (!is_kept() || !memward_wipes_on_signal(SIGTERM))
			_exit(1);
		(void)raise(SIGTERM);
		_exit(is_gone() ? 0 : 2);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
	CHECK(is_kept());
	return 0;
}

void a_forked_child_wipes_its_own(void)
{
	expect_success("fork_and_end");
}

static atomic_int at_work;

static void work(void *unused)
{
	void *secret;

	(void)unused;
	atomic_fetch_add(&at_work, 1);
	while (memward_new(memward_ward_of(kept), 64, &secret) == 0) {
		memset(secret, FILLED, 64);
		memward_free(secret);
	}
}

int child_end_at_work(void)
{
	struct support_thread *threads[2];

	keep_one();
	set_handler(SIGTERM, look);
	ask_for(SIGTERM);
	for (size_t i = 0; i < TEST_COUNT(threads); i++) {
		threads[i] = support_start(work, NULL);
		CHECK(threads[i] != NULL);
	}
	while (atomic_load(&at_work) != TEST_COUNT(threads))
		support_pause();
	/* Any thread may be the one that gets it. */
	CHECK_INT(kill(getpid(), SIGTERM), 0);
	for (size_t i = 0; i < TEST_COUNT(threads); i++)
		support_join(threads[i]);
	CHECK(is_gone());
	return 0;
}

void threads_at_work_are_wiped(void)
{
	const char *sanitizer = support_sanitizer();

	if (sanitizer != NULL && strcmp(sanitizer, "thread") == 0)
		TEST_SKIP("it wipes without locks, which is a race by design");
	for (unsigned i = 0; i < test_rounds(20); i++)
		expect_success("end_at_work");
}

/* As a program whose secrets are in core files: other code undid that. */
#define PATTERN 7

static void keep_in_cores(void)
{
	keep_one();
	fill(kept, 100, PATTERN);
	if (!support_set_dumped(kept, true))
		child_cannot("nothing here puts a page back into core files");
}

int child_core_unwiped(void)
{
	keep_in_cores();
	support_crash();
}

int child_core_of_signal(void)
{
	keep_in_cores();
	(void)signal(SIGABRT, SIG_DFL);
	ask_for(SIGABRT);
	abort();
}

int child_core_of_panic(void)
{
	keep_in_cores();
	memward_panic(NULL);
}

void no_core_of_an_end_holds_a_secret(void)
{
	unsigned char pattern[100];
	struct core_result control;

	fill(pattern, sizeof(pattern), PATTERN);
	control = support_core_of("core_unwiped", pattern, sizeof(pattern));
	if (control.outcome != CORE_HOLDS)
		TEST_SKIP("the control gave no core file with the secret: %s",
		    control.reason);
	CHECK_INT(
	    support_core_of("core_of_signal", pattern, sizeof(pattern)).outcome,
	    CORE_LACKS);
	CHECK_INT(
	    support_core_of("core_of_panic", pattern, sizeof(pattern)).outcome,
	    CORE_NONE);
}
