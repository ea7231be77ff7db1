/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE

#include "support_outside.h"

#include "mem_sys/linux_calls.h"
#include "support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int read_file(pid_t pid, const void *at, void *to, size_t len)
{
	char path[64];
	ssize_t n;
	int fd;
	int err;

	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	n = pread(fd, to, len, (off_t)(uintptr_t)at);
	err = n == (ssize_t)len ? 0 : n < 0 ? errno : EIO;
	(void)close(fd);
	return err;
}

static int read_call(pid_t pid, const void *at, void *to, size_t len)
{
	struct iovec here = {to, len};
	struct iovec there = {(void *)at, len};
	ssize_t n = process_vm_readv(pid, &here, 1, &there, 1, 0);

	return n == (ssize_t)len ? 0 : n < 0 ? errno : EFAULT;
}

static int read_trace(pid_t pid, const void *at, void *to, size_t len)
{
	int status;
	int err = 0;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) != 0)
		return errno;
	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) != 0 ||
	    waitpid(pid, &status, __WALL) != pid)
		err = errno;
	for (size_t i = 0; err == 0 && i < len; i += sizeof(long)) {
		long word;

		errno = 0;
		word = ptrace(PTRACE_PEEKDATA, pid, (char *)at + i, NULL);
		err = errno;
		if (err == 0)
			memcpy((char *)to + i, &word, sizeof(word));
	}
	(void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
	return err;
}

/* In another process, whose answer comes through a pipe. */
static int read_from_child(
    enum outside_way way, const void *at, void *to, size_t len)
{
	pid_t pid = getpid();
	unsigned char seen[256] = {0};
	int ends[2];
	int err = EIO;
	pid_t child;

	if (len > sizeof(seen) || pipe(ends) != 0)
		return EINVAL;
	/* Where Yama lets only named processes trace this one. */
	(void)prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	child = fork();
	if (child == 0) {
		err = way == OUTSIDE_FILE   ? read_file(pid, at, seen, len)
		      : way == OUTSIDE_CALL ? read_call(pid, at, seen, len)
					    : read_trace(pid, at, seen, len);
		if (write(ends[1], &err, sizeof(err)) != sizeof(err) ||
		    write(ends[1], seen, len) != (ssize_t)len)
			_exit(1);
		_exit(0);
	}
	(void)close(ends[1]);
	if (read(ends[0], &err, sizeof(err)) != sizeof(err) ||
	    read(ends[0], to, len) != (ssize_t)len)
		err = EIO;
	(void)close(ends[0]);
	(void)waitpid(child, NULL, 0);
	return err;
}

static int through_pipe(
    enum outside_way way, const void *at, void *to, size_t len)
{
	struct iovec from = {(void *)at, len};
	int ends[2];
	ssize_t n;
	int err;

	if (pipe(ends) != 0)
		return EINVAL;
	n = way == OUTSIDE_SPLICE ? vmsplice(ends[1], &from, 1, 0)
				  : write(ends[1], at, len);
	err = n == (ssize_t)len ? 0 : n < 0 ? errno : EFAULT;
	if (err == 0 && read(ends[0], to, len) != (ssize_t)len)
		err = EIO;
	(void)close(ends[0]);
	(void)close(ends[1]);
	return err;
}

/* A whole page to a file and back; it holds test bytes, and goes at once. */
static int through_disk(const void *at, void *to, size_t len)
{
	char path[] = "/var/tmp/memward-direct-XXXXXX";
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int fd = mkostemp(path, O_DIRECT | O_CLOEXEC);
	ssize_t n;
	int err;

	if (fd < 0)
		return errno;
	(void)unlink(path);
	n = write(fd, at, page);
	err = n == (ssize_t)page ? 0 : n < 0 ? errno : EFAULT;
	if (err == 0 && (fcntl(fd, F_SETFL, 0) != 0 ||
			    pread(fd, to, len, 0) != (ssize_t)len))
		err = EIO;
	(void)close(fd);
	return err;
}

int outside_read(enum outside_way way, const void *at, void *to, size_t len)
{
	switch (way) {
	case OUTSIDE_SPLICE:
	case OUTSIDE_COPY:
		return through_pipe(way, at, to, len);
	case OUTSIDE_DIRECT:
		return through_disk(at, to, len);
	default:
		return read_from_child(way, at, to, len);
	}
}

size_t outside_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	size_t count = 0;

	while (folder != NULL && readdir(folder) != NULL)
		count++;
	if (folder != NULL)
		(void)closedir(folder);
	return count;
}

/* Lines of the account of mappings that hold a word. */
static size_t count_mappings(const char *word)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	size_t count = 0;

	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL)
		count += strstr(line, word) != NULL;
	if (maps != NULL)
		(void)fclose(maps);
	return count;
}

size_t outside_mappings(void)
{
	return count_mappings("");
}

size_t outside_hidden_mappings(void)
{
	return count_mappings("/secretmem");
}

static size_t count_sealed(void)
{
	FILE *smaps = fopen("/proc/self/smaps", "re");
	char line[512];
	size_t count = 0;

	while (smaps != NULL && fgets(line, sizeof(line), smaps) != NULL)
		count += strncmp(line, "VmFlags:", 8) == 0 &&
			 strstr(line, " sl") != NULL;
	if (smaps != NULL)
		(void)fclose(smaps);
	return count;
}

size_t outside_sealed_mappings(bool *can)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t before = count_sealed();
	void *mem;

	*can = false;
	/* A page that stays: that is what it is about. */
	mem = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	*can = mem != MAP_FAILED && syscall(SYS_mseal, mem, page, 0) == 0 &&
	       count_sealed() > before;
	return before;
}

static const char *install(struct sock_filter *filter, unsigned short len)
{
	struct sock_fprog program = {len, filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return "this process cannot filter its system calls";
	return NULL;
}

#define LOAD(field)                        \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
	    (uint32_t)offsetof(struct seccomp_data, field))
#define UNLESS(value, skip) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (skip))
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, (value))

const char *outside_forbid_hidden(int err)
{
	struct sock_filter filter[] = {LOAD(nr),
	    UNLESS((uint32_t)SYS_memfd_secret, 1),
	    ANSWER(SECCOMP_RET_ERRNO | (uint32_t)err),
	    ANSWER(SECCOMP_RET_ALLOW)};

	return install(filter, 4);
}

const char *outside_forbid_advice(int advice, int err)
{
	/* The low half of the third argument, on little-endian machines. */
	struct sock_filter filter[] = {LOAD(nr), UNLESS(SYS_madvise, 3),
	    LOAD(args[2]), UNLESS((uint32_t)advice, 1),
	    ANSWER(SECCOMP_RET_ERRNO | (uint32_t)err),
	    ANSWER(SECCOMP_RET_ALLOW)};

	return install(filter, 6);
}
