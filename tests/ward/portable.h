/* SPDX-License-Identifier: MIT */
/*
 * Wards on every system and on the models of those that are not here. A case
 * decides by what the platform layer says it has, never by the name of a
 * system; what the policy `server` requires and the system lacks is left out.
 */
#ifndef MW_TESTS_PORTABLE_H
#define MW_TESTS_PORTABLE_H

#include "harness.h"

#include "memward.h"

/* What can be required here: `server` less what the system has not. */
memward_policy portable_policy(void);

/* The same, with locks only preferred. */
memward_policy portable_wishes(void);

memward_ward *portable_open(const memward_policy *policy);
memward_ward *portable_closed(void);
void portable_close(memward_ward *ward);

/* A secret filled with bytes that belong to its seed, and whether it is so. */
unsigned char *portable_secret(memward_ward *ward, size_t len, unsigned seed);
unsigned char *portable_guarded(memward_ward *ward, size_t len, unsigned seed);
void portable_fill(unsigned char *secret, size_t len, unsigned seed);
bool portable_is_filled(const unsigned char *secret, size_t len, unsigned seed);

size_t portable_committed(memward_ward *ward);

/*
 * Fails the case if a report of the secret claims a lock that the system's
 * account denies, or counts an open page as unlocked that is locked.
 */
void portable_check_report(const void *secret);

/* Runs a child that must be stopped by a fault, or by memward in a call. */
void portable_expect_fault(const char *child);
void portable_expect_misuse(const char *child, const char *line);

/* In portable_test.c and portable_limits.c. */
void what_is_lacking_is_told(void);
void packed_secrets_stand_apart(void);
void guarded_secrets_end_at_a_guard(void);
void guarded_secrets_have_their_own_access(void);
void closed_wards_open_in_windows(void);
void closed_wards_take_and_give_at_rest(void);
void resizing_keeps_what_fits(void);
void functions_run_on_stacks(void);
void misuse_ends_the_process(void);
void addresses_are_explained(void);
void checks_find_nothing_wrong(void);
void reports_agree_with_the_account(void);

void a_limit_is_met_and_left(void);
void a_lock_limit_is_met_and_left(void);
void a_reserve_is_there(void);
void empty_pages_go_back(void);
void ranges_are_counted(void);
void a_child_keeps_its_own(void);
void a_child_of_a_closed_ward_keeps_its_own(void);
void a_child_may_find_nothing(void);
void everything_is_wiped(void);

/* Children. */
int portable_touch_behind(void);
int portable_touch_before(void);
int portable_touch_closed(void);
int portable_touch_at_rest(void);
int portable_overrun(void);
int portable_free_twice(void);
int portable_wipe_all(void);

#endif
