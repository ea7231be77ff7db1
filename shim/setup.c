/* SPDX-License-Identifier: MIT */
#include "setup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The bit of a word, 0 if it is not known. */
static unsigned bit_of(const char *word, size_t len, const char *const *known)
{
	for (unsigned i = 0; known[i] != NULL; i++) {
		if (strlen(known[i]) == len && memcmp(known[i], word, len) == 0)
			return 1u << i;
	}
	return 0;
}

static void complain(const char *variable, const char *const *known)
{
	(void)fprintf(
	    stderr, "memward: %s: unknown word; known are:", variable);
	for (; *known != NULL; known++)
		(void)fprintf(stderr, " %s", *known);
	(void)fprintf(stderr, "\n");
}

bool mw_shim_words(
    const char *variable, const char *const *known, unsigned *chosen)
{
	const char *word = memward_sys_environment(variable);
	unsigned bits = 0;

	while (word != NULL && *word != '\0') {
		size_t len = strcspn(word, ",");
		unsigned bit = bit_of(word, len, known);

		if (len != 0 && bit == 0) {
			complain(variable, known);
			return false;
		}
		bits |= bit;
		word += len + (word[len] == ',' ? 1 : 0);
	}
	*chosen = bits;
	return true;
}

memward_policy mw_shim_policy(bool locked)
{
	memward_policy policy = MEMWARD_POLICY_INIT;

	policy.require = MEMWARD_GUARDED | MEMWARD_CANARY;
	policy.prefer |= MEMWARD_LOCKED | MEMWARD_NO_DUMP;
	if (locked)
		policy.require |= MEMWARD_LOCKED;
	return policy;
}

memward_ward *mw_shim_ward(
    _Atomic(memward_ward *) *place, const memward_policy *policy)
{
	memward_ward *none = NULL;
	memward_ward *ward;
	int rc = memward_open(policy, &ward);

	if (rc != 0) {
		(void)fprintf(stderr, "memward: %s\n", memward_error_text(rc));
		errno = rc == MEMWARD_EOVERRIDE ? EINVAL : ENOMEM;
		return NULL;
	}
	if (atomic_compare_exchange_strong(place, &none, ward))
		return ward;
	/* Another thread was faster; of an empty ward nothing can be lost. */
	rc = memward_close(ward);
	(void)rc;
	return none;
}
