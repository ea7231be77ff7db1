/* SPDX-License-Identifier: MIT */
/*
 * The public calls of the platform layer: check the arguments, round to
 * pages, hand over to the backend.
 */
#include "store.h"

#include <stdatomic.h>
#include <string.h>

static atomic_bool locks_frozen;

/* Rounds *len up to whole pages. */
static int round_up(size_t *len)
{
	size_t mask = mw_sys_page_size() - 1;

	if (*len == 0)
		return MEMWARD_EZERO;
	if (*len > SIZE_MAX - mask)
		return MEMWARD_EOVERFLOW;
	*len = (*len + mask) & ~mask;
	return 0;
}

/* What every call on existing memory demands of its range. */
static int check_range(void *mem, size_t *len)
{
	int rc;

	if (mem == NULL)
		return MEMWARD_ENULL;
	rc = round_up(len);
	if (rc != 0)
		return rc;
	if ((uintptr_t)mem % mw_sys_page_size() != 0)
		return MEMWARD_EALIGN;
	if (*len > UINTPTR_MAX - (uintptr_t)mem)
		return MEMWARD_EOVERFLOW;
	if (!mw_sys_is_mapped(mem, *len))
		return MEMWARD_EUNMAPPED;
	return 0;
}

size_t memward_sys_page_size(void)
{
	return mw_sys_page_size();
}

int memward_sys_alloc(size_t len, void **mem)
{
	int rc;

	if (mem == NULL)
		return MEMWARD_ENULL;
	rc = round_up(&len);
	if (rc != 0)
		return rc;
	return mw_sys_map(len, mem);
}

int memward_sys_free(void *mem, size_t len)
{
	int rc = check_range(mem, &len);

	return rc != 0 ? rc : mw_sys_release(mem, len);
}

int memward_sys_protect(void *mem, size_t len, memward_access access)
{
	int rc;

	if (access != MEMWARD_NO_ACCESS && access != MEMWARD_READ_ONLY &&
	    access != MEMWARD_READ_WRITE)
		return MEMWARD_EVALUE;
	rc = check_range(mem, &len);
	return rc != 0 ? rc : mw_sys_protect(mem, len, access);
}

int memward_sys_lock(void *mem, size_t len)
{
	int rc = check_range(mem, &len);

	if (rc != 0)
		return rc;
	if (mw_sys_locks_frozen())
		return MEMWARD_ELOCKFROZEN;
	return mw_sys_lock(mem, len);
}

int memward_sys_unlock(void *mem, size_t len)
{
	int rc = check_range(mem, &len);

	if (rc != 0)
		return rc;
	if (mw_sys_locks_frozen())
		return MEMWARD_ELOCKFROZEN;
	return mw_sys_unlock(mem, len);
}

void memward_sys_freeze_locks(void)
{
	atomic_store(&locks_frozen, true);
}

bool mw_sys_locks_frozen(void)
{
	return atomic_load(&locks_frozen);
}

int memward_sys_set_fork_rule(void *mem, size_t len, memward_fork_rule rule)
{
	int rc;

	if (rule != MEMWARD_FORK_KEEP && rule != MEMWARD_FORK_OMIT &&
	    rule != MEMWARD_FORK_WIPE)
		return MEMWARD_EVALUE;
	rc = check_range(mem, &len);
	return rc != 0 ? rc : mw_sys_set_fork_rule(mem, len, rule);
}

int memward_sys_set_dump(void *mem, size_t len, bool dumped)
{
	int rc = check_range(mem, &len);

	return rc != 0 ? rc : mw_sys_set_dump(mem, len, dumped);
}

int memward_sys_disable_core_dumps(void)
{
	return mw_sys_disable_core_dumps();
}

const char *memward_sys_environment(const char *name)
{
	return name == NULL ? NULL : mw_sys_environment(name);
}

int memward_sys_query(memward_sys_info *info)
{
	memward_sys_info own = MEMWARD_SYS_INFO_INIT;
	int err;
	int rc;

	if (info == NULL)
		return MEMWARD_ENULL;
	/* The struct may grow at its end; this is its first version. */
	if (info->size < sizeof(own))
		return MEMWARD_EVALUE;
	rc = mw_sys_query(&own);
	if (rc != 0)
		return rc;
	rc = mw_sys_try_hidden(&err);
	mw_sys_record(&own, MEMWARD_SYS_HIDDEN, rc, err);
	own.size = info->size;
	memcpy(info, &own, sizeof(own));
	return 0;
}

void mw_sys_record(
    memward_sys_info *info, uint32_t bit, int code, int system_error)
{
	size_t i = 0;

	while ((UINT32_C(1) << i) != bit)
		i++;
	if (code == 0)
		info->granted |= bit;
	else
		info->granted &= ~bit;
	info->reason[i] = code;
	info->system_error[i] = code == 0 ? 0 : system_error;
}

const char *memward_sys_feature_name(uint32_t feature)
{
	switch (feature) {
#define FEATURE_CASE(name, bit, text) \
	case name:                    \
		return text;
		MEMWARD_SYS_FEATURES(FEATURE_CASE)
#undef FEATURE_CASE
	default:
		return NULL;
	}
}

#define FEATURE_PLACE(name, bit, text) PLACE_OF_##name,
enum { MEMWARD_SYS_FEATURES(FEATURE_PLACE) FEATURE_PLACES };
#undef FEATURE_PLACE
_Static_assert((int)FEATURE_PLACES == MEMWARD_SYS_FEATURE_COUNT,
    "the arrays of memward_sys_info have one place per feature");
