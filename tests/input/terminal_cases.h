/* SPDX-License-Identifier: MIT */
/*
 * A child at a terminal of its own: what is typed there, what is shown, how it
 * ends, and how it leaves the terminal.
 */
#ifndef MW_TESTS_TERMINAL_CASES_H
#define MW_TESTS_TERMINAL_CASES_H

#include "ward/ward_cases.h"

#include <stdbool.h>
#include <sys/types.h>

#define PROMPT "Password: "
#define ANSWER "open sesame"

/* A new terminal, and the descriptor of whoever types and looks there. */
int new_terminal(int *keyboard);

/*
 * Runs job() in a process, whose exit status is the result. Its parent leads
 * the session, as a shell does: it says on the terminal how the job ended, and
 * goes on. If the job is stopped it says so, sets the terminal as shells do,
 * and has it continue in the foreground.
 */
void sit_down(int (*job)(void));

/* The same without a parent: the end of the job is a hang-up. */
void sit_down_alone(int (*job)(void));

/* Looks on until a text is shown for the nth time. */
void await(const char *text, int times);
bool has_seen(const char *text, int times);
/* And then nothing that is typed is shown. */
void await_prompt(int times);

void type(const char *text);
void send_signal(int number);

/* Waits for the end, and checks that the terminal is as it was. */
void expect_status(int status);
void expect_signal(int number);

bool is_as_before(void);
/* Bytes that wait to be read. */
int bytes_waiting(void);

/* Of all that was shown nothing was that; NULL: nothing in particular. */
void stand_up(const char *hidden);

/* Takes the terminal away. */
void hang_up(void);
/* How a job that sits alone ended, as of waitpid(). */
int end_alone(void);

/* Jobs: ask once, and compare with what is expected. */
int ask_for(memward_ward *ward, int fd, const char *expected);
int ask(void);

#define TERMINAL_SIGNAL_CASES(X)                            \
	X(signals_that_end_it_leave_the_terminal_as_it_was) \
	X(keys_that_end_it_leave_the_terminal_as_it_was)    \
	X(what_cannot_be_taken_leaves_it_silent)            \
	X(handlers_run_when_the_terminal_is_back)           \
	X(other_handlers_do_not_end_it)                     \
	X(ignored_signals_stay_ignored)                     \
	X(a_prompt_that_was_stopped_is_begun_anew)          \
	X(a_shell_may_have_set_the_terminal_meanwhile)      \
	X(in_the_background_it_stops_first)                 \
	X(a_signal_may_come_to_another_thread)              \
	X(a_crash_leaves_the_terminal_as_it_was)            \
	X(a_child_of_another_thread_has_its_own_signals)

#define TERMINAL_DECLARE(name) void name(void);
TERMINAL_SIGNAL_CASES(TERMINAL_DECLARE)
#undef TERMINAL_DECLARE

#endif
