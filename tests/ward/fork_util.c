/* SPDX-License-Identifier: MIT */
/* Children, and what they and their parents hold. */
#include "fork_cases.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#if __has_include(<sys/syscall.h>)
#include <sys/syscall.h>
#endif

struct held held;

memward_ward *open_with_rule(memward_fork_rule rule, memward_access rest)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_ward *ward = NULL;
	int rc;

	policy.fork = rule;
	policy.rest = rest;
	rc = memward_open(&policy, &ward);
	if (rc == MEMWARD_EUNSUPPORTED)
		TEST_SKIP("this system does not have that fork rule");
	CHECK_CODE(rc, 0);
	return ward;
}

static size_t len_of(unsigned i)
{
	return i % 4 == 0 ? 1 + i * 50 : 20 + i;
}

void hold(memward_ward *ward)
{
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	for (unsigned i = 0; i < HELD; i++) {
		unsigned char *at =
		    i % 5 == 0 ? memward_alloc_guarded(ward, len_of(i), 1)
			       : memward_alloc(ward, len_of(i));

		CHECK(at != NULL);
		memset(at, (int)i + 1, len_of(i));
		held.at[i] = at;
	}
	CHECK_CODE(memward_end(ward), 0);
	held.ward = ward;
}

void let_go(void)
{
	expect_contents();
	for (unsigned i = 0; i < HELD; i++)
		memward_free(held.at[i]);
	CHECK_CODE(memward_close(held.ward), 0);
}

void expect_contents(void)
{
	CHECK_CODE(memward_begin(held.ward, MEMWARD_READ_ONLY), 0);
	for (unsigned i = 0; i < HELD; i++) {
		CHECK_INT(memward_size(held.at[i]), len_of(i));
		for (size_t k = 0; k < len_of(i); k++)
			CHECK(held.at[i][k] == i + 1);
		memward_check(held.at[i]);
	}
	CHECK_CODE(memward_end(held.ward), 0);
	CHECK_CODE(memward_check_ward(held.ward), 0);
}

/* How far apart new secrets must be from pages that old ones were on. */
static bool is_apart(const unsigned char *fresh)
{
	uintptr_t page = memward_sys_page_size();

	for (unsigned i = 0; i < HELD; i++) {
		uintptr_t from = (uintptr_t)held.at[i] / page;
		uintptr_t to = ((uintptr_t)held.at[i] + len_of(i)) / page;

		if ((uintptr_t)fresh / page >= from &&
		    (uintptr_t)fresh / page <= to)
			return false;
	}
	return true;
}

void go_on(bool apart)
{
	unsigned char *fresh[3 * HELD];

	for (size_t i = 0; i < TEST_COUNT(fresh); i++) {
		size_t len = len_of((unsigned)(i % HELD));

		fresh[i] = i % 5 == 0 ? memward_alloc_guarded(held.ward, len, 1)
				      : memward_alloc(held.ward, len);
		CHECK(fresh[i] != NULL);
		CHECK(!apart || is_apart(fresh[i]));
		CHECK_CODE(memward_with(held.ward, MEMWARD_READ_WRITE,
			       use_fresh, &(struct use){fresh[i], len}),
		    0);
	}
	for (size_t i = 0; i < TEST_COUNT(fresh); i++)
		memward_free(fresh[i]);
	CHECK_CODE(memward_check_all(), 0);
}

int use_fresh(void *argument)
{
	const struct use *use = argument;

	for (size_t i = 0; i < use->len; i++) {
		if (use->at[i] != 0)
			return MEMWARD_EVALUE;
	}
	memset(use->at, 0x5a, use->len);
	return 0;
}

/* A failed check must end the child, not go on with its parent's cases. */
static _Noreturn void run_check(void (*check)(void))
{
	(void)alarm(60);
	test_in_child();
	check();
	_exit(0);
}

void in_fork(void (*check)(void))
{
	int status = -1;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		run_check(check);
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 0);
}

void in_clone(void (*check)(void))
{
#ifdef SYS_clone
	int status = -1;
	pid_t pid;

	if (support_sanitizer() != NULL)
		TEST_SKIP("a sanitizer does not know of such a child");
	(void)fflush(stdout);
#ifdef SYS_fork
	/* The same; the order of clone's arguments is not (s390x). */
	pid = (pid_t)syscall(SYS_fork);
#else
	pid = (pid_t)syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L);
#endif
	if (pid == 0)
		run_check(check);
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 0);
#else
	(void)check;
	TEST_SKIP("this system has no clone");
#endif
}
