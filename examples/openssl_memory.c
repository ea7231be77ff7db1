/* SPDX-License-Identifier: MIT */
/*
 * All that libcrypto allocates becomes secrets of one ward. Build with:
 *
 *	cc openssl_memory.c -lmemward_openssl -lmemward -lcrypto
 */
#include <memward/openssl.h>

#include <openssl/evp.h>
#include <stdio.h>

/* Makes a key and signs with it. Only addresses of it are looked at. */
static int use_a_key(void)
{
	const unsigned char text[] = "what is signed";
	unsigned char signature[64];
	size_t len = sizeof(signature);
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	int fine =
	    key != NULL && context != NULL &&
	    EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestSign(context, signature, &len, text, sizeof(text)) == 1;

	printf("key: %s\n", memward_is_secret(key) ? "a secret" : "no secret");
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return fine;
}

int main(void)
{
	memward_report report = MEMWARD_REPORT_INIT;
	char text[2048];
	int fine;

	/* Before anything else of OpenSSL, or it refuses. */
	if (CRYPTO_set_mem_functions(memward_openssl_malloc,
		memward_openssl_realloc, memward_openssl_free) != 1) {
		puts("something was allocated before");
		return 1;
	}
	fine = use_a_key();
	if (memward_report_ward(memward_openssl_ward(), &report) == 0) {
		memward_report_text(&report, text, sizeof(text));
		fputs(text, stdout);
	}
	puts(fine ? "signed" : "not signed");
	return fine ? 0 : 1;
}
