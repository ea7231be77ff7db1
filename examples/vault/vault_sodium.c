/* SPDX-License-Identifier: MIT */
/* The vault in libsodium's secure memory, each entry on pages of its own. */
#include "vault.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct vault {
	struct entry *entries[VAULT_ENTRIES];
	size_t count;
};

/* Into a line that is a secret, too; false: no memory. */
static bool read_entries(struct vault *vault, FILE *file, char *line)
{
	while (vault->count < VAULT_ENTRIES &&
	       fgets(line, VAULT_LINE, file) != NULL) {
		struct entry *entry = sodium_malloc(sizeof(*entry));

		if (entry == NULL)
			return false;
		if (!vault_parse(line, entry)) {
			sodium_free(entry);
			continue;
		}
		/* Closed until it is used. */
		if (sodium_mprotect_noaccess(entry) != 0)
			return false;
		vault->entries[vault->count++] = entry;
	}
	return true;
}

struct vault *vault_unlock(FILE *file)
{
	struct vault *vault = calloc(1, sizeof(*vault));
	char *line;
	bool done;

	if (vault == NULL || sodium_init() < 0)
		return NULL;
	line = sodium_malloc(VAULT_LINE);
	/* What stdio buffers would be a copy. */
	done = line != NULL && setvbuf(file, NULL, _IONBF, 0) == 0 &&
	       read_entries(vault, file, line);
	sodium_free(line);
	return done ? vault : NULL;
}

int vault_use(
    struct vault *vault, const char *name, int (*use)(const char *password))
{
	int answer = -1;

	for (size_t i = 0; i < vault->count && answer < 0; i++) {
		struct entry *entry = vault->entries[i];

		if (sodium_mprotect_readonly(entry) != 0)
			return -1;
		if (strcmp(entry->name, name) == 0)
			answer = use(entry->password);
		if (sodium_mprotect_noaccess(entry) != 0)
			return -1;
	}
	return answer;
}

void vault_lock(struct vault *vault)
{
	for (size_t i = 0; i < vault->count; i++)
		sodium_free(vault->entries[i]);
	free(vault);
}
