/* SPDX-License-Identifier: MIT */
/* A secret, and how parts of it are recognised in someone else's memory. */
#ifndef MEMWARD_CLI_SEARCH_H
#define MEMWARD_CLI_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECRET_MIN 8
#define SECRET_MAX ((size_t)64 * 1024)

#define NEEDLE_BLOCK 8
#define NEEDLE_HEADS 4096
#define NEEDLE_BITS  262144

/* What counts as a leak, unless said otherwise: a run of 16 bytes. */
#define NEEDLE_RUN 16

/*
 * Every block of 8 bytes of the secret is in a table, and in the bytes that
 * are searched one block in `step` is looked up: so many that any run that
 * counts has one of them in it. Left out are blocks that stand in memory
 * anyway: those of fewer than four different bytes, and the lines of a PEM
 * file that begin with "-----". Where some are left out, each place is looked
 * at.
 */
struct needle {
	size_t len;                           /* bytes in secret */
	size_t run;                           /* shortest part that counts */
	size_t step;                          /* from one look to the next */
	uint32_t head[NEEDLE_HEADS];          /* hash -> block's place + 1 */
	uint32_t next[SECRET_MAX];            /* chain of such places */
	uint8_t filter[NEEDLE_BITS / 8];      /* hash seen at all */
	unsigned char secret[SECRET_MAX + 1]; /* one more: see secret.c */
};

/* How much of two neighbouring pieces must overlap for none to be missed. */
#define NEEDLE_OVERLAP 32

/*
 * Builds the tables from secret and len; a shorter secret counts as a whole.
 * run: at least NEEDLE_BLOCK. False if nothing in it could be told from what
 * stands in memory anyway.
 */
bool needle_prepare_runs(struct needle *needle, size_t run);
bool needle_prepare(struct needle *needle); /* with NEEDLE_RUN */

/* A part of the secret, as long as it goes. */
struct needle_hit {
	size_t at;   /* where it begins in the bytes that were searched */
	size_t from; /* which byte of the secret that is */
	size_t len;
};

/* The first part that a look at or behind *from meets; then *from is behind. */
bool needle_next(const struct needle *needle, const unsigned char *bytes,
    size_t len, size_t *from, struct needle_hit *hit);

/* Whether a run of the secret stands in these bytes. */
bool needle_found(
    const struct needle *needle, const unsigned char *bytes, size_t len);

#endif
