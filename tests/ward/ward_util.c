/* SPDX-License-Identifier: MIT */
#include "ward_cases.h"

#include <stdlib.h>
#include <string.h>

#define CANNOT "cannot: "

/* With less than this to lock, some cases cannot have what they need. */
#define ENOUGH ((size_t)8 << 20)

static bool at_the_limit;

void expect_the_limit(void)
{
	at_the_limit = true;
}

/* Too little may be locked for the case, and that is what was said. */
static bool is_for_the_limit(int rc, memward_sys_info *info)
{
	return rc == MEMWARD_ELOCKLIMIT && !at_the_limit &&
	       memward_sys_query(info) == 0 && info->lock_limit < ENOUGH;
}

void check_granted(int rc)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	if (!is_for_the_limit(rc, &info))
		CHECK_CODE(rc, 0);
	else
		TEST_SKIP(CANNOT
		    "this process may lock no more than %llu bytes",
		    (unsigned long long)info.lock_limit);
}

bool has_feature(int rc, memward_sys_feature feature)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	if (rc == 0 || is_for_the_limit(rc, &info))
		return rc == 0;
	CHECK_CODE(memward_sys_query(&info), 0);
	if ((info.granted & (uint32_t)feature) != 0)
		TEST_FAIL("granted, and yet: %s", memward_error_name(rc));
	return false;
}

/* What a case that was left at once did not close. */
static memward_ward *open_wards[64];

static void remember(memward_ward *old, memward_ward *ward)
{
	size_t i = 0;

	while (i < TEST_COUNT(open_wards) && open_wards[i] != old)
		i++;
	if (i < TEST_COUNT(open_wards))
		open_wards[i] = ward;
}

void close_leftovers(void)
{
	for (size_t i = 0; i < TEST_COUNT(open_wards); i++) {
		if (open_wards[i] == NULL)
			continue;
		while (memward_end(open_wards[i]) == 0)
			continue;
		/* One that was closed otherwise is refused, which is fine. */
		if (memward_close(open_wards[i]) != 0)
			(void)fflush(stdout);
		open_wards[i] = NULL;
	}
}

memward_ward *new_ward(const memward_policy *policy)
{
	memward_ward *ward = NULL;

	check_granted(memward_open(policy, &ward));
	CHECK(ward != NULL);
	remember(NULL, ward);
	return ward;
}

memward_ward *new_closed_ward(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;

	policy.rest = MEMWARD_NO_ACCESS;
	return new_ward(&policy);
}

void close_ward(memward_ward *ward)
{
	CHECK_CODE(memward_close(ward), 0);
	remember(ward, NULL);
}

memward_policy unlocked_policy(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;

	policy.require &= ~(uint32_t)MEMWARD_LOCKED;
	return policy;
}

unsigned char *new_secret(memward_ward *ward, size_t len)
{
	void *secret = NULL;

	check_granted(memward_new(ward, len, &secret));
	CHECK(secret != NULL);
	return secret;
}

unsigned char *new_guarded(memward_ward *ward, size_t len, size_t align)
{
	void *secret = NULL;

	check_granted(memward_new_guarded(ward, len, align, &secret));
	CHECK(secret != NULL);
	return secret;
}

bool holds(const void *mem, size_t len, unsigned char byte)
{
	const unsigned char *at = mem;

	while (len != 0 && *at == byte) {
		at++;
		len--;
	}
	return len == 0;
}

static unsigned char pattern(size_t at, unsigned seed)
{
	return (unsigned char)(at * 31 + seed * 17 + (at >> 8) + 1);
}

void fill(void *mem, size_t len, unsigned seed)
{
	unsigned char *at = mem;

	for (size_t i = 0; i < len; i++)
		at[i] = pattern(i, seed);
}

bool is_filled(const void *mem, size_t len, unsigned seed)
{
	const unsigned char *at = mem;
	size_t i = 0;

	while (i < len && at[i] == pattern(i, seed))
		i++;
	return i == len;
}

size_t page_size(void)
{
	return memward_sys_page_size();
}

memward_budget_info budget_of(memward_ward *ward, size_t size)
{
	memward_budget_info info = {.size = sizeof(info)};

	check_granted(memward_budget(ward, size, &info));
	return info;
}

memward_report report_of(memward_ward *ward)
{
	memward_report report = MEMWARD_REPORT_INIT;

	check_granted(memward_report_ward(ward, &report));
	return report;
}

memward_place place_of(const void *address)
{
	memward_address what;

	CHECK_CODE(memward_explain_address(address, &what), 0);
	return what.place;
}

unsigned char read_byte(const void *at)
{
	return *(const volatile unsigned char *)at;
}

void write_byte(void *at, unsigned char byte)
{
	*(volatile unsigned char *)at = byte;
}

#define BEFORE "touching"
#define AFTER  "touched"

void will_touch(void)
{
	printf("%s\n", BEFORE);
	(void)fflush(stdout);
}

int done_touching(void)
{
	printf("%s\n", AFTER);
	(void)fflush(stdout);
	return 0;
}

void skip_if_cannot(const struct child_result *result)
{
	const char *why = strstr(result->output, CANNOT);

	if (result->end == CHILD_EXITED && why != NULL)
		TEST_SKIP("%.*s", (int)strcspn(why + strlen(CANNOT), "\n"),
		    why + strlen(CANNOT));
}

void expect_fault(const char *child)
{
	struct child_result result = support_run_child(child);

	skip_if_cannot(&result);
	if (strstr(result.output, BEFORE) == NULL)
		TEST_FAIL("%s did not get so far: %s", child, result.output);
	if (strstr(result.output, AFTER) != NULL)
		TEST_FAIL("%s touched and lived", child);
	if (result.end != CHILD_FAULTED)
		TEST_FAIL("%s ended by %d, not by a fault: %s", child,
		    result.code, result.output);
}

void expect_no_fault(const char *child)
{
	struct child_result result = support_run_child(child);

	skip_if_cannot(&result);
	if (result.end != CHILD_EXITED || result.code != 0 ||
	    strstr(result.output, AFTER) == NULL)
		TEST_FAIL(
		    "%s ended by %d: %s", child, result.code, result.output);
}

void expect_success(const char *child)
{
	struct child_result result;

#ifdef HIDDEN_WARDS
	hidden_let_go();
#endif
	result = support_run_child(child);
	if (result.end == CHILD_EXITED && result.code == 0)
		return;
	skip_if_cannot(&result);
	TEST_FAIL("%s ended by %d: %s", child, result.code, result.output);
}

void child_cannot(const char *why)
{
	(void)fprintf(stderr, "%s%s\n", CANNOT, why);
	exit(TEST_CHILD_FAILED);
}

void expect_success_with(const char *child, const char *override)
{
	struct child_result result;

	CHECK(support_set_environment("MEMWARD_POLICY", override));
	result = support_run_child(child);
	CHECK(support_set_environment("MEMWARD_POLICY", NULL));
	skip_if_cannot(&result);
	if (result.end != CHILD_EXITED || result.code != 0)
		TEST_FAIL("%s with %s ended by %d: %s", child, override,
		    result.code, result.output);
}
