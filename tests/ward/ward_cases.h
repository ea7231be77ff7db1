/* SPDX-License-Identifier: MIT */
/*
 * What the tests of wards share: filling and comparing, and children that
 * touch memory or answer one question.
 */
#ifndef MW_TESTS_WARD_CASES_H
#define MW_TESTS_WARD_CASES_H

#include "harness.h"
#include "support_ward.h"

#include "memward.h"

/*
 * Skips the case where hidden_wards.h has made all wards hidden ones. The same
 * case runs in the program without.
 */
#ifdef HIDDEN_WARDS
#define ARE_HIDDEN                true
#define NOT_FOR_HIDDEN_WARDS(why) TEST_SKIP("not for hidden wards: " why)
#else
#define ARE_HIDDEN                false
#define NOT_FOR_HIDDEN_WARDS(why) ((void)0)
#endif

/* What secrets are filled with where contents matter. */
#define FILLED 0xa7

/* A ward with a policy, or its preset's; fails the case. */
memward_ward *new_ward(const memward_policy *policy);
memward_ward *new_closed_ward(void);
void close_ward(memward_ward *ward);

/*
 * Fails the case for an error; but where this process may lock too little for
 * most cases, and that is the error, the case is skipped. Where the limit is
 * what is tested, expect_the_limit() makes it a failure.
 */
void check_granted(int rc);
void expect_the_limit(void);

/*
 * Whether what needs a feature was done. That it was not fails the case, unless
 * memward_sys_query() denies the feature or check_granted() would skip.
 */
bool has_feature(int rc, memward_sys_feature feature);

/* Closes what the case before this one did not get to close. */
void close_leftovers(void);

/* A policy of server, but with nothing locked: for tests of other things. */
memward_policy unlocked_policy(void);

/* A secret of so many bytes; fails the case. */
unsigned char *new_secret(memward_ward *ward, size_t len);
unsigned char *new_guarded(memward_ward *ward, size_t len, size_t align);

/* Every byte is `byte`. */
bool holds(const void *mem, size_t len, unsigned char byte);

/* Fills with a pattern that depends on the seed, and compares. */
void fill(void *mem, size_t len, unsigned seed);
bool is_filled(const void *mem, size_t len, unsigned seed);

size_t page_size(void);
memward_budget_info budget_of(memward_ward *ward, size_t size);
memward_report report_of(memward_ward *ward);

/* Where an address lies, by memward_explain_address(). */
memward_place place_of(const void *address);

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

/* The child ends with 0, or says why it skips: see child_cannot(). */
void expect_success(const char *child);

/* Leaves the case as skipped, if the child said so with child_cannot(). */
void skip_if_cannot(const struct child_result *result);

/* For a child whose system cannot bring about what is tested. */
_Noreturn void child_cannot(const char *why);

/* A child with MEMWARD_POLICY in its environment. */
void expect_success_with(const char *child, const char *override);

#endif
