/* SPDX-License-Identifier: MIT */
#include "feature.h"

#include "key.h"

#include "mem_sys/store.h"

#include <errno.h>
#include <string.h>

/* MEMWARD_SYS_GUARDS in arrays, and MEMWARD_KEYED. */
#define GUARDS_BIT 8
#define KEYED_BIT  5
_Static_assert(MEMWARD_SYS_GUARDS == 1 << GUARDS_BIT, "its bit number");
_Static_assert(MEMWARD_KEYED == 1 << KEYED_BIT, "its bit number");

/* Hidden pages are shared with a child, or not there. */
static int hidden_why_not(memward_fork_rule rule, int *err)
{
	*err = 0;
	return rule == MEMWARD_FORK_OMIT ? mw_sys_try_hidden(err)
					 : MEMWARD_EFORKRULE;
}

/* Half the features are memward's own doing, the rest the system's. */
static int why_not(uint32_t feature, const memward_policy *policy,
    const memward_sys_info *info, int *err)
{
	uint32_t bit;
	unsigned i = 0;

	*err = 0;
	switch (feature) {
	case MEMWARD_LOCKED:
		bit = MEMWARD_SYS_LOCK;
		break;
	case MEMWARD_NO_DUMP:
		bit = MEMWARD_SYS_NO_DUMP;
		break;
	case MEMWARD_UNMERGED:
		bit = MEMWARD_SYS_UNMERGED;
		break;
	case MEMWARD_HIDDEN:
		return hidden_why_not(policy->fork, err);
	case MEMWARD_KEYED:
		/* It needs something to close. */
		if (policy->rest == MEMWARD_READ_WRITE)
			return MEMWARD_ENOTCLOSED;
		bit = MEMWARD_SYS_KEYS;
		break;
	default:
		return 0;
	}
	while (UINT32_C(1) << i != bit)
		i++;
	*err = info->system_error[i];
	return info->reason[i];
}

static int check_fork_rule(memward_fork_rule rule, const memward_sys_info *info)
{
	uint32_t need = 0;

	if (rule == MEMWARD_FORK_OMIT)
		need = MEMWARD_SYS_FORK_OMIT;
	else if (rule == MEMWARD_FORK_WIPE)
		need = MEMWARD_SYS_FORK_WIPE;
	return (info->granted & need) == need ? 0 : MEMWARD_EUNSUPPORTED;
}

static int try_each(memward_ward *ward, uint32_t *lacking)
{
	const memward_policy *policy = &ward->policy;
	memward_sys_info info = {0};
	int rc = mw_sys_query(&info);

	*lacking = 0;
	memset(ward->reason, 0, sizeof(ward->reason));
	memset(ward->system_error, 0, sizeof(ward->system_error));
	if (rc != 0)
		return rc;
	for (unsigned i = 0; i < MEMWARD_FEATURE_COUNT; i++) {
		uint32_t feature = UINT32_C(1) << i;

		if ((ward->features & feature) == 0)
			continue;
		ward->reason[i] =
		    why_not(feature, policy, &info, &ward->system_error[i]);
		if (ward->reason[i] != 0 && (policy->require & feature) != 0) {
			*lacking = feature;
			return ward->reason[i];
		}
	}
	ward->regions_reason = info.reason[GUARDS_BIT];
	ward->regions_error = info.system_error[GUARDS_BIT];
	return check_fork_rule(policy->fork, &info);
}

/* Takes the key of a keyed ward: last, so that no failure leaves it behind. */
static int take_key(memward_ward *ward, uint32_t *lacking)
{
	int rc;

	if ((ward->features & MEMWARD_KEYED) == 0 ||
	    ward->reason[KEYED_BIT] != 0)
		return 0;
	rc = mw_key_take(ward);
	if (rc == 0)
		return 0;
	ward->reason[KEYED_BIT] = rc;
	ward->system_error[KEYED_BIT] = errno;
	if ((ward->policy.require & MEMWARD_KEYED) == 0)
		return 0;
	*lacking = MEMWARD_KEYED;
	return rc;
}

int mw_feature_try(memward_ward *ward, uint32_t *lacking)
{
	int rc = try_each(ward, lacking);

	return rc != 0 ? rc : take_key(ward, lacking);
}

int mw_feature_standard(memward_policy *policy)
{
	memward_sys_info info = {0};
	int rc = mw_sys_query(&info);
	int err;

	if (rc != 0)
		return rc;
	*policy = (memward_policy)MEMWARD_POLICY_INIT;
	if (why_not(MEMWARD_NO_DUMP, policy, &info, &err) ==
	    MEMWARD_EUNSUPPORTED) {
		policy->require &= ~(uint32_t)MEMWARD_NO_DUMP;
		policy->prefer |= MEMWARD_NO_DUMP;
	}
	return 0;
}

bool mw_feature_record_denied(memward_ward *ward)
{
	const uint32_t advice = MEMWARD_NO_DUMP | MEMWARD_UNMERGED;

	if ((ward->policy.require & advice) != 0)
		return false;
	for (unsigned i = 0; i < MEMWARD_FEATURE_COUNT; i++) {
		if ((ward->features & advice & UINT32_C(1) << i) == 0)
			continue;
		ward->reason[i] = MEMWARD_EPERM;
		ward->system_error[i] = errno;
	}
	return true;
}
