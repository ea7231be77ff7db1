/* SPDX-License-Identifier: MIT */
#include "faults.h"

#include <stdlib.h>

void fault_fill(unsigned char *at, size_t len, unsigned seed)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (unsigned char)(i * 29 + seed * 7 + 1);
}

bool fault_is_filled(const unsigned char *at, size_t len, unsigned seed)
{
	size_t i = 0;

	while (i < len && at[i] == (unsigned char)(i * 29 + seed * 7 + 1))
		i++;
	return i == len;
}

struct kept fault_secret(
    memward_ward *ward, bool closed, bool guarded, size_t len, unsigned seed)
{
	struct kept kept = {NULL, len, seed, closed, guarded};
	void *at = NULL;

	if (closed)
		DEMAND(memward_begin(ward, MEMWARD_READ_WRITE) == 0);
	DEMAND((guarded ? memward_new_guarded(ward, len, 1, &at)
			: memward_new(ward, len, &at)) == 0);
	fault_fill(at, len, seed);
	if (closed)
		DEMAND(memward_end(ward) == 0);
	kept.at = at;
	return kept;
}

/* In a second run of this program all wards are hidden ones. */
bool fault_are_hidden(void)
{
	return getenv("MODEL_HIDDEN_WARDS") != NULL;
}

void fault_hide(memward_policy *policy)
{
	if (!fault_are_hidden())
		return;
	policy->fork = MEMWARD_FORK_OMIT;
	if ((policy->require & MEMWARD_LOCKED) != 0)
		policy->require |= MEMWARD_HIDDEN;
	else
		policy->prefer |= MEMWARD_HIDDEN;
}
