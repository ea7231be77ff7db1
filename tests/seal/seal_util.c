/* SPDX-License-Identifier: MIT */
#include "seal_cases.h"

#include <string.h>

#define MOST 300

int seal_it(void *secret, const char *context, memward_sealed **sealed)
{
	size_t len = context == NULL ? 0 : strlen(context);

	return memward_seal(secret, context, len, sealed);
}

void fill_secret(void *secret, size_t len, unsigned seed)
{
	memward_ward *ward = memward_ward_of(secret);

	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	fill(secret, len, seed);
	CHECK_CODE(memward_end(ward), 0);
}

bool secret_is_filled(const void *secret, size_t len, unsigned seed)
{
	memward_ward *ward = memward_ward_of(secret);
	bool filled;

	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
	filled = is_filled(secret, len, seed);
	CHECK_CODE(memward_end(ward), 0);
	return filled;
}

memward_sealed *seal_pattern(
    memward_ward *ward, size_t len, unsigned seed, const char *context)
{
	unsigned char *secret = new_secret(ward, len);
	memward_sealed *sealed = NULL;

	fill_secret(secret, len, seed);
	check_granted(seal_it(secret, context, &sealed));
	memward_free(secret);
	return sealed;
}

void expect_pattern(
    const memward_sealed *sealed, unsigned seed, const char *context)
{
	size_t len = context == NULL ? 0 : strlen(context);
	void *secret = NULL;

	check_granted(memward_unseal(sealed, context, len, &secret));
	CHECK_INT(memward_size(secret), memward_sealed_size(sealed));
	CHECK(secret_is_filled(secret, memward_size(secret), seed));
	memward_free(secret);
}

void expect_sealed(const memward_sealed *sealed, const char *context)
{
	size_t len = context == NULL ? 0 : strlen(context);
	void *none = &none;
	size_t room = sealed->len < MOST ? MOST : sealed->len;
	unsigned char *secret = new_secret(sealed->ward, room);

	fill_secret(secret, room, 77);
	CHECK_CODE(
	    memward_unseal(sealed, context, len, &none), MEMWARD_ESEALED);
	CHECK(none == &none);
	CHECK_CODE(
	    memward_unseal_into(sealed, context, len, secret), MEMWARD_ESEALED);
	CHECK(secret_is_filled(secret, room, 77));
	memward_free(secret);
}

size_t box_bytes(const memward_sealed *sealed)
{
	return sealed->len + mw_cipher_nonce_bytes(sealed->cipher) +
	       mw_cipher_tag_bytes(sealed->cipher);
}
