/* SPDX-License-Identifier: MIT */
/* What the files of ends_test share, and the list of what stands where. */
#ifndef MW_TESTS_ENDS_CASES_H
#define MW_TESTS_ENDS_CASES_H

#include "ward_cases.h"

/* A secret of 100 bytes in the default ward; whether it is whole, or gone. */
extern unsigned char *kept;
void keep_one(void);
bool is_kept(void);
bool is_gone(void);

/* Sets a plain handler, as signal(2) does. */
void set_handler(int signal, void (*handler)(int));

/* Has this one signal wipe. */
void ask_for(int signal);

/* Writes a word without stdio, for handlers. */
void tell(const char *word);

/* The child ends of the signal, after it wrote just that. */
void expect_killed(const char *child, int signal, const char *output);

/* clang-format off */
#define ENDS_CASES(X) \
	/* ends_signals.c */ \
	X(a_process_ends_of_the_signal_it_got) \
	X(a_stray_read_still_ends_the_process) \
	X(a_handler_that_was_there_is_called_after_the_wipe) \
	X(a_handler_gets_what_it_was_promised) \
	X(a_handler_may_go_on_without_secrets) \
	X(what_is_ignored_stays_so) \
	X(signals_that_end_nothing_are_refused) \
	X(a_forked_child_wipes_its_own) \
	X(threads_at_work_are_wiped) \
	X(no_core_of_an_end_holds_a_secret) \
	/* ends_chain.c */ \
	X(taking_back_restores_what_was_there) \
	X(asking_again_changes_nothing) \
	X(a_handler_above_may_pass_on) \
	X(a_ring_of_handlers_ends) \
	X(a_handler_for_one_time_is_that)
#define ENDS_CHILDREN(X) \
	X(die_by_default) X(read_closed) X(call_plain) X(call_with_info) \
	X(go_on) X(jump_out) X(stay_ignored) X(refuse) X(fork_and_end) \
	X(end_at_work) X(core_unwiped) X(core_of_signal) X(core_of_panic) \
	X(restore) X(ask_twice) X(pass_from_above) X(pass_when_left) \
	X(go_in_a_ring) X(only_once)
/* clang-format on */

#define ENDS_CASE_FUNCTION(name)  void name(void);
#define ENDS_CHILD_FUNCTION(name) int child_##name(void);
ENDS_CASES(ENDS_CASE_FUNCTION)
ENDS_CHILDREN(ENDS_CHILD_FUNCTION)

#endif
