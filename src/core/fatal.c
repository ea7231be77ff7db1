/* SPDX-License-Identifier: MIT */
#include "fatal.h"

#include "mem_sys/store.h"

#include <stdlib.h>

/* Appends what fits; the fixed texts do. */
static size_t append(char *line, size_t at, size_t room, const char *text)
{
	while (at < room && *text != '\0')
		line[at++] = *text++;
	return at;
}

void mw_fatal_say(const char *call, const char *reason)
{
	char line[160];
	size_t len = 0;

	len = append(line, len, sizeof(line), "memward: ");
	len = append(line, len, sizeof(line), call);
	len = append(line, len, sizeof(line), ": ");
	/* Room for the end of the line stays, whatever the reason. */
	len = append(line, len, sizeof(line) - 1, reason);
	len = append(line, len, sizeof(line), "\n");
	mw_sys_last_words(line, len);
}

void mw_fatal(const char *call, const char *reason)
{
	mw_fatal_say(call, reason);
	abort();
}
