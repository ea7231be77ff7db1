/* SPDX-License-Identifier: MIT */
/* Packed secrets: many to a page. */
#include "ward_list.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define LARGEST_PACKED 15352

static const size_t large_sizes[] = {631, 632, 633, 760, 761, 1016, 1017, 2040,
    2041, 3064, 3065, 4087, 4088, 4089, 4096, 6136, 6137, 7672, 7673, 10232,
    10233, 12280, 12281, 15351, LARGEST_PACKED, LARGEST_PACKED + 1, 16384,
    100000};

static void check_one(memward_ward *ward, size_t len)
{
	unsigned char *secret = new_secret(ward, len);

	CHECK_INT((uintptr_t)secret % 16, 0);
	CHECK_INT(memward_size(secret), len);
	CHECK(memward_ward_of(secret) == ward);
	CHECK(memward_is_secret(secret));
	CHECK(holds(secret, len, 0));
	memset(secret, FILLED, len);
	memward_check(secret);
	memward_free(secret);
	CHECK(!memward_is_secret(secret));
}

void every_size_is_zeroed_aligned_and_whole(void)
{
	memward_ward *ward = new_ward(NULL);

	/* Twice: from fresh pages, and from what was used before. */
	for (int round = 0; round < 2; round++) {
		for (size_t len = 0; len <= 600; len++)
			check_one(ward, len);
		for (size_t i = 0; i < TEST_COUNT(large_sizes); i++)
			check_one(ward, large_sizes[i]);
	}
	close_ward(ward);
}

#define MANY 601

void secrets_do_not_overlap(void)
{
	memward_ward *ward = new_ward(NULL);
	static unsigned char *secrets[MANY];

	for (unsigned len = 0; len < MANY; len++) {
		secrets[len] = new_secret(ward, len);
		fill(secrets[len], len, len);
	}
	for (unsigned len = 0; len < MANY; len++)
		CHECK(is_filled(secrets[len], len, len));
	CHECK_CODE(memward_check_ward(ward), 0);
	/* Freeing every other one changes none of the rest. */
	for (unsigned len = 0; len < MANY; len += 2)
		memward_free(secrets[len]);
	for (unsigned len = 1; len < MANY; len += 2)
		CHECK(is_filled(secrets[len], len, len));
	CHECK_CODE(memward_check_ward(ward), 0);
	close_ward(ward);
}

/* The slot is in the thread's cache, so its page is still there to see. */
void a_packed_secret_is_wiped_at_free(void)
{
	static const size_t sizes[] = {
	    1, 16, 24, 32, 33, 100, 248, 249, 300, 1000, 4088};
	memward_ward *ward = new_ward(NULL);

	for (size_t i = 0; i < TEST_COUNT(sizes); i++) {
		size_t len = sizes[i];
		unsigned char *neighbour = new_secret(ward, len);
		unsigned char *secret = new_secret(ward, len);

		memset(neighbour, FILLED, len);
		memset(secret, FILLED, len);
		memward_free(secret);
		CHECK_INT(place_of(secret), MEMWARD_PLACE_FREED);
		/* The canary behind it is gone as well. */
		CHECK(holds(secret, len + 8, 0));
		CHECK(holds(neighbour, len, FILLED));
		memward_free(neighbour);
	}
	close_ward(ward);
}

/* At least 8 bytes behind a secret are neither zero nor its neighbour's. */
void a_canary_begins_right_behind_the_secret(void)
{
	memward_ward *ward = new_ward(NULL);

	for (size_t len = 0; len <= 600; len++) {
		unsigned char *secret = new_secret(ward, len);

		for (size_t i = 0; i < 8; i++)
			CHECK(secret[len + i] != 0);
		memward_free(secret);
	}
	close_ward(ward);
}

void without_canaries_there_are_none(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_ward *ward;
	unsigned char *secret;

	policy.require &= ~(uint32_t)MEMWARD_CANARY;
	ward = new_ward(&policy);
	secret = new_secret(ward, 20);
	CHECK(holds(secret, 32, 0));
	CHECK_INT(report_of(ward).requested & MEMWARD_CANARY, 0);
	memward_free(secret);
	close_ward(ward);
}

static unsigned char *first_of_run(void)
{
	memward_ward *ward = new_ward(NULL);

	return new_secret(ward, 32);
}

/* The first byte of the guard above, which may come after unused pages. */
static unsigned char *guard_above(unsigned char *at)
{
	while (place_of(at) != MEMWARD_PLACE_GUARD)
		at++;
	return at;
}

static unsigned char *guard_below(unsigned char *at)
{
	while (place_of(at) != MEMWARD_PLACE_GUARD)
		at--;
	return at;
}

int child_read_above_run(void)
{
	unsigned char *guard = guard_above(first_of_run());

	will_touch();
	(void)read_byte(guard);
	return done_touching();
}

int child_read_below_run(void)
{
	unsigned char *guard = guard_below(first_of_run());

	will_touch();
	(void)read_byte(guard);
	return done_touching();
}

int child_read_inside_run(void)
{
	unsigned char *secret = first_of_run();
	unsigned char *above = guard_above(secret);
	unsigned char *below = guard_below(secret);

	CHECK_INT((uintptr_t)above % page_size(), 0);
	CHECK_INT((uintptr_t)(below + 1) % page_size(), 0);
	will_touch();
	(void)read_byte(above - 1);
	(void)read_byte(below + 1);
	return done_touching();
}

/* All pages of a run in use: the guard stands behind the last of them. */
int child_write_above_full_run(void)
{
	memward_ward *ward = new_ward(NULL);
	unsigned char *last = new_secret(ward, 4000);
	unsigned char *secret = last;

	for (int i = 0; i < 60; i++) {
		if ((secret = new_secret(ward, 4000)) > last)
			last = secret;
	}
	will_touch();
	write_byte(guard_above(last), 1);
	return done_touching();
}

void a_run_stands_between_guards(void)
{
	expect_no_fault("read_inside_run");
	expect_fault("read_above_run");
	expect_fault("read_below_run");
	expect_fault("write_above_full_run");
}

void a_freed_slot_is_used_again(void)
{
	memward_ward *ward = new_ward(NULL);
	void *first = new_secret(ward, 32);
	size_t committed = budget_of(ward, 32).committed;

	for (int i = 0; i < 100000; i++) {
		memward_free(first);
		first = new_secret(ward, 32);
	}
	CHECK_INT(budget_of(ward, 32).committed, committed);
	close_ward(ward);
}

struct freeing {
	void *secrets[500];
};

static void free_all(void *argument)
{
	struct freeing *freeing = argument;

	for (size_t i = 0; i < TEST_COUNT(freeing->secrets); i++)
		memward_free(freeing->secrets[i]);
}

void another_thread_may_free(void)
{
	memward_ward *ward = new_ward(NULL);
	struct freeing freeing;
	size_t committed = 0;

	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < TEST_COUNT(freeing.secrets); i++) {
			freeing.secrets[i] = new_secret(ward, 48);
			CHECK(holds(freeing.secrets[i], 48, 0));
			memset(freeing.secrets[i], FILLED, 48);
		}
		CHECK(support_in_thread(free_all, &freeing));
		CHECK_INT(budget_of(ward, 48).live, 0);
		if (round == 1)
			committed = budget_of(ward, 48).committed;
	}
	/* Threads that end give back what they cached. */
	CHECK_INT(budget_of(ward, 48).committed, committed);
	close_ward(ward);
}

void impossible_lengths_are_refused(void)
{
	static const size_t lengths[] = {SIZE_MAX, SIZE_MAX - 1,
	    SIZE_MAX - 4096, SIZE_MAX / 2, SIZE_MAX / 4 + 1};
	memward_ward *ward = new_ward(NULL);
	char untouched;
	void *secret = &untouched;

	for (size_t i = 0; i < TEST_COUNT(lengths); i++) {
		CHECK_CODE(
		    memward_new(ward, lengths[i], &secret), MEMWARD_EOVERFLOW);
		CHECK_CODE(memward_new_guarded(ward, lengths[i], 1, &secret),
		    MEMWARD_EOVERFLOW);
		errno = 0;
		CHECK(memward_alloc(ward, lengths[i]) == NULL);
		CHECK_INT(errno, ENOMEM);
		CHECK(secret == &untouched);
	}
	CHECK_CODE(memward_new(ward, SIZE_MAX / 8, &secret), MEMWARD_ENOMEM);
	CHECK_INT(budget_of(ward, 1).refused, 3 * TEST_COUNT(lengths) + 1);
	CHECK_INT(budget_of(ward, 1).live, 0);
	close_ward(ward);
}

void freeing_keeps_errno_and_takes_null(void)
{
	void *packed = new_secret(NULL, 32);
	void *guarded = new_guarded(NULL, 100000, 1);

	errno = 1234;
	memward_free(NULL);
	memward_free(packed);
	memward_free(guarded);
	CHECK_INT(errno, 1234);
}

void null_is_an_error_or_nothing(void)
{
	memward_budget_info info = {.size = sizeof(info)};
	memward_report report = MEMWARD_REPORT_INIT;
	void *none = NULL;

	CHECK_CODE(memward_new(NULL, 1, NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_new_guarded(NULL, 1, 1, NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_resize(NULL, 1), MEMWARD_ENULL);
	CHECK_CODE(memward_resize(&none, 1), MEMWARD_ENULL);
	CHECK_CODE(memward_protect(NULL, MEMWARD_READ_ONLY), MEMWARD_ENULL);
	CHECK_CODE(memward_explain_address(&none, NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_report_secret(NULL, &report), MEMWARD_ENULL);
	CHECK_CODE(memward_report_secret(&none, NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_report_ward(NULL, NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_report_process(NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_budget(NULL, 1, NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_lock_range(NULL, 1), MEMWARD_ENULL);
	CHECK_CODE(memward_unlock_range(NULL, 1), MEMWARD_ENULL);
	CHECK_CODE(memward_random(NULL, 1), MEMWARD_ENULL);
	CHECK_CODE(
	    memward_with(NULL, MEMWARD_READ_ONLY, NULL, NULL), MEMWARD_ENULL);
	CHECK_INT(memward_size(NULL), 0);
	CHECK(!memward_is_secret(NULL));
	memward_check(NULL);
	report.size--;
	info.size--;
	CHECK_CODE(memward_report_ward(NULL, &report), MEMWARD_EVALUE);
	CHECK_CODE(memward_report_process(&report), MEMWARD_EVALUE);
	CHECK_CODE(memward_budget(NULL, 1, &info), MEMWARD_EVALUE);
}

void equal_compares_every_byte(void)
{
	unsigned char a[100];
	unsigned char b[100];

	fill(a, sizeof(a), 1);
	memcpy(b, a, sizeof(b));
	CHECK(memward_equal(a, b, sizeof(a)));
	CHECK(memward_equal(a, b, 0));
	for (size_t i = 0; i < sizeof(a); i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			b[i] ^= (unsigned char)(1u << bit);
			CHECK(!memward_equal(a, b, sizeof(a)));
			CHECK(memward_equal(a, b, i));
			b[i] = a[i];
		}
	}
}

void random_bytes_fill_every_place(void)
{
	unsigned char once[300] = {0};
	unsigned char ever[300] = {0};

	for (int round = 0; round < 20; round++) {
		CHECK_CODE(memward_random(once, sizeof(once)), 0);
		for (size_t i = 0; i < sizeof(once); i++)
			ever[i] |= once[i];
	}
	/* 256^-20 is the chance that one place was zero in every round. */
	for (size_t i = 0; i < sizeof(ever); i++)
		CHECK(ever[i] != 0);
	CHECK_CODE(memward_random(ever, sizeof(ever)), 0);
	CHECK(memcmp(once, ever, sizeof(once)) != 0);
	CHECK_CODE(memward_random(once, 0), 0);
}

void counters_follow_live_peak_and_refused(void)
{
	memward_ward *ward = new_ward(NULL);
	void *secrets[200];

	for (size_t i = 0; i < TEST_COUNT(secrets); i++) {
		CHECK_INT(budget_of(ward, 32).live, i);
		secrets[i] = i % 3 == 0 ? (void *)new_guarded(ward, i, 1)
					: (void *)new_secret(ward, i);
	}
	CHECK_INT(budget_of(ward, 32).live, TEST_COUNT(secrets));
	CHECK(budget_of(ward, 32).peak >= TEST_COUNT(secrets));
	for (size_t i = 0; i < TEST_COUNT(secrets); i++) {
		memward_free(secrets[i]);
		CHECK_INT(
		    budget_of(ward, 32).live, TEST_COUNT(secrets) - i - 1);
	}
	CHECK(budget_of(ward, 32).peak >= TEST_COUNT(secrets));
	CHECK_INT(budget_of(ward, 32).refused, 0);
	close_ward(ward);
}
