/* SPDX-License-Identifier: MIT */
/*
 * That memward_wipe() is not optimised away: a buffer dies after the wipe,
 * and its memory is looked at later. The compiler sees the whole of the wipe:
 * in the same unit (WIPE_IN_UNIT) or by optimisation at link time.
 */
#include "harness.h"

#ifdef WIPE_IN_UNIT
#include "base/wipe.c"
#else
#include "memward/base.h"
#endif

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATTERN_LEN 256
/* So much of the pattern in one piece counts as found. */
#define PIECE      16
#define STACK_SIZE ((size_t)1 << 20)

enum ending { LEAVE, PLAIN_MEMSET, WIPE };

static uint32_t next(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 24;
}

static void put_pattern(unsigned char *at)
{
	uint32_t state = 0x77697065;

	for (size_t i = 0; i < PATTERN_LEN; i++)
		at[i] = (unsigned char)next(&state);
}

/* Whether memory holds a piece of the pattern, without making a copy. */
static bool is_piece(const volatile unsigned char *at, size_t piece)
{
	uint32_t state = 0x77697065;

	for (size_t i = 0; i < piece * PIECE; i++)
		(void)next(&state);
	for (size_t i = 0; i < PIECE; i++) {
		if (at[i] != (unsigned char)next(&state))
			return false;
	}
	return true;
}

static size_t pieces_found(const volatile unsigned char *mem, size_t len)
{
	size_t found = 0;

	for (size_t at = 0; at + PIECE <= len; at++) {
		for (size_t i = 0; i < PATTERN_LEN / PIECE; i++)
			found += is_piece(mem + at, i);
	}
	return found;
}

/* Called by way of a pointer that the compiler cannot see through. */
static void (*volatile use)(unsigned char *) = put_pattern;

static inline void end(unsigned char *mem, enum ending ending)
{
	if (ending == PLAIN_MEMSET)
		memset(mem, 0, PATTERN_LEN);
	else if (ending == WIPE)
		memward_wipe(mem, PATTERN_LEN);
}

static void *leave_on_stack(void *unused)
{
	unsigned char secret[PATTERN_LEN];

	use(secret);
	end(secret, LEAVE);
	return unused;
}

static void *memset_on_stack(void *unused)
{
	unsigned char secret[PATTERN_LEN];

	use(secret);
	end(secret, PLAIN_MEMSET);
	return unused;
}

static void *wipe_on_stack(void *unused)
{
	unsigned char secret[PATTERN_LEN];

	use(secret);
	end(secret, WIPE);
	return unused;
}

/* Runs a function on a stack of ours and counts what it left there. */
static size_t left_on_stack(void *(*run)(void *))
{
	unsigned char *stack = aligned_alloc(4096, STACK_SIZE);
	pthread_attr_t attributes;
	pthread_t thread;
	size_t found;

	CHECK(stack != NULL);
	memset(stack, 0, STACK_SIZE);
	CHECK_INT(pthread_attr_init(&attributes), 0);
	CHECK_INT(pthread_attr_setstack(&attributes, stack, STACK_SIZE), 0);
	CHECK_INT(pthread_create(&thread, &attributes, run, NULL), 0);
	CHECK_INT(pthread_join(thread, NULL), 0);
	CHECK_INT(pthread_attr_destroy(&attributes), 0);
	found = pieces_found(stack, STACK_SIZE);
	free(stack);
	return found;
}

static void control_finds_what_is_left_on_the_stack(void)
{
	if (left_on_stack(leave_on_stack) == 0)
		TEST_FAIL("the unwiped secret was not found, so that this "
			  "program can prove nothing");
}

static void wiped_stack_holds_nothing(void)
{
	CHECK(left_on_stack(leave_on_stack) != 0);
	CHECK_INT(left_on_stack(wipe_on_stack), 0);
}

static void leave_on_heap(unsigned char *mem)
{
	use(mem);
	end(mem, LEAVE);
	free(mem);
}

static void memset_on_heap(unsigned char *mem)
{
	use(mem);
	end(mem, PLAIN_MEMSET);
	free(mem);
}

static void wipe_on_heap(unsigned char *mem)
{
	use(mem);
	end(mem, WIPE);
	free(mem);
}

/* Looks at the memory after free, by an address kept as a number. */
static size_t left_on_heap(void (*run)(unsigned char *))
{
	volatile uintptr_t address;
	unsigned char *mem;

	if (support_sanitizer() != NULL)
		TEST_SKIP("the sanitizer watches freed memory");
	mem = malloc(PATTERN_LEN);
	address = (uintptr_t)mem;
	CHECK(mem != NULL);
	run(mem);
	return pieces_found(
	    (const volatile unsigned char *)address, PATTERN_LEN);
}

static void wiped_heap_holds_nothing(void)
{
	if (left_on_heap(leave_on_heap) == 0)
		TEST_SKIP("this heap overwrites what is freed by itself");
	CHECK_INT(left_on_heap(wipe_on_heap), 0);
}

/* For information only: what the ordinary way would have left. */
static void plain_memset_is_reported(void)
{
	printf("# a plain memset on the stack was %s by this compiler\n",
	    left_on_stack(memset_on_stack) != 0 ? "removed" : "kept");
	if (support_sanitizer() == NULL)
		printf("# a plain memset before free was %s\n",
		    left_on_heap(memset_on_heap) != 0 ? "removed" : "kept");
}

static void wipe_of_no_bytes_writes_nothing(void)
{
	unsigned char byte = 1;

	memward_wipe(&byte, 0);
	memward_wipe(NULL, 0);
	CHECK_INT(byte, 1);
}

static void wipe_keeps_to_its_length(void)
{
	unsigned char mem[32];

	for (size_t len = 1; len <= 30; len++) {
		memset(mem, 0xff, sizeof(mem));
		memward_wipe(mem + 1, len);
		for (size_t i = 0; i < sizeof(mem); i++)
			CHECK_INT(mem[i], i == 0 || i > len ? 0xff : 0);
	}
}

static void the_optimiser_saw_the_wipe(void)
{
#ifdef WIPE_UNSEEN
	TEST_SKIP("this compiler does not optimise at link time");
#endif
}

static const struct test_case cases[] = {
    TEST_CASE(the_optimiser_saw_the_wipe),
    TEST_CASE(control_finds_what_is_left_on_the_stack),
    TEST_CASE(wiped_stack_holds_nothing),
    TEST_CASE(wiped_heap_holds_nothing),
    TEST_CASE(plain_memset_is_reported),
    TEST_CASE(wipe_of_no_bytes_writes_nothing),
    TEST_CASE(wipe_keeps_to_its_length),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
