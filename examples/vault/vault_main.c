/* SPDX-License-Identifier: MIT */
/*
 * vault_... FILE unlocked|used|locked: unlocks the vault in FILE, uses the
 * password for "mail", locks the vault; and ends at that moment, without
 * tidying up, for somebody to look at its memory.
 */
#include "vault.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

bool vault_parse(const char *line, struct entry *entry)
{
	size_t name = strcspn(line, " ");
	size_t end = strcspn(line, "\n");

	if (name >= end || end >= VAULT_LINE)
		return false;
	memcpy(entry->name, line, name);
	entry->name[name] = '\0';
	memcpy(entry->password, line + name + 1, end - name - 1);
	entry->password[end - name - 1] = '\0';
	return true;
}

/*
 * How good is it? Code like any other: it knows nothing of secrets, and leaves
 * a copy in a local variable.
 */
static int rate(const char *password)
{
	char folded[8192];
	int kinds = 0;

	(void)snprintf(folded, sizeof(folded), "%s", password);
	for (char *c = folded; *c != '\0'; c++) {
		kinds |= isdigit((unsigned char)*c) ? 1 : 2;
		*c = (char)tolower((unsigned char)*c);
	}
	return (int)strlen(folded) * (kinds == 3 ? 2 : 1);
}

int main(int argc, char **argv)
{
	struct vault *vault;
	FILE *file;
	int rating;

	if (argc != 3) {
		fputs("usage: vault FILE unlocked|used|locked\n", stderr);
		return 2;
	}
	file = fopen(argv[1], "r");
	if (file == NULL) {
		perror(argv[1]);
		return 1;
	}
	vault = vault_unlock(file);
	fclose(file);
	if (vault == NULL) {
		fputs("vault: no memory\n", stderr);
		return 1;
	}
	if (strcmp(argv[2], "unlocked") == 0)
		_Exit(0);
	rating = vault_use(vault, "mail", rate);
	if (strcmp(argv[2], "locked") == 0)
		vault_lock(vault);
	_Exit(rating < 0);
}
