/* SPDX-License-Identifier: MIT */
/* memward/scope.h: typed secrets, and what ends with its scope. */
#include "ward_cases.h"

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

struct key {
	uint32_t id;
	unsigned char bytes[28];
};

struct wide {
	alignas(64) unsigned char bytes[64];
};

static void typed_secrets_have_their_size_and_alignment(void)
{
	struct key *key = MEMWARD_NEW(NULL, struct key);
	uint16_t *numbers = MEMWARD_NEW_ARRAY(NULL, uint16_t, 12);
	struct wide *wide = MEMWARD_NEW_ARRAY(NULL, struct wide, 3);

	CHECK(key != NULL && numbers != NULL && wide != NULL);
	CHECK_INT(memward_size(key), sizeof(*key));
	CHECK_INT(memward_size(numbers), 24);
	CHECK_INT(memward_size(wide), sizeof(*wide) * 3);
	CHECK_INT((uintptr_t)wide % 64, 0);
	CHECK(holds(key, sizeof(*key), 0));
	memward_free(key);
	memward_free(numbers);
	memward_free(wide);
}

static void a_product_that_overflows_is_refused(void)
{
	errno = 0;
	CHECK(MEMWARD_NEW_ARRAY(NULL, struct key, SIZE_MAX / 16) == NULL);
	CHECK_INT(errno, ENOMEM);
	errno = 0;
	CHECK(MEMWARD_NEW_ARRAY(NULL, struct wide, SIZE_MAX / 16) == NULL);
	CHECK_INT(errno, ENOMEM);
	CHECK(memward_alloc_array(NULL, 1, 1, 48) == NULL);
	CHECK_INT(errno, EINVAL);
}

static void nothing_is_a_secret_as_well(void)
{
	struct key *none = MEMWARD_NEW_ARRAY(NULL, struct key, 0);

	CHECK(none != NULL);
	CHECK_INT(memward_size(none), 0);
	memward_free(none);
}

#ifndef MEMWARD_READ

static void what_ends_with_a_scope(void)
{
	TEST_SKIP("this compiler has no attribute cleanup");
}

#define CASES_OF_SCOPES TEST_CASE(what_ends_with_a_scope)

#else

/* Whether no window is open: the ward can be closed, and is. */
static void check_no_window(memward_ward *ward)
{
	CHECK_CODE(memward_close(ward), 0);
}

static memward_ward *closed_ward(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_ward *ward = NULL;

	policy.rest = MEMWARD_NO_ACCESS;
	check_granted(memward_open(&policy, &ward));
	return ward;
}

static void a_secret_is_freed_with_its_scope(void)
{
	struct key *key;
	{
		MEMWARD_FREE_AT_END struct key *own =
		    MEMWARD_NEW(NULL, struct key);
		MEMWARD_FREE_AT_END char *none = NULL;

		key = own;
		CHECK(memward_is_secret(key) && none == NULL);
	}
	CHECK(!memward_is_secret(key));
}

static struct key *hand_on(void)
{
	MEMWARD_FREE_AT_END struct key *own = MEMWARD_NEW(NULL, struct key);
	struct key *given = own;

	own = NULL;
	return given;
}

static void a_secret_handed_on_lives(void)
{
	struct key *key = hand_on();

	CHECK(memward_is_secret(key));
	memward_free(key);
}

static void a_ward_is_closed_after_its_secrets(void)
{
	memward_ward *handle;
	{
		MEMWARD_CLOSE_AT_END memward_ward *ward = closed_ward();
		MEMWARD_FREE_AT_END struct key *key =
		    MEMWARD_NEW(ward, struct key);

		CHECK(memward_is_secret(key));
		handle = ward;
	}
	CHECK_CODE(memward_close(handle), MEMWARD_EVALUE);
}

static void a_ward_with_a_window_stays(void)
{
	memward_ward *handle;
	{
		MEMWARD_CLOSE_AT_END memward_ward *ward = closed_ward();

		CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
		handle = ward;
	}
	CHECK_CODE(memward_end(handle), 0);
	CHECK_CODE(memward_close(handle), 0);
}

static void a_window_is_open_for_its_statement(void)
{
	memward_ward *ward = closed_ward();
	struct key *key = MEMWARD_NEW(ward, struct key);
	uint32_t id = 0;

	CHECK(key != NULL);
	MEMWARD_WRITE(ward) {
		key->id = 7;
		CHECK_CODE(memward_close(ward), MEMWARD_EWINDOW);
	} else {
		CHECK(false);
	}
	/* Without braces, too. */
	MEMWARD_READ(ward)
		id = key->id;
	CHECK_INT(id, 7);
	check_no_window(ward);
}

static void windows_within_windows(void)
{
	memward_ward *first = closed_ward();
	memward_ward *second = closed_ward();
	struct key *a = MEMWARD_NEW(first, struct key);
	struct key *b = MEMWARD_NEW(second, struct key);
	bool equal = true;

	CHECK(a != NULL && b != NULL);
	MEMWARD_WRITE(first) {
		a->id = 1;
		MEMWARD_READ(second) {
			equal = a->id == b->id;
		}
		CHECK_CODE(memward_close(second), 0);
		a->id = 2;
	}
	CHECK(!equal);
	check_no_window(first);
}

/* The statement is left, not the loop around it. */
static void break_and_continue_end_the_window(void)
{
	memward_ward *ward = closed_ward();
	int rounds = 0;
	int late = 0;

	for (int i = 0; i < 3; i++) {
		MEMWARD_READ(ward) {
			if (i == 0)
				break;
			if (i == 1)
				continue;
			late++;
		}
		rounds++;
	}
	CHECK_INT(rounds, 3);
	CHECK_INT(late, 1);
	check_no_window(ward);
}

static int return_from(memward_ward *ward)
{
	MEMWARD_READ(ward) {
		return 1;
	}
	return 0;
}

static void return_ends_the_window(void)
{
	memward_ward *ward = closed_ward();

	CHECK_INT(return_from(ward), 1);
	check_no_window(ward);
}

static void goto_ends_the_window(void)
{
	memward_ward *ward = closed_ward();

	MEMWARD_WRITE(ward) {
		MEMWARD_READ(ward) {
			goto out;
		}
	}
	CHECK(false);
out:
	check_no_window(ward);
}

/* A window that cannot be had is the else, and never the body. */
static void a_window_refused_is_the_else(void)
{
	memward_ward *ward = closed_ward();
	int refused = 0;

	CHECK_CODE(memward_close(ward), 0);
	MEMWARD_READ(ward) {
		CHECK(false);
	} else {
		refused++;
	}
	MEMWARD_WRITE(ward) {
		CHECK(false);
	}
	CHECK_INT(refused, 1);
}

/* Misuse: the body ends the window, or the ward; nothing is ended twice. */
static void a_body_may_end_what_it_stands_in(void)
{
	memward_ward *ward = closed_ward();

	MEMWARD_READ(ward) {
		CHECK_CODE(memward_end(ward), 0);
	}
	MEMWARD_READ(ward) {
		CHECK_CODE(memward_end(ward), 0);
		CHECK_CODE(memward_close(ward), 0);
	}
	CHECK_CODE(memward_close(ward), MEMWARD_EVALUE);
}

#define CASES_OF_SCOPES                                    \
	TEST_CASE(a_secret_is_freed_with_its_scope),       \
	    TEST_CASE(a_secret_handed_on_lives),           \
	    TEST_CASE(a_ward_is_closed_after_its_secrets), \
	    TEST_CASE(a_ward_with_a_window_stays),         \
	    TEST_CASE(a_window_is_open_for_its_statement), \
	    TEST_CASE(windows_within_windows),             \
	    TEST_CASE(break_and_continue_end_the_window),  \
	    TEST_CASE(return_ends_the_window),             \
	    TEST_CASE(goto_ends_the_window),               \
	    TEST_CASE(a_window_refused_is_the_else),       \
	    TEST_CASE(a_body_may_end_what_it_stands_in)

#endif

static const struct test_case cases[] = {
    TEST_CASE(typed_secrets_have_their_size_and_alignment),
    TEST_CASE(a_product_that_overflows_is_refused),
    TEST_CASE(nothing_is_a_secret_as_well),
    CASES_OF_SCOPES,
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
