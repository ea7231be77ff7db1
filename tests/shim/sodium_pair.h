/* SPDX-License-Identifier: MIT */
/* libsodium and what stands in for it, side by side in one process. */
#ifndef MW_TESTS_SHIM_SODIUM_PAIR_H
#define MW_TESTS_SHIM_SODIUM_PAIR_H

#include "harness.h"
#include "shim_util.h"

#ifdef WITH_SODIUM
/* First: the compiler then compares its declarations with ours. */
#include <sodium.h>
#endif

#include "memward.h"
#include "shim/sodium.h"

#define SODIUM_CALLS(X)       \
	X(malloc)             \
	X(allocarray)         \
	X(free)               \
	X(mprotect_noaccess)  \
	X(mprotect_readonly)  \
	X(mprotect_readwrite) \
	X(mlock)              \
	X(munlock)            \
	X(memzero)            \
	X(memcmp)             \
	X(stackzero)

struct sodium {
	const char *name;
	__typeof__(&sodium_malloc) malloc;
	__typeof__(&sodium_allocarray) allocarray;
	__typeof__(&sodium_free) free;
	__typeof__(&sodium_mprotect_noaccess) mprotect_noaccess;
	__typeof__(&sodium_mprotect_readonly) mprotect_readonly;
	__typeof__(&sodium_mprotect_readwrite) mprotect_readwrite;
	__typeof__(&sodium_mlock) mlock;
	__typeof__(&sodium_munlock) munlock;
	__typeof__(&sodium_memzero) memzero;
	__typeof__(&sodium_memcmp) memcmp;
	__typeof__(&sodium_stackzero) stackzero;
};

/* Skips the case where libsodium is not here. */
const struct sodium *real(void);
const struct sodium *ours(void);

/* NULL, but the compiler does not know. */
extern void *volatile nowhere;

/* What came of a call: 0, or errno. */
int outcome(int rc);
int outcome_of(const void *pointer);

/* The same of both, and as expected. */
#define CHECK_BOTH(act, expected)                 \
	do {                                      \
		CHECK_INT(act(real()), expected); \
		CHECK_INT(act(ours()), expected); \
	} while (0)

/* sodium_deaths.c */
void both_die_alike(void);
void freed_memory_can_stay(void);
/* sodium_memory.c */
void memory_is_filled_and_ends_at_its_page(void);
void impossible_sizes_are_refused(void);
void arrays_are_counted(void);
void access_changes_alike(void);
void memory_is_freed_in_any_state(void);
void memory_survives_fork(void);
void first_calls_of_many_threads(void);
void words_of_the_variable(void);
/* sodium_locks.c */
void locks_answer_alike(void);
void unlocking_wipes(void);
void locks_are_counted(void);
void what_is_locked_is_left_out_of_cores(void);
void limits_answer_alike(void);
void pages_unmapped_meanwhile_do_not_count(void);
void locks_of_others_are_undone(void);
void memory_of_ours_stays_locked(void);
/* sodium_small.c */
void wiping_and_comparing_are_alike(void);
void the_stack_is_wiped(void);

#define SODIUM_CHILDREN(X)    \
	/* sodium_deaths.c */ \
	X(touch_inside)       \
	X(read_next)          \
	X(write_next)         \
	X(read_front_guard)   \
	X(touch_empty)        \
	X(underrun)           \
	X(underrun_16)        \
	X(underrun_page)      \
	X(free_twice)         \
	X(free_interior)      \
	X(free_stack)         \
	X(free_heap)          \
	X(read_freed)         \
	X(write_freed)        \
	X(reuse_written)      \
	X(read_closed)        \
	X(write_closed)       \
	X(write_read_only)    \
	X(protect_freed)      \
	X(protect_null)       \
	/* sodium_memory.c */ \
	X(malloc_once)        \
	X(malloc_unlocked)    \
	/* sodium_locks.c */  \
	X(lock_beyond_64_kib) \
	X(lock_with_limit_0)

#define SODIUM_CHILD(name) int child_##name(void);
SODIUM_CHILDREN(SODIUM_CHILD)
#undef SODIUM_CHILD

/* In a child: the library that its parent chose. */
const struct sodium *chosen(void);
/* Runs a child with one of the two, and MEMWARD_SODIUM as given. */
struct child_result run_with(
    const struct sodium *library, const char *words, const char *child);

#endif
