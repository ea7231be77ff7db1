/* SPDX-License-Identifier: MIT */
/*
 * What happens at the limits of locked memory, address space and mappings.
 * Every limit is set in a process of its own. A child that cannot bring about
 * its limit prints why behind CANNOT; its case is then skipped.
 */
#include "harness.h"

#include "memward/mem_sys.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANNOT "cannot: "
#define KIB64  ((size_t)64 << 10)
#define MIB8   ((size_t)8 << 20)
#define FILLED 0xa7
/* More mappings than any system allows by default. */
#define MAPPINGS_MAX ((size_t)150000)

static void run(const char *child)
{
	struct child_result result = support_run_child(child);
	const char *why = strstr(result.output, CANNOT);

	if (result.end == CHILD_EXITED && result.code == 0)
		return;
	if (result.end == CHILD_EXITED && why != NULL)
		TEST_SKIP("%.*s", (int)strcspn(why + strlen(CANNOT), "\n"),
		    why + strlen(CANNOT));
	TEST_FAIL("%s ended by %d: %s", child, result.code, result.output);
}

static size_t page_size(void)
{
	return memward_sys_page_size();
}

static unsigned char *new_pages(size_t len)
{
	void *mem = NULL;

	CHECK_CODE(memward_sys_alloc(len, &mem), 0);
	return mem;
}

static void check_locked(const unsigned char *mem, size_t len, bool expected)
{
	for (size_t at = 0; at < len; at += page_size()) {
		bool known;
		bool locked = support_is_locked(mem + at, &known);

		if (known && locked != expected)
			TEST_FAIL("page %zu is %slocked", at / page_size(),
			    locked ? "" : "not ");
	}
}

static void set_limit(int which, size_t bytes)
{
	struct rlimit limit;

	CHECK_INT(getrlimit(which, &limit), 0);
	if (limit.rlim_max < bytes)
		TEST_SKIP(CANNOT "the hard limit is %llu bytes",
		    (unsigned long long)limit.rlim_max);
	limit.rlim_cur = bytes;
	limit.rlim_max = bytes;
	CHECK_INT(setrlimit(which, &limit), 0);
}

/* Sets the limit of locked memory, where it binds this process. */
static void set_lock_limit(size_t bytes)
{
#ifdef RLIMIT_MEMLOCK
	unsigned char *mem = new_pages(bytes + page_size());

	set_limit(RLIMIT_MEMLOCK, bytes);
	/* By the C library, to be sure: is one page too many refused? */
	if (support_sanitizer() == NULL && mlock(mem, bytes + 1) == 0)
		TEST_SKIP(CANNOT "this process may lock beyond the limit");
	if (memward_sys_lock(mem, bytes + 1) == 0)
		TEST_SKIP(CANNOT "this process may lock beyond the limit");
	CHECK_CODE(memward_sys_free(mem, bytes + page_size()), 0);
#else
	(void)bytes;
	TEST_SKIP(CANNOT "this system has no limit of locked memory");
#endif
}

static int lock_nothing(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	unsigned char *mem = new_pages(1);

	set_lock_limit(0);
	CHECK_CODE(memward_sys_lock(mem, 1), MEMWARD_ELOCKLIMIT);
	check_locked(mem, 1, false);
	CHECK_CODE(memward_sys_unlock(mem, 1), 0);
	CHECK_CODE(memward_sys_query(&info), 0);
	CHECK_INT(info.granted & MEMWARD_SYS_LOCK, 0);
	CHECK_CODE(info.reason[0], MEMWARD_ELOCKLIMIT);
	CHECK(info.system_error[0] != 0);
	CHECK_INT(info.lock_limit, 0);
	CHECK_CODE(memward_sys_free(mem, 1), 0);
	return 0;
}

static void limit_0_locks_nothing_and_says_so(void)
{
	run("lock_nothing");
}

/* Page by page up to the limit; then an exchange of one page for another. */
static int lock_page_by_page(void)
{
	size_t page = page_size();
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	unsigned char *mem = new_pages(KIB64 + page);

	memset(mem, FILLED, KIB64 + page);
	set_lock_limit(KIB64);
	CHECK_CODE(memward_sys_query(&info), 0);
	CHECK_INT(info.lock_limit, KIB64);
	CHECK(info.granted & MEMWARD_SYS_LOCK);
	for (size_t at = 0; at < KIB64; at += page)
		CHECK_CODE(memward_sys_lock(mem + at, page), 0);
	CHECK_CODE(memward_sys_lock(mem + KIB64, page), MEMWARD_ELOCKLIMIT);
	check_locked(mem, KIB64, true);
	check_locked(mem + KIB64, page, false);
	CHECK_CODE(memward_sys_unlock(mem, page), 0);
	CHECK_CODE(memward_sys_lock(mem + KIB64, page), 0);
	check_locked(mem, page, false);
	check_locked(mem + page, KIB64, true);
	for (size_t at = 0; at < KIB64 + page; at++)
		CHECK_INT(mem[at], FILLED);
	CHECK_CODE(memward_sys_free(mem, KIB64 + page), 0);
	return 0;
}

static void limit_64_kib_locks_that_and_no_page_more(void)
{
	run("lock_page_by_page");
}

/* What is locked already stays so when a lock of more of it is refused. */
static int refuse_a_lock_of_all(void)
{
	size_t page = page_size();
	size_t half = KIB64 / 2 / page * page;
	unsigned char *mem = new_pages(KIB64 + page);

	set_lock_limit(KIB64);
	if (half != 0)
		CHECK_CODE(memward_sys_lock(mem, half), 0);
	CHECK_CODE(memward_sys_lock(mem, KIB64 + page), MEMWARD_ELOCKLIMIT);
	check_locked(mem, half, true);
	check_locked(mem + half, KIB64 + page - half, false);
	/* Counting what is locked twice would refuse this one. */
	CHECK_CODE(memward_sys_lock(mem, KIB64), 0);
	check_locked(mem, KIB64, true);
	CHECK_CODE(memward_sys_free(mem, KIB64 + page), 0);
	return 0;
}

static void refused_lock_changes_nothing(void)
{
	run("refuse_a_lock_of_all");
}

/* At the limit, closing and opening does not lose the lock or the page. */
static int close_at_the_limit(void)
{
	unsigned char *mem = new_pages(KIB64);

	set_lock_limit(KIB64);
	CHECK_CODE(memward_sys_lock(mem, KIB64), 0);
	for (int i = 0; i < 20; i++) {
		CHECK_CODE(
		    memward_sys_protect(mem, KIB64, MEMWARD_NO_ACCESS), 0);
		CHECK_CODE(
		    memward_sys_protect(mem, KIB64, MEMWARD_READ_WRITE), 0);
	}
	check_locked(mem, KIB64, true);
	CHECK_CODE(memward_sys_free(mem, KIB64), 0);
	/* All of the limit is to be had again. */
	mem = new_pages(KIB64);
	CHECK_CODE(memward_sys_lock(mem, KIB64), 0);
	CHECK_CODE(memward_sys_free(mem, KIB64), 0);
	return 0;
}

static void locks_at_the_limit_survive_closing_and_end_with_free(void)
{
	run("close_at_the_limit");
}

static int lock_8_mib(void)
{
	size_t page = page_size();
	unsigned char *mem = new_pages(MIB8 + page);

	set_lock_limit(MIB8);
	CHECK_CODE(memward_sys_lock(mem, MIB8), 0);
	CHECK_CODE(memward_sys_lock(mem + MIB8, page), MEMWARD_ELOCKLIMIT);
	check_locked(mem, page, true);
	check_locked(mem + MIB8 - page, page, true);
	check_locked(mem + MIB8, page, false);
	CHECK_CODE(memward_sys_free(mem, MIB8 + page), 0);
	return 0;
}

static void limit_8_mib_locks_that_and_no_page_more(void)
{
	run("lock_8_mib");
}

/* The exit status of a forked child; 0 where its page is not locked. */
static void child_inherits_no_lock(void)
{
	unsigned char *mem = new_pages(1);
	int status = 0;
	bool known;
	pid_t pid;
	int rc = memward_sys_lock(mem, 1);

	if (rc == MEMWARD_ELOCKLIMIT || rc == MEMWARD_ELOCKPRIV)
		TEST_SKIP("%s", memward_error_text(rc));
	CHECK_CODE(rc, 0);
	(void)support_is_locked(mem, &known);
	if (!known)
		TEST_SKIP("the system gives no account of locked pages");
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0)
		_exit(support_is_locked(mem, &known) ? 1 : 0);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 0);
	CHECK_CODE(memward_sys_free(mem, 1), 0);
}

static int exhaust_address_space(void)
{
#ifdef RLIMIT_AS
	const size_t much = (size_t)512 << 20;
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	char untouched;
	void *mem = &untouched;
	void *control;

	set_limit(RLIMIT_AS, (size_t)256 << 20);
	control = mmap(
	    NULL, much, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
	if (control != MAP_FAILED)
		TEST_SKIP(CANNOT "this system does not enforce RLIMIT_AS");
	CHECK_CODE(memward_sys_alloc(much, &mem), MEMWARD_ENOMEM);
	CHECK(mem == &untouched);
	/* A smaller one still works, so nothing was left behind. */
	CHECK_CODE(memward_sys_alloc(1, &mem), 0);
	CHECK_CODE(memward_sys_free(mem, 1), 0);
	set_limit(RLIMIT_AS, page_size());
	CHECK_CODE(memward_sys_query(&info), MEMWARD_ENOMEM);
#else
	TEST_SKIP(CANNOT "this system has no limit of address space");
#endif
	return 0;
}

static void no_address_space_is_a_clean_error(void)
{
	if (support_sanitizer() != NULL)
		TEST_SKIP("the %s sanitizer needs its address space",
		    support_sanitizer());
	run("exhaust_address_space");
}

/* Closes every second page until the system has no mapping left. */
static size_t split_until_refused(unsigned char *mem, int *rc)
{
	size_t i = 0;

	for (*rc = 0; *rc == 0 && i < MAPPINGS_MAX; i += 2)
		*rc = memward_sys_protect(
		    mem + i * page_size(), 1, MEMWARD_NO_ACCESS);
	return i - 2;
}

static int exhaust_mappings(void)
{
	size_t page = page_size();
	size_t len = (MAPPINGS_MAX + 4) * page;
	void *pages = NULL;
	unsigned char *mem;
	unsigned char *open;
	int rc = memward_sys_alloc(len, &pages);
	size_t last;

	if (rc == MEMWARD_ENOMEM)
		TEST_SKIP(CANNOT "this machine has no room for %zu pages",
		    MAPPINGS_MAX);
	CHECK_CODE(rc, 0);
	mem = pages;
	last = split_until_refused(mem, &rc);
	if (rc == 0)
		TEST_SKIP(
		    CANNOT "%zu mappings were not too many", MAPPINGS_MAX);
	CHECK_CODE(rc, MEMWARD_ENOMEM);
	/* The page that could not be closed is as it was, and can be used. */
	open = mem + last * page;
	memset(open, FILLED, 3 * page);
	CHECK_INT(open[page], FILLED);
	for (int i = 0; i < 100; i++) {
		void *more = open;

		rc = memward_sys_alloc(page, &more);
		if (rc != 0) {
			CHECK_CODE(rc, MEMWARD_ENOMEM);
			CHECK(more == open);
		}
	}
	/* The middle of a mapping cannot be taken out, but is wiped. */
	rc = memward_sys_free(open + page, page);
	if (rc == MEMWARD_EWIPED)
		CHECK_INT(open[page], 0);
	else
		CHECK(rc == 0 || rc == MEMWARD_ENOMEM);
	CHECK_INT(open[2 * page], FILLED);
	/* A whole allocation can always be opened and given back. */
	if (rc != 0)
		CHECK_CODE(memward_sys_free(mem, len), 0);
	return 0;
}

static void no_mapping_left_is_a_clean_error(void)
{
	if (support_sanitizer() != NULL)
		TEST_SKIP("the %s sanitizer needs mappings of its own",
		    support_sanitizer());
	run("exhaust_mappings");
}

#define CHILD(name)           \
	{                     \
#name, (name) \
	}

static const struct child_entry children[] = {
    CHILD(lock_nothing),
    CHILD(lock_page_by_page),
    CHILD(refuse_a_lock_of_all),
    CHILD(close_at_the_limit),
    CHILD(lock_8_mib),
    CHILD(exhaust_address_space),
    CHILD(exhaust_mappings),
};

static const struct test_case cases[] = {
    TEST_CASE(limit_0_locks_nothing_and_says_so),
    TEST_CASE(limit_64_kib_locks_that_and_no_page_more),
    TEST_CASE(refused_lock_changes_nothing),
    TEST_CASE(locks_at_the_limit_survive_closing_and_end_with_free),
    TEST_CASE(limit_8_mib_locks_that_and_no_page_more),
    TEST_CASE(child_inherits_no_lock),
    TEST_CASE(no_address_space_is_a_clean_error),
    TEST_CASE(no_mapping_left_is_a_clean_error),
};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
