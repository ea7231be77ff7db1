/* SPDX-License-Identifier: MIT */
/* macOS alone, on its model. */
#include "differences.h"

#include <errno.h>

/* Locks nest: the layer takes each only once, so one unlock is enough. */
static void a_page_is_locked_once(void)
{
	size_t page = model_page_size();
	char *mem;

	model_fresh();
	mem = model_alloc(3);
	CHECK_CODE(memward_sys_lock(mem + page, page), 0);
	CHECK_CODE(memward_sys_lock(mem, 2 * page), 0);
	CHECK_CODE(memward_sys_lock(mem, 3 * page), 0);
	for (size_t i = 0; i < 3; i++)
		CHECK_INT(model_lock_count(mem + i * page), 1);
	CHECK_CODE(memward_sys_unlock(mem + page, page), 0);
	CHECK_INT(model_locked_pages(), 2);
	CHECK_CODE(memward_sys_unlock(mem, 3 * page), 0);
	CHECK_INT(model_locked_pages(), 0);
	model_free(mem, 3);
}

/* A limit in the middle of several gaps gives back what was taken. */
static void a_lock_that_fails_halfway_is_undone(void)
{
	size_t page = model_page_size();
	char *mem;

	model_fresh();
	mem = model_alloc(3);
	CHECK_CODE(memward_sys_lock(mem + page, page), 0);
	model_set_lock_limit(2 * page);
	CHECK_CODE(memward_sys_lock(mem, 3 * page), MEMWARD_ELOCKLIMIT);
	CHECK_INT(model_lock_count(mem), 0);
	CHECK_INT(model_lock_count(mem + page), 1);
	CHECK_INT(model_lock_count(mem + 2 * page), 0);
	model_free(mem, 3);
}

static void locked_pages_are_wiped_at_exit(void)
{
	size_t locked;
	size_t advised;
	void *mem;

	model_fresh();
	mem = model_alloc(1);
	CHECK(!model_wipes_at_exit(mem));
	CHECK_CODE(memward_sys_lock(mem, 1), 0);
	CHECK(model_wipes_at_exit(mem));
	locked = model_find(MODEL_MLOCK, 0);
	advised = model_find(MODEL_MADVISE, 0);
	CHECK(locked < advised && advised < model_count());
	CHECK_INT(model_record(advised)->first, 6);
	model_free(mem, 1);
}

/* MADV_ZERO_WIRED_PAGES of an older system: the lock is still good. */
static void the_advice_may_be_missing(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	void *mem;

	model_fresh();
	model_refuse(6);
	mem = model_alloc(1);
	CHECK_CODE(memward_sys_lock(mem, 1), 0);
	CHECK_INT(model_lock_count(mem), 1);
	CHECK_CODE(memward_sys_query(&info), 0);
	CHECK((info.granted & MEMWARD_SYS_WIPE_AT_EXIT) == 0);
	model_free(mem, 1);
}

/* The advice needs write access; a page to be read can be locked still. */
static void read_only_pages_can_be_locked(void)
{
	void *mem;

	model_fresh();
	mem = model_alloc(1);
	CHECK_CODE(memward_sys_protect(mem, 1, MEMWARD_READ_ONLY), 0);
	CHECK_CODE(memward_sys_lock(mem, 1), 0);
	CHECK_INT(model_lock_count(mem), 1);
	model_free(mem, 1);
}

const struct test_case model_own_cases[] = {
    TEST_CASE(a_page_is_locked_once),
    TEST_CASE(a_lock_that_fails_halfway_is_undone),
    TEST_CASE(locked_pages_are_wiped_at_exit),
    TEST_CASE(the_advice_may_be_missing),
    TEST_CASE(read_only_pages_can_be_locked),
};
const size_t model_own_count = TEST_COUNT(model_own_cases);

const struct child_entry model_own_children[] = {{NULL, NULL}};
const size_t model_own_child_count = 0;
