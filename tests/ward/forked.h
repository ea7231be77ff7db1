/* SPDX-License-Identifier: MIT */
#ifndef MW_TESTS_FORKED_H
#define MW_TESTS_FORKED_H

#include <stdbool.h>

/*
 * Calls function(argument) in a child made by fork, which must fail no check.
 * *forked is false where there is no fork; else the result is the child's: its
 * exit status, or 256 if it did not end by itself.
 */
int in_forked_child(int (*function)(void *), void *argument, bool *forked);

#endif
