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

	CHECK(support_is_locked(secret, &known) == locked);
	CHECK(known);
	CHECK(support_has_flag(secret, "dd", &known));
	/* Hidden pages are those of a file that nobody else has. */
	CHECK(support_has_flag(secret, "sh", &known) == ARE_HIDDEN);
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

/* What the report of a secret says of core files; the ward's says the same. */
static void check_dumped(
    const void *secret, memward_ward *ward, bool undone, int others)
{
	memward_report report = MEMWARD_REPORT_INIT;
	memward_report whole = report_of(ward);
	int code = undone ? MEMWARD_EUNDONE : 0;

	CHECK_CODE(memward_report_secret(secret, &report), 0);
	CHECK_INT((report.obtained & MEMWARD_NO_DUMP) == 0, undone);
	CHECK_CODE(report.reason[1], code);
	CHECK_INT(report.summary, undone ? MEMWARD_PARTIAL : MEMWARD_FULL);
	CHECK_INT((report.confirmed & MEMWARD_NO_DUMP) != 0, !undone);
	CHECK_CODE(whole.reason[1], undone ? code : others);
	CHECK_CODE(memward_report_process(&report), 0);
	CHECK_CODE(report.reason[1], undone ? code : others);
}

static void undo_and_redo(unsigned char *secret, memward_ward *ward)
{
	unsigned char *other = new_guarded(ward, page_size(), 1);

	check_dumped(secret, ward, false, 0);
	CHECK(support_set_dumped(secret, true));
	check_dumped(secret, ward, !ARE_HIDDEN, 0);
	check_dumped(other, ward, false, ARE_HIDDEN ? 0 : MEMWARD_EUNDONE);
	CHECK(support_set_dumped(secret, false));
	check_dumped(secret, ward, false, 0);
}

/* Another part of the program may advise the kernel otherwise. */
void what_others_undo_is_told(void)
{
	memward_ward *ward = new_ward(NULL);
	memward_ward *closed = new_closed_ward();
	unsigned char *secret = new_secret(ward, 32);

	if (!support_set_dumped(secret, false))
		TEST_SKIP("this system has no such advice");
	undo_and_redo(secret, ward);
	undo_and_redo(new_guarded(ward, 5000, 1), ward);
	undo_and_redo(new_secret(closed, 32), closed);
	close_ward(ward);
	close_ward(closed);
}

static void expect_store(
    const void *secret, memward_store store, int regions, int hidden)
{
	memward_report report = MEMWARD_REPORT_INIT;
	char text[4096];

	CHECK_CODE(memward_report_secret(secret, &report), 0);
	CHECK_INT(report.store, store);
	CHECK_CODE(report.store_reason[MEMWARD_STORE_PAGES], 0);
	CHECK_CODE(report.store_reason[MEMWARD_STORE_GUARD_REGIONS], regions);
	CHECK_CODE(report.store_reason[MEMWARD_STORE_HIDDEN], hidden);
	CHECK(memward_report_text(&report, text, sizeof(text)) < sizeof(text));
	if (regions != 0)
		CHECK(strstr(text, "not guard_regions: ") != NULL);
	if (hidden != 0)
		CHECK(strstr(text, memward_error_text(hidden)) != NULL);
	CHECK(memward_report_json(&report, text, sizeof(text)) < sizeof(text));
	CHECK(strstr(text, "\"store\":\"") != NULL);
}

void reports_tell_the_kind_of_pages_and_why(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	memward_store store = MEMWARD_STORE_PAGES;
	memward_ward *ward;
	int why;

	NOT_FOR_HIDDEN_WARDS("hidden is hidden");
	CHECK_CODE(memward_sys_query(&info), 0);
	why = info.reason[8];
	if (why == 0)
		store = MEMWARD_STORE_GUARD_REGIONS;
	ward = new_ward(NULL);
	expect_store(new_secret(ward, 32), MEMWARD_STORE_PAGES,
	    why != 0 ? why : MEMWARD_EPACKED, MEMWARD_ENOTASKED);
	expect_store(new_guarded(ward, 32, 1), store, why, MEMWARD_ENOTASKED);
	CHECK_INT(report_of(ward).store, MEMWARD_STORE_PAGES);
	close_ward(ward);
	policy.flags = MEMWARD_NEVER_HIDDEN;
	policy.require |= MEMWARD_TRAP_FREE;
	ward = new_ward(&policy);
	expect_store(new_guarded(ward, 32, 1), MEMWARD_STORE_PAGES,
	    why != 0 ? why : MEMWARD_EATODDS, MEMWARD_EFORBIDDEN);
	close_ward(ward);
	policy = (memward_policy)MEMWARD_POLICY_INIT;
	policy.fork = MEMWARD_FORK_OMIT;
	policy.prefer |= MEMWARD_HIDDEN;
	ward = new_ward(&policy);
	if (info.reason[7] == 0)
		expect_store(
		    new_guarded(ward, 32, 1), MEMWARD_STORE_HIDDEN, 0, 0);
	else
		expect_store(
		    new_guarded(ward, 32, 1), store, why, info.reason[7]);
	close_ward(ward);
}

_Static_assert(MEMWARD_SYS_GUARDS == 1 << 8 && MEMWARD_SYS_HIDDEN == 1 << 7,
    "the places of their reasons");
