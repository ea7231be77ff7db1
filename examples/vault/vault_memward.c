/* SPDX-License-Identifier: MIT */
/* The vault in a ward that is closed at rest; used on a stack that is wiped. */
#include "vault.h"

#include <memward.h>
#include <stdlib.h>
#include <string.h>

#define STACK ((size_t)16 * 1024)

struct vault {
	memward_ward *ward;
	struct entry *entries[VAULT_ENTRIES];
	size_t count;
};

/* Into a line that is a secret, too; false: no memory. */
static bool read_entries(struct vault *vault, FILE *file)
{
	MEMWARD_FREE_AT_END char *line =
	    MEMWARD_NEW_ARRAY(vault->ward, char, VAULT_LINE);

	if (line == NULL)
		return false;
	MEMWARD_WRITE(vault->ward) {
		while (vault->count < VAULT_ENTRIES &&
		       fgets(line, VAULT_LINE, file) != NULL) {
			struct entry *entry =
			    MEMWARD_NEW(vault->ward, struct entry);

			if (entry == NULL)
				return false;
			if (vault_parse(line, entry))
				vault->entries[vault->count++] = entry;
		}
		return true;
	}
	return false;
}

struct vault *vault_unlock(FILE *file)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	struct vault *vault = calloc(1, sizeof(*vault));

	policy.rest = MEMWARD_NO_ACCESS;
	if (vault == NULL || memward_open(&policy, &vault->ward) != 0)
		return NULL;
	/* What stdio buffers would be a copy. */
	if (setvbuf(file, NULL, _IONBF, 0) == 0 && read_entries(vault, file))
		return vault;
	vault_lock(vault);
	return NULL;
}

struct use {
	const struct vault *vault;
	const char *name;
	int (*use)(const char *password);
};

/* Runs on the ward's stack, in a window. */
static int find_and_use(void *argument)
{
	const struct use *task = argument;
	const struct vault *vault = task->vault;

	for (size_t i = 0; i < vault->count; i++) {
		if (strcmp(vault->entries[i]->name, task->name) == 0)
			return task->use(vault->entries[i]->password);
	}
	return -1;
}

int vault_use(
    struct vault *vault, const char *name, int (*use)(const char *password))
{
	struct use task = {vault, name, use};

	return memward_call_sized(vault->ward, STACK, find_and_use, &task);
}

void vault_lock(struct vault *vault)
{
	/* With all its entries; what else uses the ward has ended. */
	if (memward_close(vault->ward) != 0)
		abort();
	free(vault);
}
