/* SPDX-License-Identifier: MIT */
#include "ward_cases.h"

#include <stdlib.h>
#include <string.h>

memward_ward *new_ward(const memward_policy *policy)
{
	memward_ward *ward = NULL;

	CHECK_CODE(memward_open(policy, &ward), 0);
	CHECK(ward != NULL);
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

	CHECK_CODE(memward_new(ward, len, &secret), 0);
	CHECK(secret != NULL);
	return secret;
}

unsigned char *new_guarded(memward_ward *ward, size_t len, size_t align)
{
	void *secret = NULL;

	CHECK_CODE(memward_new_guarded(ward, len, align, &secret), 0);
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

	CHECK_CODE(memward_budget(ward, size, &info), 0);
	return info;
}

memward_report report_of(memward_ward *ward)
{
	memward_report report = MEMWARD_REPORT_INIT;

	CHECK_CODE(memward_report_ward(ward, &report), 0);
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
#define CANNOT "cannot: "

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

void expect_fault(const char *child)
{
	struct child_result result = support_run_child(child);

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

	if (result.end != CHILD_EXITED || result.code != 0 ||
	    strstr(result.output, AFTER) == NULL)
		TEST_FAIL(
		    "%s ended by %d: %s", child, result.code, result.output);
}

void expect_success(const char *child)
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
	if (result.end != CHILD_EXITED || result.code != 0)
		TEST_FAIL("%s with %s ended by %d: %s", child, override,
		    result.code, result.output);
}
