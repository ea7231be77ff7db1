/* SPDX-License-Identifier: MIT */
/* Policies, presets, and wards beside each other. */
#include "ward_list.h"

#include <errno.h>
#include <string.h>

#define SERVER \
	(MEMWARD_LOCKED | MEMWARD_NO_DUMP | MEMWARD_GUARDED | MEMWARD_CANARY)

static const memward_policy presets[] = {
    {sizeof(memward_policy), SERVER, MEMWARD_UNMERGED, MEMWARD_FORK_KEEP,
	MEMWARD_READ_WRITE, 0, 0, 0},
    {sizeof(memward_policy), SERVER | MEMWARD_HIDDEN, MEMWARD_UNMERGED,
	MEMWARD_FORK_OMIT, MEMWARD_NO_ACCESS, 0, 0, 0},
    {sizeof(memward_policy), SERVER & ~MEMWARD_LOCKED,
	MEMWARD_UNMERGED | MEMWARD_LOCKED, MEMWARD_FORK_KEEP,
	MEMWARD_READ_WRITE, 0, 0, 0},
    {sizeof(memward_policy), SERVER, MEMWARD_UNMERGED, MEMWARD_FORK_KEEP,
	MEMWARD_READ_WRITE, 0, 0, MEMWARD_NEVER_HIDDEN},
};

static void check_same(const memward_policy *a, const memward_policy *b)
{
	CHECK_INT(a->size, b->size);
	CHECK_INT(a->require, b->require);
	CHECK_INT(a->prefer, b->prefer);
	CHECK_INT(a->fork, b->fork);
	CHECK_INT(a->rest, b->rest);
	CHECK_INT(a->reserve, b->reserve);
	CHECK_INT(a->limit, b->limit);
	CHECK_INT(a->flags, b->flags);
}

void presets_have_their_exact_fields(void)
{
	const memward_policy init = MEMWARD_POLICY_INIT;
	memward_policy policy;

	for (size_t i = 0; i < TEST_COUNT(presets); i++) {
		memset(&policy, 0xff, sizeof(policy));
		policy.size = sizeof(policy);
		CHECK_CODE(
		    memward_policy_preset(&policy, (memward_preset)i), 0);
		check_same(&policy, &presets[i]);
	}
	check_same(&init, &presets[MEMWARD_SERVER]);
}

void preset_refuses_what_it_does_not_know(void)
{
	memward_policy policy = {.size = sizeof(policy), .require = 77};

	CHECK_CODE(memward_policy_preset(NULL, MEMWARD_SERVER), MEMWARD_ENULL);
	CHECK_CODE(
	    memward_policy_preset(&policy, (memward_preset)4), MEMWARD_EVALUE);
	policy.size--;
	CHECK_CODE(
	    memward_policy_preset(&policy, MEMWARD_SERVER), MEMWARD_EVALUE);
	CHECK_INT(policy.require, 77);
}

void features_have_their_names(void)
{
#define CHECK_NAME(feature, bit, text)            \
	CHECK_INT(feature, UINT32_C(1) << (bit)); \
	CHECK_STR(memward_feature_name(feature), text);
	MEMWARD_FEATURES(CHECK_NAME)
#undef CHECK_NAME
	CHECK(memward_feature_name(0) == NULL);
	CHECK(memward_feature_name(3) == NULL);
	CHECK(
	    memward_feature_name(UINT32_C(1) << MEMWARD_FEATURE_COUNT) == NULL);
}

static void refuse(memward_policy policy, int code)
{
	memward_ward *ward = NULL;

	CHECK_CODE(memward_open(&policy, &ward), code);
	CHECK(ward == NULL);
}

void policies_that_make_no_sense_are_refused(void)
{
	memward_policy good = MEMWARD_POLICY_INIT;
	memward_policy bad = good;

	CHECK_CODE(memward_open(&good, NULL), MEMWARD_ENULL);
	bad.size--;
	refuse(bad, MEMWARD_EVALUE);
	bad = good;
	bad.require |= UINT32_C(1) << MEMWARD_FEATURE_COUNT;
	refuse(bad, MEMWARD_EVALUE);
	bad = good;
	bad.prefer |= UINT32_C(1) << 31;
	refuse(bad, MEMWARD_EVALUE);
	bad = good;
	bad.flags = 4;
	refuse(bad, MEMWARD_EVALUE);
	bad = good;
	bad.rest = MEMWARD_READ_ONLY;
	refuse(bad, MEMWARD_EVALUE);
	bad.rest = (memward_access)0;
	refuse(bad, MEMWARD_EVALUE);
	bad = good;
	bad.fork = (memward_fork_rule)0;
	refuse(bad, MEMWARD_EVALUE);
	bad.fork = (memward_fork_rule)4;
	refuse(bad, MEMWARD_EVALUE);
	bad = good;
	bad.flags = MEMWARD_NEVER_HIDDEN;
	bad.prefer |= MEMWARD_HIDDEN;
	refuse(bad, MEMWARD_EVALUE);
}

void a_larger_policy_of_a_later_version_is_taken(void)
{
	struct {
		memward_policy policy;
		char later[16];
	} larger = {MEMWARD_POLICY_INIT, {1}};

	larger.policy.size = sizeof(larger);
	close_ward(new_ward(&larger.policy));
}

/* A child cannot have a copy of hidden memory, nor zeros in its place. */
void hidden_memory_needs_the_rule_omit(void)
{
	memward_policy policy = unlocked_policy();

	NOT_FOR_HIDDEN_WARDS("it opens others");
	policy.require |= MEMWARD_HIDDEN;
	refuse(policy, MEMWARD_EFORKRULE);
	policy.fork = MEMWARD_FORK_WIPE;
	refuse(policy, MEMWARD_EFORKRULE);
}

/* Why hidden memory cannot be had here; 0: it can. */
static int hidden_reason(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	CHECK_CODE(memward_sys_query(&info), 0);
	return info.reason[7];
}

_Static_assert(MEMWARD_SYS_HIDDEN == 1 << 7, "the place of its reason");

void strict_is_had_or_refused_for_a_reason(void)
{
	memward_policy policy = {.size = sizeof(policy)};
	memward_report report;
	memward_ward *ward;
	int why = hidden_reason();

	NOT_FOR_HIDDEN_WARDS("it opens others");
	CHECK_CODE(memward_policy_preset(&policy, MEMWARD_STRICT), 0);
	if (why != 0) {
		/* Where nothing can be locked, that would be told first. */
		policy.require &= ~(uint32_t)MEMWARD_LOCKED;
		refuse(policy, why);
		return;
	}
	ward = new_ward(&policy);
	(void)new_secret(ward, 32);
	(void)new_guarded(ward, 32, 1);
	report = report_of(ward);
	CHECK_INT(report.summary, MEMWARD_FULL);
	CHECK(report.obtained & MEMWARD_HIDDEN);
	CHECK(report.obtained & MEMWARD_LOCKED);
	close_ward(ward);
}

/* A wish that is granted, or whose reason stands in the report. */
static void prefer(
    uint32_t feature, unsigned bit, memward_fork_rule fork, int why)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_report report;
	memward_ward *ward;
	char text[1024];

	policy.flags |= MEMWARD_FIXED;
	policy.prefer |= feature;
	policy.fork = fork;
	ward = new_ward(&policy);
	memward_free(new_secret(ward, 32));
	report = report_of(ward);
	CHECK(report.requested & feature);
	CHECK_INT((report.obtained & feature) != 0, why == 0);
	CHECK_CODE(report.reason[bit], why);
	CHECK_INT(report.summary, why == 0 ? MEMWARD_FULL : MEMWARD_PARTIAL);
	CHECK(memward_report_text(&report, text, sizeof(text)) < sizeof(text));
	if (why != 0)
		CHECK(strstr(text, memward_error_text(why)) != NULL);
	close_ward(ward);
}

void preferred_hidden_is_recorded(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	NOT_FOR_HIDDEN_WARDS("it opens others");
	prefer(MEMWARD_HIDDEN, 4, MEMWARD_FORK_OMIT, hidden_reason());
	prefer(MEMWARD_HIDDEN, 4, MEMWARD_FORK_KEEP, MEMWARD_EFORKRULE);
	CHECK_CODE(memward_sys_query(&info), 0);
	if ((info.granted & MEMWARD_SYS_FORK_WIPE) != 0)
		prefer(MEMWARD_HIDDEN, 4, MEMWARD_FORK_WIPE, MEMWARD_EFORKRULE);
}

void default_ward_needs_no_set_up(void)
{
	unsigned char *packed = new_secret(NULL, 32);
	unsigned char *guarded = new_guarded(NULL, 32, 1);
	unsigned char *third = memward_alloc(NULL, 7);

	CHECK(third != NULL);
	CHECK(memward_ward_of(packed) == NULL);
	CHECK(memward_ward_of(guarded) == NULL);
	CHECK_INT(memward_size(third), 7);
	CHECK_CODE(memward_check_ward(NULL), 0);
	memward_free(third);
	memward_free(guarded);
	memward_free(packed);
	CHECK_CODE(memward_close(NULL), MEMWARD_EVALUE);
}

#define WARDS 20

void wards_are_independent(void)
{
	memward_ward *wards[WARDS];
	unsigned char *secrets[WARDS];

	for (unsigned i = 0; i < WARDS; i++) {
		wards[i] = new_ward(NULL);
		secrets[i] = new_secret(wards[i], 100);
		fill(secrets[i], 100, i);
		CHECK(memward_ward_of(secrets[i]) == wards[i]);
	}
	for (unsigned i = 0; i < WARDS; i += 2)
		close_ward(wards[i]);
	for (unsigned i = 0; i < WARDS; i++) {
		CHECK(memward_is_secret(secrets[i]) == (i % 2 != 0));
		if (i % 2 == 0)
			continue;
		CHECK(is_filled(secrets[i], 100, i));
		CHECK_INT(budget_of(wards[i], 32).live, 1);
		memward_free(secrets[i]);
		close_ward(wards[i]);
	}
}

void a_closed_handle_is_refused(void)
{
	memward_report report = MEMWARD_REPORT_INIT;
	memward_ward *ward = new_ward(NULL);
	void *secret = NULL;

	close_ward(ward);
	CHECK_CODE(memward_close(ward), MEMWARD_EVALUE);
	CHECK_CODE(memward_new(ward, 1, &secret), MEMWARD_EVALUE);
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), MEMWARD_EVALUE);
	CHECK_CODE(memward_report_ward(ward, &report), MEMWARD_EVALUE);
	CHECK_CODE(memward_check_ward(ward), MEMWARD_EVALUE);
	CHECK(secret == NULL);
}

/* A ward opened in the place of one just closed begins anew. */
void a_ward_opened_again_begins_anew(void)
{
	memward_ward *ward = new_ward(NULL);
	memward_budget_info info;

	for (int i = 0; i < 5; i++) {
		for (int n = 0; n < 200; n++)
			fill(new_secret(ward, 32), 32, 1);
		close_ward(ward);
		ward = new_ward(NULL);
		info = budget_of(ward, 32);
		CHECK_INT(info.live, 0);
		CHECK_INT(info.committed, 0);
		CHECK_INT(info.peak, 0);
		CHECK(holds(new_secret(ward, 32), 32, 0));
	}
	close_ward(ward);
}

void the_policys_limit_is_kept(void)
{
	memward_policy policy = unlocked_policy();
	memward_ward *ward;
	void *secret = NULL;
	size_t made = 0;
	int rc;

	policy.limit = 4 * page_size();
	ward = new_ward(&policy);
	while ((rc = memward_new(ward, 100, &secret)) == 0)
		made++;
	CHECK_CODE(rc, MEMWARD_ELIMIT);
	CHECK(made >= 4 * page_size() / 128 - 4);
	CHECK_INT(budget_of(ward, 100).committed, policy.limit);
	CHECK_INT(budget_of(ward, 100).refused, 1);
	errno = 0;
	CHECK(memward_alloc(ward, 100) == NULL);
	CHECK_INT(errno, EAGAIN);
	CHECK_CODE(memward_new_guarded(ward, 1, 1, &secret), MEMWARD_ELIMIT);
	close_ward(ward);
}

void the_policys_reserve_is_made_at_open(void)
{
	memward_policy policy = unlocked_policy();
	memward_ward *ward;
	size_t committed;

	policy.reserve = 10 * page_size();
	ward = new_ward(&policy);
	committed = budget_of(ward, 32).committed;
	CHECK(committed >= policy.reserve);
	for (size_t i = 0; i < policy.reserve / 32; i++)
		(void)new_secret(ward, 32);
	CHECK_INT(budget_of(ward, 32).committed, committed);
	close_ward(ward);
	policy.limit = 2 * page_size();
	refuse(policy, MEMWARD_ELIMIT);
}
