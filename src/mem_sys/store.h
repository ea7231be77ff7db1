/* SPDX-License-Identifier: MIT */
/*
 * What a backend supplies to core beyond the public platform layer: address
 * space, mutexes, thread and fork hooks, random bytes. The conventions are
 * those of backend.h.
 */
#ifndef MW_MEM_SYS_STORE_H
#define MW_MEM_SYS_STORE_H

#include "backend.h"

#if defined(__ELF__) && defined(__GNUC__)
/* Without a call to find it, in a shared library too. */
#define MW_THREAD_LOCAL _Thread_local __attribute__((tls_model("initial-exec")))
#else
#define MW_THREAD_LOCAL _Thread_local
#endif

/* Reserves address space: no access, no memory, for as long as wanted. */
int mw_sys_reserve(size_t len, void **mem);

/* Gives back a whole reservation. */
void mw_sys_unreserve(void *mem, size_t len);

/* What a ward's pages are to be. A backend refuses what it cannot give. */
struct mw_sys_kind {
	memward_fork_rule fork;
	bool hidden; /* from all outside; locked; the rule is omit */
	int key;     /* protection key, 0: the one of all other memory */
	bool denied; /* advice may be: the caller records that it was */
};

/*
 * Puts zeroed read-write pages of a kind into a part of a reservation that
 * has none, left out of dumps and merging where the system can. After a
 * failure the part is as it was. For secrets.
 */
int mw_sys_commit(void *mem, size_t len, const struct mw_sys_kind *kind);

/*
 * Whether hidden pages can be had: 0 or why not, with the system's own code.
 * Not part of mw_sys_query(), since a program that must never have such pages,
 * as they block hibernation, does not ask either.
 */
int mw_sys_try_hidden(int *system_error);

/* The same for our own records: dumped, merged and inherited as usual. */
int mw_sys_commit_plain(void *mem, size_t len);

/*
 * Takes the pages out again, which drops their lock; the caller has wiped
 * them. After a failure they are still there, read-write.
 */
int mw_sys_decommit(void *mem, size_t len);

/*
 * Has the system refuse every later change of these pages, until the process
 * ends: for guards that nobody ever touches. EUNSUPPORTED where it has no such
 * call; the pages are then as safe as they were.
 */
int mw_sys_make_permanent(void *mem, size_t len);

/*
 * Guards that need no mapping of their own, among committed pages: any touch
 * faults, whatever the access of the pages. To lay them drops what the pages
 * held, and is refused where they are locked; where they are lifted pages of
 * zeros appear. EUNSUPPORTED where the system has none.
 */
int mw_sys_lay_guards(void *mem, size_t len);
int mw_sys_lift_guards(void *mem, size_t len);

/* Locks a range with guards in it: its pages as they are filled in. */
int mw_sys_lock_lazily(void *mem, size_t len);

/* Fills in the pages of an open range without guards. */
int mw_sys_fill(void *mem, size_t len);

/*
 * Makes pages read-write to wipe them: takes no lock, so that a signal handler
 * may call it, and locks no page again that lost its lock when it was closed.
 */
int mw_sys_expose(void *mem, size_t len);

/* A mapping of this process, as the kernel has it. */
struct mw_sys_mapping {
	uintptr_t from;
	uintptr_t to;
	bool dumped; /* not left out of core files */
	bool merged; /* may be merged with equal pages */
};

/*
 * Calls visit for the mappings in the order of their addresses, until it says
 * false. Other answers than 0: there is no account to be had. Neither heap nor
 * stdio is used.
 */
int mw_sys_account(
    bool (*visit)(void *argument, const struct mw_sys_mapping *mapping),
    void *argument);

/*
 * Takes a protection key, to which the calling thread then has no right, and
 * gives it back; no page may carry it any more, as the next owner would guard
 * that too. Errors of taking: EUNSUPPORTED, EKEYLIMIT. src/cpu/keys.h has the
 * rights. mw_sys_protect() and mw_sys_expose() leave the key of a page alone.
 */
int mw_sys_key_take(int *key);
int mw_sys_key_give(int key);

/* A mutex. Zeroed storage is not yet one. */
struct mw_mutex {
	_Alignas(16) unsigned char space[64];
};

void mw_mutex_init(struct mw_mutex *mutex);
void mw_mutex_lock(struct mw_mutex *mutex);
void mw_mutex_unlock(struct mw_mutex *mutex);

/* Calls function once per process, whoever comes first; others wait. */
void mw_sys_once(void (*function)(void));

/*
 * Has function(argument) called when the calling thread ends; the last
 * argument armed counts. The function is the same in every call. False: the
 * system has no room for a hook.
 */
bool mw_sys_at_thread_exit(void (*function)(void *), void *argument);

/* Around fork. False: no memory for the hooks. True where there is no fork. */
bool mw_sys_around_fork(
    void (*before)(void), void (*parent)(void), void (*child)(void));

/*
 * Makes every other running thread of the process pass a full memory barrier.
 * False: the system has no such call.
 */
bool mw_sys_barrier(void);

/* Gives the processor to another thread, if one waits for it. */
void mw_sys_yield(void);

/* Whether a thread may run on a stack that is in memory of ours. */
bool mw_sys_allows_stacks(void);

/*
 * Whether the caller is a signal handler on a stack for such. False where there
 * are none. For signal handlers.
 */
bool mw_sys_on_signal_stack(void);

/* Random bytes from the system, for keys. */
int mw_sys_random(void *mem, size_t len);

/* An environment variable, NULL if unset or the program is set-uid. */
const char *mw_sys_environment(const char *name);

/* Closes a descriptor that is open, which is not refused; keeps errno. */
void mw_sys_close(int fd);

/* Writes to the standard error, without heap or stdio; for the last words. */
void mw_sys_last_words(const char *text, size_t len);

/* The bytes this process may lock now; UINT64_MAX: all. */
uint64_t mw_sys_lock_limit(void);

#endif
