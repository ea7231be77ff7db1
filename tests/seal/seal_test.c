/* SPDX-License-Identifier: MIT */
/* Secrets sealed and opened: what comes back, and what is refused. */
#include "seal_cases.h"

#include <string.h>

/* Around the edges of slots, pages and of what is opened aside. */
static size_t lengths[] = {
    0, 1, 31, 32, 33, 255, 256, 257, 0, 0, 0, 15352, 15353, 100000};

static void set_lengths(void)
{
	lengths[8] = page_size() - 1;
	lengths[9] = page_size();
	lengths[10] = page_size() + 1;
}

static void open_both_ways(memward_ward *ward, size_t len, unsigned seed)
{
	unsigned char *secret = new_secret(ward, len);
	memward_sealed *sealed = NULL;

	fill_secret(secret, len, seed);
	check_granted(seal_it(secret, NULL, &sealed));
	/* The source holds zeros, and can be used again. */
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	CHECK(holds(secret, len, 0));
	CHECK_CODE(memward_end(ward), 0);
	CHECK_INT(memward_sealed_size(sealed), len);
	CHECK_STR(memward_sealed_cipher(sealed), memward_seal_cipher());
	check_granted(memward_unseal_into(sealed, NULL, 0, secret));
	CHECK(secret_is_filled(secret, len, seed));
	expect_pattern(sealed, seed, NULL);
	memward_sealed_free(sealed);
	memward_free(secret);
}

static void every_length_comes_back(void)
{
	memward_ward *wards[] = {NULL, new_ward(NULL), new_closed_ward()};

	set_lengths();
	for (size_t w = 0; w < TEST_COUNT(wards); w++) {
		for (unsigned i = 0; i < TEST_COUNT(lengths); i++)
			open_both_ways(wards[w], lengths[i], i);
	}
	close_ward(wards[1]);
	close_ward(wards[2]);
}

/* Larger than any container lets a program lock, so it may be refused. */
static void a_secret_of_64_mib_comes_back(void)
{
	const size_t len = (size_t)64 << 20;
	memward_sealed *sealed = NULL;
	void *secret = NULL;
	int rc = memward_new(NULL, len, &secret);

	if (rc == MEMWARD_ELOCKLIMIT)
		TEST_SKIP("this process may not lock 64 MiB");
	CHECK_CODE(rc, 0);
	fill(secret, len, 5);
	CHECK_CODE(memward_seal(secret, NULL, 0, &sealed), 0);
	CHECK(holds(secret, len, 0));
	CHECK_CODE(memward_unseal_into(sealed, NULL, 0, secret), 0);
	CHECK(is_filled(secret, len, 5));
	memward_free(secret);
	memward_sealed_free(sealed);
}

static void a_longer_secret_is_filled_in_part(void)
{
	memward_sealed *sealed = seal_pattern(NULL, 100, 3, NULL);
	unsigned char *secret = new_secret(NULL, 120);

	memset(secret, FILLED, 120);
	CHECK_CODE(memward_unseal_into(sealed, NULL, 0, secret), 0);
	CHECK(is_filled(secret, 100, 3));
	CHECK(holds(secret + 100, 20, FILLED));
	memward_free(secret);
	secret = new_secret(NULL, 99);
	memset(secret, FILLED, 99);
	CHECK_CODE(
	    memward_unseal_into(sealed, NULL, 0, secret), MEMWARD_EVALUE);
	CHECK(holds(secret, 99, FILLED));
	memward_free(secret);
	memward_sealed_free(sealed);
}

static void a_guarded_secret_must_be_open(void)
{
	static const memward_access narrow[] = {
	    MEMWARD_NO_ACCESS, MEMWARD_READ_ONLY};
	unsigned char *secret = new_guarded(NULL, 300, 1);
	memward_sealed *sealed = NULL;
	memward_sealed *other = seal_pattern(NULL, 300, 9, NULL);

	fill(secret, 300, 4);
	for (size_t i = 0; i < TEST_COUNT(narrow); i++) {
		CHECK_CODE(memward_protect(secret, narrow[i]), 0);
		CHECK_CODE(
		    memward_seal(secret, NULL, 0, &sealed), MEMWARD_ECLOSED);
		CHECK_CODE(memward_unseal_into(other, NULL, 0, secret),
		    MEMWARD_ECLOSED);
		CHECK(sealed == NULL);
		CHECK_CODE(memward_protect(secret, MEMWARD_READ_WRITE), 0);
		CHECK(is_filled(secret, 300, 4));
	}
	CHECK_CODE(memward_seal(secret, NULL, 0, &sealed), 0);
	CHECK_CODE(memward_unseal_into(other, NULL, 0, secret), 0);
	CHECK(is_filled(secret, 300, 9));
	memward_free(secret);
	expect_pattern(sealed, 4, NULL);
	memward_sealed_free(sealed);
	memward_sealed_free(other);
}

static void the_window_is_as_it_was(void)
{
	memward_ward *ward = new_closed_ward();
	memward_sealed *sealed = seal_pattern(ward, 50, 1, NULL);
	unsigned char *secret = new_secret(ward, 50);

	CHECK(ward->now == MEMWARD_NO_ACCESS);
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
	CHECK_CODE(memward_unseal_into(sealed, NULL, 0, secret), 0);
	CHECK(ward->now == MEMWARD_READ_ONLY);
	CHECK(is_filled(secret, 50, 1));
	CHECK_CODE(memward_end(ward), 0);
	CHECK(ward->now == MEMWARD_NO_ACCESS);
	memward_free(secret);
	memward_sealed_free(sealed);
	close_ward(ward);
}

static void arguments_are_checked(void)
{
	unsigned char *secret = new_secret(NULL, 10);
	memward_sealed *sealed = seal_pattern(NULL, 10, 1, NULL);
	memward_sealed *out = NULL;
	void *opened = NULL;

	CHECK_CODE(memward_seal(NULL, NULL, 0, &out), MEMWARD_ENULL);
	CHECK_CODE(memward_seal(secret, NULL, 0, NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_seal(secret, NULL, 1, &out), MEMWARD_ENULL);
	CHECK_CODE(memward_unseal(NULL, NULL, 0, &opened), MEMWARD_ENULL);
	CHECK_CODE(memward_unseal(sealed, NULL, 0, NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_unseal(sealed, NULL, 1, &opened), MEMWARD_ENULL);
	CHECK_CODE(memward_unseal_into(sealed, NULL, 0, NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_unseal_into(NULL, NULL, 0, secret), MEMWARD_ENULL);
	CHECK_CODE(memward_unseal_into(sealed, NULL, 1, secret), MEMWARD_ENULL);
	CHECK(out == NULL && opened == NULL);
	CHECK_INT(memward_sealed_size(NULL), 0);
	CHECK(memward_sealed_cipher(NULL) == NULL);
	memward_sealed_free(NULL);
	memward_sealed_free(sealed);
	memward_free(secret);
}

static void the_cipher_is_named(void)
{
	const char *name = memward_seal_cipher();

	CHECK(name != NULL);
	CHECK(strcmp(name, "aegis-256") == 0 ||
	      strcmp(name, "xchacha20-poly1305") == 0);
}

#define ROW(name) TEST_CASE(name),
/* The long ones last: at a low limit they leave no room for others. */
static const struct test_case cases[] = {
    TEST_CASE(the_cipher_is_named),
    TEST_CASE(arguments_are_checked),
    TEST_CASE(a_guarded_secret_must_be_open),
    TEST_CASE(a_longer_secret_is_filled_in_part),
    TEST_CASE(the_window_is_as_it_was),
    /* clang-format off */
    SEAL_TAMPER_CASES(ROW)
    SEAL_STREAM_CASES(ROW)
    SEAL_KEY_CASES(ROW)
    SEAL_FORK_CASES(ROW)
    /* clang-format on */
    TEST_CASE(every_length_comes_back),
    TEST_CASE(a_secret_of_64_mib_comes_back),
};
#undef ROW

#define CHILD(name) {#name, child_##name},
static const struct child_entry children[] = {SEAL_CHILDREN(CHILD)};
#undef CHILD

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
