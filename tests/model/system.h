/* SPDX-License-Identifier: MIT */
/*
 * What differs between the systems that the model stands for. One table,
 * systems.c, has a row of this for each.
 */
#ifndef MW_TESTS_MODEL_SYSTEM_H
#define MW_TESTS_MODEL_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an advice or an inheritance value does to a page. */
enum model_effect {
	MODEL_NO_EFFECT,
	MODEL_LEAVE_OUT,   /* of core files */
	MODEL_TAKE_IN,     /* into them again */
	MODEL_OMIT,        /* a child gets no mapping */
	MODEL_UNDO_OMIT,   /* it gets one again */
	MODEL_ZERO,        /* a child gets zeros */
	MODEL_UNDO_ZERO,   /* it gets the contents again */
	MODEL_COPY,        /* undoes both */
	MODEL_GUARD,       /* any touch faults, and the contents are gone */
	MODEL_UNGUARD,     /* zeros in its place */
	MODEL_FILL,        /* the page is there */
	MODEL_WIPE_AT_EXIT /* zeroed if still locked at the end */
};

/* One number of a call and what it does. */
struct model_number {
	int value;
	enum model_effect effect;
};

#define MODEL_NUMBERS 12

/* What a call on a page without any access does. */
enum model_closed_lock {
	MODEL_REFUSED,          /* fails, nothing changes */
	MODEL_REFUSED_YET_DONE, /* fails, but the page counts as locked */
	MODEL_IGNORED,          /* succeeds and does nothing */
	MODEL_LOCKED            /* succeeds and locks */
};

struct model_system {
	const char *name;
	size_t page; /* bytes; the host's pages where those are larger */

	int map_anon; /* the flag without which mmap has no pages to give */
	int map_leave_out;  /* flag that leaves the pages out of cores, or 0 */
	int map_no_reserve; /* flag of a mapping that reserves no swap, or 0 */
	int map_guard;      /* flag of space that holds no pages, or 0 */
	/* PROT_ bits of a later mprotect are announced this far left; 0: no */
	int announce_shift;
	bool announce_optional; /* without, every right can come later */

	bool locks_nest;
	bool closing_unlocks;
	bool lock_needs_privilege;
	bool lock_needs_alignment;
	bool privilege_lifts_limit;
	enum model_closed_lock closed_lock;
	int limit_error;      /* over the limit */
	int zero_limit_error; /* the limit is 0 */
	int unlocked_error;   /* unlocking what is not locked; 0: succeeds */

	/* Any advice is accepted and none has an effect. */
	bool accepts_any_advice;
	struct model_number advice[MODEL_NUMBERS];  /* ends at value 0 */
	struct model_number inherit[MODEL_NUMBERS]; /* minherit; the same */
	bool inherit_zero_needs_write;
	int memcntl_zero; /* memcntl command "zeros in a child", or 0 */

	int secret_call; /* number of memfd_secret, or 0 */
	int map_shared;  /* flag of a mapping of such a file */
	int keys;        /* protection keys that a process can have */

	int rlimit_core;
	int rlimit_memlock; /* 0: no such resource */
	uint64_t rlim_infinity;
};

/* MODEL_SYSTEM, a macro of the build, is one of these rows. */
enum {
	FREEBSD,
	NETBSD,
	OPENBSD,
	MACOS,
	SOLARIS,
	ILLUMOS,
	LINUX,
	LINUX_16K,
	LINUX_64K,
	EMULATOR,
	LINUX_KEYS
};

extern const struct model_system *const model_system;

#endif
