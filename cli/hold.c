/* SPDX-License-Identifier: MIT */
/*
 * A hold on the command line of a victim. Letters, because a command line can
 * be read by everyone, and so that nobody is tempted to put more there.
 */
#include "session.h"

#include <stddef.h>
#include <string.h>

/* What a letter stands for: that the member at this place has this value. */
enum kind { STORE, COMPANY, ACCESS, FORK, FLAG };

static const struct letter {
	char letter;
	enum kind kind;
	int value; /* of an enumeration */
	size_t at; /* of a flag */
} letters_known[] = {
    {'m', STORE, STORE_PAGES, 0},
    {'b', STORE, STORE_PACKED, 0},
    {'g', STORE, STORE_GUARDED, 0},
    {'x', STORE, STORE_SEALED, 0},
    {'n', COMPANY, NEIGHBOURS, 0},
    {'s', COMPANY, STRANGERS, 0},
    {'c', ACCESS, MEMWARD_NO_ACCESS, 0},
    {'r', ACCESS, MEMWARD_READ_ONLY, 0},
    {'k', FORK, MEMWARD_FORK_KEEP, 0},
    {'o', FORK, MEMWARD_FORK_OMIT, 0},
    {'z', FORK, MEMWARD_FORK_WIPE, 0},
    {'l', FLAG, 0, offsetof(struct hold, locked)},
    {'w', FLAG, 0, offsetof(struct hold, closed)},
    {'t', FLAG, 0, offsetof(struct hold, trap_free)},
    {'H', FLAG, 0, offsetof(struct hold, hidden)},
    {'K', FLAG, 0, offsetof(struct hold, keyed)},
    {'y', FLAG, 0, offsetof(struct hold, careless)},
    {'S', FLAG, 0, offsetof(struct hold, own_stack)},
    {'I', FLAG, 0, offsetof(struct hold, own_input)},
    {'d', FLAG, 0, offsetof(struct hold, no_cores)},
    {'q', FLAG, 0, offsetof(struct hold, untraced)},
    {'Q', FLAG, 0, offsetof(struct hold, undumpable)},
    {'M', FLAG, 0, offsetof(struct hold, unmerged)},
    {'W', FLAG, 0, offsetof(struct hold, wiping)},
    {'p', FLAG, 0, offsetof(struct hold, piped)},
    {'a', FLAG, 0, offsetof(struct hold, cores)},
    {'u', FLAG, 0, offsetof(struct hold, drop_user)},
    {'h', FLAG, 0, offsetof(struct hold, shared)},
    {'e', FLAG, 0, offsetof(struct hold, merged)},
    {'L', FLAG, 0, offsetof(struct hold, deny_locks)},
    {'N', FLAG, 0, offsetof(struct hold, deny_no_dump)},
};

#define LETTERS (sizeof(letters_known) / sizeof(letters_known[0]))

/* With the full stop and the null byte. */
_Static_assert(LETTERS + 2 <= HOLD_LETTERS_MAX, "all letters fit");

static bool has(const struct hold *hold, const struct letter *letter)
{
	bool flag;

	switch (letter->kind) {
	case STORE:
		return (int)hold->store == letter->value;
	case COMPANY:
		return (int)hold->company == letter->value;
	case ACCESS:
		return (int)hold->access == letter->value;
	case FORK:
		return (int)hold->fork == letter->value;
	default:
		memcpy(&flag, (const char *)hold + letter->at, sizeof(flag));
		return flag;
	}
}

static void set(struct hold *hold, const struct letter *letter)
{
	const bool flag = true;

	switch (letter->kind) {
	case STORE:
		hold->store = (enum store)letter->value;
		break;
	case COMPANY:
		hold->company = (enum company)letter->value;
		break;
	case ACCESS:
		hold->access = (memward_access)letter->value;
		break;
	case FORK:
		hold->fork = (memward_fork_rule)letter->value;
		break;
	default:
		memcpy((char *)hold + letter->at, &flag, sizeof(flag));
	}
}

void hold_to_letters(const struct hold *hold, char letters[HOLD_LETTERS_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < LETTERS; i++) {
		if (has(hold, &letters_known[i]))
			letters[len++] = letters_known[i].letter;
	}
	/* An empty argument could get lost on the way. */
	letters[len++] = '.';
	letters[len] = '\0';
}

bool hold_from_letters(const char *letters, struct hold *hold)
{
	*hold = (struct hold){.store = STORE_MALLOC};
	for (; *letters != '\0' && *letters != '.'; letters++) {
		size_t i = 0;

		while (i < LETTERS && letters_known[i].letter != *letters)
			i++;
		if (i == LETTERS)
			return false;
		set(hold, &letters_known[i]);
	}
	return *letters == '.';
}
