/* SPDX-License-Identifier: MIT */
/* The kernel's own account of locked memory, where a Unix has one. */
#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "support.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#if defined(__linux__)

#include "mem_sys/linux_calls.h"

#include <sys/mman.h>
#include <unistd.h>

/* Reads on to the flags of a mapping, which end its entry in smaps. */
static bool has_flag_lo(FILE *smaps, bool *known)
{
	char line[512];

	while (fgets(line, sizeof(line), smaps) != NULL) {
		if (strncmp(line, "VmFlags:", 8) == 0) {
			*known = true;
			return strstr(line, " lo") != NULL;
		}
	}
	return false;
}

static bool is_flagged(const void *page, bool *known, bool *hidden)
{
	FILE *smaps = fopen("/proc/self/smaps", "r");
	uintptr_t at = (uintptr_t)page;
	uintptr_t start;
	uintptr_t end;
	bool locked = false;
	char line[512];

	*known = false;
	*hidden = false;
	if (smaps == NULL)
		return false;
	while (fgets(line, sizeof(line), smaps) != NULL) {
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &start, &end) ==
			2 &&
		    start <= at && at < end) {
			*hidden = strstr(line, " /secretmem") != NULL;
			locked = has_flag_lo(smaps, known);
			break;
		}
	}
	(void)fclose(smaps);
	return locked;
}

/* By a mapping of our own: on Linux 7.2 they are locked without the flag. */
static bool are_hidden_flagged(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *mem = MAP_FAILED;
	bool flagged = true;
	bool known;
	bool hidden;
#ifdef SYS_memfd_secret
	int fd = (int)syscall(SYS_memfd_secret, 0);

	if (fd >= 0 && ftruncate(fd, (off_t)page) == 0)
		mem = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
	if (fd >= 0)
		(void)close(fd);
#endif
	if (mem != MAP_FAILED) {
		flagged = is_flagged(mem, &known, &hidden);
		(void)munmap(mem, page);
	}
	return flagged;
}

bool support_is_locked(const void *page, bool *known)
{
	bool hidden;

	return is_flagged(page, known, &hidden) ||
	       (hidden && !are_hidden_flagged());
}

#else

bool support_is_locked(const void *page, bool *known)
{
	(void)page;
	*known = false;
	return false;
}

#endif
