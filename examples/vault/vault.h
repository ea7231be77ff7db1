/* SPDX-License-Identifier: MIT */
/*
 * The core of a password manager, written three times: vault_malloc.c,
 * vault_sodium.c, vault_memward.c. vault_main.c is the program around each.
 */
#ifndef EXAMPLES_VAULT_H
#define EXAMPLES_VAULT_H

#include <stdbool.h>
#include <stdio.h>

#define VAULT_LINE    160 /* bytes of a line, with its NUL */
#define VAULT_ENTRIES 64

struct entry {
	char name[VAULT_LINE];
	char password[VAULT_LINE];
};

struct vault;

/* Reads lines "name password". NULL: there is no memory for them. */
struct vault *vault_unlock(FILE *file);

/* Calls use(password) and answers what that does; -1: there is no such name. */
int vault_use(
    struct vault *vault, const char *name, int (*use)(const char *password));

/* Gives everything back. */
void vault_lock(struct vault *vault);

/* In vault_main.c: fills an entry from a line; false: it is none. */
bool vault_parse(const char *line, struct entry *entry);

#endif
