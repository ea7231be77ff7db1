/* SPDX-License-Identifier: MIT */
/*
 * On the model of one Unix: that its backend asks the system for what this
 * system has, in the right order. The cases here are the same everywhere,
 * after the table in expected.c; differences_NAME.c adds the system's own.
 */
#include "differences.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOM 64

void *model_alloc(size_t pages)
{
	void *mem = NULL;

	CHECK_CODE(memward_sys_alloc(pages * model_page_size(), &mem), 0);
	return mem;
}

void model_free(void *mem, size_t pages)
{
	CHECK_CODE(memward_sys_free(mem, pages * model_page_size()), 0);
}

/* What a call asks for, for messages: "madvise(16)". */
static void describe(char *text, size_t room, enum model_name name, int number)
{
	(void)snprintf(text, room, "%s(%d)", model_name_of(name), number);
}

/* That the records from i on are these steps and no more, but for msync. */
static void check_steps(const struct model_step *steps, size_t i)
{
	const struct model_record *r;
	size_t step = 0;
	char want[40];
	char got[40];

	for (; i < model_count(); i++) {
		r = model_record(i);
		if (r->name == MODEL_MSYNC)
			continue;
		describe(got, sizeof(got), r->name, r->first);
		CHECK(step < MODEL_STEPS);
		describe(
		    want, sizeof(want), steps[step].name, steps[step].number);
		CHECK_STR(got, want);
		step++;
	}
	CHECK(step == MODEL_STEPS || steps[step].name == MODEL_MMAP);
}

static void new_pages_are_asked_for(void)
{
	void *mem;

	model_fresh();
	mem = model_alloc(1);
	CHECK_INT(model_record(0)->name, MODEL_MMAP);
	CHECK_INT(model_record(0)->first, model_expected->map_prot);
	CHECK_INT(model_record(0)->second, model_expected->map_flags);
	check_steps(model_expected->prepare, 1);
	model_free(mem, 1);
}

static void check_rule(
    memward_fork_rule rule, const struct model_fork_rule *expected)
{
	void *mem = model_alloc(1);
	size_t from = model_count();

	CHECK_CODE(memward_sys_set_fork_rule(mem, 1, rule), expected->code);
	check_steps(expected->steps, from);
	model_free(mem, 1);
}

static void fork_rules_are_asked_for(void)
{
	model_fresh();
	check_rule(MEMWARD_FORK_KEEP, &model_expected->keep);
	check_rule(MEMWARD_FORK_OMIT, &model_expected->omit);
	check_rule(MEMWARD_FORK_WIPE, &model_expected->wipe);
}

static void query_tells_what_is_granted(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	model_fresh();
	CHECK_CODE(memward_sys_query(&info), 0);
	CHECK_INT(info.granted, model_expected->granted);
	CHECK_STR(info.system, model_system->name);
	CHECK_INT(info.page_size, model_page_size());
	CHECK_INT(model_mapped_pages(), 0);
}

/* A wipe comes before anything that unlocks, and unmapping comes last. */
static void free_opens_wipes_unmaps(void)
{
	static const memward_access states[] = {
	    MEMWARD_NO_ACCESS, MEMWARD_READ_ONLY, MEMWARD_READ_WRITE};
	const struct model_record *r;
	size_t open;
	size_t from;

	model_fresh();
	for (size_t i = 0; i < TEST_COUNT(states); i++) {
		void *mem = model_alloc(2);

		memset(mem, 0x5a, 2 * model_page_size());
		CHECK_CODE(memward_sys_lock(mem, 1), 0);
		CHECK_CODE(
		    memward_sys_protect(mem, 2 * model_page_size(), states[i]),
		    0);
		from = model_count();
		model_free(mem, 2);
		open = model_find(MODEL_MPROTECT, from);
		CHECK_INT(model_record(open)->first, 3);
		r = model_record(model_count() - 1);
		CHECK_INT(r->name, MODEL_MUNMAP);
		CHECK(r->zeros);
		open = model_find(MODEL_MUNLOCK, from);
		CHECK(open == model_count() || model_record(open)->zeros);
		CHECK_INT(model_mapped_pages(), 0);
		CHECK_INT(model_locked_pages(), 0);
	}
}

static void one_unlock_undoes_two_locks(void)
{
	void *mem;

	model_fresh();
	mem = model_alloc(2);
	CHECK_CODE(memward_sys_lock(mem, 1), 0);
	CHECK_CODE(memward_sys_lock(mem, 2 * model_page_size()), 0);
	CHECK_INT(model_locked_pages(), 2);
	CHECK_CODE(memward_sys_unlock(mem, 2 * model_page_size()), 0);
	CHECK_INT(model_locked_pages(), 0);
	CHECK_CODE(memward_sys_unlock(mem, 2 * model_page_size()), 0);
	model_free(mem, 2);
}

static void unlock_takes_a_range_locked_in_part(void)
{
	char *mem;

	model_fresh();
	mem = model_alloc(3);
	CHECK_CODE(memward_sys_lock(mem + model_page_size(), 1), 0);
	CHECK_INT(model_locked_pages(), 1);
	CHECK_CODE(memward_sys_unlock(mem, 3 * model_page_size()), 0);
	CHECK_INT(model_locked_pages(), 0);
	model_free(mem, 3);
}

static void locking_beyond_the_limit_is_told(void)
{
	void *mem;

	model_fresh();
	mem = model_alloc(3);
	model_set_privileged(model_system->lock_needs_privilege);
	model_set_lock_limit(model_page_size());
	CHECK_CODE(
	    memward_sys_lock(mem, 2 * model_page_size()), MEMWARD_ELOCKLIMIT);
	CHECK_INT(model_locked_pages(), 0);
	CHECK_CODE(memward_sys_lock(mem, 1), 0);
	CHECK_CODE(
	    memward_sys_lock(mem, 2 * model_page_size()), MEMWARD_ELOCKLIMIT);
	/* What was locked before still is. */
	CHECK_INT(model_locked_pages(), 1);
	CHECK_CODE(memward_sys_unlock(mem, 1), 0);
	model_set_lock_limit(0);
	CHECK_CODE(memward_sys_lock(mem, 1), MEMWARD_ELOCKLIMIT);
	model_free(mem, 3);
}

static void locking_a_closed_page_is_told(void)
{
	size_t page = model_page_size();
	char *mem;

	model_fresh();
	mem = model_alloc(3);
	CHECK_CODE(memward_sys_protect(mem + page, 1, MEMWARD_NO_ACCESS), 0);
	CHECK_CODE(memward_sys_lock(mem + page, page), MEMWARD_EINACCESSIBLE);
	CHECK_CODE(memward_sys_lock(mem, 3 * page), MEMWARD_EINACCESSIBLE);
	CHECK_INT(model_locked_pages(), 0);
	CHECK_INT(model_open_files(), 0);
	model_free(mem, 3);
}

static void closing_and_opening_keeps_the_lock(void)
{
	size_t page = model_page_size();
	char *mem;

	model_fresh();
	mem = model_alloc(3);
	CHECK_CODE(memward_sys_lock(mem + page, page), 0);
	CHECK_CODE(memward_sys_protect(mem, 3 * page, MEMWARD_NO_ACCESS), 0);
	CHECK_CODE(memward_sys_protect(mem, 3 * page, MEMWARD_READ_ONLY), 0);
	CHECK_INT(model_lock_count(mem), 0);
	CHECK_INT(model_lock_count(mem + page), 1);
	CHECK_INT(model_lock_count(mem + 2 * page), 0);
	CHECK_CODE(memward_sys_unlock(mem, 3 * page), 0);
	CHECK_INT(model_locked_pages(), 0);
	model_free(mem, 3);
}

/* In a child: the lock is gone, and can be had again. */
static bool lock_in_child(void *mem)
{
	return model_locked_pages() == 0 && memward_sys_lock(mem, 1) == 0 &&
	       model_lock_count(mem) == 1 && memward_sys_unlock(mem, 1) == 0 &&
	       model_locked_pages() == 0;
}

static void a_child_locks_for_itself(void)
{
	void *mem;
	pid_t pid;
	int status = 0;

	model_fresh();
	mem = model_alloc(1);
	CHECK_CODE(memward_sys_lock(mem, 1), 0);
	pid = fork();
	if (pid == 0)
		_exit(lock_in_child(mem) ? 0 : 1);
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK_INT(status, 0);
	CHECK_INT(model_lock_count(mem), 1);
	model_free(mem, 1);
}

static void whole_pages_reach_the_system(void)
{
	size_t page = model_page_size();
	const struct model_record *r;
	char *mem;

	model_fresh();
	mem = model_alloc(3);
	CHECK_CODE(memward_sys_lock(mem + page, page + 1), 0);
	CHECK_CODE(memward_sys_protect(mem + page, 1, MEMWARD_NO_ACCESS), 0);
	CHECK_CODE(memward_sys_protect(mem + page, 7, MEMWARD_READ_WRITE), 0);
	CHECK_CODE(memward_sys_unlock(mem, 2 * page + 1), 0);
	CHECK_CODE(memward_sys_lock(mem + 1, 1), MEMWARD_EALIGN);
	CHECK_CODE(memward_sys_unlock(mem + 1, 1), MEMWARD_EALIGN);
	CHECK_CODE(memward_sys_free(mem, 2 * page + 1), 0);
	for (size_t i = 0; i < model_count(); i++) {
		r = model_record(i);
		if (r->name == MODEL_WRITE)
			continue;
		CHECK_INT(r->mem % page, 0);
		CHECK_INT(r->len % page, 0);
	}
}

static void core_limits_become_zero(void)
{
	uint64_t soft;
	uint64_t hard;

	model_fresh();
	CHECK_CODE(
	    memward_sys_disable_core_dumps(), model_expected->core_answer);
	model_get_core_limit(&soft, &hard);
	CHECK_INT(soft, 0);
	CHECK_INT(hard, 0);
}

/* The mirror of the model's own account: it tells pages apart. */
static void the_account_of_no_dump_holds(void)
{
	bool granted = model_expected->granted & MEMWARD_SYS_NO_DUMP;
	void *mem;

	model_fresh();
	mem = model_alloc(1);
	CHECK_INT(model_is_left_out(mem), granted);
	model_free(mem, 1);
}

static const struct test_case common[] = {
    TEST_CASE(new_pages_are_asked_for),
    TEST_CASE(fork_rules_are_asked_for),
    TEST_CASE(query_tells_what_is_granted),
    TEST_CASE(free_opens_wipes_unmaps),
    TEST_CASE(one_unlock_undoes_two_locks),
    TEST_CASE(unlock_takes_a_range_locked_in_part),
    TEST_CASE(locking_beyond_the_limit_is_told),
    TEST_CASE(locking_a_closed_page_is_told),
    TEST_CASE(closing_and_opening_keeps_the_lock),
    TEST_CASE(a_child_locks_for_itself),
    TEST_CASE(whole_pages_reach_the_system),
    TEST_CASE(core_limits_become_zero),
    TEST_CASE(the_account_of_no_dump_holds),
};

int main(int argc, char **argv)
{
	struct test_case all[ROOM];
	size_t count = TEST_COUNT(common);

	memcpy(all, common, sizeof(common));
	memcpy(all + count, model_own_cases,
	    model_own_count * sizeof(*model_own_cases));
	support_children(model_own_children, model_own_child_count);
	return test_main(argc, argv, all, count + model_own_count);
}
