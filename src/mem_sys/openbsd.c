/* SPDX-License-Identifier: MIT */
/* OpenBSD: only what differs from posix.c. Facts: sys/uvm/uvm_map.c,
 * uvm_mmap.c of OpenBSD 7.5, mmap(2), minherit(2), mlock(2), pledge(2). */
#if !defined(__OpenBSD__)
#error "openbsd.c is for OpenBSD"
#endif

#include "posix.h"

#include <errno.h>
#include <sys/types.h>

#include <sys/mman.h>
#include <sys/sysctl.h>

static int prepare(void *mem, size_t len)
{
	/* MAP_CONCEAL was given to mmap, its only place. */
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
		/* EPERM unless the range is writable at this moment. */
		inherit = MAP_INHERIT_ZERO;
	return minherit(mem, len, inherit) == 0 ? 0 : mw_posix_error(errno);
}

static int core_limit(rlim_t *limit)
{
	*limit = 0;
	return 0;
}

/* sysctl(2): with 0, the default, only a parent traces its children. */
static int no_trace(bool ask)
{
	const int name[2] = {CTL_KERN, KERN_GLOBAL_PTRACE};
	int global;
	size_t len = sizeof(global);

	(void)ask;
	if (sysctl(name, 2, &global, &len, NULL, 0) != 0)
		return mw_posix_error(errno);
	return global == 0 ? 0 : MEMWARD_ETRACEABLE;
}

static void try_features(memward_sys_info *info, void *page, size_t len)
{
	int rc = set_fork_rule(page, len, MEMWARD_FORK_OMIT);

	mw_sys_record(info, MEMWARD_SYS_FORK_OMIT, rc, errno);
	rc = set_fork_rule(page, len, MEMWARD_FORK_WIPE);
	mw_sys_record(info, MEMWARD_SYS_FORK_WIPE, rc, errno);
	/* mmap took MAP_CONCEAL, or there would be no page to try. */
	mw_sys_record(info, MEMWARD_SYS_NO_DUMP, 0, 0);
	/* OpenBSD neither merges pages nor has transparent huge pages. */
	mw_sys_record(info, MEMWARD_SYS_UNMERGED, 0, 0);
	mw_sys_record(info, MEMWARD_SYS_NO_HUGE, 0, 0);
	mw_sys_record(info, MEMWARD_SYS_WIPE_AT_EXIT, MEMWARD_EUNSUPPORTED, 0);
}

/* mimmutable(2), OpenBSD 7.3; refuses what is "zeros in the child". */
static int make_permanent(void *mem, size_t len)
{
	return mimmutable(mem, len) == 0 ? 0 : mw_posix_error(errno);
}

const struct mw_posix_system mw_posix_system = {
    .name = "OpenBSD",
    .map_prot = PROT_READ | PROT_WRITE,
    .map_flags = MAP_PRIVATE | MAP_ANON | MAP_CONCEAL,
    .closing_unlocks = true,
    .closed_lock_succeeds = true,
    .guards_stacks = true,
    .lock = mlock,
    .unlock = munlock,
    .lock_error = mw_posix_lock_error,
    .prepare = prepare,
    .set_fork_rule = set_fork_rule,
    .make_permanent = make_permanent,
    .core_limit = core_limit,
    .no_trace = no_trace,
    .try_features = try_features,
};
