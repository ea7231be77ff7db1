/* SPDX-License-Identifier: MIT */
/*
 * Between posix.c, which holds what all Unixes share, and the file of one
 * Unix, which holds only its difference: a description and a few hooks.
 */
#ifndef MW_MEM_SYS_POSIX_H
#define MW_MEM_SYS_POSIX_H

#include "store.h"

#include <sys/resource.h>

/* Guards without mappings of their own: see store.h. */
struct mw_posix_guards {
	int (*lay)(void *mem, size_t len);
	int (*lift)(void *mem, size_t len);
	int (*lock_lazily)(void *mem, size_t len);
	int (*fill)(void *mem, size_t len);
};

struct mw_posix_system {
	const char *name;
	int map_prot;  /* third argument of mmap(2) for new pages */
	int map_flags; /* fourth argument */
	/*
	 * The same of address space without pages, which no mprotect(2) opens;
	 * 0: a reservation is of pages without access.
	 */
	int space_flags;
	/* Each lock needs an unlock of its own. */
	bool locks_nest;
	/* Taking all access from a page drops its lock. */
	bool closing_unlocks;
	/* A lock of a closed page may succeed, so one looks before. */
	bool closed_lock_succeeds;
	/* A thread may run only on what was mapped as a stack. */
	bool guards_stacks;
	/* Unlocking what is not locked fails with this errno; 0: it succeeds */
	int unlocked_error;

	/* mlock(2) and munlock(2), or the system's truer ways to them. */
	int (*lock)(const void *mem, size_t len);
	int (*unlock)(const void *mem, size_t len);
	/* After a first lock; NULL where there is nothing to add. */
	int (*after_lock)(void *mem, size_t len);
	/* What errno of a failed lock means: a MEMWARD_E code. */
	int (*lock_error)(int err);

	/* Per-mapping advice on new pages. */
	int (*prepare)(void *mem, size_t len);
	int (*set_fork_rule)(void *mem, size_t len, memward_fork_rule rule);
	/* As mw_sys_set_dump(). NULL: EUNSUPPORTED. */
	int (*set_dump)(void *mem, size_t len, bool dumped);
	/* See mw_sys_make_permanent(). NULL: EUNSUPPORTED. */
	int (*make_permanent)(void *mem, size_t len);
	/* Pages that nobody outside can read; NULL where there are none. */
	int (*commit_hidden)(void *mem, size_t len);
	int (*try_hidden)(void);
	/* As mw_sys_account(); NULL where there is none. */
	int (*account)(
	    bool (*visit)(void *argument, const struct mw_sys_mapping *mapping),
	    void *argument);
	const struct mw_posix_guards *guards; /* NULL where there are none */
	/* Sets *limit for core files; what no limit stops is the result. */
	int (*core_limit)(rlim_t *limit);
	/*
	 * For mw_sys_harden(): whether it holds; with `ask` it is asked for
	 * first. NULL: the system has no such thing; it never merges pages.
	 */
	int (*not_dumpable)(bool ask);
	int (*no_trace)(bool ask);
	int (*no_merge)(bool ask);
	/* Records the features but for LOCK, tried on one page. */
	void (*try_features)(memward_sys_info *info, void *page, size_t len);
};

/* Defined by the file of the one system that is built. */
extern const struct mw_posix_system mw_posix_system;

/* Hooks of unix.c that have files of their own. */
int mw_linux_not_dumpable(bool ask);
int mw_linux_no_trace(bool ask);
int mw_linux_no_merge(bool ask);
int mw_mac_no_trace(bool ask);

/*
 * The meaning of errno after a failed call on mapped memory, where a system
 * has nothing special to say: MEMWARD_ENOMEM, EPERM, EUNSUPPORTED, ESYSTEM.
 */
int mw_posix_error(int err);

/*
 * lock_error for the systems that say EAGAIN at a limit, and ENOMEM of a page
 * that cannot be read or of memory that cannot be had.
 */
int mw_posix_lock_error(int err);

/*
 * Calls drop(), which takes the pages of a range and thereby their locks; so
 * that the record of locks, where there is one, follows.
 */
int mw_posix_drop(void *mem, size_t len, int (*drop)(void *mem, size_t len));

/*
 * Sets the record's own hooks around fork. Hooks run before fork in the
 * reverse order of their setting and in the child in that order, so whoever
 * calls this layer with locks of his own held, or in a hook, sets his later.
 */
void mw_posix_hold_over_fork(void);

/*
 * madvise(2), where nonsense advice is refused; otherwise EUNSUPPORTED, as
 * emulators accept any advice and do nothing.
 */
int mw_posix_advise(void *mem, size_t len, int advice);

#endif
