/* SPDX-License-Identifier: MIT */
/* The contract of the platform layer, the same for every backend. */
#include "contract.h"

#include <stdio.h>
#include <string.h>

unsigned char *page_at(unsigned char *mem, size_t i)
{
	return mem + i * memward_sys_page_size();
}

unsigned char *new_pages(size_t count)
{
	size_t len = count * memward_sys_page_size();
	void *mem = NULL;

	CHECK_CODE(memward_sys_alloc(len, &mem), 0);
	memset(mem, FILLED, len);
	return mem;
}

void free_pages(void *mem, size_t count)
{
	size_t len = count * memward_sys_page_size();

	CHECK_CODE(memward_sys_free(mem, len), 0);
}

bool holds(const void *mem, size_t count, unsigned char byte)
{
	const unsigned char *at = mem;
	size_t len = count * memward_sys_page_size();

	while (len != 0 && *at == byte) {
		at++;
		len--;
	}
	return len == 0;
}

memward_sys_info query(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	CHECK_CODE(memward_sys_query(&info), 0);
	return info;
}

int reason_against(memward_sys_feature feature)
{
	size_t bit = 0;

	while ((1U << bit) != (unsigned)feature)
		bit++;
	return query().reason[bit];
}

void need_feature(memward_sys_feature feature)
{
	int reason = reason_against(feature);

	if (reason != 0)
		TEST_SKIP("%s has no %s here: %s", query().system,
		    memward_sys_feature_name(feature),
		    memward_error_text(reason));
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

#define CASE_ENTRY(name)  TEST_CASE(name),
#define CHILD_ENTRY(name) {#name, child_##name},

static const struct test_case cases[] = {CONTRACT_CASES(CASE_ENTRY)};
static const struct child_entry children[] = {CONTRACT_CHILDREN(CHILD_ENTRY)};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
