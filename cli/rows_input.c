/* SPDX-License-Identifier: MIT */
/*
 * What is left of a secret that was read in and freed. The control reads the
 * same into the same place by stdio, or takes it by getenv().
 */
#include "session.h"

#include <stddef.h>

#define INPUT(row_name, row_attack, row_step, row_decoy)                    \
	{                                                                   \
		.name = (row_name), .group = GROUP_LEFTOVER,                \
		.attack = (row_attack), .memory = "packed, read and freed", \
		.promise = PROMISED, .run = attack_residue,                 \
		.steps = (const char[]){row_step, DO_FREE, 0},              \
		.method = BY_FILE, .as = AS_SELF,                           \
		.decoy_control = (row_decoy), .decoy = (row_decoy),         \
		.control = {.store = STORE_PACKED}, .hold = {               \
			.store = STORE_PACKED,                              \
			.own_input = true                                   \
		}                                                           \
	}

static const struct row rows[] = {
    /* A file may be on a disk. */
    INPUT("input-file", "leftovers of reading a file", DO_INPUT_FILE, true),
    INPUT("input-pipe", "leftovers of reading a pipe", DO_INPUT_PIPE, false),
    INPUT("input-environment", "leftovers of a variable", DO_INPUT_VARIABLE,
	false),
    INPUT("input-terminal", "leftovers of a prompt", DO_INPUT_TERMINAL, false),
};

const struct rows rows_of_inputs = {rows, sizeof(rows) / sizeof(rows[0])};
