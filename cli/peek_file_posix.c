/* SPDX-License-Identifier: MIT */
/* Large and sparse files, standard input and the terminal, on every Unix. */
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
#include <termios.h>
#include <unistd.h>

bool peek_errors_to_terminal(void)
{
	return isatty(STDERR_FILENO) != 0;
}

bool peek_input_is_terminal(void)
{
	return isatty(STDIN_FILENO) != 0;
}

/* Until max bytes are there, the end, or a line end where `line` says so. */
static bool read_some(int fd, char *to, size_t max, bool line, size_t *len)
{
	*len = 0;
	while (*len < max) {
		ssize_t n = read(fd, to + *len, max - *len);

		if (n < 0 && errno == EINTR && !peek_interrupted())
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		*len += (size_t)n;
		if (line && to[*len - 1] == '\n')
			break;
	}
	return true;
}

bool peek_read_input(void *to, size_t max, size_t *len, const char **why)
{
	bool done = read_some(STDIN_FILENO, to, max, false, len);

	*why = done ? NULL : strerror(errno);
	return done;
}

static void print(int fd, const char *text)
{
	/* A prompt that cannot be shown hinders nobody from answering. */
	(void)!write(fd, text, strlen(text));
}

bool peek_prompt(
    const char *prompt, void *to, size_t max, size_t *len, const char **why)
{
	struct termios shown;
	struct termios hidden;
	bool done;

	if (tcgetattr(STDIN_FILENO, &shown) != 0) {
		*why = strerror(errno);
		return false;
	}
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	/* What was typed before could be seen, so it is thrown away. */
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) != 0) {
		*why = strerror(errno);
		return false;
	}
	print(STDERR_FILENO, prompt);
	done = read_some(STDIN_FILENO, to, max, true, len);
	*why = done ? NULL : strerror(errno);
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown) != 0) {
		*why = strerror(errno);
		done = false;
	}
	print(STDERR_FILENO, "\n");
	return done;
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
