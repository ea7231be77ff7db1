/* SPDX-License-Identifier: MIT */
/* The kernel's own account of locked memory, where a Unix has one. */
#include "support.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#if defined(__linux__)

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

bool support_is_locked(const void *page, bool *known)
{
	FILE *smaps = fopen("/proc/self/smaps", "r");
	uintptr_t at = (uintptr_t)page;
	uintptr_t start;
	uintptr_t end;
	bool locked = false;
	bool hidden;
	char line[512];

	*known = false;
	if (smaps == NULL)
		return false;
	while (fgets(line, sizeof(line), smaps) != NULL) {
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &start, &end) ==
			2 &&
		    start <= at && at < end) {
			/* On Linux 7.2 they are locked without the flag. */
			hidden = strstr(line, " /secretmem") != NULL;
			locked = has_flag_lo(smaps, known) || hidden;
			break;
		}
	}
	(void)fclose(smaps);
	return locked;
}

#else

bool support_is_locked(const void *page, bool *known)
{
	(void)page;
	*known = false;
	return false;
}

#endif
