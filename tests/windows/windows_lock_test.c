/* SPDX-License-Identifier: MIT */
/* Locks on the model of Windows: the quota, and what drops a lock. */
#include "model.h"

#include "harness.h"

#include "memward/mem_sys.h"

#include <stdio.h>
#include <string.h>

/* More than the quota of a new process allows. */
#define MANY ((size_t)100)
/* What fits into it. */
#define FEW ((size_t)30)

static char *alloc_pages(size_t pages)
{
	void *mem = NULL;

	CHECK_CODE(memward_sys_alloc(pages * MODEL_PAGE, &mem), 0);
	memset(mem, 0x5a, pages * MODEL_PAGE);
	return mem;
}

static char *alloc_locked(size_t pages)
{
	char *mem = alloc_pages(pages);

	CHECK_CODE(memward_sys_lock(mem, pages * MODEL_PAGE), 0);
	CHECK_INT(model_locked_pages(), pages);
	return mem;
}

static bool is_closed(const void *page)
{
	MEMORY_BASIC_INFORMATION region;

	CHECK(VirtualQuery(page, &region, sizeof(region)) != 0);
	return region.Protect == PAGE_NOACCESS;
}

static void check_working_set(size_t more_pages)
{
	CHECK_INT(model.minimum, MODEL_MINIMUM + more_pages * MODEL_PAGE);
	CHECK_INT(model.maximum, MODEL_MAXIMUM + more_pages * MODEL_PAGE);
}

/* Frees, and nothing of it is left; nor was the quota ever too small. */
static void free_all(void *mem, size_t pages)
{
	CHECK_CODE(memward_sys_free(mem, pages * MODEL_PAGE), 0);
	CHECK_INT(model_allocations(), 0);
	CHECK_INT(model_locked_pages(), 0);
	CHECK_INT(model_excluded_blocks(), 0);
	CHECK_INT(model.dirty_bytes, 0);
	CHECK_INT(model.over_quota, 0);
	check_working_set(0);
}

static void few_locks_leave_the_working_set(void)
{
	char *mem;

	model_reset();
	mem = alloc_locked(FEW);
	check_working_set(0);
	CHECK_INT(model.calls[MODEL_SET_SIZE], 0);
	free_all(mem, FEW);
}

static void many_locks_grow_it_and_unlock_gives_back(void)
{
	char *mem;

	model_reset();
	mem = alloc_locked(MANY);
	check_working_set(MANY);
	CHECK_CODE(memward_sys_unlock(mem, MANY * MODEL_PAGE), 0);
	CHECK_INT(model_locked_pages(), 0);
	check_working_set(0);
	free_all(mem, MANY);
}

static void free_gives_back(void)
{
	char *mem;

	model_reset();
	mem = alloc_locked(MANY);
	check_working_set(MANY);
	free_all(mem, MANY);
}

static void parts_give_back_their_part(void)
{
	char *mem;

	model_reset();
	mem = alloc_locked(MANY);
	CHECK_CODE(memward_sys_unlock(mem + MODEL_PAGE, MODEL_PAGE), 0);
	check_working_set(MANY - 1);
	CHECK(model_is_locked(mem));
	CHECK(!model_is_locked(mem + MODEL_PAGE));
	CHECK(model_is_locked(mem + 2 * MODEL_PAGE));
	free_all(mem, MANY);
}

static void unlock_while_closed_gives_back(void)
{
	size_t len = MANY * MODEL_PAGE;
	char *mem;

	model_reset();
	mem = alloc_locked(MANY);
	CHECK_CODE(memward_sys_protect(mem, len, MEMWARD_NO_ACCESS), 0);
	/* The quota is kept, or opening might fail. */
	check_working_set(MANY);
	CHECK_CODE(memward_sys_unlock(mem, len), 0);
	check_working_set(0);
	CHECK_CODE(memward_sys_protect(mem, len, MEMWARD_READ_WRITE), 0);
	CHECK_INT(model_locked_pages(), 0);
	free_all(mem, MANY);
}

static void free_while_closed_gives_back(void)
{
	size_t len = MANY * MODEL_PAGE;
	char *mem;

	model_reset();
	mem = alloc_locked(MANY);
	CHECK_CODE(memward_sys_protect(mem, len, MEMWARD_NO_ACCESS), 0);
	free_all(mem, MANY);
}

/* A lock that cannot be had leaves everything as it was. */
static void check_refused(DWORD error)
{
	char *mem = alloc_pages(MANY);

	CHECK_CODE(
	    memward_sys_lock(mem, MANY * MODEL_PAGE), MEMWARD_ELOCKLIMIT);
	CHECK_INT(GetLastError(), error);
	CHECK_INT(model_locked_pages(), 0);
	check_working_set(0);
	CHECK_CODE(memward_sys_lock(mem, FEW * MODEL_PAGE), 0);
	free_all(mem, MANY);
}

static void too_large_a_maximum_is_a_limit(void)
{
	model_reset();
	model.ceiling = MODEL_MAXIMUM + FEW * MODEL_PAGE;
	check_refused(ERROR_NO_SYSTEM_RESOURCES);
}

static void no_privilege_is_a_limit(void)
{
	model_reset();
	model.may_grow = false;
	check_refused(ERROR_PRIVILEGE_NOT_HELD);
}

static void locks_do_not_nest(void)
{
	char *mem;

	model_reset();
	mem = alloc_locked(FEW);
	CHECK_CODE(memward_sys_lock(mem, FEW * MODEL_PAGE), 0);
	CHECK_CODE(memward_sys_unlock(mem, FEW * MODEL_PAGE), 0);
	CHECK_INT(model_locked_pages(), 0);
	CHECK_CODE(memward_sys_unlock(mem, FEW * MODEL_PAGE), 0);
	free_all(mem, FEW);
}

static void unlock_survives_a_page_unlocked_elsewhere(void)
{
	char *mem;

	model_reset();
	mem = alloc_locked(FEW);
	CHECK(model_unlock(mem + 3 * MODEL_PAGE, MODEL_PAGE));
	CHECK_CODE(memward_sys_unlock(mem, FEW * MODEL_PAGE), 0);
	CHECK_INT(model_locked_pages(), 0);
	free_all(mem, FEW);
}

static void opening_locks_again(void)
{
	static const memward_access open[] = {
	    MEMWARD_READ_ONLY, MEMWARD_READ_WRITE};
	size_t len = FEW * MODEL_PAGE;
	char *mem;

	model_reset();
	mem = alloc_locked(FEW);
	for (size_t i = 0; i < TEST_COUNT(open); i++) {
		CHECK_CODE(memward_sys_protect(mem, len, MEMWARD_NO_ACCESS), 0);
		CHECK_INT(model_locked_pages(), 0);
		CHECK_CODE(memward_sys_protect(mem, len, open[i]), 0);
		CHECK_INT(model_locked_pages(), FEW);
		CHECK_INT(mem[len - 1], 0x5a);
	}
	free_all(mem, FEW);
}

static void closing_the_middle_keeps_the_other_locks(void)
{
	char *mem;

	model_reset();
	mem = alloc_locked(3);
	CHECK_CODE(memward_sys_protect(
		       mem + MODEL_PAGE, MODEL_PAGE, MEMWARD_NO_ACCESS),
	    0);
	CHECK(model_is_locked(mem));
	CHECK(!model_is_locked(mem + MODEL_PAGE));
	CHECK(model_is_locked(mem + 2 * MODEL_PAGE));
	CHECK_CODE(
	    memward_sys_protect(mem, 3 * MODEL_PAGE, MEMWARD_READ_ONLY), 0);
	CHECK_INT(model_locked_pages(), 3);
	free_all(mem, 3);
}

/* The caller's own guard pages, closed and never locked, stay as they are. */
static void a_closed_page_inside_cannot_be_locked(void)
{
	char *mem;

	model_reset();
	mem = alloc_pages(FEW);
	CHECK_CODE(memward_sys_protect(
		       mem + 5 * MODEL_PAGE, MODEL_PAGE, MEMWARD_NO_ACCESS),
	    0);
	CHECK_CODE(
	    memward_sys_lock(mem, FEW * MODEL_PAGE), MEMWARD_EINACCESSIBLE);
	CHECK_INT(model_locked_pages(), 0);
	CHECK(is_closed(mem + 5 * MODEL_PAGE));
	free_all(mem, FEW);
}

/* The application takes what the quota has left, and it cannot grow. */
static char *exhaust_quota(size_t pages)
{
	char *mine = VirtualAlloc(
	    NULL, pages * MODEL_PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

	CHECK(mine != NULL);
	CHECK(model_lock(mine, pages * MODEL_PAGE));
	model.may_grow = false;
	return mine;
}

static void give_quota_up(char *mine, size_t pages)
{
	CHECK(model_unlock(mine, pages * MODEL_PAGE));
	CHECK(VirtualFree(mine, 0, MEM_RELEASE));
}

static void opening_without_quota_stays_closed(void)
{
	size_t len = FEW * MODEL_PAGE;
	size_t all = (MODEL_MINIMUM - MODEL_OVERHEAD) / MODEL_PAGE;
	char *mine;
	char *mem;

	model_reset();
	mem = alloc_locked(FEW);
	CHECK_CODE(memward_sys_protect(mem, len, MEMWARD_NO_ACCESS), 0);
	mine = exhaust_quota(all);
	CHECK_CODE(memward_sys_protect(mem, len, MEMWARD_READ_WRITE),
	    MEMWARD_ELOCKLIMIT);
	CHECK(is_closed(mem));
	CHECK(is_closed(mem + len - 1));
	CHECK_INT(model_locked_pages(), all);
	give_quota_up(mine, all);
	CHECK_CODE(memward_sys_protect(mem, len, MEMWARD_READ_WRITE), 0);
	CHECK_INT(model_locked_pages(), FEW);
	CHECK_INT(mem[0], 0x5a);
	CHECK_INT(mem[len - 1], 0x5a);
	free_all(mem, FEW);
}

/* What was open stays open and locked when the rest cannot be opened. */
static void opening_in_part_is_all_or_nothing(void)
{
	size_t len = FEW * MODEL_PAGE;
	size_t half = len / 2;
	size_t left = (MODEL_MINIMUM - MODEL_OVERHEAD) / MODEL_PAGE - FEW / 2;
	char *mine;
	char *mem;

	model_reset();
	mem = alloc_locked(FEW);
	CHECK_CODE(memward_sys_protect(mem + half, half, MEMWARD_NO_ACCESS), 0);
	CHECK_CODE(memward_sys_protect(mem, half, MEMWARD_READ_ONLY), 0);
	mine = exhaust_quota(left);
	CHECK_CODE(memward_sys_protect(mem, len, MEMWARD_READ_WRITE),
	    MEMWARD_ELOCKLIMIT);
	CHECK(!is_closed(mem));
	CHECK(model_is_locked(mem));
	CHECK(is_closed(mem + half));
	give_quota_up(mine, left);
	CHECK_CODE(memward_sys_protect(mem, len, MEMWARD_READ_WRITE), 0);
	CHECK_INT(model_locked_pages(), FEW);
	free_all(mem, FEW);
}

static void a_limit_lowered_by_others_is_left_alone(void)
{
	size_t low = 60 * MODEL_PAGE;
	char *mem;

	model_reset();
	mem = alloc_locked(MANY);
	CHECK(model_set_size(GetCurrentProcess(), low, low));
	CHECK_CODE(memward_sys_unlock(mem, MANY * MODEL_PAGE), 0);
	CHECK_INT(model.minimum, low);
	CHECK_INT(model.maximum, low);
	CHECK_CODE(memward_sys_free(mem, MANY * MODEL_PAGE), 0);
	/* Give back what is still owed, for the cases that follow. */
	model_reset();
	model.minimum += MANY * MODEL_PAGE;
	model.maximum += MANY * MODEL_PAGE;
	mem = alloc_locked(MANY);
	free_all(mem, MANY);
}

static void query_tells_the_quota(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	model_reset();
	CHECK_CODE(memward_sys_query(&info), 0);
	CHECK_INT(info.lock_limit, MODEL_MINIMUM);
	CHECK((info.granted & MEMWARD_SYS_LOCK) != 0);
	CHECK_INT(model_allocations(), 0);
	CHECK_INT(model_locked_pages(), 0);
	CHECK_INT(model_excluded_blocks(), 0);
}

static int frozen_child(void)
{
	size_t len = FEW * MODEL_PAGE;
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	size_t locks;
	char *closed;
	char *mem;

	model_reset();
	closed = alloc_locked(FEW);
	CHECK_CODE(memward_sys_protect(closed, len, MEMWARD_NO_ACCESS), 0);
	mem = alloc_locked(FEW);
	memward_sys_freeze_locks();
	locks = model.calls[MODEL_LOCK] + model.calls[MODEL_UNLOCK];
	CHECK_CODE(memward_sys_lock(mem, len), MEMWARD_ELOCKFROZEN);
	CHECK_CODE(memward_sys_unlock(mem, len), MEMWARD_ELOCKFROZEN);
	CHECK_CODE(memward_sys_protect(mem, len, MEMWARD_NO_ACCESS),
	    MEMWARD_ELOCKFROZEN);
	CHECK_CODE(memward_sys_protect(mem, len, MEMWARD_READ_ONLY), 0);
	CHECK_CODE(memward_sys_protect(closed, len, MEMWARD_READ_WRITE),
	    MEMWARD_ELOCKFROZEN);
	CHECK(is_closed(closed));
	CHECK_INT(model_locked_pages(), FEW);
	CHECK_CODE(memward_sys_query(&info), 0);
	CHECK((info.granted & MEMWARD_SYS_LOCK) == 0);
	CHECK_CODE(info.reason[0], MEMWARD_ELOCKFROZEN);
	CHECK_INT(model.calls[MODEL_LOCK] + model.calls[MODEL_UNLOCK], locks);
	CHECK_CODE(memward_sys_free(closed, len), 0);
	free_all(mem, FEW);
	return 0;
}

static void frozen_locks_stay_as_they_are(void)
{
	struct child_result child = support_run_child("frozen_child");

	CHECK_STR(child.output, "");
	CHECK_INT(child.end, CHILD_EXITED);
	CHECK_INT(child.code, 0);
}

static const struct test_case cases[] = {
    TEST_CASE(few_locks_leave_the_working_set),
    TEST_CASE(many_locks_grow_it_and_unlock_gives_back),
    TEST_CASE(free_gives_back),
    TEST_CASE(parts_give_back_their_part),
    TEST_CASE(unlock_while_closed_gives_back),
    TEST_CASE(free_while_closed_gives_back),
    TEST_CASE(too_large_a_maximum_is_a_limit),
    TEST_CASE(no_privilege_is_a_limit),
    TEST_CASE(locks_do_not_nest),
    TEST_CASE(unlock_survives_a_page_unlocked_elsewhere),
    TEST_CASE(opening_locks_again),
    TEST_CASE(closing_the_middle_keeps_the_other_locks),
    TEST_CASE(a_closed_page_inside_cannot_be_locked),
    TEST_CASE(opening_without_quota_stays_closed),
    TEST_CASE(opening_in_part_is_all_or_nothing),
    TEST_CASE(query_tells_the_quota),
    TEST_CASE(frozen_locks_stay_as_they_are),
    TEST_CASE(a_limit_lowered_by_others_is_left_alone),
};

int main(int argc, char **argv)
{
	static const struct child_entry children[] = {
	    {"frozen_child", frozen_child},
	};

	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
