/* SPDX-License-Identifier: MIT */
#include "contract.h"

#include <stdio.h>

/* Cases lock this many pages at most. */
#define MOST 3

static size_t bytes(size_t pages)
{
	return pages * memward_sys_page_size();
}

static void need_lock(void)
{
	memward_sys_info info = query();
	void *mem;
	int rc;

	need_feature(MEMWARD_SYS_LOCK);
	if (info.lock_limit >= bytes(MOST))
		return;
	/* Privilege may go beyond the limit; only a try can tell. */
	mem = new_pages(MOST);
	rc = memward_sys_lock(mem, bytes(MOST));
	free_pages(mem, MOST);
	if (rc == MEMWARD_ELOCKLIMIT)
		TEST_SKIP("%s", memward_error_text(rc));
	CHECK_CODE(rc, 0);
}

static bool has_account(void)
{
	bool known;
	unsigned char *mem = new_pages(1);

	(void)support_is_locked(mem, &known);
	free_pages(mem, 1);
	return known;
}

/* Where there is no account of locks, only result codes can be checked. */
static void check_locked(const unsigned char *page, bool expected)
{
	bool known;
	bool locked = support_is_locked(page, &known);

	if (known)
		CHECK_INT(locked, expected);
}

void lock_and_unlock_are_in_the_kernels_account(void)
{
	unsigned char *mem;

	need_lock();
	mem = new_pages(MOST);
	check_locked(mem, false);
	CHECK_CODE(memward_sys_lock(mem, bytes(MOST)), 0);
	for (size_t i = 0; i < MOST; i++)
		check_locked(page_at(mem, i), true);
	CHECK_CODE(memward_sys_unlock(mem, bytes(MOST)), 0);
	for (size_t i = 0; i < MOST; i++)
		check_locked(page_at(mem, i), false);
	free_pages(mem, MOST);
	if (!has_account())
		TEST_SKIP("the result codes are right, but the system gives "
			  "no account of locked pages to prove them by");
}

void locks_do_not_nest(void)
{
	unsigned char *mem;

	need_lock();
	mem = new_pages(2);
	CHECK_CODE(memward_sys_lock(mem, bytes(2)), 0);
	CHECK_CODE(memward_sys_lock(mem, bytes(2)), 0);
	CHECK_CODE(memward_sys_lock(mem, bytes(1)), 0);
	check_locked(mem, true);
	CHECK_CODE(memward_sys_unlock(mem, bytes(2)), 0);
	check_locked(mem, false);
	check_locked(page_at(mem, 1), false);
	free_pages(mem, 2);
}

void lock_keeps_the_contents(void)
{
	unsigned char *mem;

	need_lock();
	mem = new_pages(2);
	CHECK_CODE(memward_sys_lock(mem, bytes(2)), 0);
	CHECK(holds(mem, 2, FILLED));
	CHECK_CODE(memward_sys_unlock(mem, bytes(2)), 0);
	CHECK(holds(mem, 2, FILLED));
	free_pages(mem, 2);
}

void lock_rounds_up_to_the_page(void)
{
	unsigned char *mem;

	need_lock();
	mem = new_pages(3);
	CHECK_CODE(memward_sys_lock(mem, bytes(1) + 1), 0);
	check_locked(mem, true);
	check_locked(page_at(mem, 1), true);
	check_locked(page_at(mem, 2), false);
	free_pages(mem, 3);
}

void unlock_of_unlocked_pages_succeeds(void)
{
	unsigned char *mem;

	need_lock();
	mem = new_pages(2);
	CHECK_CODE(memward_sys_unlock(mem, bytes(2)), 0);
	CHECK_CODE(memward_sys_lock(mem, bytes(1)), 0);
	/* Partly locked, partly not. */
	CHECK_CODE(memward_sys_unlock(mem, bytes(2)), 0);
	CHECK_CODE(memward_sys_unlock(mem, bytes(2)), 0);
	check_locked(mem, false);
	free_pages(mem, 2);
}

static void check_lock_survives(memward_access access)
{
	unsigned char *mem;

	need_lock();
	mem = new_pages(3);
	CHECK_CODE(memward_sys_lock(mem, bytes(3)), 0);
	CHECK_CODE(memward_sys_protect(page_at(mem, 1), bytes(1), access), 0);
	check_locked(mem, true);
	check_locked(page_at(mem, 2), true);
	CHECK_CODE(memward_sys_protect(mem, bytes(3), MEMWARD_READ_WRITE), 0);
	for (size_t i = 0; i < 3; i++)
		check_locked(page_at(mem, i), true);
	CHECK(holds(mem, 3, FILLED));
	/* One unlock is still enough. */
	CHECK_CODE(memward_sys_unlock(mem, bytes(3)), 0);
	for (size_t i = 0; i < 3; i++)
		check_locked(page_at(mem, i), false);
	free_pages(mem, 3);
}

void lock_survives_closing(void)
{
	check_lock_survives(MEMWARD_NO_ACCESS);
}

void lock_survives_reading_only(void)
{
	check_lock_survives(MEMWARD_READ_ONLY);
}

void lock_of_closed_pages_is_refused(void)
{
	unsigned char *mem;

	need_lock();
	mem = new_pages(2);
	CHECK_CODE(memward_sys_protect(mem, bytes(2), MEMWARD_NO_ACCESS), 0);
	CHECK_CODE(memward_sys_lock(mem, bytes(2)), MEMWARD_EINACCESSIBLE);
	check_locked(mem, false);
	CHECK_CODE(memward_sys_protect(mem, bytes(2), MEMWARD_READ_WRITE), 0);
	check_locked(mem, false);
	CHECK(holds(mem, 2, FILLED));
	free_pages(mem, 2);
}

void lock_of_partly_closed_pages_locks_none(void)
{
	unsigned char *mem;

	need_lock();
	mem = new_pages(3);
	CHECK_CODE(
	    memward_sys_protect(page_at(mem, 1), bytes(1), MEMWARD_NO_ACCESS),
	    0);
	CHECK_CODE(memward_sys_lock(mem, bytes(3)), MEMWARD_EINACCESSIBLE);
	for (size_t i = 0; i < 3; i++)
		check_locked(page_at(mem, i), false);
	CHECK_CODE(memward_sys_protect(mem, bytes(3), MEMWARD_READ_WRITE), 0);
	for (size_t i = 0; i < 3; i++)
		check_locked(page_at(mem, i), false);
	free_pages(mem, 3);
}

void lock_of_a_part_locks_that_part(void)
{
	unsigned char *mem;

	need_lock();
	mem = new_pages(3);
	CHECK_CODE(memward_sys_lock(page_at(mem, 1), bytes(1)), 0);
	check_locked(mem, false);
	check_locked(page_at(mem, 1), true);
	check_locked(page_at(mem, 2), false);
	free_pages(mem, 3);
}

void unlock_of_a_part_unlocks_that_part(void)
{
	unsigned char *mem;

	need_lock();
	mem = new_pages(3);
	CHECK_CODE(memward_sys_lock(mem, bytes(3)), 0);
	CHECK_CODE(memward_sys_unlock(page_at(mem, 1), bytes(1)), 0);
	check_locked(mem, true);
	check_locked(page_at(mem, 1), false);
	check_locked(page_at(mem, 2), true);
	free_pages(mem, 3);
}

void free_of_locked_pages_frees_their_lock(void)
{
	/* Were locks left behind, a limit of 64 KiB would not last. */
	for (int i = 0; i < 40; i++) {
		unsigned char *mem;

		need_lock();
		mem = new_pages(2);
		CHECK_CODE(memward_sys_lock(mem, bytes(2)), 0);
		if (i % 2 == 1)
			CHECK_CODE(memward_sys_protect(
				       mem, bytes(2), MEMWARD_NO_ACCESS),
			    0);
		free_pages(mem, 2);
	}
}

int child_freeze_locks(void)
{
	unsigned char *mem = new_pages(2);
	memward_sys_info info;
	int rc;

	CHECK_CODE(memward_sys_lock(mem, bytes(1)), 0);
	memward_sys_freeze_locks();
	CHECK_CODE(memward_sys_unlock(mem, bytes(1)), MEMWARD_ELOCKFROZEN);
	CHECK_CODE(memward_sys_lock(mem, bytes(2)), MEMWARD_ELOCKFROZEN);
	check_locked(mem, true);
	check_locked(page_at(mem, 1), false);
	info = query();
	CHECK_INT(info.granted & MEMWARD_SYS_LOCK, 0);
	CHECK_CODE(info.reason[0], MEMWARD_ELOCKFROZEN);
	/* Closing is allowed only if it leaves the lock in place. */
	rc = memward_sys_protect(mem, bytes(1), MEMWARD_NO_ACCESS);
	if (rc != MEMWARD_ELOCKFROZEN) {
		CHECK_CODE(rc, 0);
		check_locked(mem, true);
	}
	free_pages(mem, 2);
	return done_touching();
}

void frozen_locks_stay_as_they_are(void)
{
	need_lock();
	expect_no_fault("freeze_locks");
}

void lock_says_what_the_query_said(void)
{
	memward_sys_info info = query();
	unsigned char *mem = new_pages(1);

	CHECK_CODE(memward_sys_lock(mem, bytes(1)), info.reason[0]);
	free_pages(mem, 1);
}
