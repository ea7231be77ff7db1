/* SPDX-License-Identifier: MIT */
#include "fatal.h"

#include "mem_sys/store.h"

#include <stdlib.h>

/* Appends what fits; the texts are fixed and do. */
static size_t append(char *line, size_t at, size_t room, const char *text)
{
	while (at < room && *text != '\0')
		line[at++] = *text++;
	return at;
}

void mw_fatal(const char *call, const char *reason)
{
	char line[160];
	size_t len = 0;

	len = append(line, len, sizeof(line), "memward: ");
	len = append(line, len, sizeof(line), call);
	len = append(line, len, sizeof(line), ": ");
	len = append(line, len, sizeof(line), reason);
	len = append(line, len, sizeof(line), "\n");
	mw_sys_last_words(line, len);
	abort();
}
