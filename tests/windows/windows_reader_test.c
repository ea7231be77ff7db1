/* SPDX-License-Identifier: MIT */
/*
 * memward_harden() against another process of the same user, which has to
 * succeed in reading before.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "harness.h"

#include "memward.h"

#include <stdlib.h>
#include <string.h>

#define TARGET "MEMWARD_TEST_TARGET"

static volatile unsigned char prey = 0x5a;

/* The reader: its target is in the environment. Exit status: what it saw. */
enum { READ, REFUSED, OTHERWISE };

static int child_read(void)
{
	char target[64];
	char *end;
	DWORD id;
	uint64_t address;
	unsigned char byte = 0;
	HANDLE process;
	SIZE_T n;

	if (GetEnvironmentVariableA(TARGET, target, sizeof(target)) == 0)
		return OTHERWISE;
	id = strtoul(target, &end, 10);
	address = strtoull(end, NULL, 10);
	process = OpenProcess(PROCESS_VM_READ, FALSE, id);
	if (process == NULL)
		return GetLastError() == ERROR_ACCESS_DENIED ? REFUSED
							     : OTHERWISE;
	if (!ReadProcessMemory(
		process, (const void *)(uintptr_t)address, &byte, 1, &n) ||
	    byte != prey)
		return OTHERWISE;
	return READ;
}

static int child_be_read(void)
{
	memward_hardening got = MEMWARD_HARDENING_INIT;
	char target[64];
	struct child_result seen;
	int code;

	(void)snprintf(target, sizeof(target), "%lu %llu",
	    GetCurrentProcessId(), (unsigned long long)(uintptr_t)&prey);
	CHECK(SetEnvironmentVariableA(TARGET, target));
	CHECK_INT(support_run_child("read").code, READ);
	code = memward_harden(MEMWARD_HARDEN_NO_TRACE, &got);
	seen = support_run_child("read");
	if (code == 0)
		CHECK_INT(seen.code, REFUSED);
	else if (seen.code != REFUSED)
		printf("%s", memward_error_name(code));
	return 0;
}

static void another_process_cannot_read(void)
{
	struct child_result end = support_run_child("be_read");

	CHECK_INT(end.end, CHILD_EXITED);
	if (end.code != 0)
		TEST_FAIL("%s", end.output);
	/* Wine refuses the reader, and says that an owner has a way round. */
	if (end.output[0] != '\0')
		TEST_SKIP("it could not be had: %s", end.output);
}

static const struct child_entry children[] = {
    {"read", child_read},
    {"be_read", child_be_read},
};

static const struct test_case cases[] = {
    TEST_CASE(another_process_cannot_read),
};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
