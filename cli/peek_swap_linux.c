/* SPDX-License-Identifier: MIT */
/* The swap device and locked pages on Linux: madvise(2), mlock(2), proc(5). */
#if !defined(__linux__)
#error "peek_swap_linux.c is for Linux"
#endif
#define _GNU_SOURCE

#include "cli.h"
#include "peek_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Linux 5.4, the same on all architectures; older headers lack it. */
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

void peek_swap_exists(struct glimpse *glimpse)
{
	char list[512];
	const char *why;
	const char *second;
	size_t len;

	if (!peek_read_file(
		"/proc/swaps", list, sizeof(list) - 1, &len, &why)) {
		glimpse_set(glimpse, SIGHT_UNABLE, "/proc/swaps: %s", why);
		return;
	}
	list[len] = '\0';
	second = strchr(list, '\n');
	if (second == NULL || second[1] == '\0')
		glimpse_set(glimpse, SIGHT_UNABLE, "this machine has no swap");
	else
		glimpse_set(glimpse, SIGHT_NONE, "%s", "");
}

/* The bytes of a hold need not begin a page, as advice must. */
static uintptr_t begin_of_page(uintptr_t address)
{
	return address & ~((uintptr_t)sysconf(_SC_PAGESIZE) - 1);
}

/*
 * Pages that were touched on one processor wait there for a while before the
 * kernel lists them, and what is not listed cannot go (mm/swap.c). Advice
 * given on a processor empties its own queue, so it is given on each.
 */
static int page_out_everywhere(void *from, size_t len)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	cpu_set_t before;
	bool movable = sched_getaffinity(0, sizeof(before), &before) == 0;

	for (int cpu = 0; movable && cpu < cpus && cpu < CPU_SETSIZE; cpu++) {
		cpu_set_t one;

		CPU_ZERO(&one);
		CPU_SET((size_t)cpu, &one);
		if (sched_setaffinity(0, sizeof(one), &one) == 0)
			/* Whether it works is what the last one answers. */
			(void)madvise(from, len, MADV_PAGEOUT);
	}
	/* If this is refused, it stays where it is: nothing depends on it. */
	if (movable)
		(void)sched_setaffinity(0, sizeof(before), &before);
	return madvise(from, len, MADV_PAGEOUT);
}

void peek_page_out(void *mem, size_t len, struct glimpse *glimpse)
{
	uintptr_t from = begin_of_page((uintptr_t)mem);

	len += (uintptr_t)mem - from;
	if (page_out_everywhere((void *)from, len) == 0)
		glimpse_set(glimpse, SIGHT_NONE, "asked for");
	else
		/* That is how a locked page answers. */
		glimpse_set(glimpse, SIGHT_NONE, "refused: %s", peek_error());
}

#define PAGE_SWAPPED (UINT64_C(1) << 62)

/* Counts pages that /proc/PID/pagemap says are on the swap device. */
static bool count_swapped(
    int pagemap, uint64_t address, size_t len, size_t *count)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t first = address / page;
	uint64_t last = (address + len - 1) / page;
	uint64_t entry;

	*count = 0;
	for (uint64_t at = first; at <= last; at++) {
		if (pread(pagemap, &entry, sizeof(entry),
			(off_t)(at * sizeof(entry))) != sizeof(entry))
			return false;
		*count += (entry & PAGE_SWAPPED) != 0;
	}
	return true;
}

void peek_swapped(
    uint64_t id, uint64_t address, size_t len, struct glimpse *glimpse)
{
	char path[64];
	size_t count;
	int fd;

	(void)text_format(path, sizeof(path), "/proc/%" PRIu64 "/pagemap", id);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || !count_swapped(fd, address, len, &count))
		glimpse_set(glimpse, SIGHT_UNABLE, "/proc/PID/pagemap: %s",
		    peek_error());
	else if (count > 0)
		glimpse_set(glimpse, SIGHT_SEEN,
		    "its pages on the swap device: %zu", count);
	else
		glimpse_set(
		    glimpse, SIGHT_NONE, "none of its pages was swapped");
	if (fd >= 0)
		(void)close(fd);
}

bool peek_limit_locks(size_t bytes)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0)
		return false;
	if (limit.rlim_cur > bytes)
		limit.rlim_cur = bytes;
	return setrlimit(RLIMIT_MEMLOCK, &limit) == 0;
}

void peek_lock_carelessly(void *mem, size_t len)
{
	/* Not mlock(3), which sanitizers replace by one that does nothing. */
	long result = syscall(SYS_mlock, mem, len);

	(void)result;
}

/* Reads up to the flags of the mapping with the address; false: not found. */
static bool find_flags(
    FILE *smaps, uint64_t address, const char *flag, bool *marked)
{
	char line[512];
	bool inside = false;

	while (fgets(line, sizeof(line), smaps) != NULL) {
		uint64_t from;
		uint64_t to;

		if (sscanf(line, "%" SCNx64 "-%" SCNx64, &from, &to) == 2)
			inside = from <= address && address < to;
		if (!inside || strncmp(line, "VmFlags:", 8) != 0)
			continue;
		*marked = strstr(line, flag) != NULL;
		return true;
	}
	return false;
}

bool peek_is_marked(uint64_t id, uint64_t address, enum peek_mark mark,
    bool *marked, struct glimpse *glimpse)
{
	/* proc(5), VmFlags */
	static const char *const flags[] = {
	    [PAGE_LOCKED] = " lo",
	    [PAGE_NOT_DUMPED] = " dd",
	    [PAGE_MERGEABLE] = " mg",
	};
	char path[64];
	FILE *smaps;
	bool found;

	(void)text_format(path, sizeof(path), "/proc/%" PRIu64 "/smaps", id);
	smaps = fopen(path, "re");
	if (smaps == NULL) {
		glimpse_set(
		    glimpse, SIGHT_UNABLE, "/proc/PID/smaps: %s", peek_error());
		return false;
	}
	found = find_flags(smaps, address, flags[mark], marked);
	(void)fclose(smaps);
	if (!found)
		glimpse_set(glimpse, SIGHT_UNABLE,
		    "/proc/PID/smaps does not tell how pages are marked");
	return found;
}
