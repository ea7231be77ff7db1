/* SPDX-License-Identifier: MIT */
/* Protection keys of Linux: pkeys(7). */
#if !defined(__linux__)
#error "linux_keys.c is for Linux"
#endif
#define _GNU_SOURCE

#include "keys.h"
#include "posix.h"
#include "store.h"

#include "cpu/keys.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

/* asm-generic/mman-common.h. */
#define DISABLE_ACCESS 1

/* Headers older than Linux 4.9: no call has this number, so it is ENOSYS. */
#ifndef SYS_pkey_alloc
#define SYS_pkey_alloc    (-1)
#define SYS_pkey_free     (-1)
#define SYS_pkey_mprotect (-1)
#endif

/*
 * A kernel without keys says EINVAL or ENOSPC (arch/x86, mm/mprotect.c); that
 * none is left is ENOSPC too, so the processor is asked first. From then on
 * any refusal means that there is no key to be had.
 */
int mw_sys_key_take(int *key)
{
	long taken;

	if (!mw_cpu_has_keys()) {
		errno = ENOSYS;
		return MEMWARD_EUNSUPPORTED;
	}
	taken = syscall(SYS_pkey_alloc, 0L, (long)DISABLE_ACCESS);
	/* Key 0 is everybody's: only a filter of calls would answer so. */
	if (taken == 0)
		errno = ENOSYS;
	if (taken <= 0)
		return errno == ENOSPC ? MEMWARD_EKEYLIMIT
				       : MEMWARD_EUNSUPPORTED;
	*key = (int)taken;
	return 0;
}

int mw_sys_key_give(int key)
{
	return syscall(SYS_pkey_free, (long)key) == 0 ? 0
						      : mw_posix_error(errno);
}

int mw_keys_put(void *mem, size_t len, int key)
{
	long prot = PROT_READ | PROT_WRITE;

	if (syscall(SYS_pkey_mprotect, mem, len, prot, (long)key) == 0)
		return 0;
	return mw_posix_error(errno);
}

/*
 * Whether the calling thread can write to a page, found out without a signal:
 * the kernel honours the thread's keys when it writes on its behalf.
 */
static bool can_write(void *page)
{
	ssize_t n;

	do {
		n = getrandom(page, 1, 0);
	} while (n < 0 && errno == EINTR);
	return n == 1;
}

/* What a key promises, seen on a page: not believed but tried. */
static int watch(void *page, int key)
{
	static const struct {
		memward_access access;
		bool writes;
	} steps[] = {
	    {MEMWARD_READ_WRITE, true},
	    {MEMWARD_READ_ONLY, false},
	    {MEMWARD_NO_ACCESS, false},
	};
	uint64_t rights = mw_cpu_rights();
	bool as_promised = true;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		mw_cpu_set_rights(
		    mw_cpu_rights_with(rights, key, steps[i].access));
		as_promised &= can_write(page) == steps[i].writes;
	}
	if (as_promised)
		return 0;
	errno = ENOSYS;
	return MEMWARD_EUNSUPPORTED;
}

static int try_key(void *page, size_t len, int key)
{
	int rc = mw_keys_put(page, len, key);
	int err;

	if (rc == 0)
		rc = watch(page, key);
	err = errno;
	/* While the page has it, nobody else may get it. */
	if (mw_keys_put(page, len, 0) == 0)
		(void)mw_sys_key_give(key);
	errno = err;
	return rc;
}

void mw_keys_try(memward_sys_info *info, void *page, size_t len)
{
	int key;
	int rc = mw_sys_key_take(&key);

	if (rc == 0)
		rc = try_key(page, len, key);
	mw_sys_record(info, MEMWARD_SYS_KEYS, rc, errno);
}
