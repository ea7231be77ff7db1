/* SPDX-License-Identifier: MIT */
/* store.h on Unix: what all share, with the few calls that have many names. */
#if defined(__linux__)
#define _GNU_SOURCE
#endif
#if defined(__sun) && !defined(__EXTENSIONS__)
#define __EXTENSIONS__
#endif
#if defined(__NetBSD__) && !defined(_NETBSD_SOURCE)
#define _NETBSD_SOURCE
#endif

#include "keys.h"
#include "posix.h"
#include "store.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/random.h>
#include <sys/syscall.h>
#endif
#if defined(__APPLE__) || defined(__sun)
#include <sys/random.h>
#endif

static const struct mw_posix_system *const os = &mw_posix_system;

#ifdef MAP_NORESERVE
#define RESERVE_FLAGS MAP_NORESERVE
#else
#define RESERVE_FLAGS 0
#endif

/* Rights a reservation may get later: NetBSD wants them announced, FreeBSD
 * grants no others. */
#if defined(PROT_MPROTECT)
#define RESERVE_PROT (PROT_NONE | PROT_MPROTECT(PROT_READ | PROT_WRITE))
#elif defined(PROT_MAX)
#define RESERVE_PROT (PROT_NONE | PROT_MAX(PROT_READ | PROT_WRITE))
#else
#define RESERVE_PROT PROT_NONE
#endif

static void *map_closed(void *mem, size_t len, int fixed)
{
	return mmap(mem, len, RESERVE_PROT,
	    os->map_flags | RESERVE_FLAGS | fixed, -1, 0);
}

static void *map_space(void *mem, size_t len, int fixed)
{
	void *p = MAP_FAILED;

	if (os->space_flags != 0)
		p = mmap(mem, len, PROT_NONE, os->space_flags | fixed, -1, 0);
	/* An older kernel does not know the flags. */
	return p != MAP_FAILED ? p : map_closed(mem, len, fixed);
}

int mw_sys_reserve(size_t len, void **mem)
{
	void *p = map_space(NULL, len, 0);

	if (p == MAP_FAILED)
		return MEMWARD_ENOMEM;
	*mem = p;
	return 0;
}

void mw_sys_unreserve(void *mem, size_t len)
{
	/* Fails only for arguments that no reservation has. */
	(void)munmap(mem, len);
}

/*
 * Space without pages gets closed ones first. The system charges nothing for
 * them, so it has no reason to fail after it has taken the space away and
 * before it has put them there; opening them then fails whole.
 */
int mw_sys_commit_plain(void *mem, size_t len)
{
	int err;

	if (os->space_flags != 0 &&
	    map_closed(mem, len, MAP_FIXED) == MAP_FAILED)
		return mw_posix_error(errno);
	if (mprotect(mem, len, PROT_READ | PROT_WRITE) == 0)
		return 0;
	err = errno;
	/* If this fails too they stay, closed: a reservation all the same. */
	if (os->space_flags != 0)
		(void)map_space(mem, len, MAP_FIXED);
	errno = err;
	return mw_posix_error(err);
}

int mw_sys_try_hidden(int *system_error)
{
	int rc = MEMWARD_EUNSUPPORTED;

	errno = ENOSYS;
	if (os->try_hidden != NULL)
		rc = os->try_hidden();
	*system_error = rc == 0 ? 0 : errno;
	return rc;
}

static int commit_hidden(void *mem, size_t len)
{
	return os->commit_hidden == NULL ? MEMWARD_EUNSUPPORTED
					 : os->commit_hidden(mem, len);
}

/* Advice and rule of pages that have been put in; they go if it fails. */
static int settle(void *mem, size_t len, const struct mw_sys_kind *kind)
{
	int rc = kind->hidden ? 0 : os->prepare(mem, len);
	int err;

	if (rc == MEMWARD_EPERM && kind->denied)
		rc = 0;
	/* Keep is what a new mapping has; hidden pages have their rule. */
	if (rc == 0 && !kind->hidden && kind->fork != MEMWARD_FORK_KEEP)
		rc = os->set_fork_rule(mem, len, kind->fork);
	/* Last, so that what fails before leaves no page with the key. */
	if (rc == 0 && kind->key != 0)
		rc = mw_keys_put(mem, len, kind->key);
	if (rc == 0)
		return 0;
	err = errno;
	(void)mw_sys_decommit(mem, len);
	errno = err;
	return rc;
}

int mw_sys_commit(void *mem, size_t len, const struct mw_sys_kind *kind)
{
	int rc = kind->hidden ? commit_hidden(mem, len)
			      : mw_sys_commit_plain(mem, len);

	return rc != 0 ? rc : settle(mem, len, kind);
}

/* Where there are none, nobody gets as far as the other calls. */
int mw_sys_lay_guards(void *mem, size_t len)
{
	return os->guards == NULL ? MEMWARD_EUNSUPPORTED
				  : os->guards->lay(mem, len);
}

int mw_sys_lift_guards(void *mem, size_t len)
{
	return os->guards == NULL ? MEMWARD_EUNSUPPORTED
				  : os->guards->lift(mem, len);
}

int mw_sys_lock_lazily(void *mem, size_t len)
{
	if (mw_sys_locks_frozen())
		return MEMWARD_ELOCKFROZEN;
	return os->guards == NULL ? MEMWARD_EUNSUPPORTED
				  : os->guards->lock_lazily(mem, len);
}

int mw_sys_fill(void *mem, size_t len)
{
	return os->guards == NULL ? MEMWARD_EUNSUPPORTED
				  : os->guards->fill(mem, len);
}

int mw_sys_account(
    bool (*visit)(void *argument, const struct mw_sys_mapping *mapping),
    void *argument)
{
	return os->account == NULL ? MEMWARD_EUNSUPPORTED
				   : os->account(visit, argument);
}

/* A new mapping in the place of the old: the same on every Unix. */
static int replace(void *mem, size_t len)
{
	return map_space(mem, len, MAP_FIXED) == MAP_FAILED ? MEMWARD_ENOMEM
							    : 0;
}

int mw_sys_decommit(void *mem, size_t len)
{
	return mw_posix_drop(mem, len, replace);
}

int mw_sys_make_permanent(void *mem, size_t len)
{
	return os->make_permanent == NULL ? MEMWARD_EUNSUPPORTED
					  : os->make_permanent(mem, len);
}

_Static_assert(sizeof(pthread_mutex_t) <= sizeof(struct mw_mutex),
    "a mutex of the system fits");

static pthread_mutex_t *as_pthread(struct mw_mutex *mutex)
{
	return (pthread_mutex_t *)(void *)mutex->space;
}

void mw_mutex_init(struct mw_mutex *mutex)
{
	/*
	 * With default attributes most systems just fill it in; FreeBSD and
	 * OpenBSD take a few bytes of the heap, without which there is no way
	 * to go on in safety.
	 */
	if (pthread_mutex_init(as_pthread(mutex), NULL) != 0)
		abort();
}

void mw_mutex_lock(struct mw_mutex *mutex)
{
	/* A default mutex that is initialised cannot refuse. */
	(void)pthread_mutex_lock(as_pthread(mutex));
}

void mw_mutex_unlock(struct mw_mutex *mutex)
{
	(void)pthread_mutex_unlock(as_pthread(mutex));
}

void mw_sys_once(void (*function)(void))
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, function);
}

static pthread_key_t exit_key;
static bool exit_key_made;
static void (*_Atomic exit_function)(void *);

static void make_exit_key(void)
{
	exit_key_made = pthread_key_create(&exit_key, exit_function) == 0;
}

bool mw_sys_at_thread_exit(void (*function)(void *), void *argument)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	/* No mutex: a child of a fork at this moment would wait for ever. */
	atomic_store(&exit_function, function);
	(void)pthread_once(&once, make_exit_key);
	return exit_key_made && pthread_setspecific(exit_key, argument) == 0;
}

bool mw_sys_allows_stacks(void)
{
	return !os->guards_stacks;
}

bool mw_sys_on_signal_stack(void)
{
	stack_t stack;

	/* It fails for no argument but a bad one. */
	return sigaltstack(NULL, &stack) == 0 &&
	       (stack.ss_flags & SS_ONSTACK) != 0;
}

void mw_sys_yield(void)
{
	(void)sched_yield();
}

bool mw_sys_around_fork(
    void (*before)(void), void (*parent)(void), void (*child)(void))
{
	mw_posix_hold_over_fork();
	return pthread_atfork(before, parent, child) == 0;
}

#if defined(__linux__)

/* linux/membarrier.h; membarrier(2), Linux 4.14. */
#define BARRIER_PRIVATE_EXPEDITED 8
#define BARRIER_REGISTER          16

bool mw_sys_barrier(void)
{
#ifdef SYS_membarrier
	if (syscall(SYS_membarrier, BARRIER_PRIVATE_EXPEDITED, 0) == 0)
		return true;
	/* EPERM: not registered yet; a child of fork registers anew. */
	if (errno != EPERM || syscall(SYS_membarrier, BARRIER_REGISTER, 0) != 0)
		return false;
	return syscall(SYS_membarrier, BARRIER_PRIVATE_EXPEDITED, 0) == 0;
#else
	return false;
#endif
}

int mw_sys_random(void *mem, size_t len)
{
	unsigned char *at = mem;

	while (len != 0) {
		ssize_t n = getrandom(at, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return MEMWARD_ESYSTEM;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

const char *mw_sys_environment(const char *name)
{
	return secure_getenv(name);
}

#else

bool mw_sys_barrier(void)
{
	return false;
}

int mw_sys_random(void *mem, size_t len)
{
	unsigned char *at = mem;
	/* What getentropy(2) gives at once, at most. */
	const size_t most = 256;

	while (len != 0) {
		size_t part = len < most ? len : most;

		if (getentropy(at, part) != 0)
			return MEMWARD_ESYSTEM;
		at += part;
		len -= part;
	}
	return 0;
}

const char *mw_sys_environment(const char *name)
{
	return issetugid() ? NULL : getenv(name);
}

#endif

void mw_sys_last_words(const char *text, size_t len)
{
	/* The process ends whether or not anybody can read it. */
	ssize_t n = write(STDERR_FILENO, text, len);

	(void)n;
}

uint64_t mw_sys_lock_limit(void)
{
#ifdef RLIMIT_MEMLOCK
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 &&
	    limit.rlim_cur != RLIM_INFINITY)
		return (uint64_t)limit.rlim_cur;
#endif
	return UINT64_MAX;
}
