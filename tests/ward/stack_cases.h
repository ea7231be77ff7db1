/* SPDX-License-Identifier: MIT */
/* What the tests of memward_call() share. */
#ifndef MW_TESTS_WARD_STACK_CASES_H
#define MW_TESTS_WARD_STACK_CASES_H

#include "ward_cases.h"

/* A stack that fits a lock limit of 64 KiB, and as a class of pages. */
#define SMALL (2 * page_size())

/* As close as a function of ours comes to the end of a stack. */
#define BRINK ((size_t)2048)

#define HERE ((unsigned char *)__builtin_frame_address(0))

/* Functions that look at stacks, or write all over them. */
#define UNJUDGED \
	__attribute__((noinline, no_sanitize_address, no_sanitize_thread))

/* Skips the case where functions run on the caller's stack. */
void need_switch(void);

/* Calls on a small stack; an error that is the lock limit's skips. */
int call(memward_ward *ward, int (*function)(void *), void *argument);

/* The stack that the caller is on. */
memward_address stack_here(void);

/* Fills the stack below the caller down to so many bytes from an address. */
void fill_stack(const void *low, size_t spare);

/* What a function saw that fill_and_tell() ran. */
struct seen {
	unsigned char *low;
	size_t len;
	memward_ward *ward;
	bool filled; /* FILLED stood at the brink while it ran */
};
int fill_and_tell(void *argument);
/* It filled the stack, and now all is zeros. */
void check_left_nothing(const struct seen *seen);

/* Whether so many bytes of pattern stand somewhere in memory. */
bool finds(
    const void *mem, size_t len, const void *pattern, size_t pattern_len);

/* Runs function(argument) in a thread whose stack is this memory. */
void on_plain_stack(
    void *mem, size_t len, void (*function)(void *), void *argument);

/* Cases in stack_traces.c: what functions leave. */
#define STACK_TRACE_CASES(X)                   \
	X(expansion_is_that_of_fips_197)       \
	X(an_aes_key_schedule_is_left_nowhere) \
	X(registers_are_cleared)               \
	X(signal_handlers_run_on_it)           \
	X(unwinding_reaches_the_caller)        \
	X(a_hidden_ward_has_hidden_stacks)

int child_registers_after_call(void);
int child_registers_after_function(void);

/* Cases in stack_leave.c: functions that do not return, and other ends. */
#define STACK_LEAVE_CASES(X)                           \
	X(a_jump_out_is_wiped_by_the_next_call)        \
	X(a_jump_out_of_an_inner_call_is_wiped)        \
	X(a_jump_out_of_a_closed_ward_ends_its_window) \
	X(a_thread_that_ends_inside_leaves_nothing)    \
	X(a_thread_cancelled_inside_leaves_nothing)    \
	X(a_jump_out_is_wiped_by_wipe_all)             \
	X(wipe_all_spares_a_running_function)          \
	X(wipe_all_from_a_signal_stack_spares_it)      \
	X(wipe_all_forbids_further_calls)              \
	X(a_function_may_fork)                         \
	X(a_child_has_no_stacks_of_other_threads)
#define DECLARE_CASE(name) void name(void);
STACK_TRACE_CASES(DECLARE_CASE)
STACK_LEAVE_CASES(DECLARE_CASE)

int child_wipe_all_after_jump(void);
int child_wipe_all_inside(void);
int child_wipe_all_on_signal_stack(void);
int child_call_after_wipe_all(void);

#endif
