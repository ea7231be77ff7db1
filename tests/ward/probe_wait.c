/* SPDX-License-Identifier: MIT */
#include "probe.h"

#include "support_ward.h"

#include <time.h>

#define PATIENCE 10.0 /* seconds */
#define A_WHILE  0.05

static double now(void)
{
	struct timespec at = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

bool probe_closes(void *at)
{
	double begin = now();

	while (probe(at) != MEMWARD_NO_ACCESS) {
		if (now() - begin > PATIENCE)
			return false;
		support_pause();
	}
	/* Nor was this a moment between two windows. */
	for (begin = now(); now() - begin < A_WHILE; support_pause()) {
		if (probe(at) != MEMWARD_NO_ACCESS)
			return false;
	}
	return true;
}
