/* SPDX-License-Identifier: MIT */
/* Attacks on secrets in hidden wards: one row, one attack on one hold. */
#include "session.h"

#include <stddef.h>

#define HIDDEN(place) .store = (place), .hidden = true, .locked = true

/* Whoever reads from outside, in any way, root included. */
#define OUTSIDE(row_name, row_group, row_method, row_as)                       \
	{                                                                      \
		.name = (row_name), .group = (row_group),                      \
		.memory = "hidden ward", .promise = PROMISED,                  \
		.run = attack_outside, .method = (row_method), .as = (row_as), \
		.hold = {                                                      \
			HIDDEN(STORE_PACKED)                                   \
		}                                                              \
	}
#define RESIDUE(row_name, row_memory, step, place)                         \
	{                                                                  \
		.name = (row_name), .group = GROUP_LEFTOVER,               \
		.attack = "search of the whole process",                   \
		.memory = (row_memory), .promise = PROMISED,               \
		.run = attack_residue, .steps = (const char[]){(step), 0}, \
		.method = BY_FILE, .as = AS_SELF, .hold = {                \
			HIDDEN(place)                                      \
		}                                                          \
	}

/* In the order of their groups. */
static const struct row rows[] = {
    {
	.name = "core-hidden",
	.group = GROUP_CORE,
	.attack = "core file of a crash",
	.memory = "hidden ward",
	.promise = PROMISED,
	.run = attack_core,
	.decoy_control = true,
	.hold = {HIDDEN(STORE_PACKED)},
    },
    OUTSIDE("same-user-mem-hidden", GROUP_SAME_USER, BY_FILE, AS_SAME_USER),
    OUTSIDE("same-user-readv-hidden", GROUP_SAME_USER, BY_CALL, AS_SAME_USER),
    OUTSIDE("same-user-ptrace-hidden", GROUP_SAME_USER, BY_TRACE, AS_SAME_USER),
    OUTSIDE("root-mem-hidden", GROUP_ROOT, BY_FILE, AS_ROOT),
    OUTSIDE("root-readv-hidden", GROUP_ROOT, BY_CALL, AS_ROOT),
    OUTSIDE("root-ptrace-hidden", GROUP_ROOT, BY_TRACE, AS_ROOT),
    {
	.name = "hidden-omit",
	.group = GROUP_CHILD,
	.attack = "forked child reads",
	.memory = "hidden ward",
	.promise = PROMISED,
	.run = attack_fork,
	.hold = {HIDDEN(STORE_PACKED)},
    },
    {
	.name = "hidden-omit-grandchild",
	.group = GROUP_CHILD,
	.attack = "raw-forked grandchild reads",
	.memory = "hidden ward, guarded",
	.promise = PROMISED,
	.run = attack_grandchild,
	.hold = {HIDDEN(STORE_GUARDED)},
    },
    RESIDUE("residue-hidden", "hidden ward, freed", DO_FREE, STORE_PACKED),
    RESIDUE("residue-hidden-guarded", "hidden, guarded, freed", DO_FREE,
	STORE_GUARDED),
    RESIDUE("residue-hidden-resized", "hidden ward, resized", DO_RESIZE,
	STORE_PACKED),
};

const struct rows rows_of_hidden = {rows, sizeof(rows) / sizeof(rows[0])};
