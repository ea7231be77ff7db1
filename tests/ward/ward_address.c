/* SPDX-License-Identifier: MIT */
/* Whose memory an address is. */
#include "ward_list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static memward_address explain(const void *address)
{
	memward_address what;

	memset(&what, 0xff, sizeof(what));
	CHECK_CODE(memward_explain_address(address, &what), 0);
	return what;
}

static void check_place(const unsigned char *address, memward_place place,
    memward_ward *ward, const void *secret, size_t len)
{
	memward_address what = explain(address);

	CHECK_INT(what.place, place);
	CHECK(what.ward == ward);
	CHECK(what.secret == secret);
	CHECK_INT(what.len, len);
	if (secret != NULL)
		CHECK_INT(what.offset, address - (const unsigned char *)secret);
}

void addresses_in_packed_secrets_are_explained(void)
{
	memward_ward *ward = new_ward(NULL);
	unsigned char *secret = new_secret(ward, 100);

	check_place(secret, MEMWARD_PLACE_SECRET, ward, secret, 100);
	check_place(secret + 99, MEMWARD_PLACE_SECRET, ward, secret, 100);
	check_place(secret + 100, MEMWARD_PLACE_SLACK, ward, secret, 100);
	check_place(secret + 111, MEMWARD_PLACE_SLACK, ward, secret, 100);
	memward_free(secret);
	check_place(secret, MEMWARD_PLACE_FREED, ward, NULL, 0);
	check_place(secret + 50, MEMWARD_PLACE_FREED, ward, NULL, 0);
	close_ward(ward);
	CHECK(explain(secret).place != MEMWARD_PLACE_SECRET);
	CHECK(explain(secret).place != MEMWARD_PLACE_FREED);
}

void addresses_in_guarded_secrets_are_explained(void)
{
	memward_ward *ward = new_ward(NULL);
	unsigned char *secret = new_guarded(ward, 100, 16);
	unsigned char *end = secret + 112;

	check_place(secret, MEMWARD_PLACE_SECRET, ward, secret, 100);
	check_place(secret + 99, MEMWARD_PLACE_SECRET, ward, secret, 100);
	check_place(secret + 100, MEMWARD_PLACE_SLACK, ward, secret, 100);
	check_place(secret - 1, MEMWARD_PLACE_SLACK, ward, secret, 100);
	check_place(end - page_size(), MEMWARD_PLACE_SLACK, ward, secret, 100);
	check_place(end, MEMWARD_PLACE_GUARD, ward, secret, 100);
	check_place(
	    end + page_size() - 1, MEMWARD_PLACE_GUARD, ward, secret, 100);
	CHECK_INT(place_of(end - page_size() - 1), MEMWARD_PLACE_GUARD);
	memward_free(secret);
	check_place(secret, MEMWARD_PLACE_FREED, ward, NULL, 0);
	CHECK_INT(place_of(end), MEMWARD_PLACE_GUARD);
	close_ward(ward);
}

/* An overrun is the usual fault: the guard is named after whom it follows. */
void a_guard_is_explained_by_the_secret_before_it(void)
{
	memward_policy policy = unlocked_policy();
	memward_ward *ward = new_ward(&policy);
	size_t lengths[] = {1, page_size(), 2 * page_size() - 5,
	    4 * page_size(), 8 * page_size(), 30 * page_size()};

	for (size_t i = 0; i < TEST_COUNT(lengths); i++) {
		for (int n = 0; n < 20; n++) {
			unsigned char *secret =
			    new_guarded(ward, lengths[i], 1);

			check_place(secret + lengths[i], MEMWARD_PLACE_GUARD,
			    ward, secret, lengths[i]);
		}
	}
	close_ward(ward);
}

void the_default_ward_is_explained_as_null(void)
{
	unsigned char *secret = new_secret(NULL, 10);

	check_place(secret + 5, MEMWARD_PLACE_SECRET, NULL, secret, 10);
	memward_free(secret);
}

void foreign_addresses_are_explained(void)
{
	static int in_program;
	int on_stack = 0;
	void *on_heap = malloc(10);

	CHECK(on_heap != NULL);
	check_place(NULL, MEMWARD_PLACE_FOREIGN, NULL, NULL, 0);
	check_place((void *)&on_stack, MEMWARD_PLACE_FOREIGN, NULL, NULL, 0);
	check_place((void *)&in_program, MEMWARD_PLACE_FOREIGN, NULL, NULL, 0);
	check_place(on_heap, MEMWARD_PLACE_FOREIGN, NULL, NULL, 0);
	check_place((void *)UINTPTR_MAX, MEMWARD_PLACE_FOREIGN, NULL, NULL, 0);
	CHECK(!memward_is_secret(&on_stack));
	CHECK(!memward_is_secret(on_heap));
	free(on_heap);
}

void only_the_first_byte_is_a_secret(void)
{
	unsigned char *packed = new_secret(NULL, 100);
	unsigned char *guarded = new_guarded(NULL, 100, 1);

	for (ptrdiff_t i = -200; i < 200; i++) {
		CHECK(memward_is_secret(guarded + i) == (i == 0));
		if (i > 0 && i < 112)
			CHECK(!memward_is_secret(packed + i));
	}
	CHECK(memward_is_secret(packed));
	memward_free(packed);
	memward_free(guarded);
}

static void check_intact(unsigned char *secret, ptrdiff_t broken)
{
	CHECK(memward_is_intact(secret));
	CHECK(!memward_is_intact(secret + 1));
	secret[broken] ^= 1;
	CHECK(!memward_is_intact(secret));
	secret[broken] ^= 1;
	CHECK(memward_is_intact(secret));
	memward_free(secret);
	CHECK(!memward_is_intact(secret));
}

void intact_is_what_free_would_take(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	unsigned char *secret;
	memward_ward *ward;

	check_intact(new_secret(NULL, 20), 20);
	check_intact(new_guarded(NULL, 100, 16), 100);
	check_intact(new_guarded(NULL, 100, 1), -1);
	CHECK(!memward_is_intact(NULL));
	CHECK(!memward_is_intact(&policy));

	policy.rest = MEMWARD_NO_ACCESS;
	ward = new_ward(&policy);
	secret = new_secret(ward, 20);
	CHECK(memward_is_intact(secret));
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	secret[20] ^= 1;
	CHECK_CODE(memward_end(ward), 0);
	CHECK(!memward_is_intact(secret));
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	secret[20] ^= 1;
	CHECK_CODE(memward_end(ward), 0);
	memward_free(secret);
	close_ward(ward);
}

static memward_ward *faulting_ward;
static unsigned char *faulting_secret;

/* The exit status is the answer; nothing else can be done in here. */
static void explain_fault(void *address)
{
	memward_address what;

	if (memward_explain_address(address, &what) != 0)
		_Exit(1);
	if (what.place != MEMWARD_PLACE_GUARD || what.ward != faulting_ward)
		_Exit(2);
	if (what.secret != faulting_secret || what.offset != 77)
		_Exit(3);
	if (memward_is_secret(address))
		_Exit(4);
	_Exit(0);
}

int child_explain_in_handler(void)
{
	const char *why = support_on_fault(explain_fault);

	if (why != NULL)
		child_cannot(why);
	faulting_ward = new_ward(NULL);
	faulting_secret = new_guarded(faulting_ward, 77, 1);
	(void)read_byte(faulting_secret + 77);
	return 5;
}

void a_fault_handler_learns_whose_memory_it_was(void)
{
	expect_success("explain_in_handler");
}

static void explain_closed(void *address)
{
	memward_address what;

	if (memward_explain_address(address, &what) != 0)
		_Exit(1);
	/* Some processors tell no more of a fault than its page: s390x. */
	if (((uintptr_t)address & (page_size() - 1)) == 0)
		child_cannot("this processor tells only the page of a fault");
	_Exit(what.place == MEMWARD_PLACE_SECRET && what.offset == 5 ? 0 : 2);
}

int child_explain_closed_in_handler(void)
{
	const char *why = support_on_fault(explain_closed);

	if (why != NULL)
		child_cannot(why);
	(void)read_byte(new_secret(new_closed_ward(), 77) + 5);
	return 5;
}

void a_fault_handler_sees_closed_secrets(void)
{
	expect_success("explain_closed_in_handler");
}
