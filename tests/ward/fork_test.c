/* SPDX-License-Identifier: MIT */
/*
 * What children find, by fork rule: after fork(3), after a raw clone that no
 * hook sees, after vfork(2); of threaded programs too.
 */
#include "fork_cases.h"

#include "probe.h"
#include "support_ward.h"

#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The kernel's account must say what the report says, where there is one. */
static void expect_locked(const void *secret, bool expected)
{
	memward_report report = MEMWARD_REPORT_INIT;
	bool known;
	bool locked = support_is_locked(secret, &known);

	CHECK_CODE(memward_report_secret(secret, &report), 0);
	CHECK_INT((report.obtained & MEMWARD_LOCKED) != 0, expected);
	/* The address sanitizer only pretends to lock. */
	if (known && support_sanitizer() == NULL)
		CHECK_INT(locked, expected);
}

static void expect_kept(void)
{
	bool known;
	bool locked = support_is_locked(held.at[1], &known);

	/* Before anything else: nothing was used yet. */
	if (known && support_sanitizer() == NULL)
		CHECK(locked);
	for (unsigned i = 0; i < HELD; i++)
		expect_locked(held.at[i], true);
	expect_contents();
	go_on(false);
}

/* A grandchild finds what the child found, and frees it for itself alone. */
static void keep_over_two_forks(void)
{
	expect_kept();
	in_fork(expect_kept);
	expect_contents();
	for (unsigned i = 0; i < HELD; i++)
		memward_free(held.at[i]);
	CHECK_CODE(memward_close(held.ward), 0);
}

static void a_child_keeps_a_locked_copy(void)
{
	hold(open_with_rule(MEMWARD_FORK_KEEP, MEMWARD_READ_WRITE));
	in_fork(keep_over_two_forks);
	expect_kept();
	let_go();
}

static void a_child_keeps_a_closed_ward(void)
{
	hold(open_with_rule(MEMWARD_FORK_KEEP, MEMWARD_NO_ACCESS));
	CHECK_INT(probe(held.at[1]), MEMWARD_NO_ACCESS);
	in_fork(keep_over_two_forks);
	CHECK_INT(probe(held.at[1]), MEMWARD_NO_ACCESS);
	let_go();
}

static void expect_own_copy(void)
{
	memset(held.at[1], 0x77, memward_size(held.at[1]));
	memward_free(held.at[2]);
}

static void a_parent_never_notices(void)
{
	hold(open_with_rule(MEMWARD_FORK_KEEP, MEMWARD_READ_WRITE));
	in_fork(expect_own_copy);
	expect_kept();
	let_go();
}

/* What every call says of a secret that is not this process's. */
static void expect_orphan(unsigned char *secret)
{
	memward_report report = MEMWARD_REPORT_INIT;
	void *same = secret;

	CHECK_CODE(memward_report_secret(secret, &report), 0);
	CHECK(report.orphaned);
	CHECK_INT(report.summary, MEMWARD_NONE);
	CHECK_INT(report.obtained, 0);
	CHECK_CODE(memward_resize(&same, 400), MEMWARD_EUNMAPPED);
	CHECK_CODE(
	    memward_protect(secret, MEMWARD_READ_WRITE), MEMWARD_EUNMAPPED);
	CHECK(same == secret);
	memward_check(secret);
	memward_free(secret);
	/* Freeing is without effect, so it is no double free either. */
	memward_free(secret);
}

static void expect_orphans(memward_access access)
{
	unsigned char byte = 1;

	go_on(true);
	for (unsigned i = 0; i < HELD; i++) {
		CHECK_INT(probe(held.at[i]), access);
		if (access != MEMWARD_NO_ACCESS) {
			CHECK(probe_copy(&byte, held.at[i], 1));
			CHECK_INT(byte, 0);
		}
		expect_orphan(held.at[i]);
	}
	go_on(true);
	CHECK_CODE(memward_check_all(), 0);
}

static void expect_omitted(void)
{
	expect_orphans(MEMWARD_NO_ACCESS);
}

static void expect_wiped(void)
{
	expect_orphans(MEMWARD_READ_WRITE);
}

/* The child's own are a parent's to its child; the first ones stay orphans. */
static void omit_over_two_forks(void)
{
	expect_omitted();
	in_fork(expect_omitted);
	CHECK_CODE(memward_close(held.ward), 0);
}

static void wipe_over_two_forks(void)
{
	expect_wiped();
	in_fork(expect_wiped);
	CHECK_CODE(memward_close(held.ward), 0);
}

static void a_child_lacks_what_is_omitted(void)
{
	hold(open_with_rule(MEMWARD_FORK_OMIT, MEMWARD_READ_WRITE));
	in_fork(omit_over_two_forks);
	let_go();
}

static void a_child_finds_zeros_in_what_is_wiped(void)
{
	hold(open_with_rule(MEMWARD_FORK_WIPE, MEMWARD_READ_WRITE));
	in_fork(wipe_over_two_forks);
	let_go();
}

static void a_raw_clone_keeps_a_copy(void)
{
	hold(open_with_rule(MEMWARD_FORK_KEEP, MEMWARD_READ_WRITE));
	/* Nobody tells it that it is a child: its first call finds out. */
	in_clone(expect_contents);
	in_clone(expect_own_copy);
	expect_kept();
	let_go();
}

/*
 * A word that the kernel wipes in a child tells of such forks. Where it does
 * not, a child that runs no hook goes on as if it were its parent.
 */
static void need_notice(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	CHECK_CODE(memward_sys_query(&info), 0);
	if ((info.granted & MEMWARD_SYS_FORK_WIPE) == 0)
		TEST_SKIP("without fork_wipe no fork that runs no hooks is "
			  "noticed");
}

static void go_on_and_expect_locks(void)
{
	go_on(false);
	for (unsigned i = 0; i < HELD; i++)
		expect_locked(held.at[i], true);
}

static void a_raw_clone_locks_again_at_its_first_call(void)
{
	need_notice();
	hold(open_with_rule(MEMWARD_FORK_KEEP, MEMWARD_READ_WRITE));
	in_clone(go_on_and_expect_locks);
	let_go();
}

static void a_raw_clone_lacks_what_is_omitted(void)
{
	need_notice();
	hold(open_with_rule(MEMWARD_FORK_OMIT, MEMWARD_READ_WRITE));
	in_clone(expect_omitted);
	let_go();
}

static void a_raw_clone_finds_zeros_in_what_is_wiped(void)
{
	hold(open_with_rule(MEMWARD_FORK_WIPE, MEMWARD_READ_WRITE));
	in_clone(expect_wiped);
	let_go();
}

/* Its first call is the one that must do nothing. */
static void free_orphans_at_once(void)
{
	for (unsigned i = 0; i < HELD; i++)
		memward_free(held.at[i]);
	go_on(true);
}

static void a_raw_clone_frees_orphans_at_once(void)
{
	need_notice();
	hold(open_with_rule(MEMWARD_FORK_OMIT, MEMWARD_READ_WRITE));
	in_clone(free_orphans_at_once);
	let_go();
}

static void vfork_is_harmless(void)
{
	int status = -1;
	pid_t pid;

	hold(open_with_rule(MEMWARD_FORK_KEEP, MEMWARD_READ_WRITE));
	pid = vfork();
	if (pid == 0)
		_exit(7);
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	expect_kept();
	let_go();
}

/* A thread with a window open, from before a fork to after it. */
static pthread_barrier_t meeting;

static void *keep_window_open(void *ward)
{
	int rc = memward_begin(ward, MEMWARD_READ_WRITE);

	(void)pthread_barrier_wait(&meeting);
	(void)pthread_barrier_wait(&meeting);
	if (rc == 0)
		rc = memward_end(ward);
	return rc == 0 ? NULL : ward;
}

static void expect_closed(void)
{
	for (unsigned i = 0; i < HELD; i++)
		CHECK_INT(probe(held.at[i]), MEMWARD_NO_ACCESS);
	CHECK_CODE(memward_end(held.ward), MEMWARD_EWINDOW);
	expect_contents();
	go_on(false);
	CHECK_CODE(memward_close(held.ward), 0);
}

static void windows_of_other_threads_end_in_a_child(void)
{
	memward_report report = MEMWARD_REPORT_INIT;
	memward_access here = MEMWARD_READ_WRITE;
	void *result = NULL;
	pthread_t thread;

	hold(open_with_rule(MEMWARD_FORK_KEEP, MEMWARD_NO_ACCESS));
	CHECK_INT(pthread_barrier_init(&meeting, NULL, 2), 0);
	CHECK_INT(
	    pthread_create(&thread, NULL, keep_window_open, held.ward), 0);
	(void)pthread_barrier_wait(&meeting);
	/* By a key, the other thread alone has it open. */
	CHECK_CODE(memward_report_ward(held.ward, &report), 0);
	if ((report.obtained & MEMWARD_KEYED) != 0)
		here = MEMWARD_NO_ACCESS;
	CHECK_INT(probe(held.at[1]), here);
	in_fork(expect_closed);
	CHECK_INT(probe(held.at[1]), here);
	(void)pthread_barrier_wait(&meeting);
	CHECK_INT(pthread_join(thread, &result), 0);
	CHECK(result == NULL);
	CHECK_INT(probe(held.at[1]), MEMWARD_NO_ACCESS);
	let_go();
}

static void expect_own_window(void)
{
	CHECK_INT(probe(held.at[1]), MEMWARD_READ_ONLY);
	CHECK_CODE(memward_end(held.ward), 0);
	expect_closed();
}

static void own_windows_stay_open_in_a_child(void)
{
	hold(open_with_rule(MEMWARD_FORK_KEEP, MEMWARD_NO_ACCESS));
	CHECK_CODE(memward_begin(held.ward, MEMWARD_READ_ONLY), 0);
	in_fork(expect_own_window);
	CHECK_CODE(memward_end(held.ward), 0);
	let_go();
}

static void *own_memory;

static void expect_no_range(void)
{
	size_t page = memward_sys_page_size();
	bool known;
	bool locked = support_is_locked(own_memory, &known);

	if (known && support_sanitizer() == NULL)
		CHECK(!locked);
	CHECK_CODE(memward_unlock_range(own_memory, page), MEMWARD_ENOTLOCKED);
	CHECK_CODE(memward_lock_range(own_memory, page), 0);
	locked = support_is_locked(own_memory, &known);
	if (known && support_sanitizer() == NULL)
		CHECK(locked);
	CHECK_CODE(memward_unlock_range(own_memory, page), 0);
}

static void locked_ranges_are_not_inherited(void)
{
	size_t page = memward_sys_page_size();
	bool known;

	CHECK_CODE(memward_sys_alloc(page, &own_memory), 0);
	CHECK_CODE(memward_lock_range(own_memory, page), 0);
	in_fork(expect_no_range);
	if (support_sanitizer() == NULL)
		CHECK(support_is_locked(own_memory, &known) || !known);
	CHECK_CODE(memward_unlock_range(own_memory, page), 0);
	CHECK_CODE(memward_sys_free(own_memory, page), 0);
}

static void expect_unlocked(void)
{
	memward_report report = MEMWARD_REPORT_INIT;

	for (unsigned i = 1; i < HELD; i++)
		expect_locked(held.at[i], false);
	CHECK_CODE(memward_report_ward(held.ward, &report), 0);
	CHECK_INT(report.summary, MEMWARD_PARTIAL);
	CHECK_CODE(report.reason[0], MEMWARD_ELOCKLIMIT);
	CHECK_INT(report.pages_unlocked, report.pages);
	expect_contents();
}

/* In a process of its own, for limits stay. */
static int fork_under_a_lower_limit(void)
{
	const char *why = support_be_user((size_t)1 << 20);

	if (why == NULL) {
		hold(open_with_rule(MEMWARD_FORK_KEEP, MEMWARD_READ_WRITE));
		/* So little that not one page more can be locked. */
		why = support_be_user(1);
	}
	if (why != NULL) {
		printf("%s\n", why);
		return 3;
	}
	expect_locked(held.at[1], true);
	in_fork(expect_unlocked);
	expect_locked(held.at[1], true);
	return 0;
}

static void a_child_reports_what_it_cannot_lock(void)
{
	struct child_result result;

	if (support_sanitizer() != NULL)
		TEST_SKIP("a sanitizer only pretends to lock");
	result = support_run_child("fork_under_a_lower_limit");
	if (result.end == CHILD_EXITED && result.code == 3)
		TEST_SKIP("%s", result.output);
	CHECK_STR(result.output, "");
	CHECK_INT(result.end, CHILD_EXITED);
	CHECK_INT(result.code, 0);
}

static const struct child_entry children[] = {
    {"fork_under_a_lower_limit", fork_under_a_lower_limit},
};

static const struct test_case cases[] = {
    TEST_CASE(a_child_keeps_a_locked_copy),
    TEST_CASE(a_child_keeps_a_closed_ward),
    TEST_CASE(a_parent_never_notices),
    TEST_CASE(a_child_lacks_what_is_omitted),
    TEST_CASE(a_child_finds_zeros_in_what_is_wiped),
    TEST_CASE(a_raw_clone_keeps_a_copy),
    TEST_CASE(a_raw_clone_locks_again_at_its_first_call),
    TEST_CASE(a_raw_clone_lacks_what_is_omitted),
    TEST_CASE(a_raw_clone_finds_zeros_in_what_is_wiped),
    TEST_CASE(a_raw_clone_frees_orphans_at_once),
    TEST_CASE(vfork_is_harmless),
    TEST_CASE(windows_of_other_threads_end_in_a_child),
    TEST_CASE(own_windows_stay_open_in_a_child),
    TEST_CASE(locked_ranges_are_not_inherited),
    TEST_CASE(a_child_reports_what_it_cannot_lock),
};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
