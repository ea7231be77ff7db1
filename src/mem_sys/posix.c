/* SPDX-License-Identifier: MIT */
/* What all Unixes share. */
#include "keys.h"
#include "posix.h"
#include "store.h"
#include "tracked.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(_WIN32)
#error "posix.c is for Unix systems"
#endif

/* No system gives this number a meaning. */
#define NONSENSE_ADVICE 0x7ffff0

static const struct mw_posix_system *const os = &mw_posix_system;

int mw_posix_error(int err)
{
	switch (err) {
	case ENOMEM:
	case EAGAIN: /* of madvise(2), where a mapping cannot be split */
		return MEMWARD_ENOMEM;
	case EPERM:
	case EACCES:
		return MEMWARD_EPERM;
	case EINVAL:
	case ENOSYS:
	case ENOTSUP:
#if EOPNOTSUPP != ENOTSUP
	case EOPNOTSUPP:
#endif
		return MEMWARD_EUNSUPPORTED;
	default:
		return MEMWARD_ESYSTEM;
	}
}

int mw_posix_lock_error(int err)
{
	switch (err) {
	case EAGAIN:
		return MEMWARD_ELOCKLIMIT;
	case EPERM:
		return MEMWARD_ELOCKPRIV;
	default:
		return mw_posix_error(err);
	}
}

int mw_posix_advise(void *mem, size_t len, int advice)
{
	if (madvise(mem, len, advice) != 0)
		return mw_posix_error(errno);
	if (madvise(mem, len, NONSENSE_ADVICE) == 0) {
		errno = ENOSYS;
		return MEMWARD_EUNSUPPORTED;
	}
	/* Any other error is no word about advice: nothing is known then. */
	return errno == EINVAL ? 0 : mw_posix_error(errno);
}

size_t mw_sys_page_size(void)
{
	/* Cannot fail: POSIX requires this name. */
	return (size_t)sysconf(_SC_PAGESIZE);
}

static int unmap(void *mem, size_t len)
{
	return munmap(mem, len) == 0 ? 0 : mw_posix_error(errno);
}

/* Pages without advice yet. */
static int map_bare(size_t len, void **mem)
{
	void *p = mmap(NULL, len, os->map_prot, os->map_flags, -1, 0);

	if (p != MAP_FAILED) {
		*mem = p;
		return 0;
	}
	/* A length no address space holds; EAGAIN: memory or locks. */
	if (errno == EINVAL || errno == EAGAIN || errno == EOVERFLOW)
		return MEMWARD_ENOMEM;
	return mw_posix_error(errno);
}

int mw_sys_map(size_t len, void **mem)
{
	void *p;
	int rc = map_bare(len, &p);
	int err;

	if (rc != 0)
		return rc;
	rc = os->prepare(p, len);
	if (rc != 0) {
		err = errno;
		/* Nothing is in it; if this fails too the first error counts */
		(void)munmap(p, len);
		errno = err;
		return rc;
	}
	*mem = p;
	return 0;
}

static int set_access(void *mem, size_t len, memward_access access)
{
	int prot = PROT_NONE;

	if (access == MEMWARD_READ_ONLY)
		prot = PROT_READ;
	else if (access == MEMWARD_READ_WRITE)
		prot = PROT_READ | PROT_WRITE;
	return mprotect(mem, len, prot) == 0 ? 0 : mw_posix_error(errno);
}

/*
 * Whether all pages can be read, found out without a signal: write(2) from a
 * page that cannot be read fails with EFAULT. One byte a page passes through
 * a pipe and is wiped here.
 */
static int check_readable(void *mem, size_t len)
{
	size_t page = mw_sys_page_size();
	int fd[2];
	int rc = 0;
	char byte;

	if (pipe(fd) != 0)
		return MEMWARD_ESYSTEM;
	for (size_t at = 0; rc == 0 && at < len; at += page) {
		if (write(fd[1], (char *)mem + at, 1) != 1)
			rc = errno == EFAULT ? MEMWARD_EINACCESSIBLE
					     : MEMWARD_ESYSTEM;
		else if (read(fd[0], &byte, 1) != 1)
			rc = MEMWARD_ESYSTEM;
	}
	memward_wipe(&byte, 1);
	(void)close(fd[0]);
	(void)close(fd[1]);
	return rc;
}

/*
 * Says what a failed lock means. A lock is not all or nothing: Linux locks
 * what it can and marks a closed page, so what is left is undone, unless a
 * limit was in the way, which is tested before anything is done.
 */
static int lock_failed(void *mem, size_t len, int err)
{
	int readable = check_readable(mem, len);
	int rc = readable != 0 ? readable : os->lock_error(err);

	if (rc != MEMWARD_ELOCKLIMIT && rc != MEMWARD_ELOCKPRIV)
		(void)os->unlock(mem, len);
	errno = err;
	return rc;
}

static int unlock_error(int err)
{
	return err == EPERM ? MEMWARD_ELOCKPRIV : mw_posix_error(err);
}

/*
 * Where unlocking the unlocked fails, it fails for the whole range as soon as
 * one page is not locked; so each page is asked for by itself.
 */
static int unlock_pages(char *mem, size_t len)
{
	size_t page = mw_sys_page_size();

	for (size_t at = 0; at < len; at += page) {
		/* The page is mapped, so this can only mean: not locked. */
		if (os->unlock(mem + at, page) != 0 &&
		    errno != os->unlocked_error)
			return unlock_error(errno);
	}
	return 0;
}

static int raw_unlock(void *mem, size_t len)
{
	if (os->unlock(mem, len) == 0)
		return 0;
	if (os->unlocked_error != 0 && errno == os->unlocked_error)
		return unlock_pages(mem, len);
	return unlock_error(errno);
}

static int raw_lock(void *mem, size_t len)
{
	int rc;
	int err;

	if (os->closed_lock_succeeds) {
		rc = check_readable(mem, len);
		if (rc != 0)
			return rc;
	}
	if (os->lock(mem, len) != 0)
		return lock_failed(mem, len, errno);
	if (os->after_lock == NULL)
		return 0;
	rc = os->after_lock(mem, len);
	if (rc != 0) {
		err = errno;
		(void)os->unlock(mem, len);
		errno = err;
	}
	return rc;
}

static bool needs_record(void)
{
	return os->locks_nest || os->closing_unlocks;
}

/* One mutex for the record of locks; held over fork for the child's sake. */
static pthread_mutex_t record = PTHREAD_MUTEX_INITIALIZER;

static void leave(void)
{
	(void)pthread_mutex_unlock(&record);
}

/* A child has no locks, so there is nothing to remember. */
static void leave_in_child(void)
{
	mw_tracked_forget();
	leave();
}

static void enter_for_fork(void)
{
	(void)pthread_mutex_lock(&record);
}

static void hold_over_fork(void)
{
	/* Can only fail for want of memory; then only fork is at risk. */
	(void)pthread_atfork(enter_for_fork, leave, leave_in_child);
}

void mw_posix_hold_over_fork(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (needs_record())
		(void)pthread_once(&once, hold_over_fork);
}

static void enter(void)
{
	mw_posix_hold_over_fork();
	enter_for_fork();
}

static int lock_limit(uint64_t *bytes)
{
	*bytes = UINT64_MAX;
#ifdef RLIMIT_MEMLOCK
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0)
		return mw_posix_error(errno);
	if (limit.rlim_cur != RLIM_INFINITY)
		*bytes = (uint64_t)limit.rlim_cur;
#endif
	return 0;
}

/* Of what cannot be asked, the system says itself whether it is too much. */
static int could_lock(uint64_t bytes)
{
	uint64_t limit;

	if (lock_limit(&limit) != 0 || bytes <= limit)
		return 0;
	errno = EAGAIN;
	return MEMWARD_ELOCKLIMIT;
}

/* The description is constant, so one initialiser serves every system. */
static struct mw_tracked_ops tracked_ops(void)
{
	return (struct mw_tracked_ops){
	    .lock = raw_lock,
	    .unlock = raw_unlock,
	    .protect = set_access,
	    .unmap = unmap,
	    .could_lock = os->closing_unlocks ? could_lock : NULL,
	    .enter = enter,
	    .leave = leave,
	    .closing_unlocks = os->closing_unlocks,
	};
}

int mw_sys_lock(void *mem, size_t len)
{
	struct mw_tracked_ops ops = tracked_ops();

	return needs_record() ? mw_tracked_lock(&ops, mem, len)
			      : raw_lock(mem, len);
}

int mw_sys_unlock(void *mem, size_t len)
{
	struct mw_tracked_ops ops = tracked_ops();

	return needs_record() ? mw_tracked_unlock(&ops, mem, len)
			      : raw_unlock(mem, len);
}

int mw_sys_protect(void *mem, size_t len, memward_access access)
{
	struct mw_tracked_ops ops;

	/* Twice for every window, so not a word is filled in for nothing. */
	if (!needs_record())
		return set_access(mem, len, access);
	ops = tracked_ops();
	return mw_tracked_protect(&ops, mem, len, access);
}

int mw_sys_release(void *mem, size_t len)
{
	struct mw_tracked_ops ops = tracked_ops();
	int rc;

	if (needs_record())
		return mw_tracked_release(&ops, mem, len);
	rc = set_access(mem, len, MEMWARD_READ_WRITE);
	if (rc != 0)
		return rc;
	memward_wipe(mem, len);
	/* Unmapping drops the lock, so the wipe came first. */
	return unmap(mem, len) == 0 ? 0 : MEMWARD_EWIPED;
}

int mw_posix_drop(void *mem, size_t len, int (*drop)(void *mem, size_t len))
{
	struct mw_tracked_ops ops = tracked_ops();

	return needs_record() ? mw_tracked_drop(&ops, mem, len, drop)
			      : drop(mem, len);
}

int mw_sys_expose(void *mem, size_t len)
{
	return set_access(mem, len, MEMWARD_READ_WRITE);
}

int mw_sys_set_fork_rule(void *mem, size_t len, memward_fork_rule rule)
{
	return os->set_fork_rule(mem, len, rule);
}

int mw_sys_set_dump(void *mem, size_t len, bool dumped)
{
	return os->set_dump == NULL ? MEMWARD_EUNSUPPORTED
				    : os->set_dump(mem, len, dumped);
}

bool mw_sys_is_mapped(void *mem, size_t len)
{
	/* For anonymous memory this only checks that the range is mapped. */
	return msync(mem, len, MS_ASYNC) == 0;
}

static void try_lock(memward_sys_info *info, void *page, size_t len)
{
	int rc;

	if (mw_sys_locks_frozen()) {
		mw_sys_record(info, MEMWARD_SYS_LOCK, MEMWARD_ELOCKFROZEN, 0);
		return;
	}
	rc = raw_lock(page, len);
	mw_sys_record(info, MEMWARD_SYS_LOCK, rc, errno);
	if (rc == 0)
		(void)os->unlock(page, len);
}

/* Believed only if the page can then not be read. */
static void try_guards(memward_sys_info *info, void *page, size_t len)
{
	int rc = mw_sys_lay_guards(page, len);

	if (os->guards == NULL)
		errno = ENOSYS;
	if (rc == 0) {
		rc = check_readable(page, len);
		if (rc == 0) {
			rc = MEMWARD_EUNSUPPORTED;
			errno = ENOSYS;
		} else if (rc == MEMWARD_EINACCESSIBLE) {
			rc = 0;
		}
	}
	mw_sys_record(info, MEMWARD_SYS_GUARDS, rc, errno);
}

int mw_sys_query(memward_sys_info *info)
{
	size_t len = mw_sys_page_size();
	void *page;
	/* What of the advice is denied is found out below. */
	int rc = map_bare(len, &page);

	if (rc != 0)
		return rc;
	info->page_size = len;
	info->system = os->name;
	rc = lock_limit(&info->lock_limit);
	try_lock(info, page, len);
	os->try_features(info, page, len);
	mw_keys_try(info, page, len);
	/* Last: what it leaves cannot be written to. */
	try_guards(info, page, len);
	/* If this is refused a page is lost; what was found is true. */
	(void)munmap(page, len);
	return rc;
}
