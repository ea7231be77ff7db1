/* SPDX-License-Identifier: MIT */
/*
 * OpenSSL's secure heap: one pool of fixed size behind one lock. And what
 * stands in for it, which is linked before libcrypto.
 */
#include "contender.h"

#include <openssl/crypto.h>

#define LEAST_BLOCK 32

#ifdef BENCH_SHIM
#define NAME "OpenSSL shim"
#else
#define NAME "OpenSSL"
#endif

static size_t power_of_two(size_t atleast)
{
	size_t size = 4096;

	while (size < atleast)
		size *= 2;
	return size;
}

static bool start(const struct contender_need *need, const char **why)
{
	size_t block = LEAST_BLOCK;
	size_t size;

	while (block < need->len)
		block *= 2;
	/* Room beyond what lives, as a program would leave. */
	size = power_of_two(need->count * block + 4 * block);
	if (need->limit != 0)
		size = need->limit;
	*why = "CRYPTO_secure_malloc_init fails";
	return CRYPTO_secure_malloc_init(size, LEAST_BLOCK) != 0;
}

static void *take(size_t len)
{
	return OPENSSL_secure_zalloc(len);
}

static void give(void *secret, size_t len)
{
	OPENSSL_secure_clear_free(secret, len);
}

#include "loops.h"

const struct contender bench_contender = {
    NAME,
    "OPENSSL_secure_zalloc, OPENSSL_secure_clear_free",
    false,
    start,
    take,
    give,
    churn,
    OPENSSL_cleanse,
};
