/* SPDX-License-Identifier: MIT */
#include "contract.h"

/* Pages of which all, or one, have the given access. */
static unsigned char *pages_with(memward_access access)
{
	unsigned char *mem = new_pages(2);

	CHECK_CODE(
	    memward_sys_protect(mem, 2 * memward_sys_page_size(), access), 0);
	return mem;
}

static unsigned char *closed_in_the_middle(void)
{
	unsigned char *mem = new_pages(3);

	CHECK_CODE(memward_sys_protect(page_at(mem, 1), memward_sys_page_size(),
		       MEMWARD_NO_ACCESS),
	    0);
	return mem;
}

int child_read_no_access(void)
{
	unsigned char *mem = pages_with(MEMWARD_NO_ACCESS);

	will_touch();
	(void)read_byte(mem);
	return done_touching();
}

void no_access_faults_on_read(void)
{
	expect_fault("read_no_access");
}

int child_write_no_access(void)
{
	unsigned char *mem = pages_with(MEMWARD_NO_ACCESS);

	will_touch();
	write_byte(page_at(mem, 1), 1);
	return done_touching();
}

void no_access_faults_on_write(void)
{
	expect_fault("write_no_access");
}

int child_write_read_only(void)
{
	unsigned char *mem = pages_with(MEMWARD_READ_ONLY);

	will_touch();
	write_byte(mem, 1);
	return done_touching();
}

void read_only_faults_on_write(void)
{
	expect_fault("write_read_only");
}

int child_read_read_only(void)
{
	unsigned char *mem = pages_with(MEMWARD_READ_ONLY);

	will_touch();
	CHECK(holds(mem, 2, FILLED));
	return done_touching();
}

void read_only_can_be_read(void)
{
	expect_no_fault("read_read_only");
}

int child_use_read_write(void)
{
	unsigned char *mem = pages_with(MEMWARD_READ_WRITE);

	will_touch();
	write_byte(mem, 1);
	CHECK_INT(read_byte(mem), 1);
	return done_touching();
}

void read_write_can_be_read_and_written(void)
{
	expect_no_fault("use_read_write");
}

int child_use_opened_again(void)
{
	unsigned char *mem = pages_with(MEMWARD_NO_ACCESS);
	size_t len = 2 * memward_sys_page_size();

	CHECK_CODE(memward_sys_protect(mem, len, MEMWARD_READ_WRITE), 0);
	will_touch();
	write_byte(mem + len - 1, 1);
	return done_touching();
}

void opened_again_can_be_written(void)
{
	expect_no_fault("use_opened_again");
}

int child_touch_rounded_up(void)
{
	unsigned char *mem = new_pages(1);

	CHECK_CODE(memward_sys_protect(mem, 32, MEMWARD_NO_ACCESS), 0);
	will_touch();
	(void)read_byte(mem + memward_sys_page_size() - 1);
	return done_touching();
}

void closing_rounds_up_to_the_page(void)
{
	expect_fault("touch_rounded_up");
}

int child_touch_middle_first(void)
{
	unsigned char *mem = closed_in_the_middle();

	will_touch();
	(void)read_byte(page_at(mem, 1));
	return done_touching();
}

void closing_the_middle_page_closes_its_first_byte(void)
{
	expect_fault("touch_middle_first");
}

int child_touch_middle_last(void)
{
	unsigned char *mem = closed_in_the_middle();

	will_touch();
	(void)read_byte(page_at(mem, 2) - 1);
	return done_touching();
}

void closing_the_middle_page_closes_its_last_byte(void)
{
	expect_fault("touch_middle_last");
}

int child_touch_neighbours(void)
{
	unsigned char *mem = closed_in_the_middle();

	will_touch();
	write_byte(page_at(mem, 1) - 1, 1);
	write_byte(page_at(mem, 2), 1);
	return done_touching();
}

void closing_the_middle_page_leaves_its_neighbours(void)
{
	expect_no_fault("touch_neighbours");
}

void protection_keeps_the_contents(void)
{
	static const memward_access order[] = {MEMWARD_READ_ONLY,
	    MEMWARD_NO_ACCESS, MEMWARD_READ_ONLY, MEMWARD_READ_WRITE,
	    MEMWARD_NO_ACCESS, MEMWARD_READ_WRITE};
	unsigned char *mem = new_pages(3);

	for (size_t i = 0; i < TEST_COUNT(order); i++) {
		CHECK_CODE(memward_sys_protect(
			       mem, 3 * memward_sys_page_size(), order[i]),
		    0);
		if (order[i] != MEMWARD_NO_ACCESS)
			CHECK(holds(mem, 3, FILLED));
	}
	free_pages(mem, 3);
}
