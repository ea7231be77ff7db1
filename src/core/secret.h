/* SPDX-License-Identifier: MIT */
/* Secrets one by one: hand out, take back, look at. */
#ifndef MW_CORE_SECRET_H
#define MW_CORE_SECRET_H

#include "ward.h"

/* Where a secret is. */
struct mw_place {
	struct mw_run *run;
	uint32_t slot;
	size_t len;
	bool guarded;
};

int mw_secret_new(
    const char *call, memward_ward *ward, size_t len, void **secret);
int mw_secret_new_guarded(const char *call, memward_ward *ward, size_t len,
    size_t align, void **secret);
void mw_secret_free(const char *call, void *secret);

/* Finds a living secret by its first byte; ends the process otherwise. */
struct mw_place mw_secret_find(const char *call, const void *secret);

/* The same without an end: false, and *why one of the fixed reasons. */
bool mw_secret_look(
    const void *secret, struct mw_place *place, const char **why);

/* Whether the canary is whole. The pages must be readable. */
bool mw_secret_has_canary(struct mw_place place);

/* Ends the process if the canary is broken. The pages must be readable. */
void mw_secret_check(const char *call, struct mw_place place);

/*
 * Gives a living packed secret another length of the same class. The pages
 * must be writable; with the ward's lock held.
 */
void mw_secret_resize_in_place(
    const char *call, struct mw_place place, char *secret, size_t len);

#endif
