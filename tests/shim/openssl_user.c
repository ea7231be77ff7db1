/* SPDX-License-Identifier: MIT */
/*
 * A program that uses OpenSSL's secure heap and knows nothing of memward. It
 * tells whose heap it had, and how much libcrypto itself took of it for a key.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>

/* Not what a unit of OpenSSL's own heap is: it would count 32. */
#define LEN 20

int main(void)
{
	EVP_PKEY *key;
	size_t before;
	void *mem;

	if (CRYPTO_secure_malloc_init(32768, 32) == 0)
		return 1;
	mem = OPENSSL_secure_malloc(LEN);
	if (mem == NULL)
		return 1;
	before = CRYPTO_secure_used();
	printf("the heap is of %s\n", before == LEN ? "memward" : "OpenSSL");
	key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (key == NULL)
		return 1;
	printf("libcrypto took %zu bytes\n", CRYPTO_secure_used() - before);
	EVP_PKEY_free(key);
	OPENSSL_secure_free(mem);
	return 0;
}
