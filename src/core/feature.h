/* SPDX-License-Identifier: MIT */
/* Which features a policy can have here and now. */
#ifndef MW_CORE_FEATURE_H
#define MW_CORE_FEATURE_H

#include "ward.h"

/* The place of MEMWARD_HIDDEN in arrays. */
#define MW_HIDDEN_BIT 4
_Static_assert(MEMWARD_HIDDEN == 1 << MW_HIDDEN_BIT, "its bit number");

/*
 * Tries every feature that a ward's policy requests, its fork rule, and what
 * its guards can be. What is required and lacking is an error, and named in
 * *lacking; the reasons stand in the ward.
 */
int mw_feature_try(memward_ward *ward, uint32_t *lacking);

/*
 * The policy of the default ward: the preset `server`; but where the system
 * cannot leave a mapping out of dumps at all, requiring it would leave
 * programs without a default ward.
 */
int mw_feature_standard(memward_policy *policy);

#endif
