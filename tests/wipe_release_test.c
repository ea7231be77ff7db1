/* SPDX-License-Identifier: MIT */
/*
 * What pages hold at the moment they are given back. The linker puts
 * __wrap_munmap() in the place of munmap(2) for the library's calls.
 */
#include "harness.h"

#include "memward/mem_sys.h"

#include <stdint.h>
#include <string.h>

int __real_munmap(void *mem, size_t len);
int __wrap_munmap(void *mem, size_t len);

/* What was seen of the range under test. */
static const void *watched;
static unsigned calls;
static size_t bytes_left;
static bool was_locked;

int __wrap_munmap(void *mem, size_t len)
{
	const unsigned char *at = mem;
	bool known;

	if (mem == watched) {
		calls++;
		was_locked = support_is_locked(mem, &known);
		for (size_t i = 0; i < len; i++)
			bytes_left += at[i] != 0;
	}
	return __real_munmap(mem, len);
}

static unsigned char *watch_pages(size_t len)
{
	void *mem = NULL;

	CHECK_CODE(memward_sys_alloc(len, &mem), 0);
	memset(mem, 0xa7, len);
	watched = mem;
	calls = 0;
	bytes_left = 0;
	return mem;
}

static void control_sees_what_unmapping_takes(void)
{
	size_t len = 3 * memward_sys_page_size();
	unsigned char *mem = watch_pages(len);

	CHECK_INT(__wrap_munmap(mem, len), 0);
	CHECK_INT(calls, 1);
	CHECK_INT(bytes_left, len);
}

static void check_release(memward_access access)
{
	size_t len = 3 * memward_sys_page_size();
	unsigned char *mem = watch_pages(len);

	CHECK_CODE(memward_sys_protect(mem, len, access), 0);
	CHECK_CODE(memward_sys_free(mem, len), 0);
	CHECK_INT(calls, 1);
	CHECK_INT(bytes_left, 0);
}

static void open_pages_are_wiped_before_unmapping(void)
{
	check_release(MEMWARD_READ_WRITE);
}

static void read_only_pages_are_wiped_before_unmapping(void)
{
	check_release(MEMWARD_READ_ONLY);
}

static void closed_pages_are_wiped_before_unmapping(void)
{
	check_release(MEMWARD_NO_ACCESS);
}

static void wipe_comes_before_the_lock_is_dropped(void)
{
	size_t len = 2 * memward_sys_page_size();
	unsigned char *mem = watch_pages(len);
	bool known;
	int rc = memward_sys_lock(mem, len);

	if (rc == MEMWARD_ELOCKLIMIT || rc == MEMWARD_ELOCKPRIV)
		TEST_SKIP("%s", memward_error_text(rc));
	CHECK_CODE(rc, 0);
	(void)support_is_locked(mem, &known);
	CHECK_CODE(memward_sys_free(mem, len), 0);
	CHECK_INT(calls, 1);
	CHECK_INT(bytes_left, 0);
	if (!known)
		TEST_SKIP("the system gives no account of locked pages");
	CHECK(was_locked);
}

static const struct test_case cases[] = {
    TEST_CASE(control_sees_what_unmapping_takes),
    TEST_CASE(open_pages_are_wiped_before_unmapping),
    TEST_CASE(read_only_pages_are_wiped_before_unmapping),
    TEST_CASE(closed_pages_are_wiped_before_unmapping),
    TEST_CASE(wipe_comes_before_the_lock_is_dropped),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
