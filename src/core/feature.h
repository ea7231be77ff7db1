/* SPDX-License-Identifier: MIT */
/* What of a policy can be had here and now, and why the rest cannot. */
#ifndef MW_CORE_FEATURE_H
#define MW_CORE_FEATURE_H

#include "ward.h"

/* The place of MEMWARD_HIDDEN in arrays. */
#define MW_HIDDEN_BIT 4
_Static_assert(MEMWARD_HIDDEN == 1 << MW_HIDDEN_BIT, "its bit number");

/*
 * Tries every feature that a ward's policy requests, its fork rule, and what
 * its guards can be, and takes its key. What is required and lacking is an
 * error, and named in *lacking, and then nothing was taken; the reasons stand
 * in the ward.
 */
int mw_feature_try(memward_ward *ward, uint32_t *lacking);

/*
 * The policy of the default ward: the preset `server`; but where the system
 * cannot leave a mapping out of dumps at all, requiring it would leave
 * programs without a default ward.
 */
int mw_feature_standard(memward_policy *policy);

/*
 * Records that the system denied what it granted before, by a filter for one.
 * Which of the two it was is not told. False: one of them is required.
 */
bool mw_feature_record_denied(memward_ward *ward);

#endif
