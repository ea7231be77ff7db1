/* SPDX-License-Identifier: MIT */
/* A fast allocator, with the same care as for glibc's. Nothing is locked. */
#define _DEFAULT_SOURCE

#include "contender.h"

#include <mimalloc.h>
#include <string.h>

static bool start(const struct contender_need *need, const char **why)
{
	(void)need;
	(void)why;
	return true;
}

static void *take(size_t len)
{
	return mi_zalloc(len);
}

static void give(void *secret, size_t len)
{
	explicit_bzero(secret, len);
	mi_free(secret);
}

#include "loops.h"

const struct contender bench_contender = {
    "mimalloc",
    "mi_zalloc, explicit_bzero + mi_free",
    false,
    start,
    take,
    give,
    churn,
    NULL,
};
