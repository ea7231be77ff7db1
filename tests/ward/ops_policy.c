/* SPDX-License-Identifier: MIT */
/* Policies of wards, one for each byte. */
#include "ops.h"

memward_policy ops_policy(unsigned kind, size_t page)
{
	memward_policy policy = MEMWARD_POLICY_INIT;

	if ((kind & 1) != 0)
		policy.rest = MEMWARD_NO_ACCESS;
	/* Of those closed, half; for one thread both kinds are the same. */
	if ((kind & 17) == 1)
		policy.prefer |= MEMWARD_KEYED;
	if ((kind & 2) != 0)
		policy.require |= MEMWARD_TRAP_FREE;
	if ((kind & 4) != 0)
		policy.require &= ~(uint32_t)MEMWARD_CANARY;
	if ((kind & 8) != 0) {
		policy.require &= ~(uint32_t)MEMWARD_LOCKED;
		policy.prefer |= MEMWARD_LOCKED;
	}
	if ((kind & 16) != 0)
		policy.limit = (1 + kind % 13) * page;
	if ((kind & 32) != 0)
		policy.fork = MEMWARD_FORK_OMIT;
	else if ((kind & 64) != 0)
		policy.fork = MEMWARD_FORK_WIPE;
	if ((kind & 96) == 96)
		*((kind & 8) == 0 ? &policy.require : &policy.prefer) |=
		    MEMWARD_HIDDEN;
	if ((kind & 128) != 0 && policy.limit == 0)
		policy.reserve = kind * 16;
	return policy;
}
