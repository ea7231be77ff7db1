/* SPDX-License-Identifier: MIT */
/* Policies: presets, what makes one valid, the operator's override. */
#ifndef MW_CORE_POLICY_H
#define MW_CORE_POLICY_H

#include "memward.h"

/* 0, or MEMWARD_EVALUE. */
int mw_policy_check(const memward_policy *policy);

/*
 * Applies the environment variable MEMWARD_POLICY unless the policy is
 * MEMWARD_FIXED. *lowered: requirements it made preferences. MEMWARD_EOVERRIDE
 * if it cannot be understood.
 */
int mw_policy_override(memward_policy *policy, uint32_t *lowered);

#endif
