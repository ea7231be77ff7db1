/* SPDX-License-Identifier: MIT */
/* Parsers of private keys as they stand in memory: no input is too strange. */
#ifndef MEMWARD_CLI_KEYS_H
#define MEMWARD_CLI_KEYS_H

#include <stdbool.h>
#include <stddef.h>

struct key_found {
	const char *what; /* "RSA private key, PKCS#1" */
	size_t len;       /* bytes it takes up */
	char more[80];    /* a remark, or empty */
};

/* Whether a private key begins at the first byte. */
bool key_der(const unsigned char *bytes, size_t len, struct key_found *found);
bool key_pem(const unsigned char *bytes, size_t len, struct key_found *found);
bool key_openssh(
    const unsigned char *bytes, size_t len, struct key_found *found);

#endif
