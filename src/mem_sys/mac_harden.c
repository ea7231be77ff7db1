/* SPDX-License-Identifier: MIT */
/* Hardening of the process on macOS. Facts: ptrace(2), and xnu 11417,
 * bsd/kern/mach_process.c. */
#if !defined(__APPLE__)
#error "mac_harden.c is for macOS"
#endif

#include "posix.h"

#include <errno.h>
#include <sys/sysctl.h>
#include <unistd.h>

/* sys/ptrace.h, which headers for cross builds lack. */
#define DENY_ATTACH 31
int ptrace(int request, pid_t pid, char *address, int data);

static int check_untraced(void)
{
	struct kinfo_proc info;
	size_t len = sizeof(info);
	int name[4] = {CTL_KERN, KERN_PROC, KERN_PROC_PID, getpid()};

	if (sysctl(name, 4, &info, &len, NULL, 0) != 0)
		return mw_posix_error(errno);
	return (info.kp_proc.p_flag & P_TRACED) != 0 ? MEMWARD_ETRACED : 0;
}

int mw_mac_no_trace(bool ask)
{
	int rc;

	/* Nothing tells whether it holds. */
	if (!ask)
		return MEMWARD_EUNSUPPORTED;
	/* The call would end a process that is being traced. */
	rc = check_untraced();
	if (rc != 0)
		return rc;
	return ptrace(DENY_ATTACH, 0, NULL, 0) == 0 ? 0 : mw_posix_error(errno);
}
