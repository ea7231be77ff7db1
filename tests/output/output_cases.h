/* SPDX-License-Identifier: MIT */
/* Cases and children of output_test that stand in output_ends.c. */
#ifndef MW_TESTS_OUTPUT_CASES_H
#define MW_TESTS_OUTPUT_CASES_H

#include "output_util.h"

void nobody_reads_is_an_error_and_no_signal(void);
void a_signal_that_waits_is_left_alone(void);
void what_was_wiped_is_not_written(void);
void what_is_wiped_meanwhile_is_not_written(void);
void what_is_no_secret_ends_the_process(void);

int child_nobody_reads(void);
int child_bare_write(void);
int child_keep_waiting_signal(void);
int child_write_wiped(void);
int child_wipe_while_waiting(void);
int child_write_foreign(void);

/* The same in output_hand.c. */
void a_child_reads_what_is_in_the_pipe(void);
void a_larger_pipe_is_asked_for(void);
void what_no_pipe_holds_is_an_error(void);
void a_started_child_is_fed(void);
void a_child_takes_hidden_memory(void);
void what_was_taken_is_wiped_for_all(void);
void only_hidden_memory_is_taken(void);
void bad_arguments_hand_nothing(void);

int child_read_pipe(void);
int child_take_hidden(void);

#endif
