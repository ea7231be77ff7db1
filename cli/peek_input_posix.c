/* SPDX-License-Identifier: MIT */
/* Sources of secrets on every Unix. */
#if defined(_WIN32)
#error "peek_input_posix.c is for Unix systems"
#endif
#if defined(__linux__)
#define _GNU_SOURCE /* posix_openpt */
#elif defined(__sun)
#define __EXTENSIONS__
#endif

#include "peek_input.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* So much fits any pipe and any line of a terminal. */
#define PART ((size_t)512)

#define VARIABLE "MEMWARD_PROVE_SECRET"

/* The longest part without a byte that the source cannot have. */
static void choose_part(
    struct peek_source *source, const unsigned char *mem, size_t len, int bad)
{
	size_t from = 0;

	for (size_t i = 0; i <= len; i++) {
		if (i != len && mem[i] != bad && i - from < PART)
			continue;
		if (i - from > source->len) {
			source->from = from;
			source->len = i - from;
		}
		from = i + 1;
	}
}

static bool write_all(int fd, const void *mem, size_t len)
{
	/* To files and pipes with room, all is written. */
	return write(fd, mem, len) == (ssize_t)len;
}

static bool open_file(struct peek_source *source, const void *mem)
{
	int fd;

	(void)snprintf(
	    source->name, sizeof(source->name), "/tmp/memward-prove.XXXXXX");
	fd = mkstemp(source->name);
	if (fd < 0)
		return false;
	if (!write_all(fd, mem, source->len) || lseek(fd, 0, SEEK_SET) != 0) {
		(void)close(fd);
		(void)unlink(source->name);
		return false;
	}
	source->fd = fd;
	return true;
}

static bool open_pipe(struct peek_source *source, const void *mem)
{
	int ends[2];
	bool done;

	if (pipe(ends) != 0)
		return false;
	done = write_all(ends[1], mem, source->len);
	(void)close(ends[1]);
	source->fd = ends[0];
	return done;
}

/* Not by setenv(3), which leaves a copy on the stack. */
static bool open_variable(struct peek_source *source, const void *mem)
{
	static char entry[sizeof(VARIABLE) + PART + 1] = VARIABLE "=";
	volatile char *value = entry + sizeof(VARIABLE);

	for (size_t i = 0; i < source->len; i++)
		value[i] = ((const char *)mem)[i];
	value[source->len] = '\0';
	(void)snprintf(source->name, sizeof(source->name), VARIABLE);
	return putenv(entry) == 0;
}

/* In a child: each byte by itself, so that it means only itself. */
static _Noreturn void type(int keyboard, const char *mem, size_t len)
{
	char seen = '\0';

	while (read(keyboard, &seen, 1) == 1 && seen != ':')
		continue;
	for (size_t i = 0; i < len; i++) {
		if (!write_all(keyboard, "\026", 1) ||
		    !write_all(keyboard, mem + i, 1))
			_exit(1);
	}
	(void)write_all(keyboard, "\n", 1);
	/* The terminal is there for as long as somebody sits at it. */
	for (;;)
		(void)pause();
}

static int open_terminal(int keyboard)
{
	struct termios how;
	int fd;

	if (grantpt(keyboard) != 0 || unlockpt(keyboard) != 0)
		return -1;
	fd = open(ptsname(keyboard), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (tcgetattr(fd, &how) == 0) {
		how.c_lflag |= ICANON | IEXTEN | ECHO;
		how.c_cc[VLNEXT] = 026;
		if (tcsetattr(fd, TCSANOW, &how) == 0)
			return fd;
	}
	(void)close(fd);
	return -1;
}

static bool sit_down(struct peek_source *source, const char *mem)
{
	int keyboard = posix_openpt(O_RDWR | O_NOCTTY);

	if (keyboard < 0)
		return false;
	source->fd = open_terminal(keyboard);
	if (source->fd >= 0) {
		source->process = fork();
		if (source->process == 0)
			type(keyboard, mem, source->len);
	}
	(void)close(keyboard);
	return source->fd >= 0 && source->process > 0;
}

bool peek_source_open(struct peek_source *source, enum peek_origin origin,
    const void *mem, size_t len)
{
	static const int bad[] = {
	    [FROM_FILE] = -1,
	    [FROM_PIPE] = -1,
	    [FROM_VARIABLE] = '\0',
	    [FROM_TERMINAL] = '\n',
	};
	const char *part;

	*source = (struct peek_source){.origin = origin, .fd = -1};
	choose_part(source, mem, len, bad[origin]);
	part = (const char *)mem + source->from;
	switch (origin) {
	case FROM_FILE:
		return open_file(source, part);
	case FROM_PIPE:
		return open_pipe(source, part);
	case FROM_VARIABLE:
		return open_variable(source, part);
	default:
		return sit_down(source, part);
	}
}

static bool read_stream(struct peek_source *source, volatile char *to)
{
	int fd = dup(source->fd);
	FILE *stream = fd < 0 ? NULL : fdopen(fd, "r");
	size_t len = 0;

	if (stream == NULL)
		return false;
	for (; len < source->len; len++) {
		int byte = getc(stream);

		if (byte == EOF)
			break;
		to[len] = (char)byte;
	}
	(void)fclose(stream);
	return len == source->len;
}

static bool read_typed(struct peek_source *source, volatile char *to)
{
	struct termios shown;
	struct termios hidden;
	bool done;

	if (tcgetattr(source->fd, &shown) != 0)
		return false;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(source->fd, TCSAFLUSH, &hidden) != 0)
		return false;
	done = write_all(source->fd, PEEK_PROMPT, sizeof(PEEK_PROMPT) - 1) &&
	       read_stream(source, to);
	return tcsetattr(source->fd, TCSAFLUSH, &shown) == 0 && done;
}

bool peek_source_read(struct peek_source *source, void *to)
{
	volatile char *at = to;
	const char *value;

	if (source->origin == FROM_TERMINAL)
		return read_typed(source, at);
	if (source->origin != FROM_VARIABLE)
		return read_stream(source, at);
	value = getenv(source->name);
	if (value == NULL)
		return false;
	for (size_t i = 0; i < source->len; i++)
		at[i] = value[i];
	return unsetenv(source->name) == 0;
}

void peek_source_close(struct peek_source *source)
{
	if (source->process > 0) {
		(void)kill((pid_t)source->process, SIGKILL);
		while (waitpid((pid_t)source->process, NULL, 0) < 0 &&
		       errno == EINTR)
			continue;
	}
	if (source->fd >= 0)
		(void)close(source->fd);
	if (source->origin == FROM_FILE)
		(void)unlink(source->name);
}
