/* SPDX-License-Identifier: MIT */
/*
 * What an ordinary user gets from small limits, and how each limit answers:
 * locked memory, address space, mappings. Each is met in a process of its
 * own, by really running into it.
 */
#include "probe.h"
#include "ward_cases.h"

#include <stdlib.h>
#include <string.h>

#define KIB64 ((size_t)64 << 10)
#define MIB8  ((size_t)8 << 20)

/* The targets of the design, for secrets of 32 bytes. */
#define TARGET_64_KIB 1200
#define TARGET_8_MIB  160000

static unsigned char *held[TARGET_8_MIB * 2];
static size_t holding;

/* A limit that was set is what is tested; else the reason for a skip. */
static void cannot_unless(const char *why)
{
	expect_the_limit();
	if (why != NULL)
		child_cannot(why);
}

static void check_all_locked(void)
{
	memward_report report = MEMWARD_REPORT_INIT;
	bool known;
	size_t kernel = support_locked_bytes(&known);

	CHECK_CODE(memward_report_process(&report), 0);
	CHECK_INT(report.pages_unlocked, 0);
	CHECK(report.obtained & MEMWARD_LOCKED);
	if (!known)
		return;
	/* All pages of secrets are locked, and each secret lies on one. */
	CHECK_INT(kernel, report.pages);
	CHECK(kernel >= holding * 32);
	for (size_t i = 0; i < holding; i += holding / 50 + 1)
		CHECK(support_is_locked(held[i], &known));
}

static void fill_up(size_t target)
{
	uint64_t refused = budget_of(NULL, 32).refused;
	void *secret = NULL;
	int rc;

	while ((rc = memward_new(NULL, 32, &secret)) == 0) {
		CHECK(holding < TEST_COUNT(held));
		held[holding] = secret;
		fill(secret, 32, (unsigned)holding++);
	}
	CHECK_CODE(rc, MEMWARD_ELOCKLIMIT);
	if (holding < target)
		TEST_FAIL("only %zu secrets of 32 bytes", holding);
	check_all_locked();
	for (size_t i = 0; i < holding; i++)
		CHECK(is_filled(held[i], 32, (unsigned)i));
	CHECK_CODE(memward_check_all(), 0);
	CHECK_INT(budget_of(NULL, 32).live, holding);
	CHECK_INT(budget_of(NULL, 32).refused, refused + 1);
}

/* Nothing degrades: what is freed can be had again, not a secret less. */
static void free_and_fill_again(void)
{
	size_t count = holding;
	void *secret = NULL;

	for (size_t i = 0; i < count; i += 2)
		memward_free(held[i]);
	for (size_t i = 0; i < count; i += 2) {
		CHECK_CODE(memward_new(NULL, 32, &secret), 0);
		held[i] = secret;
		CHECK(holds(secret, 32, 0));
	}
	CHECK_CODE(memward_new(NULL, 32, &secret), MEMWARD_ELOCKLIMIT);
	for (size_t i = 1; i < count; i += 2)
		CHECK(is_filled(held[i], 32, (unsigned)i));
	check_all_locked();
}

static int child_lock_64_kib(void)
{
	cannot_unless(support_be_user(KIB64));
	fill_up(TARGET_64_KIB);
	free_and_fill_again();
	return 0;
}

static int child_lock_8_mib(void)
{
	cannot_unless(support_be_user(MIB8));
	fill_up(TARGET_8_MIB);
	free_and_fill_again();
	return 0;
}

static void a_limit_of_64_kib_locks_1200_secrets(void)
{
	expect_success("lock_64_kib");
}

static void a_limit_of_8_mib_locks_160000_secrets(void)
{
	expect_success("lock_8_mib");
}

/* Guarded ones need a page each; their guards need no lock. */
static int child_lock_guarded(void)
{
	size_t count = 0;
	void *secret = NULL;
	int rc;

	cannot_unless(support_be_user(KIB64));
	while ((rc = memward_new_guarded(NULL, 32, 1, &secret)) == 0) {
		held[count++] = secret;
		fill(secret, 32, 1);
	}
	CHECK_CODE(rc, MEMWARD_ELOCKLIMIT);
	CHECK_INT(count, KIB64 / page_size());
	for (size_t i = 0; i < count; i++)
		CHECK(is_filled(held[i], 32, 1));
	memward_free(held[0]);
	CHECK_CODE(memward_new_guarded(NULL, 32, 1, &secret), 0);
	memward_free(secret);
	for (size_t i = 1; i < count; i++)
		memward_free(held[i]);
	/* Pages that were guarded can serve packed secrets. */
	fill_up(TARGET_64_KIB);
	return 0;
}

static void guarded_secrets_use_the_whole_limit(void)
{
	expect_success("lock_guarded");
}

/* A long secret that does not fit leaves all of the limit to the rest. */
static int child_lock_too_much(void)
{
	void *secret = NULL;

	cannot_unless(support_be_user(KIB64));
	CHECK_CODE(memward_new(NULL, KIB64 + 1, &secret), MEMWARD_ELOCKLIMIT);
	CHECK_CODE(memward_new(NULL, KIB64, &secret), 0);
	memset(secret, FILLED, KIB64);
	memward_free(secret);
	CHECK_CODE(memward_new(NULL, KIB64, &secret), 0);
	CHECK(holds(secret, KIB64, 0));
	memward_free(secret);
	fill_up(TARGET_64_KIB);
	return 0;
}

static void what_does_not_fit_takes_nothing_away(void)
{
	expect_success("lock_too_much");
}

/* Two wards share the limit: what one gives up the other can have. */
static int child_share_the_limit(void)
{
	memward_ward *one;
	memward_ward *two;
	void *secret = NULL;
	size_t made = 0;

	cannot_unless(support_be_user(KIB64));
	one = new_ward(NULL);
	two = new_ward(NULL);
	while (memward_new(one, 32, &secret) == 0)
		made++;
	CHECK(made != 0);
	CHECK_CODE(memward_new(two, 32, &secret), MEMWARD_ELOCKLIMIT);
	close_ward(one);
	CHECK_CODE(memward_new(two, 32, &secret), 0);
	while (memward_new(two, 32, &secret) == 0)
		made--;
	CHECK(made <= 1);
	return 0;
}

static void wards_share_the_limit(void)
{
	expect_success("share_the_limit");
}

/* Filled with secrets that are not locked, so that space is what ends. */
static size_t fill_space(memward_ward *ward, size_t len, int *rc)
{
	void *secret = NULL;

	for (holding = 0; holding < TEST_COUNT(held); holding++) {
		*rc = memward_new(ward, len, &secret);
		if (*rc != 0)
			break;
		held[holding] = secret;
		fill(secret, 8, (unsigned)holding);
	}
	return holding;
}

static void check_held(memward_ward *ward)
{
	for (size_t i = 0; i < holding; i++)
		CHECK(is_filled(held[i], 8, (unsigned)i));
	CHECK_CODE(memward_check_ward(ward), 0);
	CHECK_INT(budget_of(ward, 32).live, holding);
}

/* Where wards are hidden, the limit of locks may be met first. */
static void expect_no_memory(int rc)
{
#ifdef HIDDEN_WARDS
	if (rc == MEMWARD_ELOCKLIMIT)
		child_cannot("hidden memory meets the limit of locks first");
#endif
	CHECK_CODE(rc, MEMWARD_ENOMEM);
}

static int child_run_out_of_space(void)
{
	memward_policy policy = unlocked_policy();
	memward_ward *ward;
	void *secret = NULL;
	size_t count;
	int rc = 0;

	cannot_unless(support_limit_space((size_t)192 << 20));
	ward = new_ward(&policy);
	count = fill_space(ward, (size_t)1 << 20, &rc);
	expect_no_memory(rc);
	CHECK(count >= 16);
	check_held(ward);
	CHECK_INT(budget_of(ward, 32).refused, 1);
	memward_free(held[--holding]);
#ifndef HIDDEN_WARDS
	/* Hidden pages come into being elsewhere, for which nothing is left. */
	CHECK_CODE(memward_new(ward, (size_t)1 << 20, &secret), 0);
	CHECK(holds(secret, (size_t)1 << 20, 0));
#endif
	memward_free(secret);
	check_held(ward);
	close_ward(ward);
	return 0;
}

static void no_address_space_is_a_clean_error(void)
{
	expect_success("run_out_of_space");
}

/* So little that not even memward's own records find room. */
static int child_start_without_space(void)
{
	void *secret = NULL;

	cannot_unless(support_limit_space((size_t)1 << 20));
	CHECK_CODE(memward_new(NULL, 32, &secret), MEMWARD_ENOMEM);
	CHECK(secret == NULL);
	CHECK(memward_alloc(NULL, 32) == NULL);
	CHECK(!memward_is_secret(&secret));
	return 0;
}

static void no_space_to_start_is_a_clean_error(void)
{
	expect_success("start_without_space");
}

/* Whether guarded runs are one mapping here. */
static bool has_regions(void)
{
#ifdef HIDDEN_WARDS
	return false;
#else
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	CHECK_CODE(memward_sys_query(&info), 0);
	return (info.granted & MEMWARD_SYS_GUARDS) != 0;
#endif
}

static void hold_guarded(memward_ward *ward, bool regions)
{
	void *secret = NULL;
	bool known;
	int rc = 0;

	for (holding = 0; holding < 1000; holding++) {
		rc = memward_new_guarded(ward, 32, 1, &secret);
		if (rc != 0)
			break;
		held[holding] = secret;
		fill(secret, 32, (unsigned)holding);
	}
	if (!regions)
		expect_no_memory(rc);
	CHECK_INT(rc == 0, regions);
	CHECK(holding != 0);
	for (size_t i = 0; i < holding; i++) {
		CHECK(is_filled(held[i], 32, (unsigned)i));
		/* The account is as long as it can be: half a second each. */
		if (i % 256 == 0)
			CHECK(
			    support_has_flag(held[i], "dd", &known) || !known);
	}
	CHECK_CODE(memward_check_ward(ward), 0);
}

/*
 * Closes every other secret, which cuts what is one mapping, and leaves them
 * so. A refusal leaves the secret as it was: open, and whole.
 */
static size_t close_every_other(memward_ward *ward)
{
	size_t refused = 0;

	for (size_t i = 0; i < holding; i += 2) {
		int rc = memward_protect(held[i], MEMWARD_NO_ACCESS);

		CHECK(rc == 0 || rc == MEMWARD_ENOMEM);
		CHECK_INT(probe(held[i]),
		    rc == 0 ? MEMWARD_NO_ACCESS : MEMWARD_READ_WRITE);
		if (rc != 0)
			CHECK(is_filled(held[i], 32, (unsigned)i));
		refused += rc != 0;
		if (i + 1 < holding)
			CHECK(is_filled(held[i + 1], 32, (unsigned)i + 1));
	}
	CHECK_CODE(memward_check_ward(ward), 0);
	return refused;
}

/* Opening is never refused, and nothing was lost meanwhile. */
static void open_every_other(void)
{
	for (size_t i = 0; i < holding; i += 2) {
		CHECK_CODE(memward_protect(held[i], MEMWARD_READ_WRITE), 0);
		CHECK(is_filled(held[i], 32, (unsigned)i));
	}
}

/*
 * Each guarded secret needs two mappings, and there are but a few; or where
 * guards need none, a thousand fit into these.
 */
static int child_run_out_of_mappings(void)
{
	memward_policy policy = unlocked_policy();
	memward_ward *ward = new_ward(&policy);
	unsigned char *packed = new_secret(ward, 32);
	void *secret = NULL;
	size_t refused;
	/* At the limit the query itself may be refused. */
	bool regions = has_regions();

	cannot_unless(support_exhaust_mappings(100));
	hold_guarded(ward, regions);
	refused = close_every_other(ward);
	/*
	 * With regions closing one cuts a mapping in three, and there is room
	 * for some fifty. Without, each secret is a mapping of its own, which
	 * closing makes no more than it is.
	 */
	if (regions)
		CHECK(refused > 0 && refused < holding / 2);
	else
		CHECK_INT(refused, 0);
	open_every_other();
	memward_free(packed);
	for (size_t i = 0; i < holding; i++)
		memward_free(held[i]);
	CHECK_CODE(memward_new_guarded(ward, 32, 1, &secret), 0);
	memward_free(secret);
	close_ward(ward);
	return 0;
}

/* A closed ward at the limit: what is handed out as closed is closed. */
static int child_close_without_mappings(void)
{
	memward_policy policy = unlocked_policy();
	memward_ward *ward;
	void *secret = NULL;
	size_t made = 0;

	policy.rest = MEMWARD_NO_ACCESS;
	ward = new_ward(&policy);
	/* One long run; then one or two mappings for each other size. */
	for (; made < 6400; made++) {
		secret = new_secret(ward, 200);
		if (made % 64 == 0)
			held[holding++] = secret;
	}
	cannot_unless(support_exhaust_mappings(20));
	for (size_t len = 300; len < 15000; len += len / 8) {
		if (memward_new(ward, len, &secret) != 0)
			break;
		held[holding++] = secret;
	}
	CHECK(holding != 100 && holding < 130);
	/* One page of the long run cannot be opened alone any more. */
	for (size_t i = 0; i < 100; i += 10) {
		memward_free(held[i]);
		held[i] = new_secret(ward, 200);
	}
	for (int i = 0; i < 20; i++) {
		CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
		for (size_t n = 0; n < holding; n++)
			memset(held[n], FILLED, 200);
		CHECK_CODE(memward_end(ward), 0);
	}
	CHECK_CODE(memward_check_ward(ward), 0);
	will_touch();
	(void)read_byte(held[55]);
	return done_touching();
}

static void no_mapping_left_is_a_clean_error(void)
{
	expect_success("run_out_of_mappings");
}

static void windows_close_without_mappings(void)
{
	const char *sanitizer = support_sanitizer();

	if (sanitizer != NULL)
		TEST_SKIP("the %s sanitizer needs mappings", sanitizer);
	expect_fault("close_without_mappings");
}

static const struct test_case cases[] = {
    TEST_CASE(a_limit_of_64_kib_locks_1200_secrets),
    TEST_CASE(a_limit_of_8_mib_locks_160000_secrets),
    TEST_CASE(guarded_secrets_use_the_whole_limit),
    TEST_CASE(what_does_not_fit_takes_nothing_away),
    TEST_CASE(wards_share_the_limit),
    TEST_CASE(no_address_space_is_a_clean_error),
    TEST_CASE(no_space_to_start_is_a_clean_error),
    TEST_CASE(no_mapping_left_is_a_clean_error),
    TEST_CASE(windows_close_without_mappings),
};

#define CHILD(name)                 \
	{                           \
#name, child_##name \
	}

static const struct child_entry children[] = {
    CHILD(lock_64_kib),
    CHILD(lock_8_mib),
    CHILD(lock_guarded),
    CHILD(lock_too_much),
    CHILD(share_the_limit),
    CHILD(run_out_of_space),
    CHILD(start_without_space),
    CHILD(run_out_of_mappings),
    CHILD(close_without_mappings),
};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
