/* SPDX-License-Identifier: MIT */
/* Cases and children of output_test that stand in output_ends.c. */
#ifndef MW_TESTS_OUTPUT_CASES_H
#define MW_TESTS_OUTPUT_CASES_H

#include "output_util.h"

void nobody_reads_is_an_error_and_no_signal(void);
void a_signal_that_waits_is_left_alone(void);
void what_was_wiped_is_not_written(void);
void what_is_no_secret_ends_the_process(void);

int child_nobody_reads(void);
int child_bare_write(void);
int child_keep_waiting_signal(void);
int child_write_wiped(void);
int child_wipe_while_waiting(void);
int child_write_foreign(void);

#endif
