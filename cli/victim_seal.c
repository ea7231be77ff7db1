/* SPDX-License-Identifier: MIT */
/* A secret that is sealed while the attack goes on. */
#include "victim.h"

bool seal_settle(struct victim *victim)
{
	if (!ward_begin(victim))
		return false;
	victim->fingerprint = victim_fingerprint(victim->secret, victim->len);
	if (!ward_end(victim) ||
	    !victim_check("memward_seal",
		memward_seal(victim->secret, NULL, 0, &victim->sealed)))
		return false;
	memward_free(victim->secret);
	return true;
}

/* As a program that needs it for a moment: opens, uses and frees it. */
bool seal_use(struct victim *victim)
{
	void *secret = NULL;
	uint64_t after;

	if (!ward_begin(victim) ||
	    !victim_check("memward_unseal",
		memward_unseal(victim->sealed, NULL, 0, &secret)))
		return false;
	after = victim_fingerprint(secret, victim->len);
	memward_free(secret);
	if (after != victim->fingerprint)
		return victim_unable("memward_unseal", "", "it lost bytes");
	return ward_end(victim) && victim_done();
}
