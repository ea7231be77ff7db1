/* SPDX-License-Identifier: MIT */
/*
 * What hidden wards are for, on Linux: readers outside fail, also as root, and
 * so does what pins pages for a device. Each has a control on a plain ward.
 */
#include "support_outside.h"
#include "ward_cases.h"

#include <errno.h>
#include <string.h>

static memward_policy hidden_policy(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;

	policy.require |= MEMWARD_HIDDEN;
	policy.fork = MEMWARD_FORK_OMIT;
	return policy;
}

static void need_hidden(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	CHECK_CODE(memward_sys_query(&info), 0);
	if ((info.granted & MEMWARD_SYS_HIDDEN) == 0)
		TEST_SKIP("there is no hidden memory here: %s, %d",
		    memward_error_name(info.reason[7]), info.system_error[7]);
}

static memward_ward *open_hidden(void)
{
	memward_policy policy = hidden_policy();

	close_leftovers();
	need_hidden();
	return new_ward(&policy);
}

/* A page full of bytes at the secret, in a plain and in a hidden ward. */
static unsigned char *plain;
static unsigned char *hidden;

static void make_both(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_ward *ward = open_hidden();

	hidden = new_guarded(ward, page_size(), 1);
	policy.fork = MEMWARD_FORK_OMIT;
	plain = new_guarded(new_ward(&policy), page_size(), 1);
	fill(hidden, page_size(), 3);
	fill(plain, page_size(), 3);
}

/* The plain secret is read, so the reader can read; the hidden one is not. */
static void expect_refused(enum outside_way way, int err)
{
	unsigned char seen[64];
	int control;

	make_both();
	control = outside_read(way, plain, seen, sizeof(seen));
	if (control != 0)
		TEST_SKIP("not even a plain secret can be read this way: %s",
		    strerror(control));
	CHECK(is_filled(seen, sizeof(seen), 3));
	memset(seen, 0, sizeof(seen));
	CHECK_INT(outside_read(way, hidden, seen, sizeof(seen)), err);
	CHECK(holds(seen, sizeof(seen), 0));
	/* The process itself reads it as before. */
	CHECK(is_filled(hidden, page_size(), 3));
}

static void the_memory_file_is_refused(void)
{
	expect_refused(OUTSIDE_FILE, EIO);
}

static void the_reading_call_is_refused(void)
{
	expect_refused(OUTSIDE_CALL, EFAULT);
}

static void the_debugger_is_refused(void)
{
	expect_refused(OUTSIDE_TRACE, EIO);
}

static void pages_are_not_pinned_for_a_pipe(void)
{
	expect_refused(OUTSIDE_SPLICE, EFAULT);
}

static void pages_are_not_pinned_for_a_disk(void)
{
	expect_refused(OUTSIDE_DIRECT, EFAULT);
}

/* But a call that copies is fine: programs read keys into their wards. */
static void copying_calls_work(void)
{
	unsigned char seen[64];

	make_both();
	CHECK_INT(outside_read(OUTSIDE_COPY, plain, seen, sizeof(seen)), 0);
	CHECK_INT(outside_read(OUTSIDE_COPY, hidden, seen, sizeof(seen)), 0);
	CHECK(is_filled(seen, sizeof(seen), 3));
}

/* Whoever had a descriptor could map the pages as well. */
static void no_descriptor_stays(void)
{
	memward_ward *ward = open_hidden();
	size_t before = outside_descriptors();

	for (size_t i = 0; i < 500; i++)
		(void)(i % 5 == 0 ? new_guarded(ward, 5000, 1)
				  : new_secret(ward, i * 20));
	CHECK(outside_hidden_mappings() != 0);
	CHECK_INT(outside_descriptors(), before);
	close_ward(ward);
	CHECK_INT(outside_hidden_mappings(), 0);
}

static void many_secrets_share_a_file(void)
{
	memward_ward *ward = open_hidden();

	for (size_t i = 0; i < 10000; i++)
		(void)new_secret(ward, 20);
	/* Runs grow in steps that double. */
	CHECK(outside_hidden_mappings() <= 60);
	CHECK(budget_of(ward, 20).committed >= (size_t)10000 * 32);
	close_ward(ward);
}

static void what_is_freed_is_given_back(void)
{
	memward_ward *ward = open_hidden();
	static void *secrets[3000];
	size_t most;
	bool known;
	size_t before = support_locked_bytes(&known);

	for (size_t i = 0; i < TEST_COUNT(secrets); i++)
		secrets[i] = new_secret(ward, 1000);
	most = support_locked_bytes(&known);
	CHECK_INT(most - before, budget_of(ward, 32).committed);
	for (size_t i = 0; i < TEST_COUNT(secrets); i++)
		memward_free(secrets[i]);
	CHECK(support_locked_bytes(&known) < before + (most - before) / 4);
	close_ward(ward);
	CHECK_INT(support_locked_bytes(&known), before);
}

static memward_policy wishes(void)
{
	memward_policy policy = hidden_policy();

	policy.prefer |= MEMWARD_HIDDEN | MEMWARD_LOCKED;
	policy.require &= ~(uint32_t)(MEMWARD_HIDDEN | MEMWARD_LOCKED);
	return policy;
}

/* With the call forbidden: an error, or a record and plain pages. */
static int live_without(int err, int code)
{
	memward_policy policy = hidden_policy();
	memward_ward *ward = NULL;
	const char *why = outside_forbid_hidden(err);
	memward_report report;

	if (why != NULL)
		child_cannot(why);
	policy.require &= ~(uint32_t)MEMWARD_LOCKED;
	CHECK_CODE(memward_open(&policy, &ward), code);
	CHECK(ward == NULL);
	policy = wishes();
	ward = new_ward(&policy);
	fill(new_secret(ward, 500), 500, 1);
	report = report_of(ward);
	CHECK_INT(report.obtained & MEMWARD_HIDDEN, 0);
	CHECK_CODE(report.reason[4], code);
	CHECK_INT(report.system_error[4], err);
	CHECK_INT(outside_hidden_mappings(), 0);
	close_ward(ward);
	return 0;
}

static int child_live_with_enosys(void)
{
	return live_without(ENOSYS, MEMWARD_EUNSUPPORTED);
}

static int child_live_with_eperm(void)
{
	return live_without(EPERM, MEMWARD_EPERM);
}

static void a_kernel_without_it_is_told(void)
{
	expect_success("live_with_enosys");
}

static void a_filter_against_it_is_told(void)
{
	expect_success("live_with_eperm");
}

#define LIMIT ((size_t)256 << 10)

static void be_limited(void)
{
	const char *why = support_be_user(LIMIT);

	if (why != NULL)
		child_cannot(why);
}

static int child_meet_the_limit(void)
{
	static unsigned char *held[1000];
	memward_ward *ward;
	void *secret = NULL;
	size_t count;
	int rc = 0;

	be_limited();
	ward = open_hidden();
	for (count = 0; count < TEST_COUNT(held) && rc == 0; count++) {
		rc = memward_new(ward, 1000, &secret);
		held[count] = secret;
		if (rc == 0)
			fill(secret, 1000, (unsigned)count);
	}
	CHECK_CODE(rc, MEMWARD_ELOCKLIMIT);
	count--;
	/* All but the crumbs of runs. */
	CHECK(count >= LIMIT / 1024 * 7 / 8);
	CHECK_CODE(
	    memward_new_guarded(ward, 1, 1, &secret), MEMWARD_ELOCKLIMIT);
	for (size_t i = 0; i < count; i++)
		CHECK(is_filled(held[i], 1000, (unsigned)i));
	for (size_t i = 0; i < count; i++)
		memward_free(held[i]);
	CHECK_CODE(memward_new_guarded(ward, LIMIT / 2, 1, &secret), 0);
	CHECK_INT(report_of(ward).summary, MEMWARD_FULL);
	close_ward(ward);
	return 0;
}

static void the_limit_of_locks_is_a_clean_error(void)
{
	need_hidden();
	expect_success("meet_the_limit");
}

static int child_go_on_beyond_the_limit(void)
{
	memward_policy policy = wishes();
	memward_ward *ward;
	memward_report report;

	be_limited();
	(void)open_hidden();
	ward = new_ward(&policy);
	(void)new_secret(ward, 1000);
	CHECK_INT(report_of(ward).summary, MEMWARD_FULL);
	for (size_t i = 0; i < 2 * LIMIT / 1024; i++)
		fill(new_secret(ward, 1000), 1000, (unsigned)i);
	report = report_of(ward);
	CHECK_INT(report.obtained & (MEMWARD_HIDDEN | MEMWARD_LOCKED), 0);
	CHECK_CODE(report.reason[4], MEMWARD_ELOCKLIMIT);
	CHECK_CODE(report.reason[0], MEMWARD_ELOCKLIMIT);
	CHECK(report.pages_unlocked != 0);
	close_ward(ward);
	return 0;
}

static void a_wish_goes_on_with_plain_pages_and_says_so(void)
{
	need_hidden();
	expect_success("go_on_beyond_the_limit");
}

#define CHILDREN(X)         \
	X(live_with_enosys) \
	X(live_with_eperm)  \
	X(meet_the_limit)   \
	X(go_on_beyond_the_limit)

#define CHILD_ENTRY(name) {#name, child_##name},

static const struct child_entry children[] = {CHILDREN(CHILD_ENTRY)};

static const struct test_case cases[] = {
    TEST_CASE(the_memory_file_is_refused),
    TEST_CASE(the_reading_call_is_refused),
    TEST_CASE(the_debugger_is_refused),
    TEST_CASE(pages_are_not_pinned_for_a_pipe),
    TEST_CASE(pages_are_not_pinned_for_a_disk),
    TEST_CASE(copying_calls_work),
    TEST_CASE(no_descriptor_stays),
    TEST_CASE(many_secrets_share_a_file),
    TEST_CASE(what_is_freed_is_given_back),
    TEST_CASE(a_kernel_without_it_is_told),
    TEST_CASE(a_filter_against_it_is_told),
    TEST_CASE(the_limit_of_locks_is_a_clean_error),
    TEST_CASE(a_wish_goes_on_with_plain_pages_and_says_so),
};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
