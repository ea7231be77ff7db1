/* SPDX-License-Identifier: MIT */
/* What machine and distribution this is, on Linux: proc(5), os-release(5). */
#if !defined(__linux__)
#error "peek_machine_linux.c is for Linux"
#endif
#define _GNU_SOURCE

#include "cli.h"
#include "peek.h"

#include <stdio.h>
#include <string.h>

/* What stands behind a word at the beginning of a line, without quotes. */
static bool find_value(
    const char *path, const char *word, char *value, size_t size)
{
	FILE *file = fopen(path, "re");
	char line[256];
	bool found = false;

	while (
	    file != NULL && !found && fgets(line, sizeof(line), file) != NULL) {
		const char *at = line + strlen(word);

		if (strncmp(line, word, strlen(word)) != 0)
			continue;
		at += strspn(at, " \t:=\"");
		found = text_format(
		    value, size, "%.*s", (int)strcspn(at, "\"\n"), at);
	}
	if (file != NULL)
		(void)fclose(file);
	return found;
}

void peek_describe_machine(char *text, size_t size)
{
	char name[100];
	char processor[100];
	bool named =
	    find_value("/etc/os-release", "PRETTY_NAME=", name, sizeof(name));
	bool known = find_value(
	    "/proc/cpuinfo", "model name", processor, sizeof(processor));

	(void)text_format(text, size, "%s%s%s", named ? name : "",
	    named && known ? ", " : "", known ? processor : "");
}
