/* SPDX-License-Identifier: MIT */
/*
 * Attacks on a process that holds its secret sealed, and nothing else of it.
 * That its keys are in no core file either, the tests of the library show,
 * which know what they are.
 */
#include "session.h"

#include <stddef.h>

#define SEALED .store = STORE_SEALED
#define USED   ((const char[]){DO_USE, 0})
#define UNUSED ((const char[]){0})

static const struct row rows[] = {
    {
	.name = "core-sealed",
	.group = GROUP_CORE,
	.attack = "core file of a crash",
	.memory = "sealed",
	.promise = PROMISED,
	.run = attack_core,
	.decoy_control = true,
	.hold = {SEALED},
    },
    {
	.name = "core-sealed-closed",
	.group = GROUP_CORE,
	.attack = "core file of a crash",
	.memory = "sealed, closed ward",
	.promise = PROMISED,
	.run = attack_core,
	.decoy_control = true,
	.hold = {SEALED, .closed = true},
    },
    {
	.name = "residue-sealed",
	.group = GROUP_LEFTOVER,
	.attack = "search of the whole process",
	.memory = "sealed",
	.promise = PROMISED,
	.run = attack_residue,
	.steps = UNUSED,
	.method = BY_FILE,
	.as = AS_SELF,
	.hold = {SEALED},
    },
    {
	.name = "residue-sealed-used",
	.group = GROUP_LEFTOVER,
	.attack = "search of the whole process",
	.memory = "sealed, opened, freed",
	.promise = PROMISED,
	.run = attack_residue,
	.steps = USED,
	.method = BY_FILE,
	.as = AS_SELF,
	.hold = {SEALED},
    },
    {
	.name = "residue-sealed-closed",
	.group = GROUP_LEFTOVER,
	.attack = "search of the whole process",
	.memory = "the same, closed ward",
	.promise = PROMISED,
	.run = attack_residue,
	.steps = USED,
	.method = BY_FILE,
	.as = AS_SELF,
	.hold = {SEALED, .closed = true},
    },
};

const struct rows rows_of_seals = {rows, sizeof(rows) / sizeof(rows[0])};
