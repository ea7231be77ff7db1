/* SPDX-License-Identifier: MIT */
/* Where the prover's own secret comes from. */
#ifndef MEMWARD_CLI_SECRET_H
#define MEMWARD_CLI_SECRET_H

#include "search.h"

#include <stdbool.h>

/* What the prover holds, in pages of the platform layer, wiped when freed. */
struct secrets {
	struct needle real;
	struct needle decoy;    /* random bytes of the same length */
	unsigned char buffer[]; /* PEEK_BUFFER: what attacks read */
};

/*
 * From a file, or random bytes if path is NULL. False: said why on standard
 * error. *locked: whether the system let the prover lock them.
 */
bool secrets_take(struct secrets **secrets, const char *path, bool *locked);
void secrets_free(struct secrets *secrets);

#endif
