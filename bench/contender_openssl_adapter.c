/* SPDX-License-Identifier: MIT */
/* What libcrypto allocates when memward's functions are set for it. */
#include "contender.h"
#include "memward/openssl.h"

#include <openssl/crypto.h>

static bool start(const struct contender_need *need, const char **why)
{
	(void)need;
	*why = "CRYPTO_set_mem_functions fails";
	return CRYPTO_set_mem_functions(memward_openssl_malloc,
		   memward_openssl_realloc, memward_openssl_free) == 1;
}

static void *take(size_t len)
{
	return OPENSSL_zalloc(len);
}

static void give(void *secret, size_t len)
{
	OPENSSL_clear_free(secret, len);
}

#include "loops.h"

const struct contender bench_contender = {
    "OpenSSL adapter",
    "OPENSSL_zalloc, OPENSSL_clear_free",
    false,
    start,
    take,
    give,
    churn,
    NULL,
};
