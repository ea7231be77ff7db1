/* SPDX-License-Identifier: MIT */
/* Adversaries, and the rows of every kind under each. */
#include "prove.h"

#include <stddef.h>

static size_t add_rows(const struct row *all[ROWS_MAX], size_t count,
    const struct rows *from, enum group group)
{
	for (size_t i = 0; i < from->count && count < ROWS_MAX; i++) {
		if (from->rows[i].group == group)
			all[count++] = &from->rows[i];
	}
	return count;
}

size_t rows_all(const struct row *all[ROWS_MAX])
{
	static const struct rows *const kinds[] = {
	    &rows_of_pages,
	    &rows_of_wards,
	    &rows_of_seals,
	    &rows_of_hidden,
	    &rows_of_leaks,
	    &rows_of_hardened,
	    &rows_of_stacks,
	    &rows_of_inputs,
	    &rows_of_keys,
	};
	size_t count = 0;

	for (enum group group = 0; group < GROUP_COUNT; group++) {
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			count = add_rows(all, count, kinds[i], group);
	}
	return count;
}

const char *group_name(enum group group)
{
	static const char *const names[GROUP_COUNT] = {
	    [GROUP_CORE] = "core-reader",
	    [GROUP_SAME_USER] = "same-user",
	    [GROUP_ROOT] = "root",
	    [GROUP_INSIDE] = "inside",
	    [GROUP_CHILD] = "child",
	    [GROUP_BUG] = "bug",
	    [GROUP_LEFTOVER] = "leftovers",
	    [GROUP_SWAP] = "swap-reader",
	    [GROUP_MERGE] = "merging",
	};

	return names[group];
}

const char *group_title(enum group group)
{
	static const char *const titles[GROUP_COUNT] = {
	    [GROUP_CORE] = "Whoever reads a core file",
	    [GROUP_SAME_USER] = "Another process of the same user",
	    [GROUP_ROOT] = "A process of root",
	    [GROUP_INSIDE] = "Code made to run inside the process",
	    [GROUP_CHILD] = "A forked or exec'd child",
	    [GROUP_BUG] = "A bug in the same process",
	    [GROUP_LEFTOVER] = "Leftovers after free",
	    [GROUP_SWAP] = "Whoever reads the swap device",
	    [GROUP_MERGE] = "Whoever times pages that were merged",
	};

	return titles[group];
}

const char *row_attack(const struct row *row)
{
	return row->attack != NULL ? row->attack
				   : peek_method_name(row->method);
}

/* Methods that a system does not have are no rows there. */
bool row_exists(const struct row *row)
{
	return row_attack(row) != NULL;
}
