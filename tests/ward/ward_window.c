/* SPDX-License-Identifier: MIT */
/* Closed wards and the windows on them. */
#include "ward_list.h"

#include <string.h>

static void begin(memward_ward *ward, memward_access access)
{
	CHECK_CODE(memward_begin(ward, access), 0);
}

static void end(memward_ward *ward)
{
	CHECK_CODE(memward_end(ward), 0);
}

int child_read_outside_window(void)
{
	unsigned char *secret = new_secret(new_closed_ward(), 32);

	will_touch();
	(void)read_byte(secret);
	return done_touching();
}

int child_read_guarded_outside_window(void)
{
	unsigned char *secret = new_guarded(new_closed_ward(), 32, 1);

	will_touch();
	(void)read_byte(secret);
	return done_touching();
}

int child_read_after_window(void)
{
	memward_ward *ward = new_closed_ward();
	unsigned char *secret = new_secret(ward, 32);

	begin(ward, MEMWARD_READ_WRITE);
	secret[0] = 1;
	end(ward);
	will_touch();
	(void)read_byte(secret);
	return done_touching();
}

/* Memory that another call used in a window is closed again as well. */
int child_read_after_calls(void)
{
	memward_ward *ward = new_closed_ward();
	unsigned char *secret = new_secret(ward, 32);

	memward_free(new_secret(ward, 32));
	memward_check(secret);
	CHECK_CODE(memward_check_ward(ward), 0);
	will_touch();
	(void)read_byte(secret);
	return done_touching();
}

/* Freed inside a window, it is closed at the latest when that ends. */
int child_read_guarded_freed_in_window(void)
{
	memward_ward *ward = new_closed_ward();
	unsigned char *secret = new_guarded(ward, 32, 1);

	begin(ward, MEMWARD_READ_WRITE);
	memward_free(secret);
	end(ward);
	will_touch();
	(void)read_byte(secret);
	return done_touching();
}

/* So are the pages that were new inside the window. */
int child_read_guarded_made_in_window(void)
{
	memward_ward *ward = new_closed_ward();
	unsigned char *secret;

	begin(ward, MEMWARD_READ_WRITE);
	secret = new_guarded(ward, 32, 1);
	secret[0] = 1;
	end(ward);
	will_touch();
	(void)read_byte(secret);
	return done_touching();
}

int child_read_packed_made_in_window(void)
{
	memward_ward *ward = new_closed_ward();
	unsigned char *secret = NULL;

	begin(ward, MEMWARD_READ_WRITE);
	for (int i = 0; i < 1000; i++)
		secret = new_secret(ward, 32);
	secret[0] = 1;
	end(ward);
	will_touch();
	(void)read_byte(secret);
	return done_touching();
}

void a_closed_ward_cannot_be_touched(void)
{
	expect_fault("read_outside_window");
	expect_fault("read_guarded_outside_window");
	expect_fault("read_after_window");
	expect_fault("read_after_calls");
	expect_fault("read_guarded_freed_in_window");
	expect_fault("read_guarded_made_in_window");
	expect_fault("read_packed_made_in_window");
}

int child_write_in_reading_window(void)
{
	memward_ward *ward = new_closed_ward();
	unsigned char *secret = new_secret(ward, 32);

	begin(ward, MEMWARD_READ_ONLY);
	CHECK_INT(secret[0], 0);
	will_touch();
	write_byte(secret, 1);
	return done_touching();
}

int child_write_guarded_in_reading_window(void)
{
	memward_ward *ward = new_closed_ward();
	unsigned char *secret = new_guarded(ward, 32, 1);

	begin(ward, MEMWARD_READ_ONLY);
	CHECK_INT(secret[0], 0);
	will_touch();
	write_byte(secret, 1);
	return done_touching();
}

/* A writing window in a reading one ends, and reading is what stays. */
int child_write_after_inner_window(void)
{
	memward_ward *ward = new_closed_ward();
	unsigned char *secret = new_secret(ward, 32);

	begin(ward, MEMWARD_READ_ONLY);
	begin(ward, MEMWARD_READ_WRITE);
	secret[0] = 7;
	end(ward);
	CHECK_INT(read_byte(secret), 7);
	will_touch();
	write_byte(secret, 1);
	return done_touching();
}

void a_reading_window_refuses_writes(void)
{
	expect_fault("write_in_reading_window");
	expect_fault("write_guarded_in_reading_window");
	expect_fault("write_after_inner_window");
}

void windows_nest_and_are_counted(void)
{
	memward_ward *ward = new_closed_ward();
	unsigned char *secret = new_secret(ward, 32);
	unsigned char *guarded = new_guarded(ward, 5000, 1);

	for (int i = 0; i < 100; i++)
		begin(
		    ward, i % 2 == 0 ? MEMWARD_READ_WRITE : MEMWARD_READ_ONLY);
	memset(secret, FILLED, 32);
	memset(guarded, FILLED, 5000);
	/* The outermost window writes, so writing holds until its end. */
	for (int i = 0; i < 99; i++) {
		end(ward);
		secret[0] = FILLED;
		guarded[0] = FILLED;
	}
	end(ward);
	CHECK_CODE(memward_end(ward), MEMWARD_EWINDOW);
	begin(ward, MEMWARD_READ_ONLY);
	CHECK(holds(secret, 32, FILLED));
	CHECK(holds(guarded, 5000, FILLED));
	end(ward);
	close_ward(ward);
}

void windows_have_a_depth_and_say_so(void)
{
	memward_ward *ward = new_closed_ward();
	int depth = 0;
	int rc;

	while ((rc = memward_begin(ward, MEMWARD_READ_ONLY)) == 0 &&
	       depth < 100000)
		depth++;
	CHECK_CODE(rc, MEMWARD_EWINDOW);
	CHECK(depth >= 200);
	for (; depth != 0; depth--)
		end(ward);
	close_ward(ward);
}

void a_window_needs_an_access_it_knows(void)
{
	memward_ward *ward = new_closed_ward();

	CHECK_CODE(memward_begin(ward, MEMWARD_NO_ACCESS), MEMWARD_EVALUE);
	CHECK_CODE(memward_begin(ward, (memward_access)4), MEMWARD_EVALUE);
	CHECK_CODE(memward_end(ward), MEMWARD_EWINDOW);
	close_ward(ward);
}

struct elsewhere {
	memward_ward *ward;
	unsigned char *secret;
	int rc;
	unsigned char seen;
};

static void end_elsewhere(void *argument)
{
	struct elsewhere *elsewhere = argument;

	elsewhere->rc = memward_end(elsewhere->ward);
}

void only_the_thread_that_began_ends_a_window(void)
{
	struct elsewhere elsewhere = {.ward = new_closed_ward()};
	unsigned char *secret = new_secret(elsewhere.ward, 1);

	begin(elsewhere.ward, MEMWARD_READ_WRITE);
	CHECK(support_in_thread(end_elsewhere, &elsewhere));
	CHECK_CODE(elsewhere.rc, MEMWARD_EWINDOW);
	secret[0] = 1;
	end(elsewhere.ward);
	close_ward(elsewhere.ward);
}

static void read_elsewhere(void *argument)
{
	struct elsewhere *elsewhere = argument;

	elsewhere->seen = *elsewhere->secret;
	elsewhere->rc = 0;
}

/* Windows by page protection hold for all threads, as documented. */
void a_window_holds_for_all_threads(void)
{
	struct elsewhere elsewhere = {.ward = new_closed_ward(), .rc = 1};

	elsewhere.secret = new_secret(elsewhere.ward, 1);
	begin(elsewhere.ward, MEMWARD_READ_WRITE);
	elsewhere.secret[0] = 9;
	CHECK(support_in_thread(read_elsewhere, &elsewhere));
	CHECK_INT(elsewhere.rc, 0);
	CHECK_INT(elsewhere.seen, 9);
	end(elsewhere.ward);
	close_ward(elsewhere.ward);
}

static void leave_open(void *argument)
{
	struct elsewhere *elsewhere = argument;

	elsewhere->rc = memward_begin(elsewhere->ward, MEMWARD_READ_WRITE);
	if (elsewhere->rc == 0)
		elsewhere->rc =
		    memward_begin(elsewhere->ward, MEMWARD_READ_ONLY);
}

void a_thread_that_ends_closes_its_windows(void)
{
	struct elsewhere elsewhere = {.ward = new_closed_ward()};

	CHECK(support_in_thread(leave_open, &elsewhere));
	CHECK_CODE(elsewhere.rc, 0);
	/* A window still open would refuse this. */
	close_ward(elsewhere.ward);
	expect_fault("read_after_thread_left_window");
}

int child_read_after_thread_left_window(void)
{
	struct elsewhere elsewhere = {.ward = new_closed_ward()};
	unsigned char *secret = new_secret(elsewhere.ward, 1);

	CHECK(support_in_thread(leave_open, &elsewhere));
	CHECK_CODE(elsewhere.rc, 0);
	will_touch();
	(void)read_byte(secret);
	return done_touching();
}

static int add_one(void *argument)
{
	unsigned char *secret = argument;

	secret[0]++;
	return secret[0];
}

void with_calls_inside_a_window(void)
{
	memward_ward *ward = new_closed_ward();
	unsigned char *secret = new_secret(ward, 1);

	for (int i = 1; i < 50; i++)
		CHECK_INT(
		    memward_with(ward, MEMWARD_READ_WRITE, add_one, secret), i);
	CHECK_CODE(memward_end(ward), MEMWARD_EWINDOW);
	CHECK_CODE(memward_with(ward, MEMWARD_NO_ACCESS, add_one, secret),
	    MEMWARD_EVALUE);
	close_ward(ward);
}

void a_ward_with_a_window_open_is_not_closed(void)
{
	memward_policy open = MEMWARD_POLICY_INIT;

	for (int i = 0; i < 2; i++) {
		memward_ward *ward =
		    i == 0 ? new_closed_ward() : new_ward(&open);
		unsigned char *secret = new_secret(ward, 32);

		begin(ward, MEMWARD_READ_WRITE);
		fill(secret, 32, 1);
		CHECK_CODE(memward_close(ward), MEMWARD_EWINDOW);
		CHECK(is_filled(secret, 32, 1));
		end(ward);
		close_ward(ward);
	}
}

/* Inside and outside of windows, of both kinds, packed and guarded. */
void closed_wards_allocate_free_and_check(void)
{
	memward_ward *ward = new_closed_ward();
	void *secrets[300];

	for (int round = 0; round < 3; round++) {
		if (round != 0)
			begin(ward, round == 1 ? MEMWARD_READ_ONLY
					       : MEMWARD_READ_WRITE);
		for (size_t i = 0; i < TEST_COUNT(secrets); i++)
			secrets[i] = i % 10 == 0
					 ? (void *)new_guarded(ward, i, 1)
					 : (void *)new_secret(ward, i);
		memward_check(secrets[0]);
		memward_check(secrets[1]);
		CHECK_CODE(memward_check_ward(ward), 0);
		CHECK_CODE(memward_check_all(), 0);
		CHECK_INT(memward_size(secrets[7]), 7);
		CHECK_INT(budget_of(ward, 1).live, TEST_COUNT(secrets));
		if (round != 0) {
			CHECK(holds(secrets[299], 299, 0));
			CHECK(holds(secrets[290], 290, 0));
		}
		for (size_t i = 0; i < TEST_COUNT(secrets); i++)
			memward_free(secrets[i]);
		if (round != 0)
			end(ward);
	}
	CHECK_INT(budget_of(ward, 1).live, 0);
	close_ward(ward);
}

#define MANY 10000

/* So many that they lie on far more pages than one chunk has. */
static memward_ward *fill_long_run(void **secrets)
{
	memward_policy policy = unlocked_policy();
	memward_ward *ward;

	policy.rest = MEMWARD_NO_ACCESS;
	ward = new_ward(&policy);
	for (size_t i = 0; i < MANY; i++)
		secrets[i] = new_secret(ward, 32);
	return ward;
}

static bool is_one_mapping(void *const *secrets)
{
	bool known;
	bool same = support_same_mapping(secrets[0], secrets[MANY - 1], &known);

	/* Each step in which a hidden run grows is a file of its own. */
	return same || !known || ARE_HIDDEN;
}

/* However many: opening them all costs one call, and what is between too. */
void many_closed_secrets_are_one_mapping(void)
{
	static void *secrets[MANY];
	memward_ward *ward = fill_long_run(secrets);

	CHECK(is_one_mapping(secrets));
	for (size_t i = 0; i < MANY; i += 7) {
		memward_free(secrets[i]);
		secrets[i] = new_secret(ward, 32);
		memward_check(secrets[i]);
		CHECK_CODE(memward_resize(&secrets[i], 30), 0);
	}
	begin(ward, MEMWARD_READ_WRITE);
	for (size_t i = 0; i < MANY; i++)
		fill(secrets[i], 30, (unsigned)i);
	end(ward);
	CHECK(is_one_mapping(secrets));
	CHECK_CODE(memward_check_ward(ward), 0);
	begin(ward, MEMWARD_READ_ONLY);
	for (size_t i = 0; i < MANY; i++) {
		CHECK_INT(memward_size(secrets[i]), i % 7 == 0 ? 30 : 32);
		CHECK(is_filled(secrets[i], 30, (unsigned)i));
		CHECK(!memward_is_secret((char *)secrets[i] + 16));
	}
	end(ward);
	close_ward(ward);
}

int child_read_beside_freed_in_long_run(void)
{
	static void *secrets[MANY];

	(void)fill_long_run(secrets);
	memward_free(secrets[MANY / 2]);
	will_touch();
	(void)read_byte(secrets[MANY / 2 + 1]);
	return done_touching();
}

int child_read_new_in_long_run(void)
{
	static void *secrets[MANY];
	memward_ward *ward = fill_long_run(secrets);

	memward_free(secrets[MANY / 2]);
	secrets[0] = new_secret(ward, 32);
	will_touch();
	(void)read_byte(secrets[0]);
	return done_touching();
}

/* In a window for reading, all is as that allows again. */
int child_write_resized_in_long_run(void)
{
	static void *secrets[MANY];
	memward_ward *ward = fill_long_run(secrets);

	begin(ward, MEMWARD_READ_ONLY);
	CHECK_CODE(memward_resize(&secrets[MANY / 2], 31), 0);
	CHECK_INT(read_byte(secrets[MANY / 2]), 0);
	will_touch();
	write_byte(secrets[MANY / 2], 1);
	return done_touching();
}

void what_a_call_opened_in_a_long_run_is_closed(void)
{
	expect_fault("read_beside_freed_in_long_run");
	expect_fault("read_new_in_long_run");
	expect_fault("write_resized_in_long_run");
}

/* The narrower of the window's access and the secret's own holds. */
int child_write_own_read_only_in_window(void)
{
	memward_ward *ward = new_closed_ward();
	unsigned char *secret = new_guarded(ward, 32, 1);

	CHECK_CODE(memward_protect(secret, MEMWARD_READ_ONLY), 0);
	begin(ward, MEMWARD_READ_WRITE);
	CHECK_INT(secret[0], 0);
	will_touch();
	write_byte(secret, 1);
	return done_touching();
}

int child_read_own_read_write_outside_window(void)
{
	unsigned char *secret = new_guarded(new_closed_ward(), 32, 1);

	CHECK_CODE(memward_protect(secret, MEMWARD_READ_WRITE), 0);
	will_touch();
	(void)read_byte(secret);
	return done_touching();
}

void a_secrets_own_state_holds_in_windows_too(void)
{
	expect_fault("write_own_read_only_in_window");
	expect_fault("read_own_read_write_outside_window");
}
