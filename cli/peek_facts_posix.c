/* SPDX-License-Identifier: MIT */
/* For doctor: the limits that every Unix has. */
#if defined(__sun)
#define __EXTENSIONS__
#endif

#include "peek_facts.h"

#include <stdint.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>

static void limit_text(rlim_t limit, char *text, size_t size)
{
	doctor_bytes(
	    limit == RLIM_INFINITY ? UINT64_MAX : (uint64_t)limit, text, size);
}

static bool is_enough(rlim_t limit)
{
	return limit == RLIM_INFINITY || (uint64_t)limit >= MW_LOCK_USUAL;
}

static void get_limit(int resource, struct mw_limit *limit)
{
	struct rlimit raw;

	*limit = (struct mw_limit){.known = getrlimit(resource, &raw) == 0};
	if (!limit->known)
		return;
	limit->zero = raw.rlim_cur == 0;
	limit->one = raw.rlim_cur == 1;
	limit->unlimited = raw.rlim_cur == RLIM_INFINITY;
	limit->enough = is_enough(raw.rlim_cur);
	limit->hard_enough = is_enough(raw.rlim_max);
	limit_text(raw.rlim_cur, limit->soft, sizeof(limit->soft));
	limit_text(raw.rlim_max, limit->hard, sizeof(limit->hard));
}

void mw_core_limit(struct mw_limit *limit)
{
	get_limit(RLIMIT_CORE, limit);
}

void mw_space_limit(struct mw_limit *limit)
{
#ifdef RLIMIT_AS
	get_limit(RLIMIT_AS, limit);
#else
	/* OpenBSD: only the data segment has one. */
	*limit = (struct mw_limit){0};
#endif
}

bool mw_lock_limit(struct mw_limit *limit)
{
#ifdef RLIMIT_MEMLOCK
	get_limit(RLIMIT_MEMLOCK, limit);
	return true;
#else
	/* Solaris and illumos: a privilege and a resource control instead. */
	*limit = (struct mw_limit){0};
	return false;
#endif
}
