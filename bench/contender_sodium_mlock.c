/* SPDX-License-Identifier: MIT */
/* What programs do to whom sodium_malloc() is too dear. */
#include "contender.h"

#include <sodium.h>
#include <stdlib.h>

static bool start(const struct contender_need *need, const char **why)
{
	(void)need;
	*why = "sodium_init fails";
	return sodium_init() >= 0;
}

static void *take(size_t len)
{
	void *secret = calloc(1, len);

	if (secret != NULL && sodium_mlock(secret, len) != 0) {
		free(secret);
		return NULL;
	}
	return secret;
}

static void give(void *secret, size_t len)
{
	/* Wipes too. Unlocks whatever else is on the page. */
	sodium_munlock(secret, len);
	free(secret);
}

#include "loops.h"

const struct contender bench_contender = {
    "sodium_mlock",
    "calloc + sodium_mlock, sodium_munlock + free",
    false,
    start,
    take,
    give,
    churn,
    NULL,
};
