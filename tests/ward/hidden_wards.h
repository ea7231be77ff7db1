/* SPDX-License-Identifier: MIT */
/*
 * Included before anything else in the tests of wards, this makes every ward
 * of theirs a hidden one, the default ward too: the same suite, another store.
 * Cases that are about the choice of features, or about copies in children,
 * say that they are not for this store by NOT_FOR_HIDDEN_WARDS.
 */
#ifndef MW_TESTS_HIDDEN_WARDS_H
#define MW_TESTS_HIDDEN_WARDS_H

#include "memward.h"

#define HIDDEN_WARDS 1

int hidden_open(const memward_policy *policy, memward_ward **ward);
int hidden_new(memward_ward *ward, size_t len, void **secret);
int hidden_new_guarded(
    memward_ward *ward, size_t len, size_t align, void **secret);
void *hidden_alloc(memward_ward *ward, size_t len);
void *hidden_alloc_guarded(memward_ward *ward, size_t len, size_t align);
memward_ward *hidden_ward_of(const void *secret);
int hidden_check_ward(memward_ward *ward);
int hidden_begin(memward_ward *ward, memward_access access);
int hidden_end(memward_ward *ward);
int hidden_with(memward_ward *ward, memward_access access,
    int (*function)(void *), void *argument);
int hidden_explain_address(const void *address, memward_address *what);
int hidden_report_ward(memward_ward *ward, memward_report *report);
int hidden_budget(memward_ward *ward, size_t size, memward_budget_info *info);
int hidden_reserve(memward_ward *ward, size_t count, size_t size);

/*
 * Gives back the stand-in for the default ward, which must hold no secret: a
 * child whose limit is to be met needs all of it, and on Linux 7.2 there is
 * one for the hidden pages of all processes of a user.
 */
void hidden_let_go(void);

/* hidden_wards.c means the calls themselves. */
#ifndef HIDDEN_WARDS_THEMSELVES
#define memward_open            hidden_open
#define memward_new             hidden_new
#define memward_new_guarded     hidden_new_guarded
#define memward_alloc           hidden_alloc
#define memward_alloc_guarded   hidden_alloc_guarded
#define memward_ward_of         hidden_ward_of
#define memward_check_ward      hidden_check_ward
#define memward_begin           hidden_begin
#define memward_end             hidden_end
#define memward_with            hidden_with
#define memward_explain_address hidden_explain_address
#define memward_report_ward     hidden_report_ward
#define memward_budget          hidden_budget
#define memward_reserve         hidden_reserve
#endif

#endif
