/* SPDX-License-Identifier: MIT */
/*
 * A password that is typed in becomes a key, by Argon2id of libsodium. Neither
 * is ever anywhere but in the ward, and what Argon2id leaves on its stack is
 * wiped with that. It works in 64 MiB of memory of its own, which libsodium
 * gives back to the system; nothing keeps these pages from being swapped
 * meanwhile.
 */
#include <memward.h>
#include <sodium.h>
#include <stdio.h>

/* A program of yours makes random ones, and keeps each beside its data. */
static const unsigned char salt[crypto_pwhash_SALTBYTES] = "example of salt";

#define KEY_BYTES 32

struct work {
	void *password;
	void *key;
};

/* Runs on a stack of the ward, which is open meanwhile. */
static int derive(void *argument)
{
	const struct work *work = argument;

	return crypto_pwhash(work->key, KEY_BYTES, work->password,
	    memward_size(work->password), salt,
	    crypto_pwhash_OPSLIMIT_INTERACTIVE,
	    crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13);
}

/* A few bytes that tell keys apart, and nothing else about them. */
static int show(void *argument)
{
	static const unsigned char text[] = "check";
	const struct work *work = argument;
	unsigned char check[crypto_generichash_BYTES_MIN];

	if (crypto_generichash(check, sizeof(check), text, sizeof(text) - 1,
		work->key, KEY_BYTES) != 0)
		return 1;
	printf("key ");
	for (size_t i = 0; i < 8; i++)
		printf("%02x", check[i]);
	puts("");
	return 0;
}

static int fail(const char *what, int rc)
{
	/* Above 0 are the answers of our own functions. */
	fprintf(stderr, "%s: %s\n", what,
	    rc < 0 ? memward_error_text(rc) : "it cannot be done");
	return 1;
}

static int make_key(memward_ward *ward, struct work *work)
{
	int rc;

	/* The process's own terminal; without it, it says so. */
	rc = memward_read_tty(ward, -1, "Password: ", 1024, &work->password);
	if (rc != 0)
		return fail("password", rc);
	rc = memward_new(ward, KEY_BYTES, &work->key);
	if (rc != 0)
		return fail("key", rc);
	rc = memward_call(ward, derive, work);
	if (rc != 0)
		return fail("Argon2id", rc == -1 ? 1 : rc);
	/* From here on the key alone is needed. */
	memward_free(work->password);
	work->password = NULL;
	rc = memward_call(ward, show, work);
	return rc == 0 ? 0 : fail("check", rc);
}

int main(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	struct work work = {NULL, NULL};
	memward_ward *ward;
	int result;
	int rc;

	if (sodium_init() < 0)
		return fail("libsodium", 1);
	policy.rest = MEMWARD_NO_ACCESS;
	rc = memward_open(&policy, &ward);
	if (rc != 0)
		return fail("ward", rc);
	result = make_key(ward, &work);
	/* Wipes and frees what is left in it. */
	rc = memward_close(ward);
	return rc == 0 ? result : fail("ward", rc);
}
