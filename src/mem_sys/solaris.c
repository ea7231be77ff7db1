/* SPDX-License-Identifier: MIT */
/* Solaris and illumos: only what differs from posix.c. Facts: illumos-gate
 * usr/src/uts/common/os/{grow,core}.c, sys/mman.h; memcntl(2), mlock(3C). */
#if !defined(__sun)
#error "solaris.c is for Solaris and illumos"
#endif

/* Selects the void * prototypes of the memory calls. */
#ifndef __EXTENSIONS__
#define __EXTENSIONS__
#endif

#include "posix.h"

#include <errno.h>
#include <priv.h>
#include <sys/mman.h>

static int prepare(void *mem, size_t len)
{
	/* No flag leaves a mapping out of a core file. */
	(void)mem;
	(void)len;
	return 0;
}

/* illumos has "zeros in the child", for good; Oracle Solaris does not. */
static int set_fork_rule(void *mem, size_t len, memward_fork_rule rule)
{
#ifdef MC_INHERIT_ZERO
	if (rule == MEMWARD_FORK_WIPE) {
		if (memcntl(mem, len, MC_INHERIT_ZERO, NULL, 0, 0) == 0)
			return 0;
		return mw_posix_error(errno);
	}
	return MEMWARD_EUNSUPPORTED;
#else
	/* Nothing could have changed the state of a new range. */
	(void)mem;
	(void)len;
	return rule == MEMWARD_FORK_KEEP ? 0 : MEMWARD_EUNSUPPORTED;
#endif
}

/*
 * Some headers take caddr_t here and some const void *, after the features
 * that were selected; a call suits both, a pointer to the function does not.
 */
static int lock(const void *mem, size_t len)
{
	return mlock((void *)mem, len);
}

static int unlock(const void *mem, size_t len)
{
	return munlock((void *)mem, len);
}

/*
 * Global core files, chosen with coreadm(8), have a limit of their own, which
 * a process cannot set and a zone cannot even see.
 */
static int core_limit(rlim_t *limit)
{
	*limit = 0;
	return MEMWARD_ECOREGLOBAL;
}

/*
 * As if privileges had been dropped: others cannot open the process, and a
 * core file, if any, is root's. usr/src/uts/common/syscall/ppriv.c; there
 * getpflags() does not know this flag.
 */
static int no_trace(bool ask)
{
#ifdef __PROC_PROTECT
	if (ask)
		return setpflags(__PROC_PROTECT, 1) == 0
			   ? 0
			   : mw_posix_error(errno);
#endif
	(void)ask;
	return MEMWARD_EUNSUPPORTED;
}

static void try_features(memward_sys_info *info, void *page, size_t len)
{
	static const memward_sys_feature lacking[] = {MEMWARD_SYS_NO_DUMP,
	    MEMWARD_SYS_FORK_OMIT, MEMWARD_SYS_WIPE_AT_EXIT,
	    /* Large pages are the kernel's own choice; no call forbids them. */
	    MEMWARD_SYS_NO_HUGE};
	int rc = set_fork_rule(page, len, MEMWARD_FORK_WIPE);

	mw_sys_record(info, MEMWARD_SYS_FORK_WIPE, rc, errno);
	for (size_t i = 0; i < sizeof(lacking) / sizeof(lacking[0]); i++)
		mw_sys_record(info, lacking[i], MEMWARD_EUNSUPPORTED, 0);
	/* The system never merges pages of equal contents. */
	mw_sys_record(info, MEMWARD_SYS_UNMERGED, 0, 0);
}

/* Locking needs PRIV_PROC_LOCK_MEMORY: EPERM is the normal case of a user. */
const struct mw_posix_system mw_posix_system = {
    .name = "Solaris/illumos",
    .map_prot = PROT_READ | PROT_WRITE,
    .map_flags = MAP_PRIVATE | MAP_ANON,
    /* Not documented: so the layer looks for itself. */
    .closed_lock_succeeds = true,
    .lock = lock,
    .unlock = unlock,
    .lock_error = mw_posix_lock_error,
    .prepare = prepare,
    .set_fork_rule = set_fork_rule,
    .core_limit = core_limit,
    .no_trace = no_trace,
    .try_features = try_features,
};
