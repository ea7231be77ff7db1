/* SPDX-License-Identifier: MIT */
/* Keys: what they are made of, how long they live. */
#include "seal_cases.h"

#include "support_ward.h"

#include <sodium.h>
#include <string.h>

/*
 * The key of a ward, by the words of the documents and with libsodium alone:
 * BLAKE2b-256 with the share as its key, of the pre-key, the text and the
 * serial number of the ward.
 */
static void derive(const memward_ward *ward,
    const struct mw_seal_generation *generation, unsigned char key[32])
{
	const struct mw_seal_keys *keys = atomic_load(&ward->seal_keys);
	uint64_t serial = atomic_load(&ward->serial);
	char text[16] = "memward seal 1";
	crypto_generichash_state state;

	CHECK_INT(crypto_generichash_init(&state, keys->share, 32, 32), 0);
	CHECK_INT(
	    crypto_generichash_update(&state, generation->prekey, 16384), 0);
	CHECK_INT(crypto_generichash_update(&state, (void *)text, 16), 0);
	CHECK_INT(crypto_generichash_update(&state, (void *)&serial, 8), 0);
	CHECK_INT(crypto_generichash_final(&state, key, 32), 0);
}

/* What is authenticated beside a context: kind, cipher, context's length and
 * digest. */
static size_t lay_extra(
    const memward_sealed *sealed, const char *context, unsigned char extra[48])
{
	uint32_t words[2] = {1, (uint32_t)sealed->cipher};
	uint64_t len = strlen(context);

	if (len == 0)
		return 0;
	memcpy(extra, words, 8);
	memcpy(extra + 8, &len, 8);
	CHECK_INT(crypto_generichash(extra + 16, 32,
		      (const unsigned char *)context, len, NULL, 0),
	    0);
	return 48;
}

/* Opens the box with the library's own calls. */
static int open_plainly(const memward_sealed *sealed, const char *context,
    const unsigned char key[32], unsigned char *out)
{
	unsigned char extra[48];
	size_t extra_len = lay_extra(sealed, context, extra);
	const unsigned char *box = sealed->box;

#ifdef crypto_aead_aegis256_KEYBYTES
	if (strcmp(memward_sealed_cipher(sealed), "aegis-256") == 0)
		return crypto_aead_aegis256_decrypt(out, NULL, NULL, box + 32,
		    sealed->len + 32, extra, extra_len, box, key);
#endif
	CHECK_STR(memward_sealed_cipher(sealed), "xchacha20-poly1305");
	return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL,
	    box + 24, sealed->len + 16, extra, extra_len, box, key);
}

void libsodium_agrees_on_every_byte(void)
{
	static const char *const contexts[] = {"", "a context"};
	memward_ward *ward = new_ward(NULL);
	unsigned char key[32];
	unsigned char plain[5000];

	for (size_t c = 0; c < TEST_COUNT(contexts); c++) {
		for (size_t len = 0; len <= 5000; len += 1250) {
			memward_sealed *sealed =
			    seal_pattern(ward, len, 8, contexts[c]);

			derive(ward, sealed->generation, key);
			CHECK_INT(
			    open_plainly(sealed, contexts[c], key, plain), 0);
			CHECK(is_filled(plain, len, 8));
			key[0] ^= 1;
			CHECK_INT(
			    open_plainly(sealed, contexts[c], key, plain), -1);
			memward_sealed_free(sealed);
		}
	}
	close_ward(ward);
}

void a_new_key_loses_nothing(void)
{
	memward_sealed *sealed[4];

	for (unsigned i = 0; i < TEST_COUNT(sealed); i++) {
		sealed[i] = seal_pattern(NULL, 32, i, NULL);
		check_granted(memward_rekey());
	}
	for (unsigned i = 1; i < TEST_COUNT(sealed); i++) {
		CHECK(sealed[i]->generation != sealed[0]->generation);
		CHECK(memcmp(sealed[i]->generation->prekey,
			  sealed[0]->generation->prekey, MW_SEAL_PREKEY) != 0);
	}
	for (unsigned i = 0; i < TEST_COUNT(sealed); i++) {
		expect_pattern(sealed[i], i, NULL);
		memward_sealed_free(sealed[i]);
	}
}

/* Secrets of a pre-key's size in the default ward. */
static uint64_t prekeys(void)
{
	return budget_of(NULL, MW_SEAL_PREKEY).live_of_size;
}

void an_old_key_goes_with_its_last_object(void)
{
	memward_sealed *one = seal_pattern(NULL, 32, 1, NULL);
	memward_sealed *two = seal_pattern(NULL, 32, 2, NULL);
	uint64_t before = prekeys();

	check_granted(memward_rekey());
	CHECK_INT(prekeys(), before + 1);
	memward_sealed_free(one);
	CHECK_INT(prekeys(), before + 1);
	expect_pattern(two, 2, NULL);
	memward_sealed_free(two);
	CHECK_INT(prekeys(), before);
	/* One that nothing was sealed with goes at once. */
	check_granted(memward_rekey());
	CHECK_INT(prekeys(), before);
}

/* Whether the ward's cached key is there, and if not, that it is wiped. */
static bool has_cached_key(memward_ward *ward)
{
	const struct mw_seal_keys *keys = atomic_load(&ward->seal_keys);
	bool cached = atomic_load(&ward->seal_cached) != 0;

	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
	CHECK(holds(keys->cached, sizeof(keys->cached), 0) == !cached);
	CHECK(holds(&keys->spare, sizeof(keys->spare), 0));
	CHECK_CODE(memward_end(ward), 0);
	return cached;
}

static void watch_cache(memward_ward *ward, memward_access access)
{
	memward_sealed *sealed = seal_pattern(ward, 32, 1, NULL);

	CHECK(!has_cached_key(ward));
	expect_pattern(sealed, 1, NULL);
	CHECK(!has_cached_key(ward));
	CHECK_CODE(memward_begin(ward, access), 0);
	CHECK(!has_cached_key(ward));
	for (int i = 0; i < 3; i++) {
		expect_pattern(sealed, 1, NULL);
		CHECK(has_cached_key(ward));
	}
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	CHECK_CODE(memward_end(ward), 0);
	CHECK(has_cached_key(ward));
	CHECK_CODE(memward_end(ward), 0);
	CHECK(!has_cached_key(ward));
	memward_sealed_free(sealed);
}

void a_key_is_cached_within_a_window(void)
{
	memward_ward *open = new_ward(NULL);
	memward_ward *closed = new_closed_ward();

	watch_cache(open, MEMWARD_READ_WRITE);
	watch_cache(closed, MEMWARD_READ_WRITE);
	watch_cache(closed, MEMWARD_READ_ONLY);
	close_ward(open);
	close_ward(closed);
}

void a_window_over_a_new_key(void)
{
	memward_ward *ward = new_closed_ward();
	memward_sealed *old = seal_pattern(ward, 32, 1, NULL);
	memward_sealed *fresh;

	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	expect_pattern(old, 1, NULL);
	check_granted(memward_rekey());
	fresh = seal_pattern(ward, 32, 2, NULL);
	CHECK(old->generation != fresh->generation);
	for (int i = 0; i < 2; i++) {
		expect_pattern(old, 1, NULL);
		expect_pattern(fresh, 2, NULL);
	}
	CHECK_CODE(memward_end(ward), 0);
	CHECK(!has_cached_key(ward));
	memward_sealed_free(old);
	memward_sealed_free(fresh);
	close_ward(ward);
}

/* No slot is left for a call's own work: the ward's spare room is used. */
void a_ward_at_its_limit_still_opens(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_ward *ward;
	memward_sealed *sealed;
	unsigned char *secret;
	void *more;

	policy.limit = 4 * page_size();
	ward = new_ward(&policy);
	sealed = seal_pattern(ward, 32, 1, NULL);
	secret = new_secret(ward, 32);
	for (size_t len = page_size(); len != 0; len /= 2) {
		while (memward_new(ward, len, &more) == 0)
			memset(more, FILLED, len);
	}
	CHECK_CODE(memward_new(ward, sizeof(struct mw_seal_work), &more),
	    MEMWARD_ELIMIT);
	CHECK_CODE(memward_unseal_into(sealed, NULL, 0, secret), 0);
	CHECK(is_filled(secret, 32, 1));
	CHECK(!has_cached_key(ward));
	sealed->box[0] ^= 1;
	CHECK_CODE(
	    memward_unseal_into(sealed, NULL, 0, secret), MEMWARD_ESEALED);
	CHECK(is_filled(secret, 32, 1));
	memward_sealed_free(sealed);
	CHECK_CODE(seal_it(secret, NULL, &sealed), 0);
	memward_sealed_free(sealed);
	close_ward(ward);
}

struct visit {
	memward_ward *ward;
	const memward_sealed *sealed;
	int code;
};

static void open_and_end(void *argument)
{
	struct visit *visit = argument;
	void *secret = NULL;

	visit->code = memward_begin(visit->ward, MEMWARD_READ_WRITE);
	if (visit->code == 0)
		visit->code = memward_unseal(visit->sealed, NULL, 0, &secret);
	if (visit->code == 0 && atomic_load(&visit->ward->seal_cached) == 0)
		visit->code = MEMWARD_EVALUE;
	memward_free(secret);
}

void a_thread_that_ends_takes_its_key(void)
{
	memward_ward *ward = new_closed_ward();
	memward_sealed *sealed = seal_pattern(ward, 32, 1, NULL);
	struct visit visit = {ward, sealed, -1};

	if (!support_in_thread(open_and_end, &visit))
		TEST_SKIP("no thread can be had");
	CHECK_CODE(visit.code, 0);
	CHECK(!has_cached_key(ward));
	memward_sealed_free(sealed);
	close_ward(ward);
}
