/* SPDX-License-Identifier: MIT */
/*
 * What each backend is to ask its system for. Numbers, not names: these are
 * the facts, and the backends take the names from their headers.
 */
#include "differences.h"

/* clang-format off */
#define MINHERIT(n) {0, {{MODEL_MINHERIT, (n)}}}
#define CANNOT      {MEMWARD_EUNSUPPORTED, {{MODEL_MMAP, 0}}}
/* posix.c's advice of no meaning, which must be seen to be refused. */
#define NONSENSE    {MODEL_MADVISE, 0x7ffff0}
/* clang-format on */

#define FORKS (MEMWARD_SYS_FORK_OMIT | MEMWARD_SYS_FORK_WIPE)

static const struct model_expected rows[] =
    {
	[FREEBSD] =
	    {
		.map_prot = 3 | 3 << 16, /* PROT_MAX */
		.map_flags = 0x21002, /* MAP_PRIVATE | MAP_ANON | MAP_NOCORE */
		.prepare = {{MODEL_MADVISE, 8}}, /* MADV_NOCORE */
		.keep = MINHERIT(1),
		.omit = MINHERIT(2),
		.wipe = MINHERIT(3),
		.granted = MEMWARD_SYS_LOCK | MEMWARD_SYS_NO_DUMP | FORKS |
			   MEMWARD_SYS_UNMERGED,
	    },
	[NETBSD] =
	    {
		.map_prot = 3 | 3 << 3, /* PROT_MPROTECT */
		.map_flags = 0x1002,
		.keep = MINHERIT(1),
		.omit = MINHERIT(2),
		.wipe = MINHERIT(4),
		.granted = MEMWARD_SYS_LOCK | FORKS | MEMWARD_SYS_UNMERGED |
			   MEMWARD_SYS_NO_HUGE,
	    },
	[OPENBSD] =
	    {
		.map_prot = 3,
		.map_flags = 0x9002, /* MAP_PRIVATE | MAP_ANON | MAP_CONCEAL */
		.keep = MINHERIT(1),
		.omit = MINHERIT(2),
		.wipe = MINHERIT(3),
		.granted = MEMWARD_SYS_LOCK | MEMWARD_SYS_NO_DUMP | FORKS |
			   MEMWARD_SYS_UNMERGED | MEMWARD_SYS_NO_HUGE,
	    },
	[MACOS] =
	    {
		.map_prot = 3,
		.map_flags = 0x1002,
		.keep = MINHERIT(1),
		.omit = MINHERIT(2),
		.wipe = CANNOT,
		.granted = MEMWARD_SYS_LOCK | MEMWARD_SYS_FORK_OMIT |
			   MEMWARD_SYS_UNMERGED | MEMWARD_SYS_NO_HUGE |
			   MEMWARD_SYS_WIPE_AT_EXIT,
	    },
	[SOLARIS] =
	    {
		.map_prot = 3,
		.map_flags = 0x102,
		.keep = {0, {{MODEL_MMAP, 0}}},
		.omit = CANNOT,
		.wipe = CANNOT,
		.granted = MEMWARD_SYS_LOCK | MEMWARD_SYS_UNMERGED,
		.core_answer = MEMWARD_ECOREGLOBAL,
	    },
	[ILLUMOS] =
	    {
		.map_prot = 3,
		.map_flags = 0x102,
		.keep = CANNOT,
		.omit = CANNOT,
		.wipe = {0, {{MODEL_MEMCNTL, 8}}}, /* MC_INHERIT_ZERO */
		.granted = MEMWARD_SYS_LOCK | MEMWARD_SYS_FORK_WIPE |
			   MEMWARD_SYS_UNMERGED,
		.core_answer = MEMWARD_ECOREGLOBAL,
	    },
	[LINUX] =
	    {
		.map_prot = 3,
		.map_flags = 0x22,
		/* MADV_DONTDUMP, UNMERGEABLE, NOHUGEPAGE */
		.prepare = {{MODEL_MADVISE, 16}, {MODEL_MADVISE, 13},
		    {MODEL_MADVISE, 15}},
		/* MADV_KEEPONFORK, DOFORK; DONTFORK; WIPEONFORK, DOFORK */
		.keep = {0,
		    {{MODEL_MADVISE, 19}, {MODEL_MADVISE, 11}, NONSENSE}},
		.omit = {0, {{MODEL_MADVISE, 10}, NONSENSE}},
		.wipe = {0, {{MODEL_MADVISE, 18}, NONSENSE, {MODEL_MADVISE, 11},
				NONSENSE}},
		.granted = MEMWARD_SYS_LOCK | MEMWARD_SYS_NO_DUMP |
			   FORKS | MEMWARD_SYS_UNMERGED | MEMWARD_SYS_NO_HUGE |
			   MEMWARD_SYS_HIDDEN | MEMWARD_SYS_GUARDS,
	    },
	[EMULATOR] =
	    {
		.map_prot = 3,
		.map_flags = 0x22,
		.prepare = {{MODEL_MADVISE, 16}, {MODEL_MADVISE, 13},
		    {MODEL_MADVISE, 15}},
		.keep = {MEMWARD_EUNSUPPORTED,
		    {{MODEL_MADVISE, 19}, {MODEL_MADVISE, 11}, NONSENSE}},
		.omit = {MEMWARD_EUNSUPPORTED, {{MODEL_MADVISE, 10}, NONSENSE}},
		.wipe = {MEMWARD_EUNSUPPORTED, {{MODEL_MADVISE, 18}, NONSENSE}},
		.granted = MEMWARD_SYS_LOCK,
	    },
};

const struct model_expected *const model_expected = &rows[MODEL_SYSTEM];
