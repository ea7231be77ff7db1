/* SPDX-License-Identifier: MIT */
/* NetBSD: only what differs from posix.c. Facts: sys/mman.h 1.62,
 * sys/uvm/uvm_mmap.c, sys/kern/kern_pax.c, mlock(2), minherit(2). */
#if !defined(__NetBSD__)
#error "netbsd.c is for NetBSD"
#endif

#ifndef _NETBSD_SOURCE
#define _NETBSD_SOURCE
#endif

#include "posix.h"

#include <errno.h>
#include <sys/mman.h>

/*
 * PaX MPROTECT lets a mapping gain later only what it announced when it was
 * made (NetBSD 8). The macro is missing before.
 */
#ifdef PROT_MPROTECT
#define MAP_PROT \
	(PROT_READ | PROT_WRITE | PROT_MPROTECT(PROT_READ | PROT_WRITE))
#else
#define MAP_PROT (PROT_READ | PROT_WRITE)
#endif

static int prepare(void *mem, size_t len)
{
	/* No flag leaves a mapping out of a core file: there is none. */
	(void)mem;
	(void)len;
	return 0;
}

static int set_fork_rule(void *mem, size_t len, memward_fork_rule rule)
{
	int inherit = MAP_INHERIT_COPY;

	if (rule == MEMWARD_FORK_OMIT)
		inherit = MAP_INHERIT_NONE;
	else if (rule == MEMWARD_FORK_WIPE)
		inherit = MAP_INHERIT_ZERO; /* 4 here, elsewhere 3; NetBSD 7 */
	return minherit(mem, len, inherit) == 0 ? 0 : mw_posix_error(errno);
}

static int core_limit(rlim_t *limit)
{
	*limit = 0;
	return 0;
}

static void try_features(memward_sys_info *info, void *page, size_t len)
{
	int rc = set_fork_rule(page, len, MEMWARD_FORK_OMIT);

	mw_sys_record(info, MEMWARD_SYS_FORK_OMIT, rc, errno);
	rc = set_fork_rule(page, len, MEMWARD_FORK_WIPE);
	mw_sys_record(info, MEMWARD_SYS_FORK_WIPE, rc, errno);
	mw_sys_record(info, MEMWARD_SYS_NO_DUMP, MEMWARD_EUNSUPPORTED, 0);
	/* NetBSD neither merges pages nor has transparent huge pages. */
	mw_sys_record(info, MEMWARD_SYS_UNMERGED, 0, 0);
	mw_sys_record(info, MEMWARD_SYS_NO_HUGE, 0, 0);
	mw_sys_record(info, MEMWARD_SYS_WIPE_AT_EXIT, MEMWARD_EUNSUPPORTED, 0);
}

const struct mw_posix_system mw_posix_system = {
    .name = "NetBSD",
    .map_prot = MAP_PROT,
    .map_flags = MAP_PRIVATE | MAP_ANON,
    .unlocked_error = ENOMEM,
    .lock = mlock,
    .unlock = munlock,
    .lock_error = mw_posix_lock_error,
    .prepare = prepare,
    .set_fork_rule = set_fork_rule,
    .core_limit = core_limit,
    .try_features = try_features,
};
