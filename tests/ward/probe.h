/* SPDX-License-Identifier: MIT */
/*
 * What a page really allows, asked of the system and never of memward: it
 * copies one byte from and to the page and reports instead of faulting.
 */
#ifndef MW_TESTS_PROBE_H
#define MW_TESTS_PROBE_H

#include "memward.h"

/* NO_ACCESS, READ_ONLY or READ_WRITE. The byte keeps its value. */
memward_access probe(void *at);

/* Copies what can be read; false: not all of it. For len below 4096. */
bool probe_copy(void *to, const void *from, size_t len);

/*
 * Waits for the window of another thread to end: from then on there is no
 * access. False: there is, for seconds, or there was again.
 */
bool probe_closes(void *at);

#endif
