/* SPDX-License-Identifier: MIT */
/*
 * Guard regions: madvise(2), Linux 6.13. The marks stand in the page tables,
 * so that a mapping with a thousand guards is still one.
 */
#if !defined(__linux__)
#error "linux_guards.c is for Linux"
#endif
#define _GNU_SOURCE

#include "linux_guards.h"
#include "posix.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Headers older than the kernel lack them; linux/mman.h. */
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE  103
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MLOCK_ONFAULT
#define MLOCK_ONFAULT 1
#endif

static int lay(void *mem, size_t len)
{
	return mw_posix_advise(mem, len, MADV_GUARD_INSTALL);
}

static int lift(void *mem, size_t len)
{
	return madvise(mem, len, MADV_GUARD_REMOVE) == 0
		   ? 0
		   : mw_posix_error(errno);
}

/*
 * mlock2(2): with the flag no page is filled in now, at which guards, and
 * pages that are closed, would make the call fail. So an error is the limit,
 * or want of memory for what the kernel keeps of a mapping.
 */
static int lock_lazily(void *mem, size_t len)
{
	int err;

	if (syscall(SYS_mlock2, mem, len, MLOCK_ONFAULT) == 0)
		return 0;
	err = errno;
	/* Part of it may be locked; nothing of it was before. */
	(void)syscall(SYS_munlock, mem, len);
	errno = err;
	return err == ENOMEM || err == EPERM ? MEMWARD_ELOCKLIMIT
					     : mw_posix_error(err);
}

static int fill(void *mem, size_t len)
{
	if (madvise(mem, len, MADV_POPULATE_WRITE) == 0)
		return 0;
	/* madvise(2): what a touch would raise as a signal is EFAULT. */
	return errno == EFAULT ? MEMWARD_ENOMEM : mw_posix_error(errno);
}

const struct mw_posix_guards mw_linux_guards = {lay, lift, lock_lazily, fill};
