/* SPDX-License-Identifier: MIT */
/* Packed secrets of the default ward: every feature and check it has. */
#include "contender.h"
#include "memward.h"

static bool start(const struct contender_need *need, const char **why)
{
	(void)need;
	(void)why;
	return true;
}

static void *take(size_t len)
{
	return memward_alloc(NULL, len);
}

static void give(void *secret, size_t len)
{
	(void)len;
	memward_free(secret);
}

#include "loops.h"

const struct contender bench_contender = {
    "memward",
    "memward_alloc, memward_free",
    false,
    start,
    take,
    give,
    churn,
    memward_wipe,
};
