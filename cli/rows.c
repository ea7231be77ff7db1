/* SPDX-License-Identifier: MIT */
/* The table of attacks: one row, one attack on one way of holding a secret. */
#include "prove.h"

#include <stddef.h>

#define OUTSIDE_NOTE "read; not promised by this layer"
#define WARDED       .warded = true

/* Two kinds of outside reader, three methods, memory open and closed. */
#define OUTSIDE(row_name, row_group, row_method, row_as)                       \
	{                                                                      \
		.name = (row_name), .group = (row_group), .memory = "open",    \
		.promise = NOT_PROMISED, .note = OUTSIDE_NOTE,                 \
		.run = attack_outside, .method = (row_method), .as = (row_as), \
		.hold = {                                                      \
			WARDED                                                 \
		}                                                              \
	}
#define OUTSIDE_CLOSED(row_name, row_group, row_method, row_as)                \
	{                                                                      \
		.name = (row_name), .group = (row_group), .memory = "closed",  \
		.promise = NOT_PROMISED, .note = OUTSIDE_NOTE,                 \
		.run = attack_outside, .method = (row_method), .as = (row_as), \
		.hold = {                                                      \
			WARDED,                                                \
			.access = MEMWARD_NO_ACCESS                            \
		}                                                              \
	}

/* In the order of the table people see. */
const struct row prove_rows[] = {
    {
	.name = "core-file",
	.group = GROUP_CORE,
	.attack = "core file of a crash",
	.memory = "as allocated",
	.promise = PROMISED,
	.run = attack_core,
	.decoy_control = true,
	.hold = {WARDED},
    },
    {
	.name = "core-file-closed",
	.group = GROUP_CORE,
	.attack = "core file of a crash",
	.memory = "closed",
	.promise = PROMISED,
	.run = attack_core,
	.decoy_control = true,
	.hold = {WARDED, .access = MEMWARD_NO_ACCESS},
    },
    {
	.name = "core-disabled",
	.group = GROUP_CORE,
	.attack = "core file of a crash",
	.memory = "malloc, dumps disabled",
	.promise = PROMISED,
	.run = attack_core,
	.decoy_control = true,
	.decoy = true,
	.hold = {.no_cores = true},
    },
    OUTSIDE("same-user-mem", GROUP_SAME_USER, BY_FILE, AS_SAME_USER),
    OUTSIDE("same-user-readv", GROUP_SAME_USER, BY_CALL, AS_SAME_USER),
    OUTSIDE("same-user-ptrace", GROUP_SAME_USER, BY_TRACE, AS_SAME_USER),
    OUTSIDE_CLOSED(
	"same-user-mem-closed", GROUP_SAME_USER, BY_FILE, AS_SAME_USER),
    OUTSIDE_CLOSED(
	"same-user-readv-closed", GROUP_SAME_USER, BY_CALL, AS_SAME_USER),
    OUTSIDE_CLOSED(
	"same-user-ptrace-closed", GROUP_SAME_USER, BY_TRACE, AS_SAME_USER),
    OUTSIDE("root-mem", GROUP_ROOT, BY_FILE, AS_ROOT),
    OUTSIDE("root-readv", GROUP_ROOT, BY_CALL, AS_ROOT),
    OUTSIDE("root-ptrace", GROUP_ROOT, BY_TRACE, AS_ROOT),
    OUTSIDE_CLOSED("root-mem-closed", GROUP_ROOT, BY_FILE, AS_ROOT),
    OUTSIDE_CLOSED("root-readv-closed", GROUP_ROOT, BY_CALL, AS_ROOT),
    OUTSIDE_CLOSED("root-ptrace-closed", GROUP_ROOT, BY_TRACE, AS_ROOT),
    {
	.name = "fork-keep",
	.group = GROUP_CHILD,
	.attack = "forked child reads",
	.memory = "fork rule keep",
	.promise = ASKED_FOR,
	.note = "as asked: the child has a copy",
	.run = attack_fork,
	.hold = {WARDED, .fork = MEMWARD_FORK_KEEP},
    },
    {
	.name = "fork-omit",
	.group = GROUP_CHILD,
	.attack = "forked child reads",
	.memory = "fork rule omit",
	.promise = PROMISED,
	.run = attack_fork,
	.hold = {WARDED, .fork = MEMWARD_FORK_OMIT},
    },
    {
	.name = "fork-wipe",
	.group = GROUP_CHILD,
	.attack = "forked child reads",
	.memory = "fork rule wipe",
	.promise = PROMISED,
	.run = attack_fork,
	.hold = {WARDED, .fork = MEMWARD_FORK_WIPE},
    },
    {
	.name = "fork-wipe-grandchild",
	.group = GROUP_CHILD,
	.attack = "raw-forked grandchild reads",
	.memory = "fork rule wipe",
	.promise = PROMISED,
	.run = attack_grandchild,
	.hold = {WARDED, .fork = MEMWARD_FORK_WIPE},
    },
    {
	.name = "exec",
	.group = GROUP_CHILD,
	.attack = "program started by exec",
	.memory = "fork rule keep",
	.promise = PROMISED,
	.run = attack_exec,
	.method = BY_FILE,
	/* exec takes all memory away, so that alone would be no control. */
	.control = {.piped = true},
	.hold = {WARDED, .fork = MEMWARD_FORK_KEEP},
    },
    {
	.name = "read-closed",
	.group = GROUP_BUG,
	.attack = "stray read",
	.memory = "closed",
	.promise = PROMISED,
	.run = attack_read,
	.hold = {WARDED, .access = MEMWARD_NO_ACCESS},
    },
    {
	.name = "write-closed",
	.group = GROUP_BUG,
	.attack = "stray write",
	.memory = "closed",
	.promise = PROMISED,
	.run = attack_write,
	.hold = {WARDED, .access = MEMWARD_NO_ACCESS},
    },
    {
	.name = "write-read-only",
	.group = GROUP_BUG,
	.attack = "stray write",
	.memory = "read-only",
	.promise = PROMISED,
	.run = attack_write,
	.hold = {WARDED, .access = MEMWARD_READ_ONLY},
    },
    {
	.name = "residue",
	.group = GROUP_LEFTOVER,
	.attack = "search of the whole process",
	.memory = "freed",
	.promise = PROMISED,
	.run = attack_residue,
	.method = BY_FILE,
	.as = AS_SELF,
	.hold = {WARDED},
    },
    {
	.name = "swap-unlocked",
	.group = GROUP_SWAP,
	.attack = "pages pushed out to swap",
	.memory = "not locked",
	.promise = NOT_PROMISED,
	.note = "swapped; promised only if locked",
	.run = attack_swap,
	.decoy_control = true,
	.decoy = true,
	.hold = {WARDED},
    },
    {
	.name = "swap-locked",
	.group = GROUP_SWAP,
	.attack = "pages pushed out to swap",
	.memory = "locked",
	.promise = PROMISED,
	.run = attack_swap,
	.decoy_control = true,
	.hold = {WARDED, .locked = true},
    },
};

const size_t prove_row_count = sizeof(prove_rows) / sizeof(prove_rows[0]);

const char *group_name(enum group group)
{
	static const char *const names[GROUP_COUNT] = {
	    [GROUP_CORE] = "core-reader",
	    [GROUP_SAME_USER] = "same-user",
	    [GROUP_ROOT] = "root",
	    [GROUP_CHILD] = "child",
	    [GROUP_BUG] = "bug",
	    [GROUP_LEFTOVER] = "leftovers",
	    [GROUP_SWAP] = "swap-reader",
	};

	return names[group];
}

const char *group_title(enum group group)
{
	static const char *const titles[GROUP_COUNT] = {
	    [GROUP_CORE] = "Whoever reads a core file",
	    [GROUP_SAME_USER] = "Another process of the same user",
	    [GROUP_ROOT] = "A process of root",
	    [GROUP_CHILD] = "A forked or exec'd child",
	    [GROUP_BUG] = "A bug in the same process",
	    [GROUP_LEFTOVER] = "Leftovers after free",
	    [GROUP_SWAP] = "Whoever reads the swap device",
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
