/* SPDX-License-Identifier: MIT */
#include "contract.h"

#include <stdint.h>
#include <string.h>

void alloc_gives_zeroed_writable_pages(void)
{
	size_t page = memward_sys_page_size();
	const size_t lengths[] = {1, 32, page - 1, page, page + 1, 5 * page};
	const size_t pages[] = {1, 1, 1, 1, 2, 5};

	for (size_t i = 0; i < TEST_COUNT(lengths); i++) {
		void *mem = NULL;

		CHECK_CODE(memward_sys_alloc(lengths[i], &mem), 0);
		CHECK(mem != NULL);
		CHECK_INT((uintptr_t)mem % page, 0);
		CHECK(holds(mem, pages[i], 0));
		memset(mem, FILLED, pages[i] * page);
		CHECK(holds(mem, pages[i], FILLED));
		CHECK_CODE(memward_sys_free(mem, lengths[i]), 0);
	}
}

void alloc_gives_zeros_again_after_free(void)
{
	for (int i = 0; i < 20; i++) {
		void *mem = NULL;
		size_t len = 3 * memward_sys_page_size();

		CHECK_CODE(memward_sys_alloc(len, &mem), 0);
		CHECK(holds(mem, 3, 0));
		memset(mem, FILLED, len);
		CHECK_CODE(memward_sys_free(mem, len), 0);
	}
}

void alloc_gives_pages_of_their_own(void)
{
	unsigned char *mem[8];

	for (size_t i = 0; i < TEST_COUNT(mem); i++) {
		mem[i] = new_pages(2);
		memset(mem[i], (int)i + 1, 2 * memward_sys_page_size());
	}
	for (size_t i = 0; i < TEST_COUNT(mem); i++)
		CHECK(holds(mem[i], 2, (unsigned char)(i + 1)));
	for (size_t i = 0; i < TEST_COUNT(mem); i++)
		free_pages(mem[i], 2);
}

void alloc_gives_many_pages(void)
{
	size_t page = memward_sys_page_size();
	size_t count = ((size_t)16 << 20) / page;
	void *mem = NULL;

	CHECK_CODE(memward_sys_alloc(count * page, &mem), 0);
	CHECK(holds(mem, count, 0));
	for (size_t i = 0; i < count; i++)
		*page_at(mem, i) = FILLED;
	CHECK_INT(*page_at(mem, count - 1), FILLED);
	free_pages(mem, count);
}

void alloc_refuses_what_no_memory_holds(void)
{
	size_t page = memward_sys_page_size();
	/* The largest that is a length, and the smallest that is none. */
	const size_t lengths[] = {SIZE_MAX - page + 1, SIZE_MAX - page + 2};
	const int codes[] = {MEMWARD_ENOMEM, MEMWARD_EOVERFLOW};

	for (size_t i = 0; i < TEST_COUNT(lengths); i++) {
		char untouched;
		void *mem = &untouched;

		CHECK_CODE(memward_sys_alloc(lengths[i], &mem), codes[i]);
		CHECK(mem == &untouched);
	}
}

int child_touch_live_page(void)
{
	unsigned char *mem = new_pages(1);

	will_touch();
	write_byte(mem, 1);
	return done_touching();
}

int child_touch_freed_page(void)
{
	unsigned char *mem = new_pages(1);

	free_pages(mem, 1);
	will_touch();
	(void)read_byte(mem);
	return done_touching();
}

void free_takes_the_pages_away(void)
{
	expect_no_fault("touch_live_page");
	expect_fault("touch_freed_page");
}

void free_works_in_any_state(void)
{
	static const memward_access states[] = {
	    MEMWARD_NO_ACCESS, MEMWARD_READ_ONLY, MEMWARD_READ_WRITE};

	for (size_t i = 0; i < TEST_COUNT(states); i++) {
		size_t page = memward_sys_page_size();
		unsigned char *mem = new_pages(3);

		/* The middle is in another state than the rest. */
		CHECK_CODE(
		    memward_sys_protect(page_at(mem, 1), page, states[i]), 0);
		free_pages(mem, 3);
		CHECK_CODE(memward_sys_free(mem, 3 * page), MEMWARD_EUNMAPPED);
	}
}

void free_twice_is_an_error(void)
{
	unsigned char *mem = new_pages(2);
	size_t len = 2 * memward_sys_page_size();

	CHECK_CODE(memward_sys_free(mem, len), 0);
	CHECK_CODE(memward_sys_free(mem, len), MEMWARD_EUNMAPPED);
}

void free_of_a_part_leaves_the_rest(void)
{
	size_t page = memward_sys_page_size();
	unsigned char *mem = new_pages(3);
	int rc = memward_sys_free(page_at(mem, 1), page);

	if (rc == MEMWARD_EPARTIAL) {
		CHECK(holds(mem, 3, FILLED));
		write_byte(page_at(mem, 1), 1);
		free_pages(mem, 3);
		return;
	}
	CHECK_CODE(rc, 0);
	CHECK(holds(mem, 1, FILLED));
	CHECK(holds(page_at(mem, 2), 1, FILLED));
	CHECK_CODE(memward_sys_free(page_at(mem, 1), page), MEMWARD_EUNMAPPED);
	free_pages(mem, 1);
	free_pages(page_at(mem, 2), 1);
}
