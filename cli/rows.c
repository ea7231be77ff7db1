/* SPDX-License-Identifier: MIT */
/* Attacks on the platform layer's pages: one row, one attack on one hold. */
#include "session.h"

#include <stddef.h>

#define OUTSIDE_NOTE "read; not promised"
#define PAGES        .store = STORE_PAGES

/* Two kinds of outside reader, three methods, memory open and closed. */
#define OUTSIDE(row_name, row_group, row_method, row_as)                       \
	{                                                                      \
		.name = (row_name), .group = (row_group), .memory = "pages",   \
		.promise = NOT_PROMISED, .note = OUTSIDE_NOTE,                 \
		.run = attack_outside, .method = (row_method), .as = (row_as), \
		.hold = {                                                      \
			PAGES                                                  \
		}                                                              \
	}
#define OUTSIDE_CLOSED(row_name, row_group, row_method, row_as)     \
	{                                                           \
		.name = (row_name), .group = (row_group),           \
		.memory = "pages, closed", .promise = NOT_PROMISED, \
		.note = OUTSIDE_NOTE, .run = attack_outside,        \
		.method = (row_method), .as = (row_as), .hold = {   \
			PAGES,                                      \
			.access = MEMWARD_NO_ACCESS                 \
		}                                                   \
	}

static const struct row rows[] = {
    {
	.name = "core-file",
	.group = GROUP_CORE,
	.attack = "core file of a crash",
	.memory = "pages",
	.promise = PROMISED,
	.run = attack_core,
	.decoy_control = true,
	.hold = {PAGES},
    },
    {
	.name = "core-file-closed",
	.group = GROUP_CORE,
	.attack = "core file of a crash",
	.memory = "pages, closed",
	.promise = PROMISED,
	.run = attack_core,
	.decoy_control = true,
	.hold = {PAGES, .access = MEMWARD_NO_ACCESS},
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
	.memory = "pages, rule keep",
	.promise = ASKED_FOR,
	.note = "as asked: the child has a copy",
	.run = attack_fork,
	.hold = {PAGES, .fork = MEMWARD_FORK_KEEP},
    },
    {
	.name = "fork-omit",
	.group = GROUP_CHILD,
	.attack = "forked child reads",
	.memory = "pages, rule omit",
	.promise = PROMISED,
	.run = attack_fork,
	.hold = {PAGES, .fork = MEMWARD_FORK_OMIT},
    },
    {
	.name = "fork-wipe",
	.group = GROUP_CHILD,
	.attack = "forked child reads",
	.memory = "pages, rule wipe",
	.promise = PROMISED,
	.run = attack_fork,
	.hold = {PAGES, .fork = MEMWARD_FORK_WIPE},
    },
    {
	.name = "fork-wipe-grandchild",
	.group = GROUP_CHILD,
	.attack = "raw-forked grandchild reads",
	.memory = "pages, rule wipe",
	.promise = PROMISED,
	.run = attack_grandchild,
	.hold = {PAGES, .fork = MEMWARD_FORK_WIPE},
    },
    {
	.name = "exec",
	.group = GROUP_CHILD,
	.attack = "program started by exec",
	.memory = "pages, rule keep",
	.promise = PROMISED,
	.run = attack_exec,
	.method = BY_FILE,
	/* exec takes all memory away, so that alone would be no control. */
	.control = {.piped = true},
	.hold = {PAGES, .fork = MEMWARD_FORK_KEEP},
    },
    {
	.name = "read-closed",
	.group = GROUP_BUG,
	.attack = "stray read",
	.memory = "pages, closed",
	.promise = PROMISED,
	.run = attack_read,
	.hold = {PAGES, .access = MEMWARD_NO_ACCESS},
    },
    {
	.name = "write-closed",
	.group = GROUP_BUG,
	.attack = "stray write",
	.memory = "pages, closed",
	.promise = PROMISED,
	.run = attack_write,
	.hold = {PAGES, .access = MEMWARD_NO_ACCESS},
    },
    {
	.name = "write-read-only",
	.group = GROUP_BUG,
	.attack = "stray write",
	.memory = "pages, read-only",
	.promise = PROMISED,
	.run = attack_write,
	.hold = {PAGES, .access = MEMWARD_READ_ONLY},
    },
    {
	.name = "residue",
	.group = GROUP_LEFTOVER,
	.attack = "search of the whole process",
	.memory = "pages, freed",
	.promise = PROMISED,
	.run = attack_residue,
	.steps = (const char[]){DO_FREE, 0},
	.method = BY_FILE,
	.as = AS_SELF,
	.hold = {PAGES},
    },
    {
	.name = "swap-unlocked",
	.group = GROUP_SWAP,
	.attack = "pages pushed out to swap",
	.memory = "pages, not locked",
	.promise = NOT_PROMISED,
	.note = "swapped; promised only if locked",
	.run = attack_swap,
	.decoy_control = true,
	.decoy = true,
	.hold = {PAGES},
    },
    {
	.name = "swap-locked",
	.group = GROUP_SWAP,
	.attack = "pages pushed out to swap",
	.memory = "pages, locked",
	.promise = PROMISED,
	.run = attack_swap,
	.decoy_control = true,
	.hold = {PAGES, .locked = true},
    },
};

const struct rows rows_of_pages = {rows, sizeof(rows) / sizeof(rows[0])};
