/* SPDX-License-Identifier: MIT */
/* The one list of the cases and children of ward_test. */
#ifndef MW_TESTS_WARD_LIST_H
#define MW_TESTS_WARD_LIST_H

#include "ward_cases.h"

/* clang-format off */
#define WARD_CASES(X) \
	/* ward_policy.c */ \
	X(presets_have_their_exact_fields) \
	X(preset_refuses_what_it_does_not_know) \
	X(features_have_their_names) \
	X(policies_that_make_no_sense_are_refused) \
	X(a_larger_policy_of_a_later_version_is_taken) \
	X(hidden_memory_needs_the_rule_omit) \
	X(strict_is_had_or_refused_for_a_reason) \
	X(preferred_hidden_is_recorded) \
	X(default_ward_needs_no_set_up) \
	X(wards_are_independent) \
	X(a_closed_handle_is_refused) \
	X(a_ward_opened_again_begins_anew) \
	X(the_policys_limit_is_kept) \
	X(the_policys_reserve_is_made_at_open) \
	/* ward_override.c */ \
	X(override_lowers_a_requirement_and_says_so) \
	X(without_override_nothing_is_lowered) \
	X(override_that_prefers_more_lowers_nothing) \
	X(override_can_require_more) \
	X(override_has_several_words) \
	X(override_switches_hidden_off) \
	X(override_that_is_not_understood_is_an_error) \
	X(override_that_cannot_be_satisfied_is_an_error) \
	X(override_is_not_blamed_for_other_lacks) \
	X(fixed_wards_ignore_the_override) \
	X(an_empty_override_changes_nothing) \
	X(override_cannot_force_hidden_on_the_desktop) \
	/* ward_packed.c */ \
	X(every_size_is_zeroed_aligned_and_whole) \
	X(secrets_do_not_overlap) \
	X(a_packed_secret_is_wiped_at_free) \
	X(a_canary_begins_right_behind_the_secret) \
	X(without_canaries_there_are_none) \
	X(a_run_stands_between_guards) \
	X(a_freed_slot_is_used_again) \
	X(another_thread_may_free) \
	X(impossible_lengths_are_refused) \
	X(freeing_keeps_errno_and_takes_null) \
	X(null_is_an_error_or_nothing) \
	X(equal_compares_every_byte) \
	X(random_bytes_fill_every_place) \
	X(counters_follow_live_peak_and_refused) \
	/* ward_slot.c */ \
	X(a_slot_holds_secret_canary_and_zeros) \
	X(a_guarded_slot_holds_no_more) \
	/* ward_guarded.c */ \
	X(guarded_secrets_end_at_their_guard) \
	X(guarded_secrets_do_not_overlap) \
	X(other_alignments_are_refused) \
	X(a_guarded_secret_is_wiped_at_free) \
	X(exactly_the_next_byte_faults) \
	X(the_guard_in_front_faults) \
	X(the_last_slot_of_a_run_has_a_guard) \
	X(guarded_secrets_have_states_of_their_own) \
	X(a_secret_is_freed_in_any_state) \
	X(protect_refuses_what_it_cannot_do) \
	X(trap_free_makes_a_freed_secret_fault) \
	X(a_trapped_slot_is_used_again) \
	/* ward_resize.c */ \
	X(resizing_keeps_what_fits_and_zeros_the_rest) \
	X(small_changes_are_made_in_place) \
	X(a_moved_secret_leaves_no_copy) \
	X(a_moved_guarded_secret_leaves_no_copy) \
	X(a_refused_resize_leaves_the_secret_as_it_is) \
	X(a_closed_secret_is_not_resized) \
	X(secrets_of_closed_wards_are_resized) \
	/* ward_address.c */ \
	X(addresses_in_packed_secrets_are_explained) \
	X(addresses_in_guarded_secrets_are_explained) \
	X(a_guard_is_explained_by_the_secret_before_it) \
	X(the_default_ward_is_explained_as_null) \
	X(foreign_addresses_are_explained) \
	X(only_the_first_byte_is_a_secret) \
	X(intact_is_what_free_would_take) \
	X(a_fault_handler_learns_whose_memory_it_was) \
	X(a_fault_handler_sees_closed_secrets) \
	/* ward_window.c */ \
	X(a_closed_ward_cannot_be_touched) \
	X(a_reading_window_refuses_writes) \
	X(windows_nest_and_are_counted) \
	X(windows_have_a_depth_and_say_so) \
	X(a_window_needs_an_access_it_knows) \
	X(only_the_thread_that_began_ends_a_window) \
	X(a_window_holds_for_all_threads) \
	X(a_thread_that_ends_closes_its_windows) \
	X(with_calls_inside_a_window) \
	X(a_ward_with_a_window_open_is_not_closed) \
	X(closed_wards_allocate_free_and_check) \
	X(many_closed_secrets_are_one_mapping) \
	X(what_a_call_opened_in_a_long_run_is_closed) \
	X(a_secrets_own_state_holds_in_windows_too) \
	/* ward_report.c */ \
	X(reports_agree_with_the_kernel_for_open_wards) \
	X(reports_agree_with_the_kernel_for_closed_wards) \
	X(unlocked_wards_are_not_reported_as_locked) \
	X(packed_secrets_report_that_they_do_not_trap) \
	X(reports_are_cut_to_the_room_there_is) \
	X(reports_name_every_requested_feature) \
	X(json_reports_are_one_balanced_object) \
	X(the_process_report_adds_up_all_wards) \
	X(what_others_undo_is_told) \
	X(reports_tell_the_kind_of_pages_and_why) \
	/* ward_budget.c */ \
	X(the_budget_is_kept_to_the_last_secret) \
	X(freed_pages_serve_other_sizes) \
	X(the_budget_of_a_closed_ward_is_kept) \
	X(counters_tell_sizes_apart) \
	X(locked_ranges_count_against_the_budget) \
	X(the_limit_is_said_when_the_caches_are_empty) \
	X(a_container_records_what_it_could_not_lock) \
	X(a_limit_of_0_is_told_at_open) \
	/* ward_range.c */ \
	X(ranges_are_locked_by_whole_pages) \
	X(unlocking_one_leaves_its_neighbour_locked) \
	X(overlapping_ranges_are_counted_page_by_page) \
	X(unlocking_what_is_not_locked_changes_nothing) \
	X(impossible_ranges_are_errors) \
	X(a_refused_range_locks_nothing) \
	X(many_ranges_are_remembered) \
	/* ward_quiet.c */ \
	X(within_a_reserve_no_system_call_is_made) \
	X(a_reserve_survives_other_frees) \
	X(warm_slots_need_no_system_call) \
	X(nested_windows_make_no_system_call) \
	X(a_reserve_is_all_or_an_error) \
	/* ward_idle.c */ \
	X(idle_pages_go_back_with_hysteresis) \
	X(at_the_edge_no_system_call_is_made)

#define WARD_CHILDREN(X) \
	/* ward_override.c */ \
	X(see_locked_lowered) \
	X(see_nothing_lowered) \
	X(see_trap_free) \
	X(see_two_words) \
	X(see_hidden_off) \
	X(see_override_refused) \
	X(see_own_lack) \
	X(see_fixed_unchanged) \
	X(see_empty_override) \
	X(see_never_hidden_kept) \
	/* ward_packed.c */ \
	X(read_above_run) \
	X(read_below_run) \
	X(read_inside_run) \
	X(write_above_full_run) \
	/* ward_guarded.c */ \
	X(read_next_byte) \
	X(write_next_byte) \
	X(read_behind_slack) \
	X(read_front_guard) \
	X(write_before_whole_page) \
	X(touch_just_inside) \
	X(read_behind_last_slot) \
	X(read_closed_secret) \
	X(write_read_only_secret) \
	X(read_read_only_secret) \
	X(write_reopened_secret) \
	X(read_closed_after_check) \
	X(read_trapped) \
	X(write_trapped) \
	X(read_trapped_after_check) \
	X(read_untrapped) \
	/* ward_address.c */ \
	X(explain_in_handler) \
	X(explain_closed_in_handler) \
	/* ward_window.c */ \
	X(read_outside_window) \
	X(read_guarded_outside_window) \
	X(read_after_window) \
	X(read_after_calls) \
	X(read_guarded_freed_in_window) \
	X(read_guarded_made_in_window) \
	X(read_packed_made_in_window) \
	X(write_in_reading_window) \
	X(write_guarded_in_reading_window) \
	X(write_after_inner_window) \
	X(read_after_thread_left_window) \
	X(read_beside_freed_in_long_run) \
	X(read_new_in_long_run) \
	X(write_resized_in_long_run) \
	X(write_own_read_only_in_window) \
	X(read_own_read_write_outside_window) \
	/* ward_budget.c */ \
	X(use_up_the_limit) \
	X(use_up_by_turns) \
	X(see_budget_of_closed_ward) \
	X(see_ranges_in_budget) \
	X(see_caches_emptied) \
	X(prefer_locks) \
	X(require_locks_in_vain) \
	/* ward_quiet.c */ \
	X(use_reserve) \
	X(use_reserve_of_default_ward) \
	X(use_reserve_after_frees) \
	X(use_reserve_of_idle_pages) \
	X(use_warm_slots) \
	X(use_warm_guarded_slots) \
	X(nest_windows_quietly) \
	X(use_no_reserve) \
	/* ward_idle.c */ \
	X(cycle_after_pages_went_back) \
	X(cycle_after_pages_came) \
	X(cycle_after_guarded_went_back) \
	X(cycle_where_pages_move)
/* clang-format on */

#define WARD_DECLARE_CASE(name)  void name(void);
#define WARD_DECLARE_CHILD(name) int child_##name(void);
WARD_CASES(WARD_DECLARE_CASE)
WARD_CHILDREN(WARD_DECLARE_CHILD)

#endif
