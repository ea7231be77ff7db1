/* SPDX-License-Identifier: MIT */
/* Misuse: both end the process by the same signal, or both do not. */
#include "sodium_pair.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LEN 100

static volatile unsigned char sink;

static unsigned char *new_memory(size_t len)
{
	unsigned char *mem = chosen()->malloc(len);

	CHECK(mem != NULL);
	/* Nothing before this may be what ends the process. */
	(void)fputs("touching\n", stdout);
	CHECK(fflush(stdout) == 0);
	return mem;
}

static void read_byte(const unsigned char *at)
{
	sink = *(const volatile unsigned char *)at;
}

static void write_byte(unsigned char *at)
{
	*(volatile unsigned char *)at ^= 1;
}

static uintptr_t page_start(const void *at)
{
	return (uintptr_t)at - (uintptr_t)at % memward_sys_page_size();
}

int child_touch_inside(void)
{
	unsigned char *mem = new_memory(LEN);

	write_byte(mem);
	write_byte(mem + LEN - 1);
	chosen()->free(mem);
	return 0;
}

int child_read_next(void)
{
	read_byte(new_memory(LEN) + LEN);
	return 0;
}

int child_write_next(void)
{
	write_byte(new_memory(LEN) + LEN);
	return 0;
}

int child_read_front_guard(void)
{
	read_byte((unsigned char *)page_start(new_memory(LEN)) - 1);
	return 0;
}

int child_touch_empty(void)
{
	read_byte(new_memory(0));
	return 0;
}

static int underrun(size_t len, size_t by)
{
	unsigned char *mem = new_memory(len);

	write_byte(mem - by);
	chosen()->free(mem);
	return 0;
}

int child_underrun(void)
{
	return underrun(LEN, 1);
}

int child_underrun_16(void)
{
	return underrun(LEN, 16);
}

int child_underrun_page(void)
{
	return underrun(memward_sys_page_size(), 1);
}

int child_free_twice(void)
{
	unsigned char *mem = new_memory(LEN);

	chosen()->free(mem);
	chosen()->free(mem);
	return 0;
}

int child_free_interior(void)
{
	chosen()->free(new_memory(LEN) + 1);
	return 0;
}

int child_free_stack(void)
{
	unsigned char big[1 << 16] = {0};

	(void)new_memory(LEN);
	chosen()->free(big + sizeof(big) / 2);
	return big[0];
}

int child_free_heap(void)
{
	unsigned char *mem = calloc(1, 1 << 14);

	CHECK(mem != NULL);
	(void)new_memory(LEN);
	chosen()->free(mem + (1 << 13));
	free(mem);
	return 0;
}

int child_read_freed(void)
{
	unsigned char *mem = new_memory(LEN);

	chosen()->free(mem);
	read_byte(mem);
	return 0;
}

int child_write_freed(void)
{
	unsigned char *mem = new_memory(LEN);

	chosen()->free(mem);
	write_byte(mem);
	return 0;
}

/* Where freed memory stays, and somebody wrote to it. */
int child_reuse_written(void)
{
	(void)child_write_freed();
	return chosen()->malloc(LEN) == NULL;
}

int child_read_closed(void)
{
	unsigned char *mem = new_memory(LEN);

	CHECK_INT(chosen()->mprotect_noaccess(mem), 0);
	read_byte(mem);
	return 0;
}

int child_write_closed(void)
{
	unsigned char *mem = new_memory(LEN);

	CHECK_INT(chosen()->mprotect_noaccess(mem), 0);
	write_byte(mem);
	return 0;
}

int child_write_read_only(void)
{
	unsigned char *mem = new_memory(LEN);

	CHECK_INT(chosen()->mprotect_readonly(mem), 0);
	read_byte(mem);
	write_byte(mem);
	return 0;
}

int child_protect_freed(void)
{
	unsigned char *mem = new_memory(LEN);

	chosen()->free(mem);
	return chosen()->mprotect_readonly(mem);
}

int child_protect_null(void)
{
	(void)new_memory(LEN);
	return chosen()->mprotect_readonly(nowhere);
}

static const char *const deaths[] = {"read_next", "write_next",
    "read_front_guard", "touch_empty", "underrun", "underrun_16",
    "underrun_page", "free_twice", "free_interior", "free_stack", "free_heap",
    "read_freed", "write_freed", "read_closed", "write_closed",
    "write_read_only", "protect_freed", "protect_null"};

static void expect_fault(const struct sodium *library, const char *child)
{
	struct child_result result = run_with(library, "", child);

	if (result.end != CHILD_FAULTED || result.code != SIGSEGV ||
	    strncmp(result.output, "touching\n", 9) != 0)
		TEST_FAIL("%s, %s: end %d, code %d: %s", child, library->name,
		    (int)result.end, result.code, result.output);
}

static void expect_life(
    const struct sodium *library, const char *words, const char *child)
{
	struct child_result result = run_with(library, words, child);

	if (result.end != CHILD_EXITED || result.code != 0)
		TEST_FAIL("%s, %s: end %d, code %d: %s", child, library->name,
		    (int)result.end, result.code, result.output);
}

void both_die_alike(void)
{
	expect_life(real(), "", "touch_inside");
	expect_life(ours(), "", "touch_inside");
	for (size_t i = 0; i < TEST_COUNT(deaths); i++) {
		expect_fault(real(), deaths[i]);
		expect_fault(ours(), deaths[i]);
	}
}

/* With the word, and only with it. */
void freed_memory_can_stay(void)
{
	struct child_result late;

	expect_fault(ours(), "read_freed");
	expect_life(ours(), "no-trap_free", "read_freed");
	expect_life(ours(), "no-trap_free", "touch_inside");
	late = run_with(ours(), "no-trap_free", "reuse_written");
	CHECK_INT(late.end, CHILD_KILLED);
	CHECK_INT(late.code, SIGABRT);
}
