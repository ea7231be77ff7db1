/* SPDX-License-Identifier: MIT */
/*
 * Guarded secrets between guard regions, on Linux: many in one mapping, with
 * guards that fault all the same, and whatever a limit or a kernel refuses.
 */
#include "support_outside.h"
#include "ward_cases.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* MADV_GUARD_INSTALL, MADV_DONTDUMP: linux/mman.h. */
#define GUARD_INSTALL 102

#define MANY 1000

static unsigned char *held[MANY];

static bool are_here(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	CHECK_CODE(memward_sys_query(&info), 0);
	return (info.granted & MEMWARD_SYS_GUARDS) != 0;
}

static void need_regions(void)
{
	close_leftovers();
	if (!are_here())
		TEST_SKIP("this kernel has no guard regions");
}

static void hold_many(memward_ward *ward, size_t len)
{
	for (unsigned i = 0; i < MANY; i++) {
		held[i] = new_guarded(ward, len, 1);
		fill(held[i], len, i);
	}
}

static void check_many(size_t len)
{
	for (unsigned i = 0; i < MANY; i++)
		CHECK(is_filled(held[i], len, i));
}

static memward_ward *open_roomy(void)
{
	memward_policy policy = unlocked_policy();

	return new_ward(&policy);
}

static void a_thousand_secrets_need_few_mappings(void)
{
	size_t before;
	memward_ward *ward;

	need_regions();
	ward = open_roomy();
	before = outside_mappings();
	hold_many(ward, 100);
	/* Eight runs that double, and the pages without access between. */
	CHECK(outside_mappings() - before <= 24);
	check_many(100);
	for (unsigned i = 0; i < MANY; i++)
		CHECK_INT(place_of(held[i] + 100), MEMWARD_PLACE_GUARD);
	for (unsigned i = 0; i < MANY; i++)
		memward_free(held[i]);
	close_ward(ward);
	/* But for the records, which stay. */
	CHECK(outside_mappings() <= before + 10);
}

/* Locked they stay few, as long as the limit is far. */
static void locked_ones_need_few_mappings_too(void)
{
	bool known;
	size_t locked = support_locked_bytes(&known);
	size_t before;
	memward_ward *ward;

	need_regions();
	ward = new_ward(NULL);
	before = outside_mappings();
	for (unsigned i = 0; i < 100; i++)
		held[i] = new_guarded(ward, 100, 1);
	CHECK(outside_mappings() - before <= 24);
	for (unsigned i = 0; i < 100; i++)
		CHECK(support_is_locked(held[i], &known) || !known);
	CHECK_INT(report_of(ward).summary, MEMWARD_FULL);
	close_ward(ward);
	CHECK_INT(support_locked_bytes(&known), locked);
}

static void a_window_keeps_a_run_one_mapping(void)
{
	memward_policy policy = unlocked_policy();
	memward_ward *ward;
	size_t before;

	need_regions();
	policy.rest = MEMWARD_NO_ACCESS;
	ward = new_ward(&policy);
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	hold_many(ward, 100);
	CHECK_CODE(memward_end(ward), 0);
	before = outside_mappings();
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
	CHECK(outside_mappings() <= before + 4);
	check_many(100);
	CHECK_CODE(memward_end(ward), 0);
	CHECK(outside_mappings() <= before + 4);
	close_ward(ward);
}

/* The guard of one slot faults, whatever its neighbours may be used for. */
static void guards_hold_in_every_state(void)
{
	static const memward_access states[] = {
	    MEMWARD_NO_ACCESS, MEMWARD_READ_ONLY, MEMWARD_READ_WRITE};
	memward_ward *ward;
	unsigned char byte;

	need_regions();
	ward = open_roomy();
	hold_many(ward, 100);
	for (size_t n = 0; n < TEST_COUNT(states) * 30; n++) {
		unsigned i = (unsigned)(n * 7 % MANY);

		CHECK_CODE(memward_protect(held[i], states[n % 3]), 0);
		CHECK_INT(outside_read(OUTSIDE_COPY, held[i] + 99, &byte, 1),
		    states[n % 3] == MEMWARD_NO_ACCESS ? EFAULT : 0);
		CHECK_INT(outside_read(OUTSIDE_COPY, held[i] + 100, &byte, 1),
		    EFAULT);
	}
	for (unsigned i = 0; i < MANY; i++) {
		CHECK_CODE(memward_protect(held[i], MEMWARD_READ_WRITE), 0);
		CHECK(is_filled(held[i], 100, i));
	}
	close_ward(ward);
}

/* Slots that were not needed yet are guards too. */
static void what_was_never_lifted_faults(void)
{
	memward_ward *ward;
	unsigned char byte;
	unsigned char *last;
	size_t faults = 0;

	need_regions();
	ward = open_roomy();
	last = new_guarded(ward, 100, 1);
	for (unsigned i = 0; i < 3; i++)
		last = new_guarded(ward, 100, 1);
	for (size_t at = 100; at < 20 * page_size(); at += page_size())
		faults +=
		    outside_read(OUTSIDE_COPY, last + at, &byte, 1) == EFAULT;
	CHECK_INT(faults, 20);
	close_ward(ward);
}

/* Fault handlers see another code than for a page without access. */
static unsigned char *touched;

static void explain(void *address)
{
	memward_address what;

	if (address != touched || memward_explain_address(address, &what) != 0)
		_Exit(3);
	_Exit(what.place == MEMWARD_PLACE_GUARD && what.offset == 100 ? 0 : 4);
}

static int child_explain_fault(void)
{
	const char *why = support_on_fault(explain);

	if (why != NULL)
		child_cannot(why);
	touched = new_guarded(open_roomy(), 100, 1) + 100;
	(void)read_byte(touched);
	return 5;
}

static void a_fault_handler_learns_of_a_guard(void)
{
	need_regions();
	expect_success("explain_fault");
}

/* What a debugger cannot read at a page without access, it can; not here. */
static void guards_are_closed_to_the_memory_file(void)
{
	unsigned char byte;
	unsigned char *secret;

	need_regions();
	secret = new_guarded(open_roomy(), page_size(), 1);
	(void)new_guarded(open_roomy(), page_size(), 1);
	if (outside_read(OUTSIDE_FILE, secret, &byte, 1) != 0)
		TEST_SKIP("this process may not be read from outside");
	CHECK_INT(
	    outside_read(OUTSIDE_FILE, secret + page_size(), &byte, 1), EIO);
}

/* With guards refused: pages without access, and nothing else changes. */
static int child_live_without_regions(void)
{
	const char *why = outside_forbid_advice(GUARD_INSTALL, EINVAL);
	memward_ward *ward;
	unsigned char byte;
	size_t before;

	if (why != NULL)
		child_cannot(why);
	CHECK(!are_here());
	ward = open_roomy();
	before = outside_mappings();
	hold_many(ward, 100);
	CHECK(outside_mappings() - before >= MANY);
	for (unsigned i = 0; i < MANY; i++)
		CHECK_INT(outside_read(OUTSIDE_COPY, held[i] + 100, &byte, 1),
		    EFAULT);
	check_many(100);
	CHECK_INT(report_of(ward).summary, MEMWARD_FULL);
	close_ward(ward);
	return 0;
}

static void a_kernel_without_them_has_pages_without_access(void)
{
	need_regions();
	expect_success("live_without_regions");
}

/* Guards first refused once the ward is there: the next run is classic. */
static int child_lose_regions(void)
{
	memward_ward *ward = open_roomy();
	const char *why;
	unsigned char byte;

	(void)new_guarded(ward, 100, 1);
	why = outside_forbid_advice(GUARD_INSTALL, ENOMEM);
	if (why != NULL)
		child_cannot(why);
	hold_many(ward, 100);
	for (unsigned i = 0; i < MANY; i++)
		CHECK_INT(outside_read(OUTSIDE_COPY, held[i] + 100, &byte, 1),
		    EFAULT);
	check_many(100);
	close_ward(ward);
	return 0;
}

static void a_guard_not_obtained_is_never_one(void)
{
	need_regions();
	expect_success("lose_regions");
}

/* Zeros in a child take guards with them; they are laid again. */
static int look_as_wiped_child(void)
{
	unsigned char byte = 1;

	if (memward_check_all() != 0)
		return 1;
	for (unsigned i = 0; i < MANY; i++) {
		if (outside_read(OUTSIDE_COPY, held[i], &byte, 1) != 0 ||
		    byte != 0)
			return 2;
		if (outside_read(OUTSIDE_COPY, held[i] + 100, &byte, 1) !=
		    EFAULT)
			return 3;
	}
	return 0;
}

static void a_wiped_child_has_its_guards_again(void)
{
	memward_policy policy = unlocked_policy();
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	int status = -1;
	pid_t pid;

	need_regions();
	CHECK_CODE(memward_sys_query(&info), 0);
	if ((info.granted & MEMWARD_SYS_FORK_WIPE) == 0)
		TEST_SKIP("this kernel wipes nothing in a child");
	policy.fork = MEMWARD_FORK_WIPE;
	hold_many(new_ward(&policy), 100);
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(look_as_wiped_child());
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 0);
	check_many(100);
}

#define LIMIT ((size_t)1 << 20)

/* Guards are locked while that is generous, and yield at the limit. */
static int child_use_the_whole_limit(void)
{
	const char *why = support_be_user(LIMIT);
	size_t pages = LIMIT / page_size();
	memward_ward *ward;
	void *secret = NULL;
	size_t more;
	size_t count = 0;
	int rc;

	if (why != NULL)
		child_cannot(why);
	ward = new_ward(NULL);
	(void)new_guarded(ward, 100, 1);
	more = budget_of(ward, 10000).more;
	CHECK(budget_of(ward, 32).locked > page_size());
	while ((rc = memward_new_guarded(ward, 100, 1, &secret)) == 0)
		held[count++ % MANY] = secret;
	CHECK_CODE(rc, MEMWARD_ELOCKLIMIT);
	/* Every page of the limit holds a secret. */
	CHECK_INT(count + 1, pages);
	CHECK(more >= (pages - 1) / 4);
	CHECK_INT(report_of(ward).summary, MEMWARD_FULL);
	CHECK_INT(report_of(ward).pages, LIMIT);
	for (size_t i = 0; i < count; i++)
		memward_free(held[i]);
	CHECK_CODE(memward_new(ward, 32, &secret), 0);
	close_ward(ward);
	return 0;
}

static void guards_cost_no_secret_its_lock(void)
{
	need_regions();
	expect_success("use_the_whole_limit");
}

/* Packed secrets get what guards had as well. */
static int child_yield_to_packed(void)
{
	const char *why = support_be_user(LIMIT);
	memward_ward *ward;
	void *secret = NULL;
	size_t bytes = 0;

	if (why != NULL)
		child_cannot(why);
	ward = new_ward(NULL);
	for (unsigned i = 0; i < 20; i++)
		held[i] = new_guarded(ward, 100, 1);
	while (memward_new(ward, 15000, &secret) == 0)
		bytes += 15360;
	CHECK(bytes + 20 * page_size() > LIMIT - 20 * page_size());
	CHECK_INT(report_of(ward).summary, MEMWARD_FULL);
	close_ward(ward);
	return 0;
}

static void guards_yield_to_packed_secrets(void)
{
	need_regions();
	expect_success("yield_to_packed");
}

/* The guards of memward's own records, which nobody ever changes. */
static void guards_of_records_are_sealed(void)
{
	bool can;
	size_t sealed;

	/* Records come with the first secret. */
	memward_free(new_secret(NULL, 16));
	sealed = outside_sealed_mappings(&can);
	if (!can)
		TEST_SKIP("this kernel has no seals, or does not show them");
	/* Five, of which neighbours may be joined. */
	CHECK(sealed >= 3);
}

#define CHILDREN(X)             \
	X(explain_fault)        \
	X(live_without_regions) \
	X(lose_regions)         \
	X(use_the_whole_limit)  \
	X(yield_to_packed)

#define CHILD_ENTRY(name) {#name, child_##name},

static const struct child_entry children[] = {CHILDREN(CHILD_ENTRY)};

static const struct test_case cases[] = {
    TEST_CASE(a_thousand_secrets_need_few_mappings),
    TEST_CASE(locked_ones_need_few_mappings_too),
    TEST_CASE(a_window_keeps_a_run_one_mapping),
    TEST_CASE(guards_hold_in_every_state),
    TEST_CASE(what_was_never_lifted_faults),
    TEST_CASE(a_fault_handler_learns_of_a_guard),
    TEST_CASE(guards_are_closed_to_the_memory_file),
    TEST_CASE(a_kernel_without_them_has_pages_without_access),
    TEST_CASE(a_guard_not_obtained_is_never_one),
    TEST_CASE(a_wiped_child_has_its_guards_again),
    TEST_CASE(guards_cost_no_secret_its_lock),
    TEST_CASE(guards_yield_to_packed_secrets),
    TEST_CASE(guards_of_records_are_sealed),
};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
