/* SPDX-License-Identifier: MIT */
/*
 * Touches of open pages that are no secret's: the address sanitizer reports
 * each at once, in a build with it. Any other build is the control, which
 * catches none of them. valgrind.sh runs the same children under Valgrind.
 */
#include "ward_cases.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* X(child): touches one byte that is no secret's. */
/* clang-format off */
#define STRAY(X) \
	X(next_byte_of_packed) \
	X(last_byte_of_slot) \
	X(next_byte_of_large) \
	X(next_byte_of_empty) \
	X(packed_after_free) \
	X(large_after_free) \
	X(slot_never_used) \
	X(given_up_by_resize) \
	X(copied_too_far) \
	X(next_byte_in_window) \
	X(next_byte_in_child) \
	X(slack_of_guarded) \
	X(byte_before_guarded) \
	X(guarded_after_free)
/* clang-format on */

static int stray(const void *at)
{
	will_touch();
	(void)read_byte(at);
	return done_touching();
}

static int child_next_byte_of_packed(void)
{
	return stray(new_secret(NULL, 20) + 20);
}

static int child_last_byte_of_slot(void)
{
	return stray(new_secret(NULL, 20) + 31);
}

static int child_next_byte_of_large(void)
{
	return stray(new_secret(NULL, 5001) + 5001);
}

static int child_next_byte_of_empty(void)
{
	return stray(new_secret(NULL, 0));
}

static int free_and_touch(unsigned char *secret)
{
	memward_free(secret);
	return stray(secret);
}

static int child_packed_after_free(void)
{
	return free_and_touch(new_secret(NULL, 20));
}

static int child_large_after_free(void)
{
	return free_and_touch(new_secret(NULL, 5000));
}

/* The first slots of a run lie side by side. */
static int child_slot_never_used(void)
{
	unsigned char *secret = new_secret(NULL, 32);
	unsigned char *other = new_secret(NULL, 32);

	return stray((secret > other ? secret : other) + 48);
}

static int child_given_up_by_resize(void)
{
	void *secret = new_secret(NULL, 32);

	CHECK_CODE(memward_resize(&secret, 30), 0);
	return stray((unsigned char *)secret + 30);
}

static int child_copied_too_far(void)
{
	unsigned char copy[64];
	unsigned char *secret = new_secret(NULL, 32);
	volatile size_t len = 33;

	will_touch();
	memcpy(copy, secret, len);
	printf("%d\n", copy[32] == 0);
	return done_touching();
}

static int child_next_byte_in_window(void)
{
	memward_ward *ward = new_closed_ward();
	unsigned char *secret = new_secret(ward, 20);

	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	return stray(secret + 20);
}

/* A child of fork goes on as its parent, and its pages are looked after. */
static int child_next_byte_in_child(void)
{
	unsigned char *secret = new_secret(NULL, 20);
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		memward_free(new_secret(NULL, 20));
		(void)read_byte(secret + 19);
		_exit(stray(secret + 20));
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int child_slack_of_guarded(void)
{
	return stray(new_guarded(NULL, 20, 16) + 20);
}

/* The sanitizer cannot tell apart what eight bytes before a secret share. */
static int child_byte_before_guarded(void)
{
	return stray(new_guarded(NULL, 32, 1) - 1);
}

static int child_guarded_after_free(void)
{
	return free_and_touch(new_guarded(NULL, 20, 1));
}

/* Every byte of secrets is touched, in all that may happen to them. */
static void use(memward_ward *ward, size_t len)
{
	void *secret = new_secret(ward, len);
	unsigned char *guarded = new_guarded(ward, len, 16);

	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	fill(secret, len, 1);
	fill(guarded, len, 2);
	CHECK_CODE(memward_end(ward), 0);
	CHECK_CODE(memward_resize(&secret, len + 3), 0);
	CHECK_CODE(memward_resize(&secret, len * 2), 0);
	memward_check(guarded);
	CHECK_CODE(memward_check_all(), 0);
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
	CHECK(is_filled(secret, len, 1));
	CHECK(is_filled(guarded, len, 2));
	CHECK_CODE(memward_end(ward), 0);
	memward_free(secret);
	memward_free(guarded);
}

static void use_all(void)
{
	memward_ward *closed = new_closed_ward();
	size_t lens[] = {0, 1, 20, 24, 25, 250, 1000, 7000};

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < TEST_COUNT(lens); i++) {
			use(NULL, lens[i]);
			use(closed, lens[i]);
		}
	}
	close_ward(closed);
}

static int child_all_inside(void)
{
	unsigned char *kept = new_secret(NULL, 20);
	int status = 0;
	pid_t pid;

	use_all();
	pid = fork();
	if (pid == 0) {
		fill(kept, 20, 3);
		use_all();
		_exit(0);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
	CHECK_INT(memward_wipe_all(), 0);
	CHECK(holds(kept, 20, 0));
	return 0;
}

static void expect_caught(const char *child)
{
	struct child_result result = support_run_child(child);

	skip_if_cannot(&result);
	if (strstr(result.output, "touching") == NULL)
		TEST_FAIL("%s did not get so far: %s", child, result.output);
	if (strstr(result.output, "touched") != NULL)
		TEST_FAIL("%s touched and lived", child);
	if (strstr(result.output, "use-after-poison") == NULL)
		TEST_FAIL("%s ended otherwise: %s", child, result.output);
}

#define CASE_FUNCTION(name)                                      \
	static void name(void)                                   \
	{                                                        \
		if (support_sanitizer() != NULL &&               \
		    strcmp(support_sanitizer(), "address") == 0) \
			expect_caught(#name);                    \
		else                                             \
			expect_no_fault(#name);                  \
	}
STRAY(CASE_FUNCTION)

static void secrets_themselves_are_no_strays(void)
{
	expect_success("all_inside");
}

#define CASE_ENTRY(name)  {#name, name},
#define CHILD_ENTRY(name) {#name, child_##name},

static const struct test_case cases[] = {
    STRAY(CASE_ENTRY) TEST_CASE(secrets_themselves_are_no_strays)};
static const struct child_entry children[] = {
    STRAY(CHILD_ENTRY){"all_inside", child_all_inside}};

int main(int argc, char **argv)
{
	/* For valgrind.sh. */
	if (argc == 2 && strcmp(argv[1], "--strays") == 0) {
		for (size_t i = 0; i + 1 < TEST_COUNT(children); i++)
			printf("%s\n", children[i].name);
		return 0;
	}
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
