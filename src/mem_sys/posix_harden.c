/* SPDX-License-Identifier: MIT */
/* Hardening of the process: what all Unixes share. */
#include "ends.h"
#include "posix.h"

#include "memward/harden.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#if defined(_WIN32)
#error "posix_harden.c is for Unix systems"
#endif

static const struct mw_posix_system *const os = &mw_posix_system;

int mw_sys_disable_core_dumps(void)
{
	struct rlimit limit;
	rlim_t bytes = 0;
	int answer = os->core_limit(&bytes);

	limit.rlim_cur = bytes;
	limit.rlim_max = bytes;
	if (setrlimit(RLIMIT_CORE, &limit) == 0)
		return answer;
	if (errno == EPERM && bytes != 0)
		return MEMWARD_ECOREPIPE;
	return mw_posix_error(errno);
}

static int not_dumpable(bool ask)
{
	return os->not_dumpable == NULL ? MEMWARD_EUNSUPPORTED
					: os->not_dumpable(ask);
}

static int no_trace(bool ask)
{
	return os->no_trace == NULL ? MEMWARD_EUNSUPPORTED : os->no_trace(ask);
}

static int no_merge(bool ask)
{
	return os->no_merge == NULL ? 0 : os->no_merge(ask);
}

/* Whether the limit is what stops core files here. */
static int check_core_limit(void)
{
	struct rlimit limit;
	rlim_t bytes = 0;
	int rc = os->core_limit(&bytes);

	if (rc != 0)
		return rc;
	if (getrlimit(RLIMIT_CORE, &limit) != 0)
		return mw_posix_error(errno);
	return limit.rlim_cur == bytes ? 0 : MEMWARD_ESYSTEM;
}

static int no_cores(bool ask)
{
	int rc = ask ? mw_sys_disable_core_dumps() : 0;
	int err = errno;

	/* Then there is none whatever the limit, until the next exec. */
	if (not_dumpable(false) == 0)
		return 0;
	errno = err;
	return rc != 0 ? rc : check_core_limit();
}

int mw_sys_harden(unsigned bit, bool ask, int *system_error)
{
	int before = errno;
	int rc;

	errno = 0;
	switch (UINT32_C(1) << bit) {
	case MEMWARD_HARDEN_NOT_DUMPABLE:
		rc = not_dumpable(ask);
		break;
	case MEMWARD_HARDEN_NO_TRACE:
		rc = no_trace(ask);
		break;
	case MEMWARD_HARDEN_NO_CORES:
		rc = no_cores(ask);
		break;
	case MEMWARD_HARDEN_NO_MERGE:
		rc = no_merge(ask);
		break;
	default:
		rc = MEMWARD_EUNSUPPORTED;
	}
	*system_error = errno;
	/* It tells of failures, and of none that nobody waits for. */
	if (rc == 0 || !ask)
		errno = before;
	return rc;
}

/* By SIGABRT, whatever the program does at that signal. */
static void abort_bare(void)
{
	struct sigaction usual = {.sa_handler = SIG_DFL};
	sigset_t set;

	(void)sigemptyset(&usual.sa_mask);
	(void)sigaction(SIGABRT, &usual, NULL);
	(void)raise(SIGABRT);
	/* Where it is blocked it waits. */
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGABRT);
	(void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void mw_sys_end_without_core(void)
{
	if (not_dumpable(true) == 0 || mw_sys_disable_core_dumps() == 0)
		abort_bare();
	/* No core comes of this one, whatever the system does with cores. */
	(void)raise(SIGKILL);
	_exit(127);
}
