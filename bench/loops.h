/* SPDX-License-Identifier: MIT */
/*
 * The timed loop, compiled into each contender with direct calls to its own
 * take() and give(), so that no call through a pointer blurs the ratios. The
 * file that includes this has defined both before.
 */
#ifndef BENCH_LOOPS_H
#define BENCH_LOOPS_H

#include "contender.h"

#include <string.h>

/* Uses a secret: its first and its last bytes are written. */
static inline void touch(void *secret, size_t len)
{
	char *at = (char *)secret;
	const uint64_t mark = UINT64_C(0x5a5a5a5a5a5a5a5a);

	memcpy(at, &mark, sizeof(mark));
	memcpy(at + len - sizeof(mark), &mark, sizeof(mark));
	__asm__ __volatile__("" : : "r"(secret) : "memory");
}

/* A random number below count, from a multiplicative generator. */
static inline size_t pick(uint64_t *seed, size_t count)
{
	*seed = *seed * UINT64_C(6364136223846793005) +
		UINT64_C(1442695040888963407);
	return (size_t)(((*seed >> 32) * (uint64_t)count) >> 32);
}

static bool churn(
    void **live, size_t count, size_t len, size_t steps, uint64_t *seed)
{
	while (steps-- != 0) {
		size_t i = pick(seed, count);

		give(live[i], len);
		live[i] = take(len);
		if (live[i] == NULL)
			return false;
		touch(live[i], len);
	}
	return true;
}

#endif
