/* SPDX-License-Identifier: MIT */
/*
 * What functions leave behind that memward_call() ran. The control runs the
 * same function on the usual stack; the secret itself is freed and wiped in
 * both.
 */
#include "session.h"

#include <stddef.h>

/* The ward is closed or not. */
#define SCHEDULE(row_name, row_memory, row_closed)                          \
	{                                                                   \
		.name = (row_name), .group = GROUP_LEFTOVER,                \
		.attack = "stack after a key expansion",                    \
		.memory = (row_memory), .promise = PROMISED,                \
		.run = attack_residue,                                      \
		.steps = (const char[]){DO_EXPAND, DO_FREE, 0},             \
		.method = BY_FILE, .as = AS_SELF,                           \
		.control = {.store = STORE_PACKED, .closed = (row_closed)}, \
		.hold = {                                                   \
			.store = STORE_PACKED,                              \
			.closed = (row_closed),                             \
			.own_stack = true                                   \
		}                                                           \
	}

static const struct row rows[] = {
    SCHEDULE("residue-schedule", "AES keys, ward's stack", false),
    SCHEDULE("residue-schedule-closed", "closed ward's stack", true),
};

const struct rows rows_of_stacks = {rows, sizeof(rows) / sizeof(rows[0])};
