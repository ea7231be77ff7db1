/* SPDX-License-Identifier: MIT */
/* libsodium's guarded memory: pages of its own for every secret. */
#include "contender.h"

#include <sodium.h>

static bool start(const struct contender_need *need, const char **why)
{
	(void)need;
	*why = "sodium_init fails";
	return sodium_init() >= 0;
}

static void *take(size_t len)
{
	return sodium_malloc(len);
}

static void give(void *secret, size_t len)
{
	(void)len;
	sodium_free(secret);
}

#include "loops.h"

const struct contender bench_contender = {
    "libsodium",
    "sodium_malloc, sodium_free",
    false,
    start,
    take,
    give,
    churn,
    sodium_memzero,
};
