/* SPDX-License-Identifier: MIT */
/* Linux and macOS: only what differs from posix.c. */
#if defined(__linux__)
#define _GNU_SOURCE
#elif !defined(__APPLE__)
#error "unix.c is for Linux and macOS"
#endif

#include "posix.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__linux__)

#include "linux_account.h"
#include "linux_calls.h"
#include "linux_guards.h"
#include "linux_hidden.h"

/* Headers older than the kernel lack some; linux/mman.h, all architectures
 * but alpha, mips, parisc and xtensa, whose own headers have them. */
#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#define MADV_KEEPONFORK 19
#endif

/*
 * Advice for every new mapping. EINVAL of one that the kernel was built
 * without: same-page merging and huge pages, which then do not exist.
 */
static const struct {
	int advice;
	memward_sys_feature feature;
	bool absence_holds;
} new_mapping[] = {
    {MADV_DONTDUMP, MEMWARD_SYS_NO_DUMP, false},
    {MADV_UNMERGEABLE, MEMWARD_SYS_UNMERGED, true},
    {MADV_NOHUGEPAGE, MEMWARD_SYS_NO_HUGE, true},
};

#define NEW_MAPPING_COUNT (sizeof(new_mapping) / sizeof(new_mapping[0]))

static int linux_prepare(void *mem, size_t len)
{
	int err = 0;

	for (size_t i = 0; i < NEW_MAPPING_COUNT; i++) {
		/* EINVAL: a kernel without it; memward_sys_query() says so. */
		if (madvise(mem, len, new_mapping[i].advice) != 0 &&
		    errno != EINVAL && err == 0)
			err = errno;
	}
	/* The rest is given all the same, as one denial may be forgiven. */
	errno = err;
	return err == 0 ? 0 : mw_posix_error(err);
}

static int linux_set_dump(void *mem, size_t len, bool dumped)
{
	return mw_posix_advise(mem, len, dumped ? MADV_DODUMP : MADV_DONTDUMP);
}

static void linux_try_features(memward_sys_info *info, void *page, size_t len)
{
	int rc;

	for (size_t i = 0; i < NEW_MAPPING_COUNT; i++) {
		rc = mw_posix_advise(page, len, new_mapping[i].advice);
		if (rc == MEMWARD_EUNSUPPORTED && errno == EINVAL &&
		    new_mapping[i].absence_holds)
			rc = 0;
		mw_sys_record(info, new_mapping[i].feature, rc, errno);
	}
	rc = mw_posix_advise(page, len, MADV_DONTFORK);
	mw_sys_record(info, MEMWARD_SYS_FORK_OMIT, rc, errno);
	rc = mw_posix_advise(page, len, MADV_WIPEONFORK);
	mw_sys_record(info, MEMWARD_SYS_FORK_WIPE, rc, errno);
	mw_sys_record(
	    info, MEMWARD_SYS_WIPE_AT_EXIT, MEMWARD_EUNSUPPORTED, ENOSYS);
}

static int linux_keep_on_fork(void *mem, size_t len)
{
	/* Before Linux 4.14 EINVAL: then there is nothing to take back. */
	if (madvise(mem, len, MADV_KEEPONFORK) != 0 && errno != EINVAL)
		return mw_posix_error(errno);
	return mw_posix_advise(mem, len, MADV_DOFORK);
}

static int linux_set_fork_rule(void *mem, size_t len, memward_fork_rule rule)
{
	int rc;

	if (rule == MEMWARD_FORK_KEEP)
		return linux_keep_on_fork(mem, len);
	if (rule == MEMWARD_FORK_OMIT)
		return mw_posix_advise(mem, len, MADV_DONTFORK);
	/* Wipe first, so that no moment between has less protection. */
	rc = mw_posix_advise(mem, len, MADV_WIPEONFORK);
	return rc != 0 ? rc : mw_posix_advise(mem, len, MADV_DOFORK);
}

/*
 * The system calls themselves: sanitizers replace mlock(3) by a function that
 * does nothing and succeeds, which would make every report a lie.
 */
static int linux_lock(const void *mem, size_t len)
{
	return (int)syscall(SYS_mlock, mem, len);
}

static int linux_unlock(const void *mem, size_t len)
{
	return (int)syscall(SYS_munlock, mem, len);
}

/*
 * mlock(2), and mm/mlock.c: ENOMEM is the limit (closed and unmapped pages
 * are excluded before this is asked), EPERM a limit of 0, EAGAIN want of
 * memory.
 */
static int linux_lock_error(int err)
{
	if (err == ENOMEM || err == EPERM)
		return MEMWARD_ELOCKLIMIT;
	return err == EAGAIN ? MEMWARD_ENOMEM : MEMWARD_ESYSTEM;
}

/*
 * mseal(2), Linux 6.10, 64 bit: no later call changes access or takes the
 * mapping away; exec and the end of the process do.
 */
static int linux_make_permanent(void *mem, size_t len)
{
#ifdef SYS_mseal
	if (syscall(SYS_mseal, mem, len, 0) == 0)
		return 0;
	return mw_posix_error(errno);
#else
	(void)mem;
	(void)len;
	return MEMWARD_EUNSUPPORTED;
#endif
}

/*
 * core(5): a piped handler ignores a limit of 0 and obeys one of 1, which
 * stops a file as well; a socket ("@", recent kernels) obeys none. What
 * cannot be read may be a pipe.
 */
static int linux_core_limit(rlim_t *limit)
{
	int fd = open("/proc/sys/kernel/core_pattern", O_RDONLY | O_CLOEXEC);
	char first = '|';

	if (fd >= 0) {
		if (read(fd, &first, 1) != 1)
			first = '|';
		(void)close(fd);
	}
	*limit = first == '|' ? 1 : 0;
	return first == '@' ? MEMWARD_ECORESOCKET : 0;
}

const struct mw_posix_system mw_posix_system = {
    .name = "Linux",
    .map_prot = PROT_READ | PROT_WRITE,
    .map_flags = MAP_PRIVATE | MAP_ANON,
    .lock = linux_lock,
    .unlock = linux_unlock,
    .lock_error = linux_lock_error,
    .prepare = linux_prepare,
    .set_fork_rule = linux_set_fork_rule,
    .set_dump = linux_set_dump,
    .commit_hidden = mw_linux_commit_hidden,
    .try_hidden = mw_linux_try_hidden,
    .make_permanent = linux_make_permanent,
    .account = mw_linux_account,
    .guards = &mw_linux_guards,
    .core_limit = linux_core_limit,
    .not_dumpable = mw_linux_not_dumpable,
    .no_trace = mw_linux_no_trace,
    .no_merge = mw_linux_no_merge,
    .try_features = linux_try_features,
};

#else /* macOS; facts from xnu 11417: kern_mman.c, vm_map.c, kern_core.c */

#include <mach/vm_inherit.h>

static int mac_prepare(void *mem, size_t len)
{
	/* No advice leaves a mapping out of a core file reversibly. */
	(void)mem;
	(void)len;
	return 0;
}

/*
 * If the pages are still locked when the process dies, the kernel zeroes
 * them. Needs write permission; an older system does not know it, which
 * memward_sys_query() tells.
 */
static int mac_after_lock(void *mem, size_t len)
{
	if (madvise(mem, len, MADV_ZERO_WIRED_PAGES) == 0 || errno == EINVAL ||
	    errno == EPERM)
		return 0;
	return mw_posix_error(errno);
}

static int mac_set_fork_rule(void *mem, size_t len, memward_fork_rule rule)
{
	int inherit;

	if (rule == MEMWARD_FORK_WIPE)
		return MEMWARD_EUNSUPPORTED;
	inherit = rule == MEMWARD_FORK_OMIT ? VM_INHERIT_NONE : VM_INHERIT_COPY;
	return minherit(mem, len, inherit) == 0 ? 0 : mw_posix_error(errno);
}

static int mac_core_limit(rlim_t *limit)
{
	*limit = 0;
	return 0;
}

static void mac_try_features(memward_sys_info *info, void *page, size_t len)
{
	static const memward_sys_feature lacking[] = {
	    MEMWARD_SYS_NO_DUMP, MEMWARD_SYS_FORK_WIPE};
	int rc;

	for (size_t i = 0; i < sizeof(lacking) / sizeof(lacking[0]); i++)
		mw_sys_record(info, lacking[i], MEMWARD_EUNSUPPORTED, 0);
	/* The system has neither same-page merging nor huge pages unasked. */
	mw_sys_record(info, MEMWARD_SYS_UNMERGED, 0, 0);
	mw_sys_record(info, MEMWARD_SYS_NO_HUGE, 0, 0);
	rc = mac_set_fork_rule(page, len, MEMWARD_FORK_OMIT);
	mw_sys_record(info, MEMWARD_SYS_FORK_OMIT, rc, errno);
	rc = mw_posix_advise(page, len, MADV_ZERO_WIRED_PAGES);
	mw_sys_record(info, MEMWARD_SYS_WIPE_AT_EXIT, rc, errno);
}

const struct mw_posix_system mw_posix_system = {
    .name = "macOS",
    .map_prot = PROT_READ | PROT_WRITE,
    .map_flags = MAP_PRIVATE | MAP_ANON,
    .locks_nest = true,
    /* mlock asks for no access; untested whether it then succeeds. */
    .closed_lock_succeeds = true,
    .lock = mlock,
    .unlock = munlock,
    .after_lock = mac_after_lock,
    .lock_error = mw_posix_lock_error,
    .prepare = mac_prepare,
    .set_fork_rule = mac_set_fork_rule,
    .core_limit = mac_core_limit,
    .no_trace = mw_mac_no_trace,
    .try_features = mac_try_features,
};

#endif
