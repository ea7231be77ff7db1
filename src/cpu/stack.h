/* SPDX-License-Identifier: MIT */
/* Running a function on another stack, and forgetting what it left. */
#ifndef MW_CPU_STACK_H
#define MW_CPU_STACK_H

#include <stdbool.h>

/* Whether mw_cpu_call_on() knows this processor and its calling convention. */
bool mw_cpu_has_call_on(void);

/*
 * Calls function(argument) on the stack that ends at top, 16-byte aligned, and
 * clears all registers that a call may change before it comes back from there.
 * One can unwind through it.
 */
int mw_cpu_call_on(void *top, int (*function)(void *), void *argument);

#endif
