/* SPDX-License-Identifier: MIT */
#include "probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASAN
#endif
#endif

#if defined(ASAN)
#include <sys/syscall.h>
#endif

static int ends[2];
static pid_t owner;

/* A child needs a pipe of its own, or it would read its parent's bytes. */
static void make_pipe(void)
{
	if (owner == getpid())
		return;
	if (owner != 0) {
		(void)close(ends[0]);
		(void)close(ends[1]);
	}
	if (pipe(ends) != 0) {
		perror("pipe");
		abort();
	}
	owner = getpid();
}

/* Bare calls: the address sanitizer judges what the C library's are given. */
#if defined(ASAN) && defined(SYS_write)
#define put(from, len) syscall(SYS_write, ends[1], from, len)
#define get(to, len)   syscall(SYS_read, ends[0], to, len)
#else
#define put(from, len) write(ends[1], from, len)
#define get(to, len)   read(ends[0], to, len)
#endif

static bool drain(unsigned char *to, size_t len)
{
	while (len != 0) {
		ssize_t n = read(ends[0], to, len);

		if (n <= 0)
			return false;
		to += n;
		len -= (size_t)n;
	}
	return true;
}

memward_access probe(void *at)
{
	unsigned char byte;

	make_pipe();
	if (put(at, 1) != 1)
		return MEMWARD_NO_ACCESS;
	if (get(at, 1) == 1)
		return MEMWARD_READ_WRITE;
	(void)drain(&byte, 1);
	return MEMWARD_READ_ONLY;
}

bool probe_copy(void *to, const void *from, size_t len)
{
	ssize_t n;

	make_pipe();
	n = put(from, len);
	return n > 0 && drain(to, (size_t)n) && (size_t)n == len;
}
