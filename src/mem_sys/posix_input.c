/* SPDX-License-Identifier: MIT */
/* input.h on Unix: descriptors, files, the environment. */
#define _FILE_OFFSET_BITS 64
#if defined(__sun) && !defined(__EXTENSIONS__)
#define __EXTENSIONS__
#endif

#include "input.h"

#include "posix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(_WIN32)
#error "posix_input.c is for Unix systems"
#endif

#if defined(__APPLE__)
/* A shared library there has no environ of its own. */
#include <crt_externs.h>
#define environ (*_NSGetEnviron())
#else
extern char **environ;
#endif

/* So many bytes at a time: a closed ward is open for no longer. */
#define PART ((size_t)1 << 20)

static bool is_for_later(int err)
{
	return err == EINTR || err == EAGAIN || err == EWOULDBLOCK;
}

#if defined(__APPLE__)

/* poll(2) there has nothing to say of terminals: BUGS in its manual. */
static int wait_by_select(int fd, int wake)
{
	fd_set set;

	/* What the set has no room for, the reading waits for. */
	if (fd >= FD_SETSIZE || wake >= FD_SETSIZE)
		return 0;
	FD_ZERO(&set);
	FD_SET(fd, &set);
	if (wake >= 0)
		FD_SET(wake, &set);
	if (select((fd > wake ? fd : wake) + 1, &set, NULL, NULL, NULL) < 0)
		return is_for_later(errno) ? MW_SYS_AGAIN : 0;
	return wake >= 0 && FD_ISSET(wake, &set) ? MW_SYS_WOKEN : 0;
}

#else

/* Of a descriptor that is none the reading tells. */
static int wait_by_select(int fd, int wake)
{
	(void)fd;
	(void)wake;
	return 0;
}

#endif

int mw_sys_wait_for_input(int fd, int wake)
{
	struct pollfd both[2] = {
	    {.fd = fd, .events = POLLIN}, {.fd = wake, .events = POLLIN}};

	/* Of what is no descriptor, poll(2) has nothing to say, for ever. */
	if (fd < 0)
		return 0;
	if (poll(both, 2, -1) < 0)
		return is_for_later(errno) ? MW_SYS_AGAIN
					   : mw_posix_error(errno);
	if (both[1].revents != 0)
		return MW_SYS_WOKEN;
	if ((both[0].revents & POLLNVAL) != 0)
		return wait_by_select(fd, wake);
	return 0;
}

int mw_sys_read(int fd, void *to, size_t len, size_t *got)
{
	ssize_t n = read(fd, to, len < PART ? len : PART);

	*got = n > 0 ? (size_t)n : 0;
	if (n >= 0)
		return 0;
	return is_for_later(errno) ? MW_SYS_AGAIN : mw_posix_error(errno);
}

size_t mw_sys_bytes_ahead(int fd)
{
	struct stat about;
	off_t at;

	if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
		return 0;
	at = lseek(fd, 0, SEEK_CUR);
	if (at < 0 || at >= about.st_size ||
	    (uintmax_t)(about.st_size - at) > SIZE_MAX)
		return 0;
	return (size_t)(about.st_size - at);
}

/* Files. */

static int open_error(int err, bool no_link)
{
	if (err == ENOENT || err == ENOTDIR)
		return MEMWARD_ENOTFOUND;
	/* A link that was not to be followed; FreeBSD and NetBSD differ. */
	if (no_link && (err == ELOOP || err == EMLINK))
		return MEMWARD_EUNSAFE;
#ifdef EFTYPE
	if (no_link && err == EFTYPE)
		return MEMWARD_EUNSAFE;
#endif
	return mw_posix_error(err);
}

static int check_file(int fd, unsigned others_may_not)
{
	struct stat about;

	if (fstat(fd, &about) != 0)
		return mw_posix_error(errno);
	if (!S_ISREG(about.st_mode) ||
	    (about.st_uid != geteuid() && about.st_uid != 0) ||
	    (about.st_mode & (mode_t)others_may_not) != 0)
		return MEMWARD_EUNSAFE;
	return 0;
}

int mw_sys_open_file(
    const char *path, const struct mw_file_checks *checks, int *fd)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;
	int rc = 0;
	int opened;

	if (checks->no_link)
		flags |= O_NOFOLLOW;
	/* A fifo is not waited for, as it would be refused. */
	if (checks->others_may_not != 0)
		flags |= O_NONBLOCK;
	do {
		opened = open(path, flags);
	} while (opened < 0 && errno == EINTR);
	if (opened < 0)
		return open_error(errno, checks->no_link);
	if (checks->others_may_not != 0)
		rc = check_file(opened, checks->others_may_not);
	if (rc == 0)
		*fd = opened;
	else
		mw_sys_close(opened);
	return rc;
}

void mw_sys_close(int fd)
{
	int err = errno;

	(void)close(fd);
	errno = err;
}

bool mw_sys_is_file_name(const char *name)
{
	return name[0] != '\0' && strchr(name, '/') == NULL &&
	       strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* The environment. */

static char *value_in(char *entry, const char *name)
{
	size_t len = strlen(name);

	return strncmp(entry, name, len) == 0 && entry[len] == '='
		   ? entry + len + 1
		   : NULL;
}

bool mw_sys_reaches_environment(void)
{
	return true;
}

const char *mw_sys_environment_value(const char *name)
{
	/* Not getenv(3): what is copied has to be what is wiped. */
	for (char **at = environ; at != NULL && *at != NULL; at++) {
		const char *value = value_in(*at, name);

		if (value != NULL)
			return value;
	}
	return NULL;
}

void mw_sys_environment_wipe(const char *name)
{
	for (char **at = environ; at != NULL && *at != NULL; at++) {
		char *value = value_in(*at, name);

		if (value != NULL)
			memward_wipe(value, strlen(value));
	}
	/* Refused are only names that could not be found. */
	(void)unsetenv(name);
}
