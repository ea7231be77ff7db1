/* SPDX-License-Identifier: MIT */
#include "portable.h"

#include <string.h>

/* What the policy `server` requires and the system lacks is an error. */
void what_is_lacking_is_told(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_policy can = portable_policy();
	memward_report report = MEMWARD_REPORT_INIT;
	memward_ward *ward = NULL;
	int rc = memward_open(NULL, &ward);

	if (can.require == policy.require) {
		CHECK_CODE(rc, 0);
	} else {
		if (rc != 0)
			CHECK(ward == NULL);
		if ((can.require & MEMWARD_NO_DUMP) == 0)
			CHECK(rc != 0);
	}
	if (rc == 0)
		portable_close(ward);
	ward = portable_open(&can);
	CHECK_CODE(memward_report_ward(ward, &report), 0);
	CHECK_INT(report.requested, can.require | can.prefer);
	CHECK_INT(report.obtained & can.require, can.require);
	for (unsigned i = 0; i < MEMWARD_FEATURE_COUNT; i++) {
		uint32_t bit = UINT32_C(1) << i;

		if ((report.requested & ~report.obtained & bit) != 0)
			CHECK(report.reason[i] != 0);
	}
	portable_close(ward);
}

#define MANY 600

static size_t length_of(unsigned i)
{
	static const size_t lengths[] = {0, 1, 8, 16, 24, 25, 32, 48, 64, 100,
	    240, 256, 500, 1000, 4000, 9000, 15000, 20000};

	return lengths[i % TEST_COUNT(lengths)];
}

void packed_secrets_stand_apart(void)
{
	static unsigned char *secrets[MANY];
	memward_policy policy = portable_wishes();
	memward_ward *ward = portable_open(&policy);

	for (unsigned i = 0; i < MANY; i++)
		secrets[i] = portable_secret(ward, length_of(i), i);
	for (unsigned i = 0; i < MANY; i += 2)
		memward_free(secrets[i]);
	for (unsigned i = 0; i < MANY; i += 2)
		secrets[i] = portable_secret(ward, length_of(i / 2), i);
	for (unsigned i = 0; i < MANY; i++) {
		size_t len = length_of(i % 2 == 0 ? i / 2 : i);

		CHECK(memward_is_secret(secrets[i]));
		CHECK_INT(memward_size(secrets[i]), len);
		CHECK(memward_ward_of(secrets[i]) == ward);
		CHECK(portable_is_filled(secrets[i], len, i));
		memward_free(secrets[i]);
	}
	portable_close(ward);
}

static int note_place(void *argument)
{
	memward_address *what = argument;

	CHECK_CODE(
	    memward_explain_address(__builtin_frame_address(0), what), 0);
	return -77;
}

static void check_call(memward_ward *ward, size_t size)
{
	memward_address what;

	CHECK_INT(memward_call_sized(ward, size, note_place, &what), -77);
	if (memward_call_switches()) {
		CHECK_INT(what.place, MEMWARD_PLACE_SECRET);
		CHECK(what.ward == ward && what.len >= size);
	} else {
		CHECK_INT(what.place, MEMWARD_PLACE_FOREIGN);
	}
}

/* On a stack of the ward, or on the caller's, as is said. */
void functions_run_on_stacks(void)
{
	memward_policy policy = portable_wishes();
	memward_ward *ward = portable_open(&policy);

	check_call(ward, 2 * memward_sys_page_size());
	check_call(ward, 2 * memward_sys_page_size());
	check_call(ward, 20000);
	portable_close(ward);
	policy.rest = MEMWARD_NO_ACCESS;
	ward = portable_open(&policy);
	check_call(ward, 20000);
	check_call(ward, 20000);
	portable_close(ward);
}

static void touch(volatile unsigned char *at)
{
	printf("now\n");
	(void)fflush(stdout);
	*at = 1;
}

int portable_touch_behind(void)
{
	memward_policy policy = portable_wishes();
	memward_ward *ward = portable_open(&policy);

	touch(portable_guarded(ward, 33, 1) + 33);
	return 0;
}

int portable_touch_before(void)
{
	memward_policy policy = portable_wishes();
	memward_ward *ward = portable_open(&policy);
	uintptr_t secret = (uintptr_t)portable_guarded(ward, 33, 1);

	secret -= secret % memward_sys_page_size();
	touch((unsigned char *)(secret - 1));
	return 0;
}

void guarded_secrets_end_at_a_guard(void)
{
	size_t page = memward_sys_page_size();
	memward_policy policy = portable_wishes();
	memward_ward *ward = portable_open(&policy);
	const size_t lengths[] = {
	    1, 33, page - 1, page, page + 1, 5 * page, 9 * page + 3, 40 * page};
	unsigned char *secrets[TEST_COUNT(lengths)];

	for (unsigned i = 0; i < TEST_COUNT(lengths); i++) {
		secrets[i] = portable_guarded(ward, lengths[i], i);
		CHECK_INT((uintptr_t)(secrets[i] + lengths[i]) % page, 0);
	}
	for (unsigned i = 0; i < TEST_COUNT(lengths); i++) {
		CHECK(portable_is_filled(secrets[i], lengths[i], i));
		memward_free(secrets[i]);
	}
	portable_close(ward);
	portable_expect_fault("portable_touch_behind");
	portable_expect_fault("portable_touch_before");
}

int portable_touch_closed(void)
{
	memward_policy policy = portable_wishes();
	unsigned char *secret =
	    portable_guarded(portable_open(&policy), 100, 1);

	if (memward_protect(secret, MEMWARD_NO_ACCESS) != 0)
		return 1;
	touch(secret);
	return 0;
}

void guarded_secrets_have_their_own_access(void)
{
	memward_policy policy = portable_wishes();
	memward_ward *ward = portable_open(&policy);
	unsigned char *one = portable_guarded(ward, 500, 1);
	unsigned char *other = portable_guarded(ward, 700, 2);
	unsigned char *packed = portable_secret(ward, 32, 3);

	CHECK_CODE(memward_protect(packed, MEMWARD_READ_ONLY), MEMWARD_EPACKED);
	for (unsigned i = 0; i < 5; i++) {
		CHECK_CODE(memward_protect(one, MEMWARD_NO_ACCESS), 0);
		CHECK(portable_is_filled(other, 700, 2));
		portable_fill(other, 700, 2);
		CHECK_CODE(memward_protect(one, MEMWARD_READ_ONLY), 0);
		CHECK(portable_is_filled(one, 500, 1));
		portable_check_report(one);
		CHECK_CODE(memward_protect(one, MEMWARD_READ_WRITE), 0);
		portable_fill(one, 500, 1);
	}
	/* Free works in any state. */
	CHECK_CODE(memward_protect(one, MEMWARD_NO_ACCESS), 0);
	memward_free(one);
	CHECK_CODE(memward_protect(other, MEMWARD_READ_ONLY), 0);
	memward_free(other);
	one = portable_guarded(ward, 500, 4);
	memward_free(one);
	memward_free(packed);
	portable_close(ward);
	portable_expect_fault("portable_touch_closed");
}

int portable_touch_at_rest(void)
{
	memward_ward *ward = portable_closed();
	void *secret = NULL;

	if (memward_new(ward, 100, &secret) != 0)
		return 1;
	touch(secret);
	return 0;
}

static void begin(memward_ward *ward, memward_access access)
{
	CHECK_CODE(memward_begin(ward, access), 0);
}

static void end(memward_ward *ward)
{
	CHECK_CODE(memward_end(ward), 0);
}

void closed_wards_open_in_windows(void)
{
	memward_ward *ward = portable_closed();
	unsigned char *one;
	unsigned char *two;

	begin(ward, MEMWARD_READ_WRITE);
	one = portable_secret(ward, 100, 1);
	two = portable_guarded(ward, 5000, 2);
	begin(ward, MEMWARD_READ_ONLY);
	portable_fill(one, 100, 3);
	CHECK_CODE(memward_close(ward), MEMWARD_EWINDOW);
	end(ward);
	end(ward);
	for (unsigned i = 0; i < 10; i++) {
		begin(ward, MEMWARD_READ_ONLY);
		CHECK(portable_is_filled(one, 100, 3));
		CHECK(portable_is_filled(two, 5000, 2));
		portable_check_report(one);
		portable_check_report(two);
		begin(ward, MEMWARD_READ_WRITE);
		portable_fill(one, 100, 3);
		end(ward);
		end(ward);
	}
	CHECK_CODE(memward_end(ward), MEMWARD_EWINDOW);
	memward_free(one);
	memward_free(two);
	portable_close(ward);
	portable_expect_fault("portable_touch_at_rest");
}

void closed_wards_take_and_give_at_rest(void)
{
	static void *secrets[MANY];
	memward_ward *ward = portable_closed();

	for (unsigned i = 0; i < MANY; i++)
		CHECK_CODE(memward_new(ward, i % 200, &secrets[i]), 0);
	begin(ward, MEMWARD_READ_WRITE);
	for (unsigned i = 0; i < MANY; i++)
		portable_fill(secrets[i], i % 200, i);
	end(ward);
	for (unsigned i = 0; i < MANY; i += 2)
		memward_free(secrets[i]);
	CHECK_CODE(memward_check_ward(ward), 0);
	for (unsigned i = 0; i < MANY; i += 2)
		CHECK_CODE(memward_new(ward, 50, &secrets[i]), 0);
	begin(ward, MEMWARD_READ_ONLY);
	for (unsigned i = 1; i < MANY; i += 2)
		CHECK(portable_is_filled(secrets[i], i % 200, i));
	end(ward);
	for (unsigned i = 0; i < MANY; i++)
		memward_free(secrets[i]);
	portable_close(ward);
}

/* A secret of one length becomes another, and is what both have. */
static void resize(memward_ward *ward, bool guarded, size_t from, size_t to)
{
	size_t keep = from < to ? from : to;
	void *secret = guarded ? portable_guarded(ward, from, 7)
			       : portable_secret(ward, from, 7);
	unsigned char *at;

	CHECK_CODE(memward_resize(&secret, to), 0);
	at = secret;
	CHECK_INT(memward_size(secret), to);
	CHECK(portable_is_filled(at, keep, 7));
	for (size_t i = keep; i < to; i++)
		CHECK_INT(at[i], 0);
	memward_check(secret);
	memward_free(secret);
}

void resizing_keeps_what_fits(void)
{
	static const size_t lengths[] = {0, 1, 24, 30, 200, 1000, 17000};
	memward_policy policy = portable_wishes();
	memward_ward *open = portable_open(&policy);
	memward_ward *closed = portable_closed();

	begin(closed, MEMWARD_READ_WRITE);
	for (size_t i = 0; i < TEST_COUNT(lengths); i++) {
		for (size_t j = 0; j < TEST_COUNT(lengths); j++) {
			resize(open, false, lengths[i], lengths[j]);
			resize(open, true, lengths[i], lengths[j]);
			resize(closed, false, lengths[i], lengths[j]);
			resize(closed, true, lengths[i], lengths[j]);
		}
	}
	end(closed);
	portable_close(closed);
	portable_close(open);
}

int portable_overrun(void)
{
	memward_policy policy = portable_wishes();
	unsigned char *secret = portable_secret(portable_open(&policy), 20, 1);

	((volatile unsigned char *)secret)[20] = 0;
	memward_free(secret);
	return 0;
}

int portable_free_twice(void)
{
	memward_policy policy = portable_wishes();
	unsigned char *secret = portable_secret(portable_open(&policy), 20, 1);
	unsigned char *volatile same = secret;

	memward_free(secret);
	memward_free(same);
	return 0;
}

void misuse_ends_the_process(void)
{
	portable_expect_misuse("portable_overrun", "memward: memward_free: ");
	portable_expect_misuse(
	    "portable_free_twice", "memward: memward_free: ");
}

static memward_place place_of(const unsigned char *at)
{
	memward_address what;

	CHECK_CODE(memward_explain_address(at, &what), 0);
	return what.place;
}

void addresses_are_explained(void)
{
	memward_policy policy = portable_wishes();
	memward_ward *ward = portable_open(&policy);
	unsigned char *packed = portable_secret(ward, 40, 1);
	unsigned char *guarded = portable_guarded(ward, 40, 1);
	unsigned char here = 0;

	CHECK_INT(place_of(&here), MEMWARD_PLACE_FOREIGN);
	CHECK_INT(place_of(packed + 39), MEMWARD_PLACE_SECRET);
	CHECK_INT(place_of(packed + 40), MEMWARD_PLACE_SLACK);
	CHECK_INT(place_of(guarded), MEMWARD_PLACE_SECRET);
	CHECK_INT(place_of(guarded - 1), MEMWARD_PLACE_SLACK);
	CHECK_INT(place_of(guarded + 40), MEMWARD_PLACE_GUARD);
	memward_free(packed);
	memward_free(guarded);
	CHECK_INT(place_of(packed), MEMWARD_PLACE_FREED);
	portable_close(ward);
}

void checks_find_nothing_wrong(void)
{
	memward_policy policy = portable_wishes();
	memward_ward *open = portable_open(&policy);
	memward_ward *closed = portable_closed();
	void *hidden = NULL;

	(void)portable_secret(open, 77, 1);
	CHECK_CODE(
	    memward_protect(portable_guarded(open, 77, 2), MEMWARD_NO_ACCESS),
	    0);
	CHECK_CODE(memward_new(closed, 10, &hidden), 0);
	CHECK_CODE(memward_new_guarded(closed, 10, 1, &hidden), 0);
	memward_check(hidden);
	CHECK_CODE(memward_check_ward(open), 0);
	CHECK_CODE(memward_check_ward(closed), 0);
	CHECK_CODE(memward_check_all(), 0);
	portable_close(closed);
	portable_close(open);
}

void reports_agree_with_the_account(void)
{
	memward_policy policy = portable_wishes();
	memward_ward *ward = portable_open(&policy);
	unsigned char *packed[40];
	unsigned char *guarded[10];
	memward_report report = MEMWARD_REPORT_INIT;
	char text[2000];

	for (unsigned i = 0; i < TEST_COUNT(packed); i++)
		packed[i] = portable_secret(ward, 3000, i);
	for (unsigned i = 0; i < TEST_COUNT(guarded); i++)
		guarded[i] = portable_guarded(ward, 3000, i);
	for (unsigned i = 0; i < TEST_COUNT(packed); i++)
		portable_check_report(packed[i]);
	for (unsigned i = 0; i < TEST_COUNT(guarded); i++)
		portable_check_report(guarded[i]);
	CHECK_CODE(memward_report_ward(ward, &report), 0);
	CHECK_INT(report.pages, portable_committed(ward));
	CHECK(memward_report_text(&report, text, sizeof(text)) < sizeof(text));
	CHECK(memward_report_json(&report, text, sizeof(text)) < sizeof(text));
	CHECK(strstr(text, "\"locked\"") != NULL);
	portable_close(ward);
}

static const struct test_case cases[] = {
    TEST_CASE(what_is_lacking_is_told),
    TEST_CASE(packed_secrets_stand_apart),
    TEST_CASE(guarded_secrets_end_at_a_guard),
    TEST_CASE(guarded_secrets_have_their_own_access),
    TEST_CASE(closed_wards_open_in_windows),
    TEST_CASE(closed_wards_take_and_give_at_rest),
    TEST_CASE(resizing_keeps_what_fits),
    TEST_CASE(functions_run_on_stacks),
    TEST_CASE(misuse_ends_the_process),
    TEST_CASE(addresses_are_explained),
    TEST_CASE(checks_find_nothing_wrong),
    TEST_CASE(reports_agree_with_the_account),
    TEST_CASE(a_limit_is_met_and_left),
    TEST_CASE(a_lock_limit_is_met_and_left),
    TEST_CASE(a_reserve_is_there),
    TEST_CASE(empty_pages_go_back),
    TEST_CASE(ranges_are_counted),
    TEST_CASE(a_child_keeps_its_own),
    TEST_CASE(a_child_of_a_closed_ward_keeps_its_own),
    TEST_CASE(a_child_may_find_nothing),
    TEST_CASE(everything_is_wiped),
};

static const struct child_entry children[] = {
    {"portable_touch_behind", portable_touch_behind},
    {"portable_touch_before", portable_touch_before},
    {"portable_touch_closed", portable_touch_closed},
    {"portable_touch_at_rest", portable_touch_at_rest},
    {"portable_overrun", portable_overrun},
    {"portable_free_twice", portable_free_twice},
    {"portable_wipe_all", portable_wipe_all},
};

SUPPORT_LOOKS_AT_FREED

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
