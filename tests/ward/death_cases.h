/* SPDX-License-Identifier: MIT */
/* The one list of ways to die: what dies, how, and with which last words. */
#ifndef MW_TESTS_DEATH_CASES_H
#define MW_TESTS_DEATH_CASES_H

#include "ward_cases.h"

#define DOUBLE   "secret was freed before"
#define FOREIGN  "pointer is not to a secret of memward"
#define INTERIOR "pointer is not to the first byte of a secret"
#define CANARY   "memory next to a secret was overwritten"
#define GONE     "object was freed before"
#define OTHER    "pointer is not to such an object"
#define LATE     "memory of a freed secret was overwritten"

/* A number that the parent gives the child, or 0. */
long parameter(void);

/* X(child, "call", "reason"); a call of NULL: a fault, and no words. */
/* clang-format off */
#define DEATH_ROWS(X) \
	/* death_test.c: the harness, tested first */ \
	X(dies_by_itself, "by_itself", "only a test") \
	X(faults_by_itself, NULL, NULL) \
	/* death_pointers.c */ \
	X(free_packed_twice, "memward_free", DOUBLE) \
	X(free_large_packed_twice, "memward_free", DOUBLE) \
	X(free_guarded_twice, "memward_free", DOUBLE) \
	X(free_own_pages_twice, "memward_free", FOREIGN) \
	X(free_twice_in_threads, "memward_free", DOUBLE) \
	X(free_guarded_twice_in_threads, "memward_free", DOUBLE) \
	X(free_twice_after_flush, "memward_free", DOUBLE) \
	X(free_twice_in_closed_ward, "memward_free", DOUBLE) \
	X(free_guarded_twice_in_closed_ward, "memward_free", DOUBLE) \
	X(free_trapped_twice, "memward_free", DOUBLE) \
	X(size_of_freed, "memward_size", DOUBLE) \
	X(ward_of_freed, "memward_ward_of", DOUBLE) \
	X(check_freed, "memward_check", DOUBLE) \
	X(resize_freed, "memward_resize", DOUBLE) \
	X(protect_freed, "memward_protect", DOUBLE) \
	X(report_freed, "memward_report_secret", DOUBLE) \
	X(free_stack, "memward_free", FOREIGN) \
	X(free_heap, "memward_free", FOREIGN) \
	X(free_static, "memward_free", FOREIGN) \
	X(free_small_number, "memward_free", FOREIGN) \
	X(free_largest_number, "memward_free", FOREIGN) \
	X(free_before_anything, "memward_free", FOREIGN) \
	X(size_of_foreign, "memward_size", FOREIGN) \
	X(ward_of_foreign, "memward_ward_of", FOREIGN) \
	X(check_foreign, "memward_check", FOREIGN) \
	X(resize_foreign, "memward_resize", FOREIGN) \
	X(protect_foreign, "memward_protect", FOREIGN) \
	X(report_foreign, "memward_report_secret", FOREIGN) \
	X(free_guard_before_packed, "memward_free", INTERIOR) \
	X(free_guard_before_guarded, "memward_free", INTERIOR) \
	X(free_guard_behind_guarded, "memward_free", INTERIOR) \
	X(free_unused_space, "memward_free", FOREIGN) \
	X(free_page_never_used, "memward_free", INTERIOR) \
	X(check_interior, "memward_check", INTERIOR) \
	X(resize_interior, "memward_resize", INTERIOR) \
	X(size_of_interior, "memward_size", INTERIOR) \
	X(free_after_close, "memward_free", FOREIGN) \
	X(free_guarded_after_close, "memward_free", FOREIGN) \
	X(size_after_close, "memward_size", FOREIGN) \
	X(touch_after_close, NULL, NULL) \
	X(touch_guarded_after_close, NULL, NULL) \
	/* death_writes.c */ \
	X(overrun_seen_at_free, "memward_free", CANARY) \
	X(overrun_seen_at_check, "memward_check", CANARY) \
	X(overrun_seen_in_ward, "memward_check_ward", CANARY) \
	X(overrun_seen_in_all, "memward_check_all", CANARY) \
	X(overrun_by_zero_at_free, "memward_free", CANARY) \
	X(overrun_by_zero_at_check, "memward_check", CANARY) \
	X(overrun_by_zero_in_ward, "memward_check_ward", CANARY) \
	X(overrun_by_zero_in_all, "memward_check_all", CANARY) \
	X(overrun_seen_at_resize, "memward_resize", CANARY) \
	X(overrun_seen_at_moving_resize, "memward_resize", CANARY) \
	X(overrun_by_63_at_free, "memward_free", CANARY) \
	X(overrun_of_empty_secret, "memward_free", CANARY) \
	X(overrun_of_longest_packed, "memward_free", CANARY) \
	X(overrun_in_closed_ward_at_free, "memward_free", CANARY) \
	X(overrun_in_closed_ward_at_check, "memward_check_ward", CANARY) \
	X(underrun_of_guarded_at_free, "memward_free", CANARY) \
	X(underrun_of_guarded_by_16, "memward_free", CANARY) \
	X(underrun_of_guarded_at_check, "memward_check", CANARY) \
	X(slack_written_first_byte, "memward_free", CANARY) \
	X(slack_written_last_byte, "memward_free", CANARY) \
	X(slack_written_by_zero, "memward_check_ward", CANARY) \
	X(slack_of_closed_secret, "memward_check_all", CANARY) \
	X(slack_of_own_pages, "memward_free", CANARY) \
	X(late_write_first_byte, "memward_new", LATE) \
	X(late_write_last_byte, "memward_new", LATE) \
	X(late_write_into_canary, "memward_new", LATE) \
	X(late_write_seen_by_alloc, "memward_alloc", LATE) \
	X(late_write_large_packed, "memward_new", LATE) \
	X(late_write_after_flush, "memward_new", LATE) \
	X(late_write_seen_by_resize, "memward_resize", LATE) \
	X(late_write_into_guarded, "memward_new_guarded", LATE) \
	X(late_write_into_guarded_slack, "memward_new_guarded", LATE) \
	X(late_write_far_in_front, "memward_new_guarded", LATE) \
	X(late_write_by_alloc_guarded, "memward_alloc_guarded", LATE) \
	X(late_write_in_closed_ward, "memward_new", LATE) \
	/* death_seal.c */ \
	X(free_sealed_twice, "memward_sealed_free", GONE) \
	X(unseal_freed, "memward_unseal", GONE) \
	X(unseal_freed_into, "memward_unseal_into", GONE) \
	X(size_of_freed_sealed, "memward_sealed_size", GONE) \
	X(free_sealed_as_stream, "memward_stream_free", OTHER) \
	X(free_sealed_heap, "memward_sealed_free", OTHER) \
	X(free_sealed_secret, "memward_sealed_free", OTHER) \
	X(seal_freed, "memward_seal", DOUBLE) \
	X(seal_stack, "memward_seal", FOREIGN) \
	X(unseal_into_stack, "memward_unseal_into", FOREIGN) \
	X(seal_overrun, "memward_seal", CANARY) \
	X(free_stream_twice, "memward_stream_free", GONE) \
	X(read_freed_stream, "memward_stream_read", GONE) \
	/* death_guards.c */ \
	X(read_above_packed, NULL, NULL) \
	X(write_above_packed, NULL, NULL) \
	X(read_below_packed, NULL, NULL) \
	X(write_below_packed, NULL, NULL) \
	X(read_last_of_guard_above, NULL, NULL) \
	X(read_behind_guarded, NULL, NULL) \
	X(write_behind_guarded, NULL, NULL) \
	X(read_before_guarded_page, NULL, NULL) \
	X(write_before_guarded_page, NULL, NULL) \
	X(read_behind_own_pages, NULL, NULL) \
	X(write_before_own_pages, NULL, NULL) \
	X(read_trapped_first_byte, NULL, NULL) \
	X(write_trapped_last_byte, NULL, NULL) \
	X(read_trapped_own_pages, NULL, NULL) \
	X(read_closed_packed, NULL, NULL) \
	X(write_closed_guarded, NULL, NULL)

/* Children that live: one byte off the ones above, or the parent's tools. */
#define DEATH_LIVING(X) \
	X(lives) \
	X(touch_inside_packed) \
	X(touch_inside_guarded) \
	X(touch_inside_own_pages)

/* Children that are run with one parameter after the other. */
#define DEATH_OFFSETS(X) \
	X(free_packed_at_offset) \
	X(free_guarded_at_offset)
/* clang-format on */

#define DEATH_DECLARE_ROW(name, call, reason) int child_##name(void);
#define DEATH_DECLARE(name)                   int child_##name(void);
DEATH_ROWS(DEATH_DECLARE_ROW)
DEATH_LIVING(DEATH_DECLARE)
DEATH_OFFSETS(DEATH_DECLARE)

#endif
