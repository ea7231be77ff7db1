/* SPDX-License-Identifier: MIT */
/*
 * Stacks for memward_call(): guarded secrets that fill their pages, so that
 * the guard begins where the stack ends. They live on between calls, all
 * zeros, on a list of their ward.
 */
#ifndef MW_CORE_STACK_H
#define MW_CORE_STACK_H

#include "ward.h"

/* Frees the stacks nobody uses, at a limit. Lock held. */
void mw_stack_free_idle(memward_ward *ward);

/* For a ward that closes: forgets its stacks. False: one is in use. */
bool mw_stack_forget(memward_ward *ward);

/* In a child of fork: its other threads' stacks are nobody's. */
void mw_stack_after_fork(memward_ward *ward);

/* Wipes what the calling thread left without returning; it ends. */
void mw_stack_end_thread(void);

/* The same for memward_wipe_all(), which then does the wiping. */
void mw_stack_show_left(void);

#endif
