/* SPDX-License-Identifier: MIT */
#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "support_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)

#include <grp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define NOBODY 65534
#define ROOM   256

/* linux/prctl.h of 6.4; asm-generic/unistd.h of 5.6. */
#define SET_MEMORY_MERGE 67
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

bool support_become_ordinary(void)
{
	if (geteuid() != 0)
		return true;
	if (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 ||
	    setuid(NOBODY) != 0)
		return false;
	/* The change of user took it; a user's own programs begin with it. */
	return prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L) == 0;
}

void support_let_look(void)
{
	/* EINVAL where there is no Yama. */
	(void)prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0L, 0L, 0L);
}

static bool read_file(pid_t pid, uint64_t address, void *to, size_t len)
{
	char path[64];
	bool done;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%ld/mem", (long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	done = pread(fd, to, len, (off_t)address) == (ssize_t)len;
	(void)close(fd);
	return done;
}

static bool read_call(pid_t pid, uint64_t address, void *to, size_t len)
{
	struct iovec here = {.iov_base = to, .iov_len = len};
	struct iovec there = {
	    .iov_base = (void *)(uintptr_t)address, .iov_len = len};

	return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)len;
}

static bool read_words(pid_t pid, uint64_t address, char *to, size_t len)
{
	for (size_t at = 0; at < len; at += sizeof(long)) {
		long word;

		errno = 0;
		word = ptrace(PTRACE_PEEKDATA, pid,
		    (void *)(uintptr_t)(address + at), NULL);
		if (errno != 0)
			return false;
		memcpy(to + at, &word, sizeof(word));
	}
	return true;
}

static bool read_trace(pid_t pid, uint64_t address, void *to, size_t len)
{
	int status;
	bool done;

	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) != 0)
		return false;
	if (waitpid(pid, &status, __WALL) != pid)
		return false;
	done = read_words(pid, address, to, len);
	(void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
	return done;
}

/* Its standard input, for one. */
static bool take(pid_t pid)
{
	long process = syscall(SYS_pidfd_open, pid, 0);

	return process >= 0 && syscall(SYS_pidfd_getfd, process, 0, 0) >= 0;
}

static int look(pid_t pid, enum reader reader, uint64_t address,
    const void *expected, size_t len)
{
	char bytes[ROOM] = {0};
	bool done = false;

	errno = 0;
	switch (reader) {
	case BY_FILE:
		done = read_file(pid, address, bytes, len);
		break;
	case BY_CALL:
		done = read_call(pid, address, bytes, len);
		break;
	case BY_TRACE:
		done = read_trace(pid, address, bytes, len);
		break;
	case BY_TAKE:
		return take(pid) ? 0 : errno;
	}
	if (!done)
		return errno != 0 ? errno : EIO;
	return memcmp(bytes, expected, len) == 0 ? 0 : EILSEQ;
}

enum reader_sight support_look_at(long pid, enum reader reader,
    uint64_t address, const void *expected, size_t len, int *error)
{
	int status = 0;
	pid_t looker = len > ROOM ? -1 : fork();

	if (looker == 0)
		_exit(look((pid_t)pid, reader, address, expected, len));
	if (looker < 0 || waitpid(looker, &status, 0) != looker ||
	    !WIFEXITED(status))
		return READER_UNTESTABLE;
	*error = WEXITSTATUS(status);
	if (*error == 0)
		return READER_GOT;
	if (*error == ENOSYS || *error == EILSEQ)
		return READER_UNTESTABLE;
	return *error == EPERM || *error == EACCES ? READER_REFUSED
						   : READER_OTHER;
}

void support_become_child(const char *name)
{
	char program[] = "/proc/self/exe";
	char option[] = "--child";
	char copy[64];
	char *argv[] = {program, option, copy, NULL};

	(void)snprintf(copy, sizeof(copy), "%s", name);
	(void)execv(program, argv);
}

bool support_merge_all(void)
{
	return prctl(SET_MEMORY_MERGE, 1L, 0L, 0L, 0L) == 0;
}

/* proc_pid_smaps(5): "mg". */
bool support_is_mergeable(const void *page, bool *known)
{
	FILE *smaps = fopen("/proc/self/smaps", "re");
	uintptr_t at = (uintptr_t)page;
	bool inside = false;
	bool found = false;
	char line[512];

	*known = false;
	while (smaps != NULL && fgets(line, sizeof(line), smaps) != NULL) {
		uintptr_t start;
		uintptr_t end;

		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &start, &end) ==
		    2)
			inside = start <= at && at < end;
		if (inside && strncmp(line, "VmFlags:", 8) == 0) {
			*known = true;
			found = strstr(line, " mg") != NULL;
		}
	}
	if (smaps != NULL)
		(void)fclose(smaps);
	return found;
}

#else

bool support_become_ordinary(void)
{
	return true;
}

void support_let_look(void)
{
}

enum reader_sight support_look_at(long pid, enum reader reader,
    uint64_t address, const void *expected, size_t len, int *error)
{
	(void)pid;
	(void)reader;
	(void)address;
	(void)expected;
	(void)len;
	*error = ENOSYS;
	return READER_UNTESTABLE;
}

void support_become_child(const char *name)
{
	(void)name;
}

bool support_merge_all(void)
{
	return false;
}

bool support_is_mergeable(const void *page, bool *known)
{
	(void)page;
	*known = false;
	return false;
}

#endif
