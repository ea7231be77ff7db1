/* SPDX-License-Identifier: MIT */
/*
 * The contract suite: its one list of cases and children, and what they
 * share. The cases decide by memward_sys_query() and by support.h, never by
 * the system's name, so that the same suite serves every backend.
 */
#ifndef MW_TESTS_CONTRACT_H
#define MW_TESTS_CONTRACT_H

#include "harness.h"

#include "memward/mem_sys.h"

/* clang-format off */
#define CONTRACT_CASES(X) \
	/* contract_alloc.c */ \
	X(alloc_gives_zeroed_writable_pages) \
	X(alloc_gives_zeros_again_after_free) \
	X(alloc_gives_pages_of_their_own) \
	X(alloc_gives_many_pages) \
	X(alloc_refuses_what_no_memory_holds) \
	X(free_takes_the_pages_away) \
	X(free_works_in_any_state) \
	X(free_twice_is_an_error) \
	X(free_of_a_part_leaves_the_rest) \
	/* contract_protect.c */ \
	X(no_access_faults_on_read) \
	X(no_access_faults_on_write) \
	X(read_only_faults_on_write) \
	X(read_only_can_be_read) \
	X(read_write_can_be_read_and_written) \
	X(opened_again_can_be_written) \
	X(closing_rounds_up_to_the_page) \
	X(closing_the_middle_page_closes_its_first_byte) \
	X(closing_the_middle_page_closes_its_last_byte) \
	X(closing_the_middle_page_leaves_its_neighbours) \
	X(protection_keeps_the_contents) \
	/* contract_lock.c */ \
	X(lock_and_unlock_are_in_the_kernels_account) \
	X(locks_do_not_nest) \
	X(lock_keeps_the_contents) \
	X(lock_rounds_up_to_the_page) \
	X(unlock_of_unlocked_pages_succeeds) \
	X(lock_survives_closing) \
	X(lock_survives_reading_only) \
	X(lock_of_closed_pages_is_refused) \
	X(lock_of_partly_closed_pages_locks_none) \
	X(lock_of_a_part_locks_that_part) \
	X(unlock_of_a_part_unlocks_that_part) \
	X(free_of_locked_pages_frees_their_lock) \
	X(frozen_locks_stay_as_they_are) \
	X(lock_says_what_the_query_said) \
	/* contract_fork.c */ \
	X(fork_keeps_by_default) \
	X(fork_omits_on_request) \
	X(fork_wipes_on_request) \
	X(fork_keeps_again_on_request) \
	X(fork_wipes_what_was_to_be_omitted) \
	X(fork_omits_what_was_to_be_wiped) \
	X(fork_rule_of_a_part_leaves_the_rest) \
	X(fork_rule_refused_changes_nothing) \
	/* contract_dump.c */ \
	X(core_lacks_secret_pages) \
	X(core_lacks_closed_pages) \
	X(core_lacks_locked_pages) \
	X(pages_are_put_into_cores_and_left_out) \
	X(disabled_core_dumps_leave_no_core) \
	X(disabling_core_dumps_can_be_repeated) \
	/* contract_args.c */ \
	X(null_is_an_error) \
	X(length_zero_is_an_error) \
	X(overflow_is_an_error) \
	X(unaligned_address_is_an_error) \
	X(unmapped_address_is_an_error) \
	X(hole_in_the_range_is_an_error) \
	X(unknown_access_is_an_error) \
	X(unknown_fork_rule_is_an_error) \
	/* contract_query.c */ \
	X(page_size_is_a_power_of_two) \
	X(query_refuses_a_small_struct) \
	X(query_leaves_what_lies_behind_the_struct) \
	X(query_gives_a_reason_for_what_is_missing) \
	X(query_answers_the_same_again) \
	X(features_have_names) \
	X(errors_have_distinct_names_numbers_sentences) \
	X(version_is_that_of_the_header)

#define CONTRACT_CHILDREN(X) \
	X(touch_live_page) \
	X(touch_freed_page) \
	X(read_no_access) \
	X(write_no_access) \
	X(write_read_only) \
	X(read_read_only) \
	X(use_read_write) \
	X(use_opened_again) \
	X(touch_rounded_up) \
	X(touch_middle_first) \
	X(touch_middle_last) \
	X(touch_neighbours) \
	X(freeze_locks) \
	X(dump_plain) \
	X(dump_secret) \
	X(dump_closed) \
	X(dump_locked) \
	X(dump_taken_in) \
	X(dump_left_out) \
	X(dump_disabled) \
	X(disable_code) \
	X(disable_twice)
/* clang-format on */

#define CONTRACT_DECLARE_CASE(name)  void name(void);
#define CONTRACT_DECLARE_CHILD(name) int child_##name(void);
CONTRACT_CASES(CONTRACT_DECLARE_CASE)
CONTRACT_CHILDREN(CONTRACT_DECLARE_CHILD)

/* What new pages are filled with where contents matter. */
#define FILLED 0xa7

/* Pages from memward_sys_alloc(), each byte FILLED; fails the case. */
unsigned char *new_pages(size_t count);
void free_pages(void *mem, size_t count);

/* Every byte of the pages is `byte`. */
bool holds(const void *mem, size_t count, unsigned char byte);

/* Page number i of a run. */
unsigned char *page_at(unsigned char *mem, size_t i);

/* memward_sys_query(), which must succeed. */
memward_sys_info query(void);

/* Leaves the case as skipped, saying why, where the system lacks this. */
/* 0: the system has it. */
int reason_against(memward_sys_feature feature);
void need_feature(memward_sys_feature feature);

/* One access, which the compiler cannot drop or move. */
unsigned char read_byte(const void *at);
void write_byte(void *at, unsigned char byte);

/*
 * For a child: says that it will now touch, so that a fault before that is
 * not taken for the one expected. After the touch: done_touching().
 */
void will_touch(void);
int done_touching(void);

/* The child touches, and faults there; or touches and ends well. */
void expect_fault(const char *child);
void expect_no_fault(const char *child);

#endif
