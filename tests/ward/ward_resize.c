/* SPDX-License-Identifier: MIT */
/* Other lengths for secrets that exist. */
#include "ward_list.h"

#include <stdint.h>
#include <string.h>

static const size_t sizes[] = {0, 1, 15, 24, 25, 32, 40, 41, 100, 248, 249, 600,
    1000, 4000, 4088, 4089, 15352, 15353, 20000, 100000};

static void resize_one(void *secret, size_t before, size_t after)
{
	size_t kept = before < after ? before : after;
	unsigned char *mem;

	fill(secret, before, 3);
	check_granted(memward_resize(&secret, after));
	mem = secret;
	CHECK_INT(memward_size(secret), after);
	CHECK(is_filled(mem, kept, 3));
	CHECK(holds(mem + kept, after - kept, 0));
	memset(mem, FILLED, after);
	memward_check(secret);
	memward_free(secret);
}

void resizing_keeps_what_fits_and_zeros_the_rest(void)
{
	memward_ward *ward = new_ward(NULL);

	for (size_t i = 0; i < TEST_COUNT(sizes); i++) {
		for (size_t j = 0; j < TEST_COUNT(sizes); j++) {
			resize_one(
			    new_secret(ward, sizes[i]), sizes[i], sizes[j]);
			if (i % 3 == 0 && j % 3 == 0)
				resize_one(new_guarded(ward, sizes[i], 1),
				    sizes[i], sizes[j]);
		}
	}
	CHECK_INT(budget_of(ward, 1).live, 0);
	close_ward(ward);
}

/* Within a class of sizes the secret stays where it is. */
void small_changes_are_made_in_place(void)
{
	memward_ward *ward = new_ward(NULL);
	void *secret = new_secret(ward, 26);
	void *before = secret;

	fill(secret, 26, 9);
	for (size_t len = 25; len <= 40; len++) {
		CHECK_CODE(memward_resize(&secret, len), 0);
		CHECK(secret == before);
		CHECK_INT(memward_size(secret), len);
		CHECK(is_filled(secret, len < 25 ? len : 25, 9));
		memward_check(secret);
	}
	memset(secret, FILLED, 40);
	CHECK_CODE(memward_resize(&secret, 30), 0);
	CHECK(secret == before);
	/* What was cut off is gone, also when it becomes part again. */
	CHECK_CODE(memward_resize(&secret, 40), 0);
	CHECK(holds(secret, 30, FILLED));
	CHECK(holds((unsigned char *)secret + 30, 10, 0));
	memward_free(secret);
	close_ward(ward);
}

void a_moved_secret_leaves_no_copy(void)
{
	memward_ward *ward = new_ward(NULL);
	unsigned char *before = new_secret(ward, 100);
	void *secret = before;

	memset(secret, FILLED, 100);
	CHECK_CODE(memward_resize(&secret, 2000), 0);
	CHECK(secret != before);
	CHECK(!memward_is_secret(before));
	CHECK(holds(before, 100, 0));
	CHECK(holds(secret, 100, FILLED));
	before = secret;
	CHECK_CODE(memward_resize(&secret, 10), 0);
	CHECK(holds(before, 100, 0));
	CHECK(holds(secret, 10, FILLED));
	close_ward(ward);
}

void a_moved_guarded_secret_leaves_no_copy(void)
{
	memward_ward *ward = new_ward(NULL);
	unsigned char *before = new_guarded(ward, 100, 64);
	void *secret = before;

	memset(secret, FILLED, 100);
	CHECK_CODE(memward_resize(&secret, 200), 0);
	CHECK(!memward_is_secret(before));
	CHECK(holds(before, 100, 0));
	CHECK(holds(secret, 100, FILLED));
	/* It is still guarded, and aligned as before. */
	CHECK_INT((uintptr_t)secret % 64, 0);
	CHECK_CODE(memward_protect(secret, MEMWARD_READ_ONLY), 0);
	close_ward(ward);
}

static void refuse(memward_ward *ward, void *secret, size_t len, int code)
{
	void *before = secret;
	size_t old = memward_size(secret);

	CHECK_CODE(memward_resize(&secret, len), code);
	CHECK(secret == before);
	CHECK_INT(memward_size(secret), old);
	CHECK(is_filled(secret, old, 5));
	CHECK(memward_ward_of(secret) == ward);
	memward_check(secret);
}

void a_refused_resize_leaves_the_secret_as_it_is(void)
{
	memward_policy policy = unlocked_policy();
	memward_ward *ward;
	unsigned char *packed;
	unsigned char *guarded;

	policy.limit = 4 * page_size();
	ward = new_ward(&policy);
	packed = new_secret(ward, 100);
	guarded = new_guarded(ward, 100, 1);
	fill(packed, 100, 5);
	fill(guarded, 100, 5);
	refuse(ward, packed, 4 * page_size(), MEMWARD_ELIMIT);
	refuse(ward, packed, 25 * page_size(), MEMWARD_ELIMIT);
	refuse(ward, packed, SIZE_MAX, MEMWARD_EOVERFLOW);
	refuse(ward, guarded, 4 * page_size(), MEMWARD_ELIMIT);
	refuse(ward, guarded, SIZE_MAX, MEMWARD_EOVERFLOW);
	CHECK_INT(budget_of(ward, 1).live, 2);
	memward_free(packed);
	memward_free(guarded);
	close_ward(ward);
}

void a_closed_secret_is_not_resized(void)
{
	unsigned char *guarded = new_guarded(NULL, 100, 1);

	fill(guarded, 100, 5);
	CHECK_CODE(memward_protect(guarded, MEMWARD_NO_ACCESS), 0);
	{
		void *secret = guarded;

		CHECK_CODE(memward_resize(&secret, 200), MEMWARD_ECLOSED);
		CHECK(secret == guarded);
	}
	CHECK_CODE(memward_protect(guarded, MEMWARD_READ_WRITE), 0);
	CHECK(is_filled(guarded, 100, 5));
	memward_free(guarded);
}

/* Resizing is memward's own work: the ward opens for it and closes again. */
void secrets_of_closed_wards_are_resized(void)
{
	memward_ward *ward = new_closed_ward();
	void *secret = new_secret(ward, 100);

	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	fill(secret, 100, 6);
	CHECK_CODE(memward_end(ward), 0);
	CHECK_CODE(memward_resize(&secret, 104), 0);
	CHECK_CODE(memward_resize(&secret, 5000), 0);
	check_granted(memward_resize(&secret, 50000));
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
	CHECK(is_filled(secret, 100, 6));
	CHECK(holds((unsigned char *)secret + 100, 49900, 0));
	CHECK_CODE(memward_end(ward), 0);
	memward_free(secret);
	close_ward(ward);
}
