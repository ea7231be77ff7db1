/* SPDX-License-Identifier: MIT */
/* Attacks on a process that has hardened itself with memward_harden(). */
#include "session.h"

#include <stddef.h>

/* The control of each is a process that has not. */
#define READER(row_name, row_memory, row_method, ...)          \
	{                                                      \
		.name = (row_name), .group = GROUP_SAME_USER,  \
		.memory = (row_memory), .promise = PROMISED,   \
		.run = attack_outside, .method = (row_method), \
		.as = AS_SAME_USER, .hold = {                  \
			.untraced = true,                      \
			__VA_ARGS__                            \
		}                                              \
	}

#define PAGES  .store = STORE_PAGES
#define PACKED .store = STORE_PACKED

/* In the order of their groups. */
static const struct row rows[] = {
    /* Plain memory, because pages and wards are left out of cores anyway. */
    {
	.name = "core-hardened",
	.group = GROUP_CORE,
	.attack = "core file of a crash",
	.memory = "malloc, hardened",
	.promise = PROMISED,
	.run = attack_core,
	.decoy_control = true,
	.decoy = true,
	.hold = {.undumpable = true},
    },
    {
	.name = "core-handler-hardened",
	.group = GROUP_CORE,
	.attack = "core handler, pipe or socket",
	.memory = "malloc, hardened",
	.promise = PROMISED,
	.run = attack_core_handler,
	.decoy_control = true,
	.decoy = true,
	.hold = {.undumpable = true},
    },
    READER("hardened-mem", "pages, hardened", BY_FILE, PAGES),
    READER("hardened-readv", "pages, hardened", BY_CALL, PAGES),
    READER("hardened-ptrace", "pages, hardened", BY_TRACE, PAGES),
    READER("hardened-mem-ward", "packed, hardened", BY_FILE, PACKED),
    READER("hardened-readv-ward", "packed, hardened", BY_CALL, PACKED),
    READER("hardened-ptrace-ward", "packed, hardened", BY_TRACE, PACKED),
    READER("hardened-mem-malloc", "malloc, hardened", BY_FILE,
	.store = STORE_MALLOC),
    /* Plain memory again: pages and wards are never merged anyway. */
    {
	.name = "merged-hardened",
	.group = GROUP_MERGE,
	.attack = "all memory may be merged",
	.memory = "malloc, hardened",
	.promise = PROMISED,
	.run = attack_merge,
	.control = {.merged = true},
	.hold = {.merged = true, .unmerged = true},
    },
};

const struct rows rows_of_hardened = {rows, sizeof(rows) / sizeof(rows[0])};
