/* SPDX-License-Identifier: MIT */
/* What the tests of forks share. */
#ifndef MW_TESTS_FORK_CASES_H
#define MW_TESTS_FORK_CASES_H

#include "harness.h"

#include "memward.h"

#define HELD 20

/* Secrets, packed and guarded, that the parent has when it forks. */
struct held {
	memward_ward *ward;
	unsigned char *at[HELD];
};

extern struct held held;

/* A ward of that rule; skips the case where the system lacks it. */
memward_ward *open_with_rule(memward_fork_rule rule, memward_access rest);

/* Fills held with secrets of a ward. */
void hold(memward_ward *ward);

/* They are as they were made: sizes, contents, canaries. */
void expect_contents(void);

/* Checks and frees them, and closes the ward. */
void let_go(void);

/*
 * New secrets of the ward, zeroed, used and freed; none on a page where one
 * of those held is, if they are to be apart.
 */
void go_on(bool apart);

/* The callback form of a window: finds zeros and writes. */
struct use {
	unsigned char *at;
	size_t len;
};
int use_fresh(void *use);

/* Runs check() in a child, made by fork or without any hook of fork. */
void in_fork(void (*check)(void));
void in_clone(void (*check)(void));

#endif
