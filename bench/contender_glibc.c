/* SPDX-License-Identifier: MIT */
/* What a careful program does without any library. */
#define _DEFAULT_SOURCE

#include "contender.h"

#include <stdlib.h>
#include <string.h>

static bool start(const struct contender_need *need, const char **why)
{
	(void)need;
	(void)why;
	return true;
}

static void *take(size_t len)
{
	return calloc(1, len);
}

static void give(void *secret, size_t len)
{
	explicit_bzero(secret, len);
	free(secret);
}

#include "loops.h"

static void wipe(void *mem, size_t len)
{
	explicit_bzero(mem, len);
}

const struct contender bench_contender = {
    "glibc",
    "calloc, explicit_bzero + free",
    false,
    start,
    take,
    give,
    churn,
    wipe,
};
