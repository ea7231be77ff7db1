/* SPDX-License-Identifier: MIT */
/* What the tests of threads share. */
#ifndef MW_TESTS_THREAD_CASES_H
#define MW_TESTS_THREAD_CASES_H

#include "harness.h"

#include "memward.h"

#include <pthread.h>

#define THREADS 4
#define BURST   200

/* Checks belong to the case's own thread: others note the first bad line. */
#define NOTE(condition) ((condition) ? (void)0 : note(__FILE__, __LINE__))
void note(const char *file, int line);
void expect_nothing_wrong(void);

/* Sanitizers make everything slower; fewer rounds show the same races. */
unsigned rounds(unsigned usual);

/* server, with more features, this access at rest and this limit. */
memward_ward *open_ward(uint32_t more, memward_access rest, size_t limit);

void start(pthread_t *thread, void *(*function)(void *), void *argument);

void a_limit_is_met_only_when_all_caches_are_empty(void);
void threads_share_a_limit_to_the_last_slot(void);
void threads_that_end_give_back_what_they_cached(void);

#endif
