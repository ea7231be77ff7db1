/* SPDX-License-Identifier: MIT */
/* The vault in plain memory. */
#include "vault.h"

#include <stdlib.h>
#include <string.h>

struct vault {
	struct entry *entries[VAULT_ENTRIES];
	size_t count;
};

struct vault *vault_unlock(FILE *file)
{
	struct vault *vault = calloc(1, sizeof(*vault));
	char line[VAULT_LINE];

	if (vault == NULL)
		return NULL;
	while (vault->count < VAULT_ENTRIES &&
	       fgets(line, sizeof(line), file) != NULL) {
		struct entry *entry = malloc(sizeof(*entry));

		if (entry == NULL)
			return NULL;
		if (vault_parse(line, entry))
			vault->entries[vault->count++] = entry;
		else
			free(entry);
	}
	return vault;
}

int vault_use(
    struct vault *vault, const char *name, int (*use)(const char *password))
{
	for (size_t i = 0; i < vault->count; i++) {
		if (strcmp(vault->entries[i]->name, name) == 0)
			return use(vault->entries[i]->password);
	}
	return -1;
}

void vault_lock(struct vault *vault)
{
	for (size_t i = 0; i < vault->count; i++)
		free(vault->entries[i]);
	free(vault);
}
