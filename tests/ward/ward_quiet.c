/* SPDX-License-Identifier: MIT */
/*
 * Within a reserve no system call is made: proved in a process that any such
 * call kills. The control makes one and dies.
 */
#include "ward_list.h"

#include <stdlib.h>
#include <string.h>

#define COUNT 3000

static void *secrets[COUNT];

static void forbid_calls(void)
{
	const char *why = support_forbid_calls();

	if (why != NULL)
		child_cannot(why);
}

static void use(memward_ward *ward, size_t len)
{
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < COUNT; i++) {
			secrets[i] = memward_alloc(ward, len);
			if (secrets[i] == NULL)
				_Exit(3);
			memset(secrets[i], FILLED, len);
		}
		for (size_t i = 0; i < COUNT; i++)
			memward_free(secrets[i]);
	}
}

int child_use_reserve(void)
{
	memward_ward *ward = new_ward(NULL);

	check_granted(memward_reserve(ward, COUNT, 32));
	forbid_calls();
	use(ward, 32);
	_Exit(0);
}

int child_use_reserve_of_default_ward(void)
{
	check_granted(memward_reserve(NULL, COUNT, 100));
	forbid_calls();
	use(NULL, 100);
	_Exit(0);
}

/* Frees of other secrets do not give the reserve back to the system. */
int child_use_reserve_after_frees(void)
{
	static void *others[40000];
	memward_ward *ward = new_ward(NULL);

	for (size_t i = 0; i < TEST_COUNT(others); i++)
		others[i] = new_secret(ward, 32);
	for (size_t i = 0; i < TEST_COUNT(others) / 2; i++)
		memward_free(others[i]);
	CHECK_CODE(memward_reserve(ward, COUNT, 64), 0);
	for (size_t i = TEST_COUNT(others) / 2; i < TEST_COUNT(others); i++)
		memward_free(others[i]);
	forbid_calls();
	use(ward, 64);
	_Exit(0);
}

/* A second reserve finds idle pages; from then on it counts on them. */
int child_use_reserve_of_idle_pages(void)
{
	static void *others[20000];
	memward_ward *ward = new_ward(NULL);

	for (size_t i = 0; i < TEST_COUNT(others); i++)
		others[i] = new_secret(ward, 64);
	for (size_t i = 0; i < 300; i++)
		(void)new_secret(ward, 4000);
	for (size_t i = 0; i < 3500; i++)
		memward_free(others[i]);
	CHECK_CODE(memward_reserve(ward, COUNT, 64), 0);
	for (size_t i = 3500; i < TEST_COUNT(others); i++)
		memward_free(others[i]);
	forbid_calls();
	use(ward, 64);
	_Exit(0);
}

/* Packed slots that are warm need no reserve. */
int child_use_warm_slots(void)
{
	memward_ward *ward = new_ward(NULL);

	memward_free(new_secret(ward, 32));
	forbid_calls();
	for (int i = 0; i < 100000; i++) {
		void *secret = memward_alloc(ward, 32);

		if (secret == NULL)
			_Exit(3);
		memward_free(secret);
	}
	_Exit(0);
}

int child_use_warm_guarded_slots(void)
{
	memward_ward *ward = new_ward(NULL);

	memward_free(new_guarded(ward, 32, 1));
	forbid_calls();
	for (int i = 0; i < 1000; i++) {
		void *secret = memward_alloc_guarded(ward, 32, 1);

		if (secret == NULL)
			_Exit(3);
		memset(secret, FILLED, 32);
		memward_free(secret);
	}
	_Exit(0);
}

int child_nest_windows_quietly(void)
{
	memward_ward *ward = new_closed_ward();
	unsigned char *secret = new_secret(ward, 32);

	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	forbid_calls();
	for (int i = 0; i < 1000; i++) {
		if (memward_begin(ward, MEMWARD_READ_ONLY) != 0)
			_Exit(3);
		secret[0]++;
		if (memward_end(ward) != 0)
			_Exit(4);
	}
	_Exit(0);
}

/* The control: without a reserve, new pages need system calls. */
int child_use_no_reserve(void)
{
	memward_ward *ward = new_ward(NULL);

	memward_free(new_secret(ward, 32));
	forbid_calls();
	use(ward, 32);
	_Exit(0);
}

static void need_filter(void)
{
	struct child_result result = support_run_child("use_no_reserve");

	if (result.end == CHILD_EXITED && result.code == TEST_CHILD_FAILED)
		expect_success("use_no_reserve");
	CHECK_INT(result.end, CHILD_KILLED);
}

void within_a_reserve_no_system_call_is_made(void)
{
	need_filter();
	expect_success("use_reserve");
	expect_success("use_reserve_of_default_ward");
}

void a_reserve_survives_other_frees(void)
{
	need_filter();
	expect_success("use_reserve_after_frees");
	expect_success("use_reserve_of_idle_pages");
}

void warm_slots_need_no_system_call(void)
{
	need_filter();
	expect_success("use_warm_slots");
	expect_success("use_warm_guarded_slots");
}

void nested_windows_make_no_system_call(void)
{
	need_filter();
	expect_success("nest_windows_quietly");
}

void a_reserve_is_all_or_an_error(void)
{
	memward_policy policy = unlocked_policy();
	memward_ward *ward;

	policy.limit = 10 * page_size();
	ward = new_ward(&policy);
	CHECK_CODE(memward_reserve(ward, 0, 32), 0);
	CHECK_CODE(
	    memward_reserve(ward, 100 * page_size(), 32), MEMWARD_ELIMIT);
	CHECK_CODE(memward_reserve(ward, SIZE_MAX, 32), MEMWARD_ELIMIT);
	CHECK_CODE(memward_reserve(ward, 1, SIZE_MAX), MEMWARD_EVALUE);
	CHECK_CODE(memward_reserve(ward, 3 * page_size() / 48, 32), 0);
	memward_free(new_secret(ward, 32));
	close_ward(ward);
}
