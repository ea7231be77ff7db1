/* SPDX-License-Identifier: MIT */
/* Attacks on windows: by protection key, and beside it by page protection. */
#include "session.h"

#include <stddef.h>

#define CLOSED     .store = STORE_PACKED, .closed = true
#define KEYED      CLOSED, .keyed = true
#define STEPS(...) ((const char[]){__VA_ARGS__, 0})

/* A process that looks from outside is not bound by keys. */
#define OUTSIDE(row_name, row_group, row_method, row_as)                       \
	{                                                                      \
		.name = (row_name), .group = (row_group),                      \
		.memory = "keyed ward, closed", .promise = NOT_PROMISED,       \
		.note = "keys bind the process alone; not promised",           \
		.run = attack_outside, .method = (row_method), .as = (row_as), \
		.hold = {KEYED},                                               \
	}

/* In the order of their groups. */
static const struct row rows[] = {
    {
	.name = "core-keyed",
	.group = GROUP_CORE,
	.attack = "core file of a crash",
	.memory = "keyed ward, closed",
	.promise = PROMISED,
	.run = attack_core,
	.decoy_control = true,
	.hold = {KEYED},
    },
    OUTSIDE("same-user-mem-keyed", GROUP_SAME_USER, BY_FILE, AS_SAME_USER),
    OUTSIDE("same-user-trace-keyed", GROUP_SAME_USER, BY_TRACE, AS_SAME_USER),
    OUTSIDE("root-mem-keyed", GROUP_ROOT, BY_FILE, AS_ROOT),
    {
	.name = "read-keyed",
	.group = GROUP_BUG,
	.attack = "stray read",
	.memory = "keyed ward, closed",
	.promise = PROMISED,
	.run = attack_read,
	.hold = {KEYED},
    },
    {
	.name = "write-keyed",
	.group = GROUP_BUG,
	.attack = "stray write",
	.memory = "keyed ward, closed",
	.promise = PROMISED,
	.run = attack_write,
	.hold = {KEYED},
    },
    {
	.name = "write-reading-keyed",
	.group = GROUP_BUG,
	.attack = "stray write",
	.memory = "keyed, open to read",
	.promise = PROMISED,
	.run = attack_misuse,
	.steps = STEPS(DO_OPEN_TO_READ, DO_WRITE),
	.hold = {KEYED},
    },
    {
	.name = "pass-keyed",
	.group = GROUP_BUG,
	.attack = "given to a system call",
	.memory = "keyed ward, closed",
	.promise = PROMISED,
	.run = attack_misuse,
	.steps = STEPS(DO_PASS),
	.hold = {KEYED},
    },
    {
	.name = "second-thread-keyed",
	.group = GROUP_BUG,
	.attack = "second thread reads",
	.memory = "keyed, open in first",
	.promise = PROMISED,
	.run = attack_misuse,
	.steps =
	    STEPS(DO_SECOND_THREAD, DO_OPEN_TO_READ, DO_READ_IN_SECOND_THREAD),
	.hold = {KEYED},
    },
    {
	.name = "second-thread-closed",
	.group = GROUP_BUG,
	.attack = "second thread reads",
	.memory = "closed, open in first",
	.promise = NOT_PROMISED,
	.note = "page protection opens for all threads; keys do not",
	.run = attack_misuse,
	.steps =
	    STEPS(DO_SECOND_THREAD, DO_OPEN_TO_READ, DO_READ_IN_SECOND_THREAD),
	.hold = {CLOSED},
    },
    {
	.name = "new-thread-keyed",
	.group = GROUP_BUG,
	.attack = "thread begun in it reads",
	.memory = "keyed, open in first",
	.promise = NOT_PROMISED,
	.note = "a new thread inherits the rights of the one that starts it",
	.run = attack_misuse,
	.steps = STEPS(DO_OPEN_TO_READ, DO_READ_IN_NEW_THREAD),
	.hold = {KEYED},
    },
    {
	.name = "handler-keyed",
	.group = GROUP_BUG,
	.attack = "signal handler reads",
	.memory = "keyed, open",
	.promise = PROMISED,
	.run = attack_misuse,
	.steps = STEPS(DO_OPEN_TO_READ, DO_READ_IN_HANDLER),
	.hold = {KEYED},
    },
    {
	.name = "residue-all-keyed",
	.group = GROUP_LEFTOVER,
	.attack = "search of the whole process",
	.memory = "keyed ward, all wiped",
	.promise = PROMISED,
	.run = attack_residue,
	.steps = STEPS(DO_WIPE_ALL),
	.method = BY_FILE,
	.as = AS_SELF,
	.hold = {KEYED},
    },
};

const struct rows rows_of_keys = {rows, sizeof(rows) / sizeof(rows[0])};
