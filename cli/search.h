/* SPDX-License-Identifier: MIT */
/* A secret, and how it is recognised in someone else's memory. */
#ifndef MEMWARD_CLI_SEARCH_H
#define MEMWARD_CLI_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECRET_MIN 8
#define SECRET_MAX ((size_t)64 * 1024)

#define NEEDLE_BLOCK 8
#define NEEDLE_HEADS 4096
#define NEEDLE_BITS  65536

/*
 * What counts as a leak is any run of 16 bytes of the secret (of all of it,
 * where it is shorter). Every such run contains one of the secret's blocks of
 * 8 bytes, so only blocks are looked up. Left out are blocks that stand in
 * memory anyway: those of fewer than four different bytes, and the lines of
 * a PEM file that begin with "-----".
 */
struct needle {
	size_t len;                               /* bytes in secret */
	uint32_t head[NEEDLE_HEADS];              /* hash -> block number + 1 */
	uint32_t next[SECRET_MAX / NEEDLE_BLOCK]; /* chain of block numbers */
	uint8_t filter[NEEDLE_BITS / 8];          /* hash seen at all */
	unsigned char secret[SECRET_MAX + 1];     /* one more: see secret.c */
};

/* How much of two neighbouring pieces must overlap for none to be missed. */
#define NEEDLE_OVERLAP 32

/*
 * Builds the tables from secret and len. False if nothing in it could be told
 * from what stands in memory anyway.
 */
bool needle_prepare(struct needle *needle);

/* Whether a run of the secret stands in these bytes. */
bool needle_found(
    const struct needle *needle, const unsigned char *bytes, size_t len);

#endif
