/* SPDX-License-Identifier: MIT */
/*
 * Guarded secrets: each on pages of its own. With MW_TRAP_FREE defined a
 * freed one faults, which costs a pair of mprotect calls.
 */
#include "contender.h"
#include "memward.h"

#ifdef BENCH_TRAP_FREE
#define NAME     "memward trap_free"
#define FEATURES MEMWARD_TRAP_FREE
#else
#define NAME     "memward guarded"
#define FEATURES 0
#endif

static memward_ward *ward;

static bool start(const struct contender_need *need, const char **why)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	int rc;

	(void)need;
	policy.require |= FEATURES;
	rc = memward_open(&policy, &ward);
	*why = memward_error_text(rc);
	return rc == 0;
}

static void *take(size_t len)
{
	return memward_alloc_guarded(ward, len, 16);
}

static void give(void *secret, size_t len)
{
	(void)len;
	memward_free(secret);
}

#include "loops.h"

const struct contender bench_contender = {
    NAME,
    "memward_alloc_guarded, memward_free",
    true,
    start,
    take,
    give,
    churn,
    NULL,
};
