/* SPDX-License-Identifier: MIT */
/* Features taken away on Linux: seccomp(2), madvise(2), ksm. */
#if !defined(__linux__)
#error "peek_deny_linux.c is for Linux"
#endif
#define _GNU_SOURCE

#include "peek_leak.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Linux 6.4; older headers lack it. */
#ifndef PR_SET_MEMORY_MERGE
#define PR_SET_MEMORY_MERGE 67
#endif

/* The low half of a system call's argument, where it lies on this machine. */
static unsigned argument_at(unsigned number)
{
	const union {
		uint64_t whole;
		uint32_t half[2];
	} one = {.whole = 1};

	return (unsigned)(offsetof(struct seccomp_data, args) +
			  number * sizeof(uint64_t)) +
	       (one.half[0] == 1 ? 0U : 4U);
}

static bool install(struct sock_filter *filter, size_t count)
{
	struct sock_fprog program = {
	    .len = (unsigned short)count,
	    .filter = filter,
	};

	return prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#define ALLOW    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define REFUSE   BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define LOAD(at) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (at))
/* If equal skips the first number of lines, else the second. */
#define EQUAL(value, then, otherwise) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (then), (otherwise))
#define NUMBER LOAD(offsetof(struct seccomp_data, nr))

bool peek_deny(enum peek_denied what)
{
	struct sock_filter locks[] = {
	    NUMBER,
	    EQUAL(SYS_mlock, 1, 0),
	    EQUAL(SYS_mlock2, 0, 1),
	    REFUSE,
	    ALLOW,
	};
	struct sock_filter advice[] = {
	    NUMBER,
	    EQUAL(SYS_madvise, 0, 3),
	    LOAD(argument_at(2)),
	    EQUAL(MADV_DONTDUMP, 0, 1),
	    REFUSE,
	    ALLOW,
	};

	if (what == DENY_LOCKS)
		return install(locks, sizeof(locks) / sizeof(locks[0]));
	return install(advice, sizeof(advice) / sizeof(advice[0]));
}

/* Advice is for whole pages. */
static int advise(void *mem, size_t len, int advice)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = (uintptr_t)mem & ~(page - 1);

	return madvise((void *)from, len + ((uintptr_t)mem - from), advice);
}

bool peek_undo_no_dump(void *mem, size_t len)
{
	return advise(mem, len, MADV_DODUMP) == 0;
}

void peek_undump_carelessly(void *mem, size_t len)
{
	(void)advise(mem, len, MADV_DONTDUMP);
}

/* Whether a process has terabytes mapped, as under a sanitizer. */
static bool is_vast(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;
	bool known = file != NULL && fscanf(file, "%lu", &pages) == 1;

	if (file != NULL)
		(void)fclose(file);
	return known && pages >> 28 != 0;
}

bool peek_merge_all(void)
{
	/* To take it back the kernel looks at each page, there or not. */
	if (is_vast()) {
		errno = EOVERFLOW;
		return false;
	}
	return prctl(PR_SET_MEMORY_MERGE, 1L, 0L, 0L, 0L) == 0;
}

bool peek_leave_in_shared(const void *mem, size_t len)
{
	/* Not close-on-exec, as it is forgotten most often. */
	int fd = memfd_create("prove", 0);
	void *shared;

	if (fd < 0 || ftruncate(fd, (off_t)len) != 0)
		return false;
	shared = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED)
		return false;
	memcpy(shared, mem, len);
	return true;
}
