/* SPDX-License-Identifier: MIT */
/*
 * A hold on the command line of a victim. Letters, because a command line can
 * be read by everyone, and so that nobody is tempted to put more there.
 */
#include "session.h"

#include <string.h>

/* Tells whether the hold, or its victim, has what a letter stands for. */
static bool has(const struct hold *hold, bool drop, char letter)
{
	switch (letter) {
	case 'm':
		return hold->warded;
	case 'l':
		return hold->locked;
	case 'c':
		return hold->access == MEMWARD_NO_ACCESS;
	case 'r':
		return hold->access == MEMWARD_READ_ONLY;
	case 'k':
		return hold->fork == MEMWARD_FORK_KEEP;
	case 'o':
		return hold->fork == MEMWARD_FORK_OMIT;
	case 'z':
		return hold->fork == MEMWARD_FORK_WIPE;
	case 'd':
		return hold->no_cores;
	case 'p':
		return hold->piped;
	case 'a':
		return hold->cores;
	default:
		return drop;
	}
}

static const char all_letters[] = "mlcrkozdpau";

_Static_assert(sizeof(all_letters) < HOLD_LETTERS_MAX, "all letters fit");

void hold_to_letters(
    const struct hold *hold, bool drop_user, char letters[HOLD_LETTERS_MAX])
{
	size_t len = 0;

	for (const char *l = all_letters; *l != '\0'; l++) {
		if (has(hold, drop_user, *l))
			letters[len++] = *l;
	}
	/* An empty argument could get lost on the way. */
	letters[len++] = '.';
	letters[len] = '\0';
}

bool hold_from_letters(const char *letters, struct hold *hold, bool *drop)
{
	*hold = (struct hold){
	    .warded = strchr(letters, 'm') != NULL,
	    .locked = strchr(letters, 'l') != NULL,
	    .no_cores = strchr(letters, 'd') != NULL,
	    .piped = strchr(letters, 'p') != NULL,
	    .cores = strchr(letters, 'a') != NULL,
	};
	if (strchr(letters, 'c') != NULL)
		hold->access = MEMWARD_NO_ACCESS;
	if (strchr(letters, 'r') != NULL)
		hold->access = MEMWARD_READ_ONLY;
	if (strchr(letters, 'k') != NULL)
		hold->fork = MEMWARD_FORK_KEEP;
	if (strchr(letters, 'o') != NULL)
		hold->fork = MEMWARD_FORK_OMIT;
	if (strchr(letters, 'z') != NULL)
		hold->fork = MEMWARD_FORK_WIPE;
	*drop = strchr(letters, 'u') != NULL;
	return letters[strspn(letters, all_letters)] == '.';
}
