/* SPDX-License-Identifier: MIT */
/*
 * An Ed25519 signature by libcrypto, on a plain stack and on one of a ward.
 * What it leaves is known without knowing libcrypto: words that are the same
 * whenever one key signs, and others when another does. Without libcrypto at
 * build time it skips.
 */
#include "stack_cases.h"

#ifdef WITH_LIBCRYPTO

#include <openssl/evp.h>
#include <stdint.h>
#include <string.h>

#define SEED  32
#define WORDS ((size_t)64 * 1024)

static unsigned char keys[2][SEED];
static unsigned char seed[SEED]; /* one of them, always at this place */
static _Alignas(64) uint64_t stack[WORDS];
/* The key of each signature: in an order that no other habit keeps to. */
static const unsigned order[] = {0, 0, 1, 1, 0, 1, 1, 0, 1, 0};
#define TIMES TEST_COUNT(order)
static uint64_t after[TIMES][WORDS];

static int sign(void *unused)
{
	static const unsigned char message[] = "what is signed";
	unsigned char signature[64];
	size_t len = sizeof(signature);
	EVP_PKEY *key =
	    EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, SEED);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool fine = key != NULL && context != NULL &&
		    EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
		    EVP_DigestSign(context, signature, &len, message,
			sizeof(message)) == 1;

	(void)unused;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return fine && len == sizeof(signature) ? 0 : 1;
}

static memward_ward *ward;
static int answer;

static void sign_plainly(void *unused)
{
	answer = sign(unused);
}

static void sign_in_call(void *unused)
{
	answer = memward_call(ward, sign, unused);
}

/* Whether a word of the stack was the same after each signature by a key. */
static bool depends_on_key(size_t word)
{
	for (size_t i = 0; i < TIMES; i++) {
		if (after[i][word] != after[order[i] == 0 ? 0 : 2][word])
			return false;
	}
	return after[0][word] != after[2][word];
}

/* How many words of the plain stack are left that depend on the key. */
static size_t count_traces(void (*function)(void *))
{
	size_t traces = 0;

	/* Once more before: then all is loaded and bound. */
	on_plain_stack(stack, sizeof(stack), function, NULL);
	for (size_t i = 0; i < TIMES; i++) {
		memcpy(seed, keys[order[i]], SEED);
		on_plain_stack(stack, sizeof(stack), function, NULL);
		check_granted(answer);
		memcpy(after[i], stack, sizeof(stack));
	}
	for (size_t i = 0; i < WORDS; i++)
		traces += depends_on_key(i);
	return traces;
}

static void a_signature_leaves_nothing_of_the_key(void)
{
	size_t traces;

	need_switch();
	if (support_sanitizer() != NULL)
		TEST_SKIP("a sanitizer writes on stacks as well");
	ward = new_ward(NULL);
	CHECK_CODE(memward_random(keys, sizeof(keys)), 0);
	traces = count_traces(sign_plainly);
	if (traces == 0)
		TEST_SKIP("this libcrypto leaves nothing on a plain stack");
	printf("# on a plain stack: %u words\n", (unsigned)traces);
	CHECK_INT(count_traces(sign_in_call), 0);
	close_ward(ward);
}

#else

static void a_signature_leaves_nothing_of_the_key(void)
{
	TEST_SKIP("libcrypto was not there to build with");
}

#endif

static const struct test_case cases[] = {
    TEST_CASE(a_signature_leaves_nothing_of_the_key),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
