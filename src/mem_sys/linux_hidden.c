/* SPDX-License-Identifier: MIT */
/*
 * Hidden pages: memfd_secret(2), Linux 5.14, offered by default since 6.5. The
 * kernel takes them out of its own map of memory, so that it reads them for
 * nobody else, and keeps them locked and out of core files.
 */
#if !defined(__linux__)
#error "linux_hidden.c is for Linux"
#endif
#define _GNU_SOURCE

#include "linux_calls.h"
#include "linux_hidden.h"
#include "posix.h"
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#if defined(SYS_memfd_secret) && defined(MAP_FIXED_NOREPLACE)

/* mm/secretmem.c: over the limit of locked memory mmap(2) says EAGAIN. */
static int map_error(int err)
{
	return err == EAGAIN ? MEMWARD_ELOCKLIMIT : mw_posix_error(err);
}

void *mw_linux_map_hidden(int fd, size_t len, int *rc)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		*rc = map_error(errno);
	return p;
}

/* Maps new hidden pages anywhere. MAP_FAILED: *rc says why. */
static void *map_new(size_t len, int *fd, int *rc)
{
	void *p = MAP_FAILED;
	int err;

	*fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);
	if (*fd < 0) {
		*rc = mw_posix_error(errno);
		return MAP_FAILED;
	}
	/* Once only: the size of such a file does not change again. */
	if (ftruncate(*fd, (off_t)len) != 0)
		*rc = mw_posix_error(errno);
	else
		p = mw_linux_map_hidden(*fd, len, rc);
	if (p != MAP_FAILED)
		return p;
	err = errno;
	(void)close(*fd);
	errno = err;
	return MAP_FAILED;
}

/* No descriptor stays: whoever had it could map the pages as well. */
static void *map_anywhere(size_t len, int *rc)
{
	int fd;
	void *p = map_new(len, &fd, rc);

	if (p != MAP_FAILED)
		(void)close(fd);
	return p;
}

/*
 * Has the kernel itself write a byte to a page: where it has none to give it
 * answers EFAULT, while a touch of ours would end in a signal.
 */
static bool fill_page(char *page)
{
	ssize_t n;

	do
		n = getrandom(page, 1, 0);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

static bool can_fill_plain_page(void)
{
	size_t len = mw_sys_page_size();
	char *page = mmap(
	    NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
	bool filled;

	if (page == MAP_FAILED)
		return false;
	filled = fill_page(page);
	(void)munmap(page, len);
	return filled;
}

/*
 * As far as Linux 6.18 (seen) only memory can be lacking here. On 7.2 (seen)
 * the limit is met here, and no longer by mmap(2); both are the same EFAULT. A
 * plain page tells them apart, as it needs memory but no room in the limit.
 * Keeps errno.
 */
static int fill_error(void)
{
	int err = errno;
	bool at_limit;

	if (err != EFAULT)
		return MEMWARD_ESYSTEM;
	at_limit = mw_sys_lock_limit() != UINT64_MAX && can_fill_plain_page();
	errno = err;
	return at_limit ? MEMWARD_ELOCKLIMIT : MEMWARD_ENOMEM;
}

static int fill_in(char *mem, size_t len)
{
	for (size_t at = 0; at < len; at += mw_sys_page_size()) {
		if (!fill_page(mem + at))
			return fill_error();
		mem[at] = 0;
	}
	return 0;
}

/* The mapping is shared, so a child would see and change the secrets. */
static int prepare(void *mem, size_t len)
{
	int rc = mw_posix_advise(mem, len, MADV_DONTFORK);

	return rc != 0 ? rc : fill_in(mem, len);
}

/*
 * A move that fails for want of memory may have taken the reservation away at
 * its destination. Where it did not, this is refused.
 */
static void fill_hole(void *mem, size_t len)
{
	(void)mmap(mem, len, PROT_NONE,
	    MAP_PRIVATE | MAP_ANON | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1,
	    0);
}

/*
 * The pages come into being elsewhere and move to their place when they are
 * complete: until then nothing of the reservation has changed. Before Linux
 * 6.12 a MAP_FIXED that is refused at the limit would have left a hole.
 */
int mw_linux_commit_hidden(void *mem, size_t len)
{
	int rc = 0;
	void *p = map_anywhere(len, &rc);
	int err;

	if (p == MAP_FAILED)
		return rc;
	rc = prepare(p, len);
	if (rc == 0 && mremap(p, len, len, MREMAP_MAYMOVE | MREMAP_FIXED,
			   mem) == MAP_FAILED)
		rc = mw_posix_error(errno);
	if (rc == 0)
		return 0;
	err = errno;
	/* Nothing is in it; if this fails too the first error counts. */
	(void)munmap(p, len);
	fill_hole(mem, len);
	errno = err;
	return rc;
}

int mw_linux_new_hidden(size_t len, int *fd, void **mem)
{
	int rc = 0;
	void *p = map_new(len, fd, &rc);
	int err;

	if (p == MAP_FAILED)
		return rc;
	rc = prepare(p, len);
	if (rc == 0) {
		*mem = p;
		return 0;
	}
	err = errno;
	(void)munmap(p, len);
	(void)close(*fd);
	errno = err;
	return rc;
}

int mw_linux_try_hidden(void)
{
	size_t len = mw_sys_page_size();
	int rc = 0;
	void *p = map_anywhere(len, &rc);

	/* Untouched, so that no page leaves the kernel's map for a question. */
	if (p != MAP_FAILED)
		(void)munmap(p, len);
	return rc;
}

#else /* headers older than Linux 5.3 */

void *mw_linux_map_hidden(int fd, size_t len, int *rc)
{
	(void)fd;
	(void)len;
	errno = ENOSYS;
	*rc = MEMWARD_EUNSUPPORTED;
	return MAP_FAILED;
}

int mw_linux_new_hidden(size_t len, int *fd, void **mem)
{
	(void)len;
	(void)fd;
	(void)mem;
	errno = ENOSYS;
	return MEMWARD_EUNSUPPORTED;
}

int mw_linux_commit_hidden(void *mem, size_t len)
{
	(void)mem;
	(void)len;
	errno = ENOSYS;
	return MEMWARD_EUNSUPPORTED;
}

int mw_linux_try_hidden(void)
{
	errno = ENOSYS;
	return MEMWARD_EUNSUPPORTED;
}

#endif
