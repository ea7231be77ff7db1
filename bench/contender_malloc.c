/* SPDX-License-Identifier: MIT */
/* The bare allocator: neither zeroed, nor wiped, nor protected. */
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
	return malloc(len);
}

static void give(void *secret, size_t len)
{
	(void)len;
	free(secret);
}

#include "loops.h"

/* The yardstick of all wipes; nothing may leave it out. */
static void wipe(void *mem, size_t len)
{
	memset(mem, 0, len);
	__asm__ __volatile__("" : : "r"(mem) : "memory");
}

const struct contender bench_contender = {
    "malloc",
    "malloc, free; as a wipe: memset",
    false,
    start,
    take,
    give,
    churn,
    wipe,
};
