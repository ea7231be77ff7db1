/* SPDX-License-Identifier: MIT */
/* Large and sparse files, and standard input, on every Unix. */
#if defined(_WIN32)
#error "peek_file_posix.c is for Unix systems"
#endif
#if defined(__linux__)
#define _GNU_SOURCE /* SEEK_DATA */
#elif defined(__sun)
#define __EXTENSIONS__
#endif
#define _FILE_OFFSET_BITS 64

#include "cli.h"
#include "peek.h"
#include "peek_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool peek_errors_to_terminal(void)
{
	return isatty(STDERR_FILENO) != 0;
}

bool peek_input_is_terminal(void)
{
	return isatty(STDIN_FILENO) != 0;
}

bool peek_read_input(void *to, size_t max, size_t *len, const char **why)
{
	char *at = to;

	*len = 0;
	*why = NULL;
	while (*len < max) {
		ssize_t n = read(STDIN_FILENO, at + *len, max - *len);

		if (n < 0 && errno == EINTR && !peek_interrupted())
			continue;
		if (n < 0)
			*why = strerror(errno);
		if (n <= 0)
			break;
		*len += (size_t)n;
	}
	return *why == NULL;
}

/* Files. */

static const char *why_not(const struct stat *stat)
{
	if (S_ISDIR(stat->st_mode))
		return "is a directory";
	if (S_ISFIFO(stat->st_mode))
		return "is a fifo; scan reads files that have an end, and in "
		       "more than one go";
	if (S_ISSOCK(stat->st_mode))
		return "is a socket";
	if (S_ISCHR(stat->st_mode))
		return "is a device without an end";
	return NULL;
}

/* Files in /proc and its kin say that they are empty. */
static bool pretends(int fd)
{
	char byte;

	return pread(fd, &byte, 1, 0) == 1;
}

static bool measure(struct peek_file *file, char *why, size_t size)
{
	int fd = (int)file->handle;
	struct stat stat;
	const char *reason;
	off_t end;

	if (fstat(fd, &stat) != 0)
		return text_refuse(why, size, "%s", strerror(errno));
	reason = why_not(&stat);
	if (reason == NULL && stat.st_size == 0 && S_ISREG(stat.st_mode) &&
	    pretends(fd))
		reason = "says that it is empty, and is not";
	if (reason != NULL)
		return text_refuse(why, size, "%s", reason);
	end = lseek(fd, 0, SEEK_END);
	if (end < 0)
		return text_refuse(why, size, "%s", strerror(errno));
	file->size = (uint64_t)end;
	file->used = file->size;
	if (S_ISREG(stat.st_mode) &&
	    (uint64_t)stat.st_blocks * 512 < file->size)
		file->used = (uint64_t)stat.st_blocks * 512;
	return true;
}

bool peek_file_open(
    struct peek_file *file, const char *path, char *why, size_t size)
{
	/* Without it, opening a fifo waits for a writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return text_refuse(why, size, "%s", strerror(errno));
	*file = (struct peek_file){.handle = fd};
	if (measure(file, why, size))
		return true;
	(void)close(fd);
	return false;
}

void peek_file_close(struct peek_file *file)
{
	(void)close((int)file->handle);
}

bool peek_file_read(const struct peek_file *file, uint64_t at, void *to,
    size_t len, size_t *came)
{
	ssize_t n;

	do {
		n = pread((int)file->handle, to, len, (off_t)at);
	} while (n < 0 && errno == EINTR);
	*came = n > 0 ? (size_t)n : 0;
	return n >= 0;
}

bool peek_file_data(const struct peek_file *file, uint64_t *from, uint64_t *to)
{
	if (*from >= file->size)
		return false;
	*to = file->size;
#if defined(SEEK_DATA) && defined(SEEK_HOLE)
	{
		int fd = (int)file->handle;
		off_t data = lseek(fd, (off_t)*from, SEEK_DATA);
		off_t hole;

		/* ENXIO: a hole up to the end. Else: it knows no holes. */
		if (data < 0)
			return errno != ENXIO;
		*from = (uint64_t)data;
		hole = lseek(fd, data, SEEK_HOLE);
		if (hole > data && (uint64_t)hole < file->size)
			*to = (uint64_t)hole;
		return *from < *to;
	}
#else
	return true;
#endif
}
