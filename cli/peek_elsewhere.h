/* SPDX-License-Identifier: MIT */
/*
 * Elsewhere in the victim's process: in other threads and in a handler. False:
 * it could not be brought about, and peek_error() says why.
 */
#ifndef MEMWARD_CLI_PEEK_ELSEWHERE_H
#define MEMWARD_CLI_PEEK_ELSEWHERE_H

#include <stdbool.h>

/* Starts a second thread, which waits for peek_in_second_thread(). */
bool peek_second_thread(void);

/* Has function(argument) called there, and waits until it is done. */
bool peek_in_second_thread(int (*function)(void *), void *argument);
bool peek_in_new_thread(int (*function)(void *), void *argument);
bool peek_in_handler(int (*function)(void *), void *argument);

#endif
