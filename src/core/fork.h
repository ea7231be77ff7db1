/* SPDX-License-Identifier: MIT */
/*
 * Notices that this process is a child: by hooks around fork(3) and, for
 * children made otherwise, by a word that the kernel wipes in a child. Never
 * by the process id, which can be the same again.
 */
#ifndef MW_CORE_FORK_H
#define MW_CORE_FORK_H

#include <stdatomic.h>
#include <stdint.h>

/* Sets hooks and word. Once. */
int mw_fork_start(void);

#define MW_FORK_USUAL   1
#define MW_FORK_WIPED   2 /* memward_wipe_all() was called */
#define MW_FORK_WATCHED 3 /* by Valgrind, which the slow path keeps posted */

/*
 * Zero in a child that has not noticed yet; else one of the above, so that
 * the warm path has one word to look at. It moves once, as memward starts,
 * while other threads may be making their first calls.
 */
extern _Atomic(_Atomic uint32_t *) mw_fork_word;

static inline uint32_t mw_fork_look(void)
{
	_Atomic uint32_t *word =
	    atomic_load_explicit(&mw_fork_word, memory_order_acquire);

	return atomic_load_explicit(word, memory_order_relaxed);
}

/* Makes a child's state its own. */
void mw_fork_recover(void);

/* First thing in every public call that uses wards. */
static inline void mw_fork_check(void)
{
	if (mw_fork_look() == 0)
		mw_fork_recover();
}

#endif
