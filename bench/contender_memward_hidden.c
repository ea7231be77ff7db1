/* SPDX-License-Identifier: MIT */
/* Packed secrets of a hidden ward: the same checks, other pages. */
#include "contender.h"
#include "memward.h"

static memward_ward *ward;

static bool start(const struct contender_need *need, const char **why)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	int rc;

	(void)need;
	policy.require |= MEMWARD_HIDDEN;
	policy.fork = MEMWARD_FORK_OMIT;
	rc = memward_open(&policy, &ward);
	*why = memward_error_text(rc);
	return rc == 0;
}

static void *take(size_t len)
{
	return memward_alloc(ward, len);
}

static void give(void *secret, size_t len)
{
	(void)len;
	memward_free(secret);
}

#include "loops.h"

const struct contender bench_contender = {
    "memward hidden",
    "memward_alloc, memward_free on a hidden ward",
    false,
    start,
    take,
    give,
    churn,
    NULL,
};
