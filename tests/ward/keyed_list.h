/* SPDX-License-Identifier: MIT */
/* The one list of the cases and children of keyed_test. */
#ifndef MW_TESTS_KEYED_LIST_H
#define MW_TESTS_KEYED_LIST_H

#include "probe.h"
#include "ward_cases.h"

/* clang-format off */
#define KEYED_CASES(X) \
	/* keyed_test.c */ \
	X(a_keyed_ward_opens_where_the_query_grants_keys) \
	X(a_ward_that_is_open_at_rest_takes_no_key) \
	X(the_report_says_keyed) \
	X(a_window_is_its_threads_alone) \
	X(threads_have_windows_of_their_own_at_once) \
	X(keyed_windows_nest) \
	X(a_window_opens_no_other_ward) \
	X(a_thread_started_in_a_window_inherits_it) \
	X(a_thread_that_ends_leaves_no_window) \
	/* keyed_calls.c */ \
	X(calls_leave_a_keyed_ward_as_it_was) \
	X(a_guarded_secrets_own_access_holds_inside_the_key) \
	X(the_kernel_is_kept_out_too) \
	X(sealing_opens_the_key_for_each_call_alone) \
	X(no_function_runs_on_a_stack_under_a_key) \
	X(keyed_windows_make_no_system_call) \
	X(keyed_wards_allocate_without_a_system_call) \
	/* keyed_keys.c */ \
	X(wards_take_keys_until_there_are_none) \
	X(a_preferred_key_that_is_not_to_be_had_is_recorded) \
	X(closing_a_ward_gives_its_key_back) \
	X(hidden_memory_takes_a_key) \
	X(a_forked_child_keeps_its_own_windows_only) \
	X(a_child_under_omit_begins_anew) \
	X(a_child_under_wipe_gives_no_key_back) \
	/* keyed_signal.c */ \
	X(a_second_threads_stray_read_faults_by_its_key) \
	X(a_handler_is_held_out) \
	X(a_handlers_stray_read_faults_by_its_key) \
	X(a_handler_can_wipe_keyed_wards) \
	X(a_jump_out_of_a_handler_closes) \

#define KEYED_CHILDREN(X) \
	X(use_windows_quietly) \
	X(use_secrets_quietly) \
	X(read_in_second_thread) \
	X(read_in_handler) \
	X(wipe_in_handler) \
	X(take_keys) \
	X(prefer_without_keys) \
	X(close_inherited)

/* clang-format on */

#define DECLARE_CASE(name) void name(void);
KEYED_CASES(DECLARE_CASE)
#undef DECLARE_CASE
#define DECLARE_CHILD(name) int child_##name(void);
KEYED_CHILDREN(DECLARE_CHILD)
#undef DECLARE_CHILD

/* Skips the case, or the child it is in, where there are none. */
void need_keys(void);

/* Server, closed, with a key required; and a ward of it, or a skip. */
memward_policy keyed_policy(void);
memward_ward *new_keyed_ward(void);

/* Windows that must be granted. */
void begin(memward_ward *ward, memward_access access);
void end(memward_ward *ward);

#endif
