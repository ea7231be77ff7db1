/* SPDX-License-Identifier: MIT */
/* What was changed, cut, exchanged or is not ours cannot be opened. */
#include "seal_cases.h"

#include <string.h>

static void tamper_with_each_byte(memward_ward *ward, size_t len)
{
	memward_sealed *sealed = seal_pattern(ward, len, 6, "ctx");
	size_t all = box_bytes(sealed);

	for (size_t i = 0; i < all; i++) {
		for (unsigned bit = 0; bit < 8; bit += 7) {
			sealed->box[i] ^= (unsigned char)(1u << bit);
			expect_sealed(sealed, "ctx");
			sealed->box[i] ^= (unsigned char)(1u << bit);
		}
	}
	expect_pattern(sealed, 6, "ctx");
	memward_sealed_free(sealed);
}

void every_byte_of_a_box_counts(void)
{
	memward_ward *closed = new_closed_ward();

	tamper_with_each_byte(NULL, 0);
	tamper_with_each_byte(NULL, 40);
	tamper_with_each_byte(NULL, 300);
	tamper_with_each_byte(closed, 40);
	close_ward(closed);
}

void a_cut_box_is_noticed(void)
{
	memward_sealed *sealed = seal_pattern(NULL, 200, 2, NULL);

	/* The tag is behind the last byte, so it is another one as well. */
	for (sealed->len = 0; sealed->len < 200; sealed->len++)
		expect_sealed(sealed, NULL);
	expect_pattern(sealed, 2, NULL);
	memward_sealed_free(sealed);
}

static void exchange(memward_sealed *a, memward_sealed *b)
{
	unsigned char *box = a->box;

	a->box = b->box;
	b->box = box;
}

void boxes_are_not_exchanged(void)
{
	memward_sealed *one = seal_pattern(NULL, 32, 1, "user one");
	memward_sealed *two = seal_pattern(NULL, 32, 2, "user two");

	exchange(one, two);
	expect_sealed(one, "user one");
	expect_sealed(two, "user two");
	exchange(one, two);
	expect_pattern(one, 1, "user one");
	expect_pattern(two, 2, "user two");
	memward_sealed_free(one);
	memward_sealed_free(two);
}

void another_ward_cannot_open(void)
{
	memward_ward *ward = new_ward(NULL);
	memward_sealed *sealed = seal_pattern(ward, 32, 1, NULL);
	memward_sealed *other = seal_pattern(NULL, 32, 1, NULL);
	unsigned char *secret = new_secret(NULL, 32);

	fill(secret, 32, 3);
	CHECK_CODE(
	    memward_unseal_into(sealed, NULL, 0, secret), MEMWARD_ESEALED);
	CHECK(is_filled(secret, 32, 3));
	/* Even when the object itself says so. */
	exchange(sealed, other);
	expect_sealed(sealed, NULL);
	expect_sealed(other, NULL);
	exchange(sealed, other);
	expect_pattern(sealed, 1, NULL);
	memward_sealed_free(sealed);
	memward_sealed_free(other);
	memward_free(secret);
	close_ward(ward);
}

void a_context_must_be_given_again(void)
{
	static const char *const contexts[] = {NULL, "", "a", "b", "ab",
	    "a context that is longer than any digest of thirty-two bytes"};

	for (size_t i = 0; i < TEST_COUNT(contexts); i++) {
		memward_sealed *sealed = seal_pattern(NULL, 32, 1, contexts[i]);

		for (size_t k = 0; k < TEST_COUNT(contexts); k++) {
			/* None and an empty one are the same. */
			if (k == i || (k < 2 && i < 2))
				expect_pattern(sealed, 1, contexts[k]);
			else
				expect_sealed(sealed, contexts[k]);
		}
		memward_sealed_free(sealed);
	}
}

void a_ward_closed_for_good_takes_its_keys(void)
{
	memward_ward *ward = new_ward(NULL);
	memward_ward *again;
	memward_sealed *sealed = seal_pattern(ward, 32, 1, NULL);
	void *secret = NULL;

	close_ward(ward);
	CHECK_CODE(memward_unseal(sealed, NULL, 0, &secret), MEMWARD_ESEALED);
	/* The record of the ward is used again; the keys are not. */
	again = new_ward(NULL);
	CHECK_CODE(memward_unseal(sealed, NULL, 0, &secret), MEMWARD_ESEALED);
	if (again == ward) {
		memward_sealed *other = seal_pattern(again, 32, 1, NULL);

		exchange(sealed, other);
		expect_sealed(other, NULL);
		exchange(sealed, other);
		expect_pattern(other, 1, NULL);
		memward_sealed_free(other);
	}
	CHECK(secret == NULL);
	memward_sealed_free(sealed);
	close_ward(again);
}

#define MANY 500

void nonces_do_not_repeat(void)
{
	memward_sealed *sealed[MANY];
	size_t len;

	for (size_t i = 0; i < MANY; i++)
		sealed[i] = seal_pattern(NULL, 0, 0, NULL);
	len = mw_cipher_nonce_bytes(sealed[0]->cipher);
	CHECK(len == 24 || len == 32);
	for (size_t i = 0; i < MANY; i++) {
		for (size_t k = 0; k < i; k++)
			CHECK(memcmp(sealed[i]->box, sealed[k]->box, len) != 0);
	}
	for (size_t i = 0; i < MANY; i++)
		memward_sealed_free(sealed[i]);
}
