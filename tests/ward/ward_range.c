/* SPDX-License-Identifier: MIT */
/* Locks on the caller's own memory, counted per page. */
#include "ward_list.h"

#include <stdint.h>

#define PAGES 8

static unsigned char *new_pages(void)
{
	void *mem = NULL;

	CHECK_CODE(memward_sys_alloc(PAGES * page_size(), &mem), 0);
	return mem;
}

/* By the kernel's account, where there is one: bit i is page i. */
static void check_locked(const unsigned char *mem, unsigned expected)
{
	unsigned locked = 0;

	for (unsigned i = 0; i < PAGES; i++) {
		bool known;

		if (support_is_locked(mem + i * page_size(), &known))
			locked |= 1u << i;
		if (!known)
			return;
	}
	CHECK_INT(locked, expected);
}

static void lock(const void *mem, size_t len)
{
	check_granted(memward_lock_range(mem, len));
}

static void unlock(const void *mem, size_t len)
{
	CHECK_CODE(memward_unlock_range(mem, len), 0);
}

void ranges_are_locked_by_whole_pages(void)
{
	size_t page = page_size();
	unsigned char *mem = new_pages();

	check_locked(mem, 0);
	lock(mem + page + 5, 1);
	check_locked(mem, 1u << 1);
	lock(mem + 4 * page - 1, 2);
	check_locked(mem, 1u << 1 | 1u << 3 | 1u << 4);
	unlock(mem + page + 7, 9);
	unlock(mem + 4 * page - 1, 2);
	check_locked(mem, 0);
	CHECK_CODE(memward_sys_free(mem, PAGES * page), 0);
}

/* Two small things on one page: unlocking one leaves the other locked. */
void unlocking_one_leaves_its_neighbour_locked(void)
{
	unsigned char *mem = new_pages();

	lock(mem + 10, 10);
	lock(mem + 100, 10);
	lock(mem, page_size() * 2);
	check_locked(mem, 3);
	unlock(mem + 10, 10);
	check_locked(mem, 3);
	unlock(mem, page_size() * 2);
	check_locked(mem, 1);
	unlock(mem + 100, 10);
	check_locked(mem, 0);
	CHECK_CODE(memward_sys_free(mem, PAGES * page_size()), 0);
}

void overlapping_ranges_are_counted_page_by_page(void)
{
	size_t page = page_size();
	unsigned char *mem = new_pages();

	lock(mem, 5 * page);
	lock(mem + 3 * page, 5 * page);
	check_locked(mem, 0xff);
	unlock(mem, 5 * page);
	check_locked(mem, 0xf8);
	lock(mem + 4 * page, 1);
	unlock(mem + 3 * page, 5 * page);
	check_locked(mem, 0x10);
	unlock(mem + 4 * page, 1);
	check_locked(mem, 0);
	CHECK_CODE(memward_sys_free(mem, PAGES * page), 0);
}

void unlocking_what_is_not_locked_changes_nothing(void)
{
	size_t page = page_size();
	unsigned char *mem = new_pages();

	CHECK_CODE(memward_unlock_range(mem, page), MEMWARD_ENOTLOCKED);
	lock(mem, 2 * page);
	CHECK_CODE(memward_unlock_range(mem, 3 * page), MEMWARD_ENOTLOCKED);
	check_locked(mem, 3);
	unlock(mem, 2 * page);
	CHECK_CODE(memward_unlock_range(mem, 1), MEMWARD_ENOTLOCKED);
	CHECK_CODE(memward_sys_free(mem, PAGES * page), 0);
}

void impossible_ranges_are_errors(void)
{
	unsigned char *mem = new_pages();

	CHECK_CODE(memward_lock_range(mem, 0), MEMWARD_EZERO);
	CHECK_CODE(memward_unlock_range(mem, 0), MEMWARD_EZERO);
	CHECK_CODE(memward_lock_range(mem, SIZE_MAX), MEMWARD_EOVERFLOW);
	CHECK_CODE(memward_unlock_range(mem, SIZE_MAX), MEMWARD_EOVERFLOW);
	CHECK_CODE(memward_sys_free(mem, PAGES * page_size()), 0);
	CHECK_CODE(memward_lock_range(mem, 1), MEMWARD_EUNMAPPED);
	CHECK_CODE(memward_unlock_range(mem, 1), MEMWARD_ENOTLOCKED);
}

/* A hole in the middle: the pages before it are not left locked. */
void a_refused_range_locks_nothing(void)
{
	size_t page = page_size();
	unsigned char *mem = new_pages();

	CHECK_CODE(
	    memward_sys_protect(mem + 4 * page, page, MEMWARD_NO_ACCESS), 0);
	lock(mem + 2 * page, 1);
	CHECK(memward_lock_range(mem, 6 * page) != 0);
	check_locked(mem, 1u << 2);
	CHECK_CODE(memward_unlock_range(mem, 1), MEMWARD_ENOTLOCKED);
	unlock(mem + 2 * page, 1);
	CHECK_CODE(memward_sys_free(mem, PAGES * page), 0);
}

void many_ranges_are_remembered(void)
{
	size_t page = page_size();
	void *mem = NULL;
	unsigned char *at;

	CHECK_CODE(memward_sys_alloc(200 * page, &mem), 0);
	at = mem;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < 200; i += 2)
			lock(at + i * page, 1);
		for (size_t i = 0; i < 200; i++)
			CHECK_CODE(memward_unlock_range(at + i * page, 1),
			    i % 2 == 0 ? 0 : MEMWARD_ENOTLOCKED);
	}
	CHECK_CODE(memward_sys_free(mem, 200 * page), 0);
}
