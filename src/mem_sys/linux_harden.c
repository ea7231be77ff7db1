/* SPDX-License-Identifier: MIT */
/* Hardening of the process on Linux: prctl(2), proc_pid_mem(5), and
 * Documentation/admin-guide/LSM/Yama.rst. */
#if !defined(__linux__)
#error "linux_harden.c is for Linux"
#endif
#define _GNU_SOURCE

#include "posix.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Linux 6.4; headers may be older. linux/prctl.h */
#ifndef PR_SET_MEMORY_MERGE
#define PR_SET_MEMORY_MERGE 67
#define PR_GET_MEMORY_MERGE 68
#endif

#define TRACE_SCOPE "/proc/sys/kernel/yama/ptrace_scope"

/* What a call asked for and this kernel then denies has no errno. */
static int as_asked(int is, int wanted)
{
	if (is < 0)
		return mw_posix_error(errno);
	errno = 0;
	return is == wanted ? 0 : MEMWARD_ESYSTEM;
}

int mw_linux_not_dumpable(bool ask)
{
	if (ask && prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) != 0)
		return mw_posix_error(errno);
	return as_asked(prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L), 0);
}

/* '0' also where there is no Yama, or nobody to say so. */
static char trace_scope(void)
{
	int fd = open(TRACE_SCOPE, O_RDONLY | O_CLOEXEC);
	char scope = '0';

	if (fd < 0)
		return '0';
	if (read(fd, &scope, 1) != 1)
		scope = '0';
	(void)close(fd);
	return scope;
}

/*
 * Scope 2 lets nobody trace but CAP_SYS_PTRACE, and 3 not even that; these
 * guard all ways to memory, for all ask ptrace_may_access(). At 1 those may
 * whom the process has named, and nothing tells whether it did.
 */
int mw_linux_no_trace(bool ask)
{
	char scope;

	if (mw_linux_not_dumpable(false) == 0)
		return 0;
	scope = trace_scope();
	if (scope == '2' || scope == '3')
		return 0;
	if (scope != '1')
		return MEMWARD_ETRACEABLE;
	if (!ask)
		return MEMWARD_EUNSUPPORTED;
	return prctl(PR_SET_PTRACER, 0L, 0L, 0L, 0L) == 0 ? 0
							  : MEMWARD_ETRACEABLE;
}

int mw_linux_no_merge(bool ask)
{
	/* EINVAL: a kernel before 6.4, or one that was built without it. */
	if (ask && prctl(PR_SET_MEMORY_MERGE, 0L, 0L, 0L, 0L) != 0)
		return mw_posix_error(errno);
	return as_asked(prctl(PR_GET_MEMORY_MERGE, 0L, 0L, 0L, 0L), 0);
}
