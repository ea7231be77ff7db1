/* SPDX-License-Identifier: MIT */
/* OpenBSD alone, on its model. */
#include "differences.h"

#include <signal.h>
#include <string.h>

static void a_dropped_lock_is_taken_again(void)
{
	void *mem;

	model_fresh();
	mem = model_alloc(1);
	CHECK_CODE(memward_sys_lock(mem, 1), 0);
	CHECK_CODE(memward_sys_protect(mem, 1, MEMWARD_NO_ACCESS), 0);
	CHECK_INT(model_lock_count(mem), 0);
	CHECK_CODE(memward_sys_protect(mem, 1, MEMWARD_READ_WRITE), 0);
	CHECK_INT(model_lock_count(mem), 1);
	model_free(mem, 1);
}

static void without_its_lock_a_page_stays_closed(void)
{
	size_t page = model_page_size();
	char *mem;

	model_fresh();
	mem = model_alloc(2);
	memset(mem, 0x5a, 2 * page);
	CHECK_CODE(memward_sys_lock(mem, 2 * page), 0);
	CHECK_CODE(memward_sys_protect(mem, 2 * page, MEMWARD_NO_ACCESS), 0);
	model_set_lock_limit(page);
	CHECK_CODE(memward_sys_protect(mem, 2 * page, MEMWARD_READ_ONLY),
	    MEMWARD_ELOCKLIMIT);
	CHECK_INT(model_protection(mem), 0);
	CHECK_INT(model_protection(mem + page), 0);
	CHECK_INT(model_locked_pages(), 0);
	/* One page fits, and the limit can be raised for the other. */
	CHECK_CODE(memward_sys_protect(mem, page, MEMWARD_READ_ONLY), 0);
	CHECK_INT(model_lock_count(mem), 1);
	model_set_lock_limit(2 * page);
	CHECK_CODE(memward_sys_protect(mem + page, page, MEMWARD_READ_ONLY), 0);
	CHECK_INT(model_locked_pages(), 2);
	CHECK_INT(mem[2 * page - 1], 0x5a);
	model_free(mem, 2);
}

/* A page whose lock is to come back is not unlocked while it is closed. */
static void unlocking_a_closed_page_is_for_good(void)
{
	void *mem;

	model_fresh();
	mem = model_alloc(1);
	CHECK_CODE(memward_sys_lock(mem, 1), 0);
	CHECK_CODE(memward_sys_protect(mem, 1, MEMWARD_NO_ACCESS), 0);
	CHECK_CODE(memward_sys_unlock(mem, 1), 0);
	CHECK_CODE(memward_sys_protect(mem, 1, MEMWARD_READ_WRITE), 0);
	CHECK_INT(model_lock_count(mem), 0);
	model_free(mem, 1);
}

/* minherit(2): EPERM unless the range is writable. */
static void wiping_in_children_needs_write_access(void)
{
	void *mem;

	model_fresh();
	mem = model_alloc(1);
	CHECK_CODE(memward_sys_protect(mem, 1, MEMWARD_READ_ONLY), 0);
	CHECK_CODE(memward_sys_set_fork_rule(mem, 1, MEMWARD_FORK_WIPE),
	    MEMWARD_EPERM);
	CHECK_CODE(memward_sys_protect(mem, 1, MEMWARD_READ_WRITE), 0);
	CHECK_CODE(memward_sys_set_fork_rule(mem, 1, MEMWARD_FORK_WIPE), 0);
	model_free(mem, 1);
}

/* Every call after freeze and pledge: a lock call would end the process. */
static int live_on_after_pledge(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	void *locked;
	void *closed;
	void *other;

	model_fresh();
	locked = model_alloc(1);
	closed = model_alloc(1);
	other = model_alloc(1);
	CHECK_CODE(memward_sys_lock(locked, 1), 0);
	CHECK_CODE(memward_sys_lock(closed, 1), 0);
	CHECK_CODE(memward_sys_protect(closed, 1, MEMWARD_NO_ACCESS), 0);
	memward_sys_freeze_locks();
	model_pledge();

	CHECK_CODE(memward_sys_lock(other, 1), MEMWARD_ELOCKFROZEN);
	CHECK_CODE(memward_sys_unlock(locked, 1), MEMWARD_ELOCKFROZEN);
	CHECK_CODE(memward_sys_protect(locked, 1, MEMWARD_NO_ACCESS),
	    MEMWARD_ELOCKFROZEN);
	CHECK_INT(model_protection(locked), 3);
	CHECK_INT(model_lock_count(locked), 1);
	CHECK_CODE(memward_sys_protect(closed, 1, MEMWARD_READ_ONLY),
	    MEMWARD_ELOCKFROZEN);
	CHECK_INT(model_protection(closed), 0);
	CHECK_CODE(memward_sys_protect(locked, 1, MEMWARD_READ_ONLY), 0);
	CHECK_CODE(memward_sys_protect(other, 1, MEMWARD_NO_ACCESS), 0);
	CHECK_CODE(memward_sys_protect(other, 1, MEMWARD_READ_WRITE), 0);
	CHECK_CODE(memward_sys_set_fork_rule(other, 1, MEMWARD_FORK_OMIT), 0);
	CHECK_CODE(memward_sys_query(&info), 0);
	CHECK((info.granted & MEMWARD_SYS_LOCK) == 0);
	CHECK_CODE(info.reason[0], MEMWARD_ELOCKFROZEN);
	CHECK_CODE(memward_sys_disable_core_dumps(), 0);
	model_free(locked, 1);
	model_free(closed, 1);
	model_free(other, 1);
	return 0;
}

/* The control: without freeze the model does what pledge does. */
static int lock_after_pledge(void)
{
	void *mem;

	model_fresh();
	mem = model_alloc(1);
	model_pledge();
	return memward_sys_lock(mem, 1) == 0 ? 1 : 2;
}

static void pledged_programs_live_on(void)
{
	struct child_result end = support_run_child("lock_after_pledge");

	CHECK_INT(end.end, CHILD_KILLED);
	CHECK_INT(end.code, SIGABRT);
	CHECK_STR(end.output, "model: a lock call after pledge\n");
	end = support_run_child("live_on_after_pledge");
	CHECK_STR(end.output, "");
	CHECK_INT(end.end, CHILD_EXITED);
	CHECK_INT(end.code, 0);
}

const struct test_case model_own_cases[] = {
    TEST_CASE(a_dropped_lock_is_taken_again),
    TEST_CASE(without_its_lock_a_page_stays_closed),
    TEST_CASE(unlocking_a_closed_page_is_for_good),
    TEST_CASE(wiping_in_children_needs_write_access),
    TEST_CASE(pledged_programs_live_on),
};
const size_t model_own_count = TEST_COUNT(model_own_cases);

const struct child_entry model_own_children[] = {
    {"live_on_after_pledge", live_on_after_pledge},
    {"lock_after_pledge", lock_after_pledge},
};
const size_t model_own_child_count = TEST_COUNT(model_own_children);
