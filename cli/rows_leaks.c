/* SPDX-License-Identifier: MIT */
/*
 * Attacks on what lies around a secret in its place: what calls leave behind,
 * what the program itself hands out or undoes, what a sandbox takes away.
 */
#include "session.h"

#include <stddef.h>

#define PACKED     .store = STORE_PACKED
#define GUARDED    .store = STORE_GUARDED
#define CLOSED     .store = STORE_PACKED, .closed = true
#define STEPS(...) ((const char[]){__VA_ARGS__, 0})

#define BY_DESIGN "the kernel was given the page; hidden ones refuse"

/* The program's own calls that hand its pages to the kernel. */
#define HANDED(row_name, row_attack, step, ...)                     \
	{                                                           \
		.name = (row_name), .group = GROUP_INSIDE,          \
		.attack = (row_attack), .memory = "packed, locked", \
		.promise = NOT_PROMISED, .note = BY_DESIGN,         \
		.run = attack_misuse, .steps = STEPS(step),         \
		.hold = {PACKED, .locked = true}, __VA_ARGS__       \
	}
/* A closed ward refuses the same calls, and hidden pages refuse them open. */
#define REFUSED(row_name, row_group, row_attack, row_memory, step, ...) \
	{                                                               \
		.name = (row_name), .group = (row_group),               \
		.attack = (row_attack), .memory = (row_memory),         \
		.promise = PROMISED, .run = attack_misuse,              \
		.steps = STEPS(step), .decoy_control = true, .hold = {  \
			__VA_ARGS__                                     \
		}                                                       \
	}
#define HIDDEN .store = STORE_PACKED, .hidden = true, .locked = true
/* The control of each is a process that has not hardened itself. */
#define INJECTED_HARDENED(row_name, row_memory, ...)                           \
	{                                                                      \
		.name = (row_name), .group = GROUP_INSIDE,                     \
		.attack = "debugger injects write(2)", .memory = (row_memory), \
		.promise = PROMISED, .run = attack_inject, .as = AS_SAME_USER, \
		.hold = {                                                      \
			.untraced = true,                                      \
			__VA_ARGS__                                            \
		}                                                              \
	}

static const struct row rows[] = {
    {
	.name = "core-undone",
	.group = GROUP_CORE,
	.attack = "core after MADV_DODUMP",
	.memory = "packed",
	.promise = NOT_PROMISED,
	.note = "other code of the program undid what keeps it out",
	.run = attack_core,
	.steps = STEPS(DO_UNDO_NO_DUMP),
	.decoy_control = true,
	.decoy = true,
	.hold = {PACKED},
    },
    {
	.name = "core-wiped-by-signal",
	.group = GROUP_CORE,
	.attack = "core after MADV_DODUMP",
	.memory = "packed, signals wipe",
	.promise = PROMISED,
	.run = attack_core,
	.steps = STEPS(DO_UNDO_NO_DUMP),
	.decoy_control = true,
	.decoy = true,
	.hold = {PACKED, .wiping = true},
    },
    {
	.name = "denied-dump-required",
	.group = GROUP_CORE,
	.attack = "seccomp denies MADV_DONTDUMP",
	.memory = "no_dump required",
	.promise = PROMISED,
	.run = attack_locks,
	.control = {.deny_no_dump = true, .cores = true},
	.hold = {PACKED, .deny_no_dump = true, .cores = true},
    },
    {
	.name = "denied-dump-preferred",
	.group = GROUP_CORE,
	.attack = "seccomp denies MADV_DONTDUMP",
	.memory = "no_dump preferred",
	.promise = PROMISED,
	.run = attack_locks,
	.control = {.deny_no_dump = true},
	.hold = {PACKED, .deny_no_dump = true},
    },
    {
	.name = "injected-packed",
	.group = GROUP_INSIDE,
	.attack = "debugger injects write(2)",
	.memory = "packed",
	.promise = NOT_PROMISED,
	.note = "nothing stops whoever may debug the process",
	.run = attack_inject,
	.as = AS_SAME_USER,
	.hold = {PACKED},
    },
    {
	.name = "injected-closed",
	.group = GROUP_INSIDE,
	.attack = "debugger injects write(2)",
	.memory = "closed ward",
	.promise = NOT_PROMISED,
	.note = "made to open it first; nothing stops that",
	.run = attack_inject,
	.as = AS_SAME_USER,
	.hold = {CLOSED},
    },
    {
	.name = "injected-root",
	.group = GROUP_INSIDE,
	.attack = "root injects write(2)",
	.memory = "packed",
	.promise = NOT_PROMISED,
	.note = "nothing stops whoever may debug the process",
	.run = attack_inject,
	.as = AS_ROOT,
	.hold = {PACKED},
    },
    {
	.name = "injected-hidden",
	.group = GROUP_INSIDE,
	.attack = "debugger injects write(2)",
	.memory = "hidden ward",
	.promise = NOT_PROMISED,
	.note = "the process reads its own pages, and can be made to",
	.run = attack_inject,
	.as = AS_SAME_USER,
	.hold = {HIDDEN},
    },
    INJECTED_HARDENED("injected-hardened", "packed, hardened", PACKED),
    INJECTED_HARDENED("injected-hidden-hardened", "hidden, hardened", HIDDEN),
    HANDED("vmsplice", "vmsplice into a pipe", DO_HAND_SPLICE, ),
    HANDED("io-uring", "io_uring, fixed buffer", DO_HAND_RING, ),
    HANDED("direct-io", "direct I/O to a file", DO_HAND_DIRECT,
	.decoy_control = true, .decoy = true),
    REFUSED("vmsplice-hidden", GROUP_INSIDE, "vmsplice into a pipe",
	"hidden ward", DO_HAND_SPLICE, HIDDEN),
    REFUSED("io-uring-hidden", GROUP_INSIDE, "io_uring, fixed buffer",
	"hidden ward", DO_HAND_RING, HIDDEN),
    REFUSED("direct-io-hidden", GROUP_INSIDE, "direct I/O to a file",
	"hidden ward", DO_HAND_DIRECT, HIDDEN),
    {
	.name = "exec-packed",
	.group = GROUP_CHILD,
	.attack = "program started by exec",
	.memory = "packed, rule keep",
	.promise = PROMISED,
	.run = attack_exec,
	.method = BY_FILE,
	.control = {.piped = true},
	.hold = {PACKED, .fork = MEMWARD_FORK_KEEP},
    },
    {
	.name = "exec-mapping",
	.group = GROUP_CHILD,
	.attack = "mapping kept over exec",
	.memory = "guarded, rule keep",
	.promise = PROMISED,
	.run = attack_exec,
	.method = BY_FILE,
	.control = {.shared = true},
	.hold = {GUARDED, .fork = MEMWARD_FORK_KEEP},
    },
    REFUSED("vmsplice-closed", GROUP_BUG, "vmsplice into a pipe", "closed ward",
	DO_HAND_SPLICE, CLOSED),
    REFUSED("io-uring-closed", GROUP_BUG, "io_uring, fixed buffer",
	"closed ward", DO_HAND_RING, CLOSED),
    REFUSED("direct-io-closed", GROUP_BUG, "direct I/O to a file",
	"closed ward", DO_HAND_DIRECT, CLOSED),
    {
	.name = "residue-stack",
	.group = GROUP_LEFTOVER,
	.attack = "stack after a call",
	.memory = "packed, freed",
	.promise = NOT_PROMISED,
	.note = "a copy in a local variable; see memward_call",
	.run = attack_residue,
	.steps = STEPS(DO_CALL, DO_FREE),
	.method = BY_FILE,
	.as = AS_SELF,
	.hold = {PACKED},
    },
    {
	.name = "residue-stack-wiped",
	.group = GROUP_LEFTOVER,
	.attack = "stack after a call",
	.memory = "packed, its copy wiped",
	.promise = PROMISED,
	.run = attack_residue,
	.steps = STEPS(DO_CALL_WIPED, DO_FREE),
	.method = BY_FILE,
	.as = AS_SELF,
	.hold = {PACKED},
    },
    {
	.name = "residue-registers",
	.group = GROUP_LEFTOVER,
	.attack = "registers saved by a signal",
	.memory = "packed, freed",
	.promise = NOT_PROMISED,
	.note = "the frame of a signal keeps what registers held",
	.run = attack_residue,
	.steps = STEPS(DO_INTERRUPT, DO_FREE),
	.method = BY_FILE,
	.as = AS_SELF,
	.hold = {PACKED},
    },
    {
	.name = "swap-guarded",
	.group = GROUP_SWAP,
	.attack = "pages pushed out to swap",
	.memory = "guarded, lock required",
	.promise = PROMISED,
	.run = attack_swap,
	.decoy_control = true,
	.hold = {GUARDED, .locked = true},
    },
    {
	.name = "denied-lock-required",
	.group = GROUP_SWAP,
	.attack = "seccomp denies mlock",
	.memory = "packed, lock required",
	.promise = PROMISED,
	.run = attack_locks,
	.control = {.locked = true, .deny_locks = true},
	.hold = {PACKED, .locked = true, .deny_locks = true},
    },
    {
	.name = "denied-lock-preferred",
	.group = GROUP_SWAP,
	.attack = "seccomp denies mlock",
	.memory = "packed, lock preferred",
	.promise = PROMISED,
	.run = attack_locks,
	.control = {.locked = true, .deny_locks = true},
	.hold = {PACKED, .deny_locks = true},
    },
    {
	.name = "merged-pages",
	.group = GROUP_MERGE,
	.attack = "all memory may be merged",
	.memory = "pages",
	.promise = PROMISED,
	.run = attack_merge,
	.control = {.merged = true},
	.hold = {.store = STORE_PAGES, .merged = true},
    },
    {
	.name = "merged-packed",
	.group = GROUP_MERGE,
	.attack = "all memory may be merged",
	.memory = "packed",
	.promise = PROMISED,
	.run = attack_merge,
	.control = {.merged = true},
	.hold = {PACKED, .merged = true},
    },
    {
	.name = "merged-guarded",
	.group = GROUP_MERGE,
	.attack = "all memory may be merged",
	.memory = "guarded",
	.promise = PROMISED,
	.run = attack_merge,
	.control = {.merged = true},
	.hold = {GUARDED, .merged = true},
    },
};

const struct rows rows_of_leaks = {rows, sizeof(rows) / sizeof(rows[0])};
