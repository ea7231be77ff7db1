/* SPDX-License-Identifier: MIT */
/* The operator's override, MEMWARD_POLICY, in processes that start with it. */
#include "ward_list.h"

#include <errno.h>
#include <string.h>

static memward_policy server(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;

	return policy;
}

int child_see_locked_lowered(void)
{
	memward_report report = report_of(NULL);
	char text[2048];

	CHECK_INT(report.lowered, MEMWARD_LOCKED);
	CHECK(report.requested & MEMWARD_LOCKED);
	CHECK(memward_report_text(&report, text, sizeof(text)) < sizeof(text));
	CHECK(strstr(text, "lowered by the operator") != NULL);
	CHECK(memward_report_json(&report, text, sizeof(text)) < sizeof(text));
	CHECK(strstr(text, "\"lowered\":true") != NULL);
	CHECK_CODE(memward_report_process(&report), 0);
	CHECK_INT(report.lowered, MEMWARD_LOCKED);
	return 0;
}

void override_lowers_a_requirement_and_says_so(void)
{
	expect_success_with("see_locked_lowered", "prefer-locked");
}

/* Without an override nothing is lowered, so that the word is not constant. */
void without_override_nothing_is_lowered(void)
{
	memward_report report = report_of(NULL);
	char text[2048];

	CHECK_INT(report.lowered, 0);
	CHECK(memward_report_text(&report, text, sizeof(text)) < sizeof(text));
	CHECK(strstr(text, "lowered") == NULL);
	CHECK(memward_report_json(&report, text, sizeof(text)) < sizeof(text));
	CHECK(strstr(text, "\"lowered\":true") == NULL);
}

/* Preferring what was not required lowers nothing. */
int child_see_nothing_lowered(void)
{
	memward_report report = report_of(NULL);

	CHECK_INT(report.lowered, 0);
	CHECK(report.requested & MEMWARD_TRAP_FREE);
	return 0;
}

void override_that_prefers_more_lowers_nothing(void)
{
	expect_success_with("see_nothing_lowered", "prefer-trap_free");
}

int child_see_trap_free(void)
{
	memward_report report = report_of(NULL);

	CHECK(report.requested & MEMWARD_TRAP_FREE);
	CHECK(report.obtained & MEMWARD_TRAP_FREE);
	CHECK_INT(report.lowered, 0);
	return 0;
}

void override_can_require_more(void)
{
	expect_success_with("see_trap_free", "require-trap_free");
}

#define TWO_WORDS "prefer-locked,require-trap_free,prefer-canary"

int child_see_two_words(void)
{
	memward_report report = report_of(NULL);

	CHECK(report.requested & MEMWARD_TRAP_FREE);
	CHECK_INT(report.lowered, MEMWARD_LOCKED | MEMWARD_CANARY);
	CHECK_STR(memward_sys_environment("MEMWARD_POLICY"), TWO_WORDS);
	CHECK(memward_sys_environment("MEMWARD_NO_SUCH") == NULL);
	CHECK(memward_sys_environment(NULL) == NULL);
	return 0;
}

void override_has_several_words(void)
{
	expect_success_with("see_two_words", TWO_WORDS);
}

int child_see_hidden_off(void)
{
	memward_policy policy = {.size = sizeof(policy)};
	memward_report report;
	memward_ward *ward;

	CHECK_CODE(memward_policy_preset(&policy, MEMWARD_STRICT), 0);
	ward = new_ward(&policy);
	report = report_of(ward);
	CHECK_INT(report.requested & MEMWARD_HIDDEN, 0);
	CHECK_INT(report.lowered, MEMWARD_HIDDEN);
	close_ward(ward);
	policy = server();
	policy.prefer |= MEMWARD_HIDDEN;
	ward = new_ward(&policy);
	CHECK_INT(report_of(ward).requested & MEMWARD_HIDDEN, 0);
	close_ward(ward);
	return 0;
}

void override_switches_hidden_off(void)
{
	expect_success_with("see_hidden_off", "no-hidden");
}

int child_see_override_refused(void)
{
	memward_policy fixed = server();
	memward_report report = MEMWARD_REPORT_INIT;
	memward_ward *ward = NULL;
	void *secret = NULL;

	CHECK_CODE(memward_open(NULL, &ward), MEMWARD_EOVERRIDE);
	CHECK(ward == NULL);
	CHECK_CODE(memward_new(NULL, 1, &secret), MEMWARD_EOVERRIDE);
	CHECK_CODE(memward_new_guarded(NULL, 1, 1, &secret), MEMWARD_EOVERRIDE);
	CHECK_CODE(memward_report_ward(NULL, &report), MEMWARD_EOVERRIDE);
	CHECK(secret == NULL);
	errno = 0;
	CHECK(memward_alloc(NULL, 1) == NULL);
	CHECK_INT(errno, EINVAL);
	fixed.flags = MEMWARD_FIXED;
	ward = new_ward(&fixed);
	CHECK_INT(report_of(ward).lowered, 0);
	memward_free(new_secret(ward, 1));
	close_ward(ward);
	return 0;
}

void override_that_is_not_understood_is_an_error(void)
{
	NOT_FOR_HIDDEN_WARDS("the default ward has its own policy");
	static const char *const bad[] = {"garbage", "require-",
	    "prefer-nothing", "require-locked;prefer-canary", "no-locked",
	    "prefer-locked,x", "Prefer-locked", " prefer-locked",
	    "prefer-locked "};

	for (size_t i = 0; i < TEST_COUNT(bad); i++)
		expect_success_with("see_override_refused", bad[i]);
}

void override_that_cannot_be_satisfied_is_an_error(void)
{
	NOT_FOR_HIDDEN_WARDS("what cannot be had is hidden memory");
	expect_success_with(
	    "see_override_refused", "prefer-locked,require-hidden");
	expect_success_with(
	    "see_override_refused", "prefer-locked,require-keyed");
}

/* What the program itself requires and cannot have is not the operator's. */
int child_see_own_lack(void)
{
	const char *why = support_be_user(0);
	memward_ward *ward = NULL;

	if (why != NULL)
		child_cannot(why);
	CHECK_CODE(memward_open(NULL, &ward), MEMWARD_ELOCKLIMIT);
	return 0;
}

void override_is_not_blamed_for_other_lacks(void)
{
	expect_success_with("see_own_lack", "require-trap_free");
}

int child_see_fixed_unchanged(void)
{
	memward_policy policy = server();
	memward_ward *ward;

	policy.flags = MEMWARD_FIXED;
	ward = new_ward(&policy);
	CHECK_INT(report_of(ward).lowered, 0);
	CHECK_INT(
	    report_of(ward).requested, server().require | server().prefer);
	close_ward(ward);
	return 0;
}

void fixed_wards_ignore_the_override(void)
{
	NOT_FOR_HIDDEN_WARDS("it counts what is requested");
	expect_success_with(
	    "see_fixed_unchanged", "prefer-locked,require-trap_free");
}

int child_see_empty_override(void)
{
	CHECK_INT(report_of(NULL).lowered, 0);
	memward_free(new_secret(NULL, 1));
	return 0;
}

void an_empty_override_changes_nothing(void)
{
	expect_success_with("see_empty_override", "");
	expect_success_with("see_empty_override", ",,");
}

/* Hidden memory would block the hibernation that the ward must not block. */
int child_see_never_hidden_kept(void)
{
	memward_policy policy = {.size = sizeof(policy)};
	memward_ward *ward = NULL;

	CHECK_CODE(memward_policy_preset(&policy, MEMWARD_DESKTOP), 0);
	CHECK_CODE(memward_open(&policy, &ward), MEMWARD_EOVERRIDE);
	return 0;
}

void override_cannot_force_hidden_on_the_desktop(void)
{
	expect_success_with("see_never_hidden_kept", "prefer-hidden");
	expect_success_with("see_never_hidden_kept", "require-hidden");
}
