/* SPDX-License-Identifier: MIT */
/*
 * What the tests of wards need of the operating system, beyond support.h.
 * A result of type const char * is NULL, or why it cannot be done here.
 */
#ifndef MW_TESTS_SUPPORT_WARD_H
#define MW_TESTS_SUPPORT_WARD_H

#include "support.h"

#include <stddef.h>

/* For children started later; value NULL takes it out. False: no memory. */
bool support_set_environment(const char *name, const char *value);

/* Runs function(argument) in a thread and waits for it. False: no thread. */
bool support_in_thread(void (*function)(void *), void *argument);

/* The same in two steps, for threads that wait; wait with support_join(). */
struct support_thread;
struct support_thread *support_start(void (*function)(void *), void *argument);
void support_join(struct support_thread *thread);
void support_pause(void); /* gives the processor to others */

/*
 * The kernel's account of the mapping an address lies in: whether it has a
 * two-letter flag of /proc/PID/smaps. *known false: no account here.
 */
bool support_has_flag(const void *address, const char *flag, bool *known);

/* Whether both lie in one mapping, by the kernel's account. */
bool support_same_mapping(const void *a, const void *b, bool *known);

/*
 * Undoes what leaves a page out of core files, or does it again, as another
 * part of a program may. False: the system has no such call.
 */
bool support_set_dumped(void *address, bool dumped);

/* Bytes this process has locked, by the kernel's account. */
size_t support_locked_bytes(bool *known);

/* For good, in a child: an ordinary user, who may lock so many bytes. */
const char *support_be_user(size_t lock_limit);

/* For good, in a child: so many bytes of address space. */
const char *support_limit_space(size_t bytes);

/* Uses up mappings until the system has no more, but for so many. */
const char *support_exhaust_mappings(size_t leave);

/*
 * For good, in a child: any system call but write and the end of the process
 * kills it.
 */
const char *support_forbid_calls(void);

/*
 * Whether the system makes all threads of a process agree on memory, as
 * emptying what another thread has cached needs.
 */
const char *support_reach_threads(void);

/* Has handler(address) called at a fault; it must end the process. */
const char *support_on_fault(void (*handler)(void *address));

/* Has handler() called in a thread that support_interrupt() names. */
const char *support_on_interrupt(void (*handler)(void));
bool support_interrupt(struct support_thread *thread);

#endif
