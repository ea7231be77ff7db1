/* SPDX-License-Identifier: MIT */
#include "kind.h"

#include "feature.h"

static memward_store kind_of(const memward_ward *ward, const struct mw_run *run)
{
	/* Not of a ward that had to go on with plain pages at some point. */
	if (ward->kind.hidden && ward->reason[MW_HIDDEN_BIT] == 0)
		return MEMWARD_STORE_HIDDEN;
	if (run != NULL && run->region != MW_REGION_NONE)
		return MEMWARD_STORE_GUARD_REGIONS;
	return MEMWARD_STORE_PAGES;
}

static memward_store weakest_of(const memward_ward *ward)
{
	memward_store weakest = MEMWARD_STORE_HIDDEN;

	if (ward->runs == NULL)
		return kind_of(ward, NULL);
	for (const struct mw_run *run = ward->runs; run != NULL;
	     run = run->next) {
		memward_store kind = kind_of(ward, run);

		weakest = kind < weakest ? kind : weakest;
	}
	return weakest;
}

static int hidden_reason(const memward_ward *ward)
{
	if ((ward->features & MEMWARD_HIDDEN) != 0)
		return ward->reason[MW_HIDDEN_BIT];
	return (ward->policy.flags & MEMWARD_NEVER_HIDDEN) != 0
		   ? MEMWARD_EFORBIDDEN
		   : MEMWARD_ENOTASKED;
}

/* NULL: some run of the ward has none. */
static int regions_reason(const memward_ward *ward, const struct mw_run *run)
{
	if (ward->regions_reason != 0)
		return ward->regions_reason;
	if ((ward->features & MEMWARD_TRAP_FREE) != 0)
		return MEMWARD_EATODDS;
	if (run == NULL || atomic_load(&run->kind) == MW_RUN_PACKED)
		return MEMWARD_EPACKED;
	/* A single slot needs none; or they were refused when it was made. */
	return run->slots == 1 ? MEMWARD_ENOTASKED : MEMWARD_ENOMEM;
}

void mw_kind_report(
    memward_ward *ward, const struct mw_run *run, memward_report *report)
{
	memward_store kind =
	    run == NULL ? weakest_of(ward) : kind_of(ward, run);

	if (kind >= report->store)
		return;
	report->store = kind;
	for (int i = 0; i < MEMWARD_STORE_COUNT; i++) {
		report->store_reason[i] = 0;
		report->store_error[i] = 0;
	}
	if (kind < MEMWARD_STORE_GUARD_REGIONS) {
		report->store_reason[MEMWARD_STORE_GUARD_REGIONS] =
		    regions_reason(ward, run);
		report->store_error[MEMWARD_STORE_GUARD_REGIONS] =
		    ward->regions_error;
	}
	if (kind < MEMWARD_STORE_HIDDEN) {
		report->store_reason[MEMWARD_STORE_HIDDEN] =
		    hidden_reason(ward);
		report->store_error[MEMWARD_STORE_HIDDEN] =
		    ward->system_error[MW_HIDDEN_BIT];
	}
}

const char *mw_kind_name(memward_store store)
{
	static const char *const names[] = {
#define NAME(name, number, text) [number] = (text),
	    MEMWARD_STORES(NAME)
#undef NAME
	};

	return names[store];
}
