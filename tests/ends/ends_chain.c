/* SPDX-License-Identifier: MIT */
/* Handlers below memward's, and above. */
#include "ends_cases.h"

#include <signal.h>

static volatile sig_atomic_t calls;

static void count(int signal)
{
	(void)signal;
	calls++;
}

static bool is_handler(int signal, void (*handler)(int))
{
	struct sigaction now;

	CHECK_INT(sigaction(signal, NULL, &now), 0);
	return ((unsigned)now.sa_flags & (unsigned)SA_SIGINFO) == 0 &&
	       now.sa_handler == handler;
}

int child_restore(void)
{
	keep_one();
	set_handler(SIGTERM, count);
	(void)signal(SIGINT, SIG_DFL);
	CHECK_CODE(memward_wipe_on_signals(NULL, 0), 0);
	memward_leave_signals();
	CHECK(is_handler(SIGTERM, count));
	CHECK(is_handler(SIGINT, SIG_DFL));
	CHECK(!memward_wipes_on_signal(SIGTERM));
	CHECK_INT(raise(SIGTERM), 0);
	CHECK_INT(calls, 1);
	CHECK(is_kept());
	/* And once more from the beginning. */
	ask_for(SIGTERM);
	CHECK_INT(raise(SIGTERM), 0);
	CHECK_INT(calls, 2);
	CHECK(is_gone());
	return 0;
}

void taking_back_restores_what_was_there(void)
{
	expect_success("restore");
}

int child_ask_twice(void)
{
	keep_one();
	set_handler(SIGTERM, count);
	ask_for(SIGTERM);
	ask_for(SIGTERM);
	CHECK_INT(raise(SIGTERM), 0);
	CHECK_INT(calls, 1);
	memward_leave_signals();
	memward_leave_signals();
	CHECK(is_handler(SIGTERM, count));
	return 0;
}

void asking_again_changes_nothing(void)
{
	expect_success("ask_twice");
}

/* A handler that passes on, as sanitizers and crash reporters have them. */
static struct sigaction below;
static volatile sig_atomic_t above_calls;

static void above(int signal, siginfo_t *info, void *context)
{
	above_calls++;
	if (((unsigned)below.sa_flags & (unsigned)SA_SIGINFO) != 0)
		below.sa_sigaction(signal, info, context);
	else
		below.sa_handler(signal);
}

static void set_above(int signal)
{
	struct sigaction action = {.sa_flags = SA_SIGINFO};

	action.sa_sigaction = above;
	CHECK_INT(sigemptyset(&action.sa_mask), 0);
	CHECK_INT(sigaction(signal, &action, &below), 0);
}

int child_pass_from_above(void)
{
	keep_one();
	set_handler(SIGTERM, count);
	ask_for(SIGTERM);
	set_above(SIGTERM);
	CHECK(!memward_wipes_on_signal(SIGTERM));
	CHECK_INT(raise(SIGTERM), 0);
	CHECK_INT(above_calls, 1);
	CHECK_INT(calls, 1);
	CHECK(is_gone());
	return 0;
}

int child_pass_when_left(void)
{
	struct sigaction now;

	keep_one();
	set_handler(SIGTERM, count);
	ask_for(SIGTERM);
	set_above(SIGTERM);
	memward_leave_signals();
	CHECK_INT(sigaction(SIGTERM, NULL, &now), 0);
	CHECK(now.sa_sigaction == above);
	CHECK_INT(raise(SIGTERM), 0);
	CHECK_INT(above_calls, 1);
	CHECK_INT(calls, 1);
	CHECK(is_kept());
	return 0;
}

void a_handler_above_may_pass_on(void)
{
	expect_success("pass_from_above");
	expect_success("pass_when_left");
}

/* It is asked again, and so stands above and below the other handler. */
int child_go_in_a_ring(void)
{
	keep_one();
	set_handler(SIGTERM, count);
	ask_for(SIGTERM);
	set_above(SIGTERM);
	ask_for(SIGTERM);
	CHECK(memward_wipes_on_signal(SIGTERM));
	for (int i = 1; i <= 3; i++) {
		CHECK_INT(raise(SIGTERM), 0);
		CHECK_INT(above_calls, i);
		CHECK_INT(calls, i);
	}
	CHECK(is_gone());
	memward_leave_signals();
	CHECK_INT(raise(SIGTERM), 0);
	CHECK_INT(above_calls, 4);
	CHECK_INT(calls, 4);
	return 0;
}

void a_ring_of_handlers_ends(void)
{
	expect_success("go_in_a_ring");
}

int child_only_once(void)
{
	struct sigaction action = {
	    .sa_handler = count, .sa_flags = (int)SA_RESETHAND};

	keep_one();
	CHECK_INT(sigemptyset(&action.sa_mask), 0);
	CHECK_INT(sigaction(SIGTERM, &action, NULL), 0);
	ask_for(SIGTERM);
	CHECK_INT(raise(SIGTERM), 0);
	CHECK_INT(calls, 1);
	CHECK(is_gone());
	tell("once");
	CHECK_INT(raise(SIGTERM), 0);
	return 0;
}

void a_handler_for_one_time_is_that(void)
{
	expect_killed("only_once", SIGTERM, "once");
}
