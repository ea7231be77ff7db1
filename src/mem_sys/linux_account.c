/* SPDX-License-Identifier: MIT */
/* The kernel's own account of this process's mappings: proc(5), smaps. */
#if !defined(__linux__)
#error "linux_account.c is for Linux"
#endif
#define _GNU_SOURCE

#include "linux_account.h"
#include "posix.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Longer than a line of flags; of other lines the beginning will do. */
#define LINE 256

struct reader {
	bool (*visit)(void *argument, const struct mw_sys_mapping *mapping);
	void *argument;
	struct mw_sys_mapping mapping; /* the one whose lines are being read */
	char line[LINE];
	size_t len;
	bool seen; /* a line of flags, which older kernels lack */
	bool done;
};

static const char *take_number(const char *at, uintptr_t *number)
{
	*number = 0;
	for (;; at++) {
		if (*at >= '0' && *at <= '9')
			*number = *number << 4 | (uintptr_t)(*at - '0');
		else if (*at >= 'a' && *at <= 'f')
			*number = *number << 4 | (uintptr_t)(*at - 'a' + 10);
		else
			return at;
	}
}

/* "FROM-TO PERMISSIONS ..." begins a mapping; no other line looks like it. */
static void take_head(struct reader *reader)
{
	uintptr_t from;
	uintptr_t to;
	const char *at = take_number(reader->line, &from);

	if (at == reader->line || *at != '-')
		return;
	at = take_number(at + 1, &to);
	if (*at != ' ')
		return;
	reader->mapping.from = from;
	reader->mapping.to = to;
}

static bool has_flag(const char *flags, const char *flag)
{
	return strstr(flags, flag) != NULL;
}

static void take_line(struct reader *reader)
{
	const char name[] = "VmFlags:";

	reader->line[reader->len] = '\0';
	reader->len = 0;
	if (strncmp(reader->line, name, sizeof(name) - 1) != 0) {
		take_head(reader);
		return;
	}
	reader->seen = true;
	reader->mapping.dumped = !has_flag(reader->line, " dd");
	reader->mapping.merged = has_flag(reader->line, " mg");
	reader->done = !reader->visit(reader->argument, &reader->mapping);
}

static void take(struct reader *reader, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len && !reader->done; i++) {
		if (bytes[i] == '\n')
			take_line(reader);
		else if (reader->len < LINE - 1)
			reader->line[reader->len++] = bytes[i];
	}
}

static int read_on(int fd, struct reader *reader)
{
	char bytes[2048];
	ssize_t n;

	while (!reader->done) {
		n = read(fd, bytes, sizeof(bytes));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return mw_posix_error(errno);
		if (n == 0)
			return reader->seen ? 0 : MEMWARD_EUNSUPPORTED;
		take(reader, bytes, (size_t)n);
	}
	return 0;
}

int mw_linux_account(
    bool (*visit)(void *argument, const struct mw_sys_mapping *mapping),
    void *argument)
{
	struct reader reader = {.visit = visit, .argument = argument};
	int fd = open("/proc/self/smaps", O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return mw_posix_error(errno);
	rc = read_on(fd, &reader);
	(void)close(fd);
	return rc;
}
