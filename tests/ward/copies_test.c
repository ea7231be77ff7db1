/* SPDX-License-Identifier: MIT */
/*
 * Two copies of the shared library in one process, as two plug-ins bring
 * them; and a thread that ends after the library was given up.
 */
#include "harness.h"

#include "memward.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECRETS 300

struct copy {
	void *handle;
	int (*open)(const memward_policy *policy, memward_ward **ward);
	int (*close)(memward_ward *ward);
	int (*make)(memward_ward *ward, size_t len, void **secret);
	void (*free)(void *secret);
	bool (*is_secret)(const void *address);
	int (*check_all)(void);
	int (*budget)(
	    memward_ward *ward, size_t size, memward_budget_info *info);
	size_t (*wipe_all)(void);
};

/* The library, and a copy of its file elsewhere; the build tells. */
static const char *const paths[] = {COPIES_LIBRARY, COPIES_COPY};

/* POSIX promises that this works; C does not know how to write it. */
static void find(void *handle, const char *name, void *function, size_t size)
{
	void *found = dlsym(handle, name);

	if (found == NULL)
		TEST_FAIL("%s is not there", name);
	memcpy(function, &found, size);
}

#define FIND(copy, member, name) \
	find((copy)->handle, name, &(copy)->member, sizeof((copy)->member))

static struct copy load(const char *path)
{
	struct copy copy;

	copy.handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (copy.handle == NULL)
		TEST_FAIL("%s", dlerror());
	FIND(&copy, open, "memward_open");
	FIND(&copy, close, "memward_close");
	FIND(&copy, make, "memward_new");
	FIND(&copy, free, "memward_free");
	FIND(&copy, is_secret, "memward_is_secret");
	FIND(&copy, check_all, "memward_check_all");
	FIND(&copy, budget, "memward_budget");
	FIND(&copy, wipe_all, "memward_wipe_all");
	return copy;
}

static uint64_t live(const struct copy *copy)
{
	memward_budget_info info = {.size = sizeof(info)};

	CHECK_CODE(copy->budget(NULL, 32, &info), 0);
	return info.live;
}

static void make_some(const struct copy *copy, void **secrets, int fill)
{
	for (size_t i = 0; i < SECRETS; i++) {
		CHECK_CODE(copy->make(NULL, 10 + i, &secrets[i]), 0);
		memset(secrets[i], fill, 10 + i);
	}
}

static void end_some(const struct copy *copy, void **secrets, int fill)
{
	for (size_t i = 0; i < SECRETS; i++) {
		const unsigned char *at = secrets[i];

		for (size_t k = 0; k < 10 + i; k++)
			CHECK(at[k] == fill);
		copy->free(secrets[i]);
	}
}

static void expect_both(
    const struct copy *a, const struct copy *b, void **sa, void **sb)
{
	CHECK_INT(live(a), SECRETS);
	CHECK_INT(live(b), SECRETS);
	for (size_t i = 0; i < SECRETS; i++) {
		CHECK(a->is_secret(sa[i]) && !a->is_secret(sb[i]));
		CHECK(b->is_secret(sb[i]) && !b->is_secret(sa[i]));
	}
	CHECK_CODE(a->check_all(), 0);
	CHECK_CODE(b->check_all(), 0);
}

static void two_copies_do_not_disturb_each_other(void)
{
	struct copy a = load(paths[0]);
	struct copy b = load(paths[1]);
	void *sa[SECRETS];
	void *sb[SECRETS];
	int status = -1;
	pid_t pid;

	CHECK(a.make != b.make);
	make_some(&a, sa, 0xaa);
	make_some(&b, sb, 0xbb);
	expect_both(&a, &b, sa, sb);
	/* The hooks of both see a fork. */
	pid = fork();
	if (pid == 0) {
		test_in_child();
		expect_both(&a, &b, sa, sb);
		end_some(&a, sa, 0xaa);
		end_some(&b, sb, 0xbb);
		_exit(0);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	expect_both(&a, &b, sa, sb);
	end_some(&a, sa, 0xaa);
	CHECK_INT(live(&a), 0);
	CHECK_INT(live(&b), SECRETS);
	end_some(&b, sb, 0xbb);
	CHECK_INT(live(&b), 0);
}

static void wiping_one_leaves_the_other(void)
{
	struct copy a = load(paths[0]);
	struct copy b = load(paths[1]);
	int status = -1;
	void *sa[SECRETS];
	void *sb[SECRETS];
	pid_t pid = fork();

	/* In a child, for it is for good. */
	if (pid == 0) {
		test_in_child();
		make_some(&a, sa, 0xaa);
		make_some(&b, sb, 0xbb);
		CHECK_INT(a.wipe_all(), 0);
		CHECK_CODE(a.make(NULL, 1, &sa[0]), MEMWARD_EWIPEDALL);
		CHECK_INT(live(&b), SECRETS);
		end_some(&b, sb, 0xbb);
		make_some(&b, sb, 0xbb);
		_exit(0);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static pthread_barrier_t meeting;

struct user {
	struct copy copy;
	memward_ward *ward;
};

/* Ends with slots in its cache, after the library was closed. */
static void *cache_some(void *argument)
{
	struct user *user = argument;
	void *secrets[20];
	int rc = 0;

	for (size_t i = 0; i < TEST_COUNT(secrets) && rc == 0; i++)
		rc = user->copy.make(user->ward, 32, &secrets[i]);
	for (size_t i = 0; i < TEST_COUNT(secrets) && rc == 0; i++)
		user->copy.free(secrets[i]);
	(void)pthread_barrier_wait(&meeting);
	(void)pthread_barrier_wait(&meeting);
	return rc == 0 ? NULL : user;
}

static void a_thread_may_end_after_the_library_was_closed(void)
{
	struct user user = {load(paths[1]), NULL};
	memward_budget_info info = {.size = sizeof(info)};
	void *result = NULL;
	pthread_t thread;

	CHECK_CODE(user.copy.open(NULL, &user.ward), 0);
	CHECK_INT(pthread_barrier_init(&meeting, NULL, 2), 0);
	CHECK_INT(pthread_create(&thread, NULL, cache_some, &user), 0);
	(void)pthread_barrier_wait(&meeting);
	/* As often as it was opened, and once more does nothing. */
	for (int i = 0; i < 4; i++)
		(void)dlclose(user.copy.handle);
	(void)pthread_barrier_wait(&meeting);
	CHECK_INT(pthread_join(thread, &result), 0);
	CHECK(result == NULL);
	/* It stays loaded: nothing was lost with the thread. */
	CHECK_CODE(user.copy.budget(user.ward, 32, &info), 0);
	CHECK_INT(info.live, 0);
	CHECK_CODE(user.copy.close(user.ward), 0);
}

static const struct test_case cases[] = {
    TEST_CASE(two_copies_do_not_disturb_each_other),
    TEST_CASE(wiping_one_leaves_the_other),
    TEST_CASE(a_thread_may_end_after_the_library_was_closed),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
