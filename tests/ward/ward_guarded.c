/* SPDX-License-Identifier: MIT */
/* Guarded secrets: pages of their own between two guards. */
#include "ward_list.h"

#include <stdint.h>
#include <string.h>

/* How many bytes lie between the end of a secret and its guard. */
static size_t slack_of(const unsigned char *secret, size_t len)
{
	return (page_size() - ((uintptr_t)secret + len) % page_size()) %
	       page_size();
}

static void check_one(memward_ward *ward, size_t len, size_t align)
{
	unsigned char *secret = new_guarded(ward, len, align);
	/* An empty secret lies before a byte of slack, not on the guard. */
	size_t slack = slack_of(secret, len == 0 ? 1 : len) + (len == 0);

	CHECK_INT((uintptr_t)secret % align, 0);
	CHECK_INT(memward_size(secret), len);
	CHECK(memward_is_secret(secret));
	CHECK(memward_ward_of(secret) == ward);
	CHECK(holds(secret, len, 0));
	/* No closer to the guard than the alignment lets it be. */
	CHECK(slack < align + (len == 0));
	for (size_t i = 0; i < slack; i++)
		CHECK(secret[len + i] != 0);
	CHECK_INT(place_of(secret + len + slack), MEMWARD_PLACE_GUARD);
	if (slack != 0)
		CHECK_INT(
		    place_of(secret + len + slack - 1), MEMWARD_PLACE_SLACK);
	memset(secret, FILLED, len);
	memward_check(secret);
	memward_free(secret);
	CHECK(!memward_is_secret(secret));
}

void guarded_secrets_end_at_their_guard(void)
{
	memward_ward *ward = new_ward(NULL);
	size_t page = page_size();
	size_t sizes[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 100, page - 17,
	    page - 16, page - 1, page, page + 1, 2 * page, 3 * page + 5,
	    8 * page - 1, 8 * page, 8 * page + 1, 20 * page, 100000};

	for (size_t align = 1; align <= page; align *= 2) {
		for (size_t i = 0; i < TEST_COUNT(sizes); i++)
			check_one(ward, sizes[i], align);
	}
	close_ward(ward);
}

void guarded_secrets_do_not_overlap(void)
{
	memward_ward *ward = new_ward(NULL);
	unsigned char *secrets[64];

	for (unsigned i = 0; i < TEST_COUNT(secrets); i++) {
		secrets[i] = new_guarded(ward, i * 300, 1);
		fill(secrets[i], i * 300, i);
	}
	CHECK_CODE(memward_check_ward(ward), 0);
	for (unsigned i = 0; i < TEST_COUNT(secrets); i++) {
		CHECK(is_filled(secrets[i], i * 300, i));
		memward_free(secrets[i]);
	}
	CHECK_INT(budget_of(ward, 1).live, 0);
	close_ward(ward);
}

void other_alignments_are_refused(void)
{
	size_t bad[] = {0, 3, 6, 12, 48, page_size() + 1, page_size() * 2,
	    SIZE_MAX, SIZE_MAX / 2 + 1};
	void *secret = NULL;

	for (size_t i = 0; i < TEST_COUNT(bad); i++)
		CHECK_CODE(memward_new_guarded(NULL, 32, bad[i], &secret),
		    MEMWARD_EVALUE);
	CHECK(secret == NULL);
}

/* The freed pages stay with the thread, so they are still there to see. */
void a_guarded_secret_is_wiped_at_free(void)
{
	memward_ward *ward = new_ward(NULL);
	unsigned char *secret = new_guarded(ward, 3000, 64);
	uintptr_t first = (uintptr_t)secret / page_size() * page_size();

	memset(secret, FILLED, 3000);
	memward_free(secret);
	CHECK_INT(place_of(secret), MEMWARD_PLACE_FREED);
	CHECK(holds((void *)first, page_size(), 0));
	close_ward(ward);
}

int child_read_next_byte(void)
{
	unsigned char *secret = new_guarded(NULL, 100, 1);

	will_touch();
	(void)read_byte(secret + 100);
	return done_touching();
}

int child_write_next_byte(void)
{
	unsigned char *secret = new_guarded(NULL, 100, 1);

	will_touch();
	write_byte(secret + 100, 1);
	return done_touching();
}

/* With an alignment, the guard stands behind the slack. */
int child_read_behind_slack(void)
{
	unsigned char *secret = new_guarded(NULL, 100, 16);

	will_touch();
	(void)read_byte(secret + 112);
	return done_touching();
}

int child_read_front_guard(void)
{
	unsigned char *secret = new_guarded(NULL, 100, 1);
	uintptr_t first = (uintptr_t)secret / page_size() * page_size();

	will_touch();
	(void)read_byte((void *)(first - 1));
	return done_touching();
}

/* A secret that fills its pages begins right behind the front guard. */
int child_write_before_whole_page(void)
{
	unsigned char *secret = new_guarded(NULL, page_size(), 1);

	will_touch();
	write_byte(secret - 1, 1);
	return done_touching();
}

int child_touch_just_inside(void)
{
	unsigned char *secret = new_guarded(NULL, 100, 1);
	unsigned char *whole = new_guarded(NULL, page_size(), 1);
	uintptr_t first = (uintptr_t)secret / page_size() * page_size();

	will_touch();
	write_byte(secret, 1);
	write_byte(secret + 99, 1);
	(void)read_byte((void *)first);
	write_byte(whole, 1);
	write_byte(whole + page_size() - 1, 1);
	memward_free(secret);
	memward_free(whole);
	return done_touching();
}

void exactly_the_next_byte_faults(void)
{
	expect_no_fault("touch_just_inside");
	expect_fault("read_next_byte");
	expect_fault("write_next_byte");
	expect_fault("read_behind_slack");
}

void the_guard_in_front_faults(void)
{
	expect_fault("read_front_guard");
	expect_fault("write_before_whole_page");
}

/* Every slot of a run has guards, also the last one. */
int child_read_behind_last_slot(void)
{
	memward_ward *ward = new_ward(NULL);
	unsigned char *last = new_guarded(ward, 1, 1);

	for (int i = 0; i < 7; i++) {
		unsigned char *secret = new_guarded(ward, 1, 1);

		last = secret > last ? secret : last;
	}
	will_touch();
	(void)read_byte(last + 1);
	return done_touching();
}

void the_last_slot_of_a_run_has_a_guard(void)
{
	expect_fault("read_behind_last_slot");
}

static unsigned char *with_access(memward_access access)
{
	unsigned char *secret = new_guarded(NULL, 100, 1);

	fill(secret, 100, 1);
	CHECK_CODE(memward_protect(secret, access), 0);
	return secret;
}

int child_read_closed_secret(void)
{
	unsigned char *secret = with_access(MEMWARD_NO_ACCESS);

	will_touch();
	(void)read_byte(secret);
	return done_touching();
}

int child_write_read_only_secret(void)
{
	unsigned char *secret = with_access(MEMWARD_READ_ONLY);

	will_touch();
	write_byte(secret, 1);
	return done_touching();
}

int child_read_read_only_secret(void)
{
	unsigned char *secret = with_access(MEMWARD_READ_ONLY);
	unsigned char *other = new_guarded(NULL, 100, 1);

	will_touch();
	CHECK(is_filled(secret, 100, 1));
	/* One secret's state is not another's. */
	write_byte(other, 1);
	return done_touching();
}

int child_write_reopened_secret(void)
{
	unsigned char *secret = with_access(MEMWARD_NO_ACCESS);

	memward_check(secret);
	CHECK_CODE(memward_check_ward(NULL), 0);
	CHECK_CODE(memward_protect(secret, MEMWARD_READ_WRITE), 0);
	will_touch();
	CHECK(is_filled(secret, 100, 1));
	write_byte(secret, 1);
	return done_touching();
}

/* Looking at canaries does not leave a closed secret open. */
int child_read_closed_after_check(void)
{
	unsigned char *secret = with_access(MEMWARD_NO_ACCESS);

	memward_check(secret);
	CHECK_CODE(memward_check_ward(NULL), 0);
	CHECK_CODE(memward_check_all(), 0);
	CHECK(memward_is_intact(secret));
	will_touch();
	(void)read_byte(secret);
	return done_touching();
}

void guarded_secrets_have_states_of_their_own(void)
{
	expect_fault("read_closed_secret");
	expect_fault("write_read_only_secret");
	expect_no_fault("read_read_only_secret");
	expect_no_fault("write_reopened_secret");
	expect_fault("read_closed_after_check");
}

void a_secret_is_freed_in_any_state(void)
{
	static const memward_access states[] = {
	    MEMWARD_NO_ACCESS, MEMWARD_READ_ONLY, MEMWARD_READ_WRITE};
	static const size_t sizes[] = {1, 5000, 100000};

	for (size_t s = 0; s < TEST_COUNT(sizes); s++) {
		for (size_t i = 0; i < TEST_COUNT(states); i++) {
			unsigned char *secret = new_guarded(NULL, sizes[s], 1);

			memset(secret, FILLED, sizes[s]);
			CHECK_CODE(memward_protect(secret, states[i]), 0);
			memward_free(secret);
			/* The next one in its place is open and zero. */
			secret = new_guarded(NULL, sizes[s], 1);
			CHECK(holds(secret, sizes[s], 0));
			memset(secret, FILLED, sizes[s]);
			memward_free(secret);
		}
	}
}

void protect_refuses_what_it_cannot_do(void)
{
	unsigned char *packed = new_secret(NULL, 32);
	unsigned char *guarded = new_guarded(NULL, 32, 1);

	CHECK_CODE(memward_protect(packed, MEMWARD_READ_ONLY), MEMWARD_EPACKED);
	CHECK_CODE(memward_protect(guarded, (memward_access)3), MEMWARD_EVALUE);
	CHECK_CODE(memward_protect(guarded, (memward_access)0), MEMWARD_EVALUE);
	packed[0] = 1;
	guarded[0] = 1;
	memward_free(packed);
	memward_free(guarded);
}

static memward_ward *new_trapping_ward(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;

	policy.require |= MEMWARD_TRAP_FREE;
	return new_ward(&policy);
}

int child_read_trapped(void)
{
	unsigned char *secret = new_guarded(new_trapping_ward(), 100, 1);

	memward_free(secret);
	will_touch();
	(void)read_byte(secret);
	return done_touching();
}

int child_write_trapped(void)
{
	unsigned char *secret = new_guarded(new_trapping_ward(), 100, 1);

	memward_free(secret);
	will_touch();
	write_byte(secret + 99, 1);
	return done_touching();
}

/* A check of the ward, or a window, does not open what was freed. */
int child_read_trapped_after_check(void)
{
	memward_ward *ward = new_trapping_ward();
	unsigned char *secret = new_guarded(ward, 100, 1);

	memward_free(secret);
	CHECK_CODE(memward_check_ward(ward), 0);
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	will_touch();
	(void)read_byte(secret);
	return done_touching();
}

int child_read_untrapped(void)
{
	memward_ward *ward = new_ward(NULL);
	unsigned char *secret = new_guarded(ward, 100, 1);

	memset(secret, FILLED, 100);
	memward_free(secret);
	will_touch();
	CHECK(holds(secret, 100, 0));
	return done_touching();
}

void trap_free_makes_a_freed_secret_fault(void)
{
	expect_no_fault("read_untrapped");
	expect_fault("read_trapped");
	expect_fault("write_trapped");
	expect_fault("read_trapped_after_check");
}

void a_trapped_slot_is_used_again(void)
{
	memward_ward *ward = new_trapping_ward();

	for (int i = 0; i < 200; i++) {
		unsigned char *secret = new_guarded(ward, 100, 1);

		CHECK(holds(secret, 100, 0));
		memset(secret, FILLED, 100);
		memward_free(secret);
	}
	CHECK(budget_of(ward, 1).committed <= 64 * page_size());
	close_ward(ward);
}
