/* SPDX-License-Identifier: MIT */
/* FreeBSD: only what differs from posix.c. Facts: sys/vm/vm_map.c,
 * vm_mmap.c, mmap(2), minherit(2), mlock(2) of FreeBSD 14. */
#if !defined(__FreeBSD__)
#error "freebsd.c is for FreeBSD"
#endif

#include "posix.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/procctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int prepare(void *mem, size_t len)
{
	/* The same entry flag as MAP_NOCORE, asked for once more, aloud. */
	return madvise(mem, len, MADV_NOCORE) == 0 ? 0 : mw_posix_error(errno);
}

static int set_fork_rule(void *mem, size_t len, memward_fork_rule rule)
{
	int inherit = INHERIT_COPY;

	if (rule == MEMWARD_FORK_OMIT)
		inherit = INHERIT_NONE;
	else if (rule == MEMWARD_FORK_WIPE)
		inherit = INHERIT_ZERO; /* FreeBSD 12 */
	return minherit(mem, len, inherit) == 0 ? 0 : mw_posix_error(errno);
}

/*
 * RLIMIT_MEMLOCK and vm.max_user_wired: both ENOMEM (closed pages are
 * excluded before this is asked). EPERM: security.bsd.unprivileged_mlock.
 */
static int lock_error(int err)
{
	return err == ENOMEM ? MEMWARD_ELOCKLIMIT : mw_posix_lock_error(err);
}

static int core_limit(rlim_t *limit)
{
	*limit = 0;
	return 0;
}

/* procctl(2); EBUSY while a debugger is at work. */
static int no_trace(bool ask)
{
	const id_t self = (id_t)getpid();
	int state = PROC_TRACE_CTL_DISABLE_EXEC;

	if (ask && procctl(P_PID, self, PROC_TRACE_CTL, &state) != 0)
		return errno == EBUSY ? MEMWARD_ETRACED : mw_posix_error(errno);
	if (procctl(P_PID, self, PROC_TRACE_STATUS, &state) != 0)
		return mw_posix_error(errno);
	return state == -1 ? 0 : MEMWARD_ETRACEABLE;
}

static int set_dump(void *mem, size_t len, bool dumped)
{
	return mw_posix_advise(mem, len, dumped ? MADV_CORE : MADV_NOCORE);
}

static void try_features(memward_sys_info *info, void *page, size_t len)
{
	int rc = mw_posix_advise(page, len, MADV_NOCORE);

	mw_sys_record(info, MEMWARD_SYS_NO_DUMP, rc, errno);
	rc = set_fork_rule(page, len, MEMWARD_FORK_OMIT);
	mw_sys_record(info, MEMWARD_SYS_FORK_OMIT, rc, errno);
	rc = set_fork_rule(page, len, MEMWARD_FORK_WIPE);
	mw_sys_record(info, MEMWARD_SYS_FORK_WIPE, rc, errno);
	/* FreeBSD never merges pages of equal contents. */
	mw_sys_record(info, MEMWARD_SYS_UNMERGED, 0, 0);
	/* Superpages are the kernel's own choice; no call forbids them. */
	mw_sys_record(info, MEMWARD_SYS_NO_HUGE, MEMWARD_EUNSUPPORTED, 0);
	mw_sys_record(info, MEMWARD_SYS_WIPE_AT_EXIT, MEMWARD_EUNSUPPORTED, 0);
}

const struct mw_posix_system mw_posix_system = {
    .name = "FreeBSD",
    /* Never to be executed (12.1; an older kernel looks at the low bits). */
    .map_prot = PROT_READ | PROT_WRITE | PROT_MAX(PROT_READ | PROT_WRITE),
    .map_flags = MAP_PRIVATE | MAP_ANON | MAP_NOCORE,
    .space_flags = MAP_GUARD, /* 11.1 */
    .lock = mlock,
    .unlock = munlock,
    .lock_error = lock_error,
    .prepare = prepare,
    .set_fork_rule = set_fork_rule,
    .set_dump = set_dump,
    .core_limit = core_limit,
    .no_trace = no_trace,
    .try_features = try_features,
};
