/* SPDX-License-Identifier: MIT */
/*
 * What prove needs of a system for the ways out of a process that memward
 * does not close, and for features that a sandbox takes away. Linux has them
 * in peek_handout_linux.c, peek_inject_linux.c and peek_deny_linux.c; others
 * answer in peek_leak_other.c that they have not been written.
 */
#ifndef MEMWARD_CLI_PEEK_LEAK_H
#define MEMWARD_CLI_PEEK_LEAK_H

#include "peek.h"

/* Ways in which the kernel takes pages themselves rather than a copy. */
enum peek_way { BY_DIRECT_IO, BY_SPLICE, BY_RING };

/* No pipe holds less, and no run of a secret that counts is longer. */
#define PEEK_HANDED_MAX ((size_t)4096)

/*
 * Hands up to PEEK_HANDED_MAX bytes of mem to the kernel that way and reads
 * them back into copy, which has room for twice as many. SEEN: *got bytes
 * came; NONE: the kernel refused the pages; UNABLE: there is no such way.
 */
void peek_hand_out(enum peek_way way, const void *mem, size_t len,
    unsigned char *copy, size_t *got, struct glimpse *glimpse);

/*
 * Makes a process write its own memory to its standard output, as a debugger
 * of that user can; where it is closed, open it first. NONE: *got bytes can
 * be read there; or, with none, what the process was refused.
 */
void peek_inject(const struct peek_target *target, enum peek_as as, bool closed,
    size_t *got, struct glimpse *glimpse);

/*
 * Calls the function, and at once interrupts this process by a signal whose
 * frame, with all registers, lies apart from the stack. False: errno.
 */
bool peek_interrupt_after(void (*function)(void *), void *argument);

/* False, and the error that says so: not written for this system. */
bool peek_unwritten(void);

/* Undoes what leaves the pages out of core files; false: errno. */
bool peek_undo_no_dump(void *mem, size_t len);
/* Leaves the pages out, and does not ask whether it worked. */
void peek_undump_carelessly(void *mem, size_t len);

/* From now on a filter refuses this process what gives it a feature. */
enum peek_denied { DENY_LOCKS, DENY_NO_DUMP };
bool peek_deny(enum peek_denied what);

/* Asks that all memory of this process, old and new, be merged. */
bool peek_merge_all(void);

/* An inherited descriptor of shared memory that holds len bytes of mem. */
bool peek_leave_in_shared(const void *mem, size_t len);

#endif
