/* SPDX-License-Identifier: MIT */
/* libgcrypt's secure memory: a pool searched from its beginning. */
#include "contender.h"

#include <gcrypt.h>

static bool start(const struct contender_need *need, const char **why)
{
	/* A header and rounding for each, and the least it accepts. */
	size_t size = need->count * (need->len + 32) + 32768;

	if (need->limit != 0)
		size = need->limit;
	*why = "gcry_control(GCRYCTL_INIT_SECMEM) fails";
	if (gcry_check_version(NULL) == NULL)
		return false;
	/* Its answer is left aside: an unlocked pool shows in the table. */
	(void)gcry_control(GCRYCTL_DISABLE_SECMEM_WARN);
	(void)gcry_control(GCRYCTL_INIT_SECMEM, (unsigned int)size, 0);
	return gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0) == 0;
}

static void *take(size_t len)
{
	return gcry_calloc_secure(1, len);
}

static void give(void *secret, size_t len)
{
	(void)len;
	gcry_free(secret);
}

#include "loops.h"

const struct contender bench_contender = {
    "libgcrypt",
    "gcry_calloc_secure, gcry_free",
    false,
    start,
    take,
    give,
    churn,
    NULL,
};
