/* SPDX-License-Identifier: MIT */
/* The swap device on Linux: madvise(2), proc(5). */
#if !defined(__linux__)
#error "peek_swap_linux.c is for Linux"
#endif
#define _GNU_SOURCE

#include "cli.h"
#include "peek_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
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

void peek_page_out(void *mem, size_t len, struct glimpse *glimpse)
{
	uintptr_t from = begin_of_page((uintptr_t)mem);

	len += (uintptr_t)mem - from;
	if (madvise((void *)from, len, MADV_PAGEOUT) == 0)
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
