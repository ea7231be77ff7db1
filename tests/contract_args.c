/* SPDX-License-Identifier: MIT */
/* Every bad argument has its own code and changes nothing. */
#include "contract.h"

#include <stdint.h>

static int close_pages(void *mem, size_t len)
{
	return memward_sys_protect(mem, len, MEMWARD_NO_ACCESS);
}

static int omit_pages(void *mem, size_t len)
{
	return memward_sys_set_fork_rule(mem, len, MEMWARD_FORK_OMIT);
}

static int leave_out(void *mem, size_t len)
{
	return memward_sys_set_dump(mem, len, false);
}

static int free_range(void *mem, size_t len)
{
	return memward_sys_free(mem, len);
}

static int lock_range(void *mem, size_t len)
{
	return memward_sys_lock(mem, len);
}

static int unlock_range(void *mem, size_t len)
{
	return memward_sys_unlock(mem, len);
}

/* The calls that take a range; each would be seen if it did something. */
static const struct {
	const char *name;
	int (*call)(void *mem, size_t len);
} calls[] = {
    {"free", free_range},
    {"protect", close_pages},
    {"lock", lock_range},
    {"unlock", unlock_range},
    {"set_fork_rule", omit_pages},
    {"set_dump", leave_out},
};

static void check_calls(void *mem, size_t len, int expected)
{
	for (size_t i = 0; i < TEST_COUNT(calls); i++) {
		int rc = calls[i].call(mem, len);

		if (rc != expected)
			TEST_FAIL("%s gives %s, not %s", calls[i].name,
			    memward_error_name(rc),
			    memward_error_name(expected));
	}
}

/* As made by new_pages(): open, contents intact, not locked, kept by fork. */
static void check_untouched(unsigned char *mem, size_t count)
{
	size_t page = memward_sys_page_size();
	enum fork_view view;

	CHECK(holds(mem, count, FILLED));
	for (size_t i = 0; i < count; i++) {
		bool known;

		write_byte(page_at(mem, i), FILLED);
		CHECK(!support_is_locked(page_at(mem, i), &known));
	}
	view = support_fork_view(mem, count * page, FILLED, 1);
	CHECK(view == FORK_SAME || view == FORK_UNTESTABLE);
}

void null_is_an_error(void)
{
	CHECK_CODE(memward_sys_alloc(1, NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_sys_query(NULL), MEMWARD_ENULL);
	check_calls(NULL, memward_sys_page_size(), MEMWARD_ENULL);
}

void length_zero_is_an_error(void)
{
	unsigned char *mem = new_pages(1);
	void *none = mem;

	CHECK_CODE(memward_sys_alloc(0, &none), MEMWARD_EZERO);
	CHECK(none == mem);
	check_calls(mem, 0, MEMWARD_EZERO);
	check_untouched(mem, 1);
	free_pages(mem, 1);
}

void overflow_is_an_error(void)
{
	size_t page = memward_sys_page_size();
	/* Does not round up; rounds up but ends past the last address. */
	const size_t lengths[] = {SIZE_MAX, SIZE_MAX - page + 2,
	    SIZE_MAX - page + 1, SIZE_MAX - page + 1 - page};
	unsigned char *mem = new_pages(2);

	for (size_t i = 0; i < TEST_COUNT(lengths); i++)
		check_calls(mem, lengths[i], MEMWARD_EOVERFLOW);
	check_untouched(mem, 2);
	free_pages(mem, 2);
}

void unaligned_address_is_an_error(void)
{
	size_t page = memward_sys_page_size();
	unsigned char *mem = new_pages(3);

	check_calls(mem + 1, page, MEMWARD_EALIGN);
	check_calls(mem + page / 2, page, MEMWARD_EALIGN);
	check_calls(mem + page - 1, 1, MEMWARD_EALIGN);
	check_untouched(mem, 3);
	free_pages(mem, 3);
}

void unmapped_address_is_an_error(void)
{
	unsigned char *mem = new_pages(1);

	free_pages(mem, 1);
	check_calls(mem, memward_sys_page_size(), MEMWARD_EUNMAPPED);
}

void hole_in_the_range_is_an_error(void)
{
	size_t page = memward_sys_page_size();
	unsigned char *mem = new_pages(3);
	int rc = memward_sys_free(page_at(mem, 1), page);

	if (rc == MEMWARD_EPARTIAL) {
		free_pages(mem, 3);
		TEST_SKIP("no hole can be made: %s", memward_error_text(rc));
	}
	CHECK_CODE(rc, 0);
	check_calls(mem, 3 * page, MEMWARD_EUNMAPPED);
	check_calls(mem, 2 * page, MEMWARD_EUNMAPPED);
	check_calls(page_at(mem, 1), 2 * page, MEMWARD_EUNMAPPED);
	check_untouched(mem, 1);
	check_untouched(page_at(mem, 2), 1);
	free_pages(mem, 1);
	free_pages(page_at(mem, 2), 1);
}

void unknown_access_is_an_error(void)
{
	static const int values[] = {0, 3, 4, 5, 7, 8, 14, -1};
	unsigned char *mem = new_pages(1);

	for (size_t i = 0; i < TEST_COUNT(values); i++)
		CHECK_CODE(
		    memward_sys_protect(mem, 1, (memward_access)values[i]),
		    MEMWARD_EVALUE);
	check_untouched(mem, 1);
	free_pages(mem, 1);
}

void unknown_fork_rule_is_an_error(void)
{
	static const int values[] = {0, 4, 8, -1};
	unsigned char *mem = new_pages(1);

	for (size_t i = 0; i < TEST_COUNT(values); i++)
		CHECK_CODE(memward_sys_set_fork_rule(
			       mem, 1, (memward_fork_rule)values[i]),
		    MEMWARD_EVALUE);
	check_untouched(mem, 1);
	free_pages(mem, 1);
}
