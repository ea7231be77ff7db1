/* SPDX-License-Identifier: MIT */
/*
 * A program that uses libsodium and knows nothing of memward.
 *
 * sodium_user        computes, and tells whose memory it had
 * sodium_user break  writes before what it allocated, and frees it
 */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Encrypts and decrypts, with key and text in memory of libsodium's. */
static int compute(void)
{
	const unsigned char text[] = "a text of some length";
	unsigned char *key = sodium_malloc(crypto_secretbox_KEYBYTES);
	unsigned char nonce[crypto_secretbox_NONCEBYTES];
	unsigned char box[sizeof(text) + crypto_secretbox_MACBYTES];
	unsigned char *plain = sodium_allocarray(sizeof(text), 1);
	int rc = -1;

	if (key != NULL && plain != NULL) {
		crypto_secretbox_keygen(key);
		randombytes_buf(nonce, sizeof(nonce));
		rc = crypto_secretbox_easy(box, text, sizeof(text), nonce, key);
		if (rc == 0 && sodium_mprotect_readonly(key) == 0)
			rc = crypto_secretbox_open_easy(
			    plain, box, sizeof(box), nonce, key);
		if (rc == 0)
			rc = sodium_memcmp(plain, text, sizeof(text));
	}
	sodium_free(plain);
	sodium_free(key);
	return rc;
}

/* Whose memory it is. */
static const char *owner(const void *mem)
{
	void *found = dlsym(RTLD_DEFAULT, "memward_is_secret");
	_Bool (*is_secret)(const void *);

	memcpy(&is_secret, &found, sizeof(found));
	return found != NULL && is_secret(mem) ? "memward" : "libsodium";
}

int main(int argc, char **argv)
{
	unsigned char *mem;

	if (sodium_init() < 0)
		return 2;
	mem = sodium_malloc(100);
	if (mem == NULL)
		return 3;
	if (argc > 1 && strcmp(argv[1], "break") == 0)
		mem[-1] ^= 1;
	else if (compute() == 0)
		printf("computed; the memory is of %s\n", owner(mem));
	sodium_free(mem);
	return 0;
}
