/* SPDX-License-Identifier: MIT */
/* Limits as doctor shows them. */
#ifndef MEMWARD_CLI_PEEK_FACTS_H
#define MEMWARD_CLI_PEEK_FACTS_H

#include "doctor.h"

#include <stdbool.h>

/* What most systems of today give an ordinary user. */
#define MW_LOCK_USUAL (8UL << 20)

struct mw_limit {
	bool known;
	bool zero;
	bool unlimited;
	bool one;         /* a single byte */
	bool enough;      /* the usual limit of locked memory, or more */
	bool hard_enough; /* may be raised to that */
	char soft[32];
	char hard[32];
};

void mw_core_limit(struct mw_limit *limit);
void mw_space_limit(struct mw_limit *limit);
/* False where the system has no such limit. */
bool mw_lock_limit(struct mw_limit *limit);

#endif
