/* SPDX-License-Identifier: MIT */
/* Reports, checked against the kernel's own account. */
#include "ward_list.h"

#include <stdlib.h>
#include <string.h>

static void need_account(void)
{
	bool known;

	(void)support_locked_bytes(&known);
	if (!known)
		TEST_SKIP("the system gives no account of locked memory");
}

/* Whether the pages around a secret are as the report says. */
static void check_pages(const unsigned char *secret, bool locked)
{
	bool known;

	CHECK(support_has_flag(secret, "lo", &known) == locked);
	CHECK(known);
	CHECK(support_has_flag(secret, "dd", &known));
	/* Hidden pages are those of a file that nobody else has. */
#ifdef HIDDEN_WARDS
	CHECK(support_has_flag(secret, "sh", &known));
#else
	CHECK(!support_has_flag(secret, "sh", &known));
#endif
}

static void check_full(const memward_report *report)
{
	CHECK_INT(report->summary, MEMWARD_FULL);
	CHECK_INT(report->requested, report->obtained);
	CHECK_INT(report->pages_unlocked, 0);
	CHECK(!report->orphaned);
	for (unsigned i = 0; i < MEMWARD_FEATURE_COUNT; i++)
		CHECK_INT(report->reason[i], 0);
}

static void compare(memward_ward *ward, size_t before)
{
	memward_report report = report_of(ward);
	memward_budget_info info = budget_of(ward, 32);
	bool known;

	check_full(&report);
	CHECK_INT(report.pages, info.committed);
	/* Other wards of this process may have locks as well; and guards. */
	CHECK(support_locked_bytes(&known) - before >= report.pages);
}

static void check_ward(memward_ward *ward)
{
	memward_report report = MEMWARD_REPORT_INIT;
	bool known;
	size_t before = support_locked_bytes(&known);
	size_t claimed = budget_of(ward, 32).locked;
	unsigned char *first = NULL;

	for (size_t i = 0; i < 200; i++) {
		unsigned char *secret = i % 5 == 0
					    ? new_guarded(ward, i * 60, 1)
					    : new_secret(ward, i * 20);

		if (first == NULL)
			first = secret;
		if (i % 20 < 2)
			check_pages(secret, true);
		CHECK_CODE(memward_report_secret(secret, &report), 0);
		check_full(&report);
		CHECK(report.pages >= page_size());
	}
	compare(ward, before);
	CHECK_INT(budget_of(ward, 32).locked - claimed,
	    support_locked_bytes(&known) - before);
	memward_free(first);
	compare(ward, before);
	close_ward(ward);
	CHECK_INT(support_locked_bytes(&known), before);
}

void reports_agree_with_the_kernel_for_open_wards(void)
{
	need_account();
	check_ward(new_ward(NULL));
}

void reports_agree_with_the_kernel_for_closed_wards(void)
{
	need_account();
	check_ward(new_closed_ward());
}

/* The control: without a lock the account shows none, nor does the report. */
void unlocked_wards_are_not_reported_as_locked(void)
{
	memward_policy policy = unlocked_policy();
	memward_report report = MEMWARD_REPORT_INIT;
	memward_ward *ward;
	unsigned char *secret;
	bool known;
	size_t before;

	NOT_FOR_HIDDEN_WARDS("these are locked by nature");
	need_account();
	before = support_locked_bytes(&known);
	ward = new_ward(&policy);
	secret = new_secret(ward, 32);
	check_pages(secret, false);
	check_pages(new_guarded(ward, 32, 1), false);
	CHECK_INT(support_locked_bytes(&known), before);
	CHECK_CODE(memward_report_secret(secret, &report), 0);
	CHECK_INT(report.requested & MEMWARD_LOCKED, 0);
	CHECK_INT(report.pages_unlocked, report.pages);
	CHECK_INT(report.summary, MEMWARD_FULL);
	close_ward(ward);
}

/* A packed secret's page stays in use after its free, and says so. */
void packed_secrets_report_that_they_do_not_trap(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_report report = MEMWARD_REPORT_INIT;
	memward_ward *ward;

	policy.prefer |= MEMWARD_TRAP_FREE;
	ward = new_ward(&policy);
	CHECK_CODE(memward_report_secret(new_secret(ward, 1), &report), 0);
	CHECK_INT(report.obtained & MEMWARD_TRAP_FREE, 0);
	CHECK_CODE(report.reason[7], MEMWARD_EPACKED);
	CHECK_INT(report.summary, MEMWARD_PARTIAL);
	CHECK_CODE(memward_report_secret(new_guarded(ward, 1, 1), &report), 0);
	CHECK(report.obtained & MEMWARD_TRAP_FREE);
	close_ward(ward);
}

static void check_text(const memward_report *report, bool json)
{
	size_t (*print)(const memward_report *, char *, size_t) =
	    json ? memward_report_json : memward_report_text;
	char whole[4096];
	char cut[4096];
	size_t len = print(report, whole, sizeof(whole));

	CHECK(len < sizeof(whole));
	CHECK_INT(strlen(whole), len);
	CHECK_INT(print(report, NULL, 0), len);
	for (size_t room = 1; room <= len; room += 7) {
		memset(cut, FILLED, sizeof(cut));
		CHECK_INT(print(report, cut, room), len);
		CHECK_INT(strlen(cut), room - 1);
		CHECK(memcmp(cut, whole, room - 1) == 0);
		CHECK(holds(cut + room, sizeof(cut) - room, FILLED));
	}
}

void reports_are_cut_to_the_room_there_is(void)
{
	memward_report report = report_of(NULL);

	check_text(&report, false);
	check_text(&report, true);
}

void reports_name_every_requested_feature(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_report report;
	memward_ward *ward;
	char text[4096];

	policy.prefer = (UINT32_C(1) << MEMWARD_FEATURE_COUNT) - 1;
	ward = new_ward(&policy);
	report = report_of(ward);
	for (int json = 0; json < 2; json++) {
		(void)(json ? memward_report_json : memward_report_text)(
		    &report, text, sizeof(text));
		for (unsigned i = 0; i < MEMWARD_FEATURE_COUNT; i++)
			CHECK(strstr(text, memward_feature_name(
					       UINT32_C(1) << i)) != NULL);
		CHECK(strstr(text, "partial") != NULL);
	}
	close_ward(ward);
}

/* Quotes, braces and brackets balance: enough for our own fixed words. */
void json_reports_are_one_balanced_object(void)
{
	memward_report report = report_of(NULL);
	char json[4096];
	int depth = 0;
	bool quoted = false;
	size_t len = memward_report_json(&report, json, sizeof(json));

	for (size_t i = 0; i < len; i++) {
		CHECK(json[i] >= ' ' && json[i] != '\\');
		if (json[i] == '"')
			quoted = !quoted;
		if (!quoted && json[i] == '{')
			depth++;
		if (!quoted && json[i] == '}')
			depth--;
		CHECK(depth > 0 || i == len - 1);
	}
	CHECK_INT(depth, 0);
	CHECK(!quoted);
}

void the_process_report_adds_up_all_wards(void)
{
	memward_report process = MEMWARD_REPORT_INIT;
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_ward *one = new_ward(NULL);
	memward_ward *two;
	size_t before;

	CHECK_CODE(memward_report_process(&process), 0);
	before = process.pages;
	policy.prefer |= MEMWARD_KEYED;
	two = new_ward(&policy);
	(void)new_secret(one, 32);
	(void)new_secret(two, 32);
	CHECK_CODE(memward_report_process(&process), 0);
	CHECK_INT(process.pages - before,
	    report_of(one).pages + report_of(two).pages);
	CHECK_INT(process.summary, MEMWARD_PARTIAL);
	CHECK(process.requested & MEMWARD_KEYED);
	CHECK_INT(process.obtained & MEMWARD_KEYED, 0);
	close_ward(one);
	close_ward(two);
}
