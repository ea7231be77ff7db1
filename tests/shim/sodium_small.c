/* SPDX-License-Identifier: MIT */
/* Wiping and comparing. */
#include "sodium_pair.h"

#include <string.h>

static void check_small(const struct sodium *library)
{
	unsigned char a[300];
	unsigned char b[300];

	memset(a, 1, sizeof(a));
	memset(b, 1, sizeof(b));
	CHECK_INT(library->memcmp(a, b, sizeof(a)), 0);
	for (unsigned i = 0; i < sizeof(a); i++) {
		b[i] ^= (unsigned char)(1u << i % 8);
		CHECK_INT(library->memcmp(a, b, i), 0);
		CHECK_INT(library->memcmp(a, b, sizeof(a)), -1);
		b[i] = 1;
	}
	library->memzero(a + 10, 100);
	for (unsigned i = 0; i < sizeof(a); i++)
		CHECK_INT(a[i], i >= 10 && i < 110 ? 0 : 1);
	library->memzero(NULL, 0);
	CHECK_INT(library->memcmp(NULL, NULL, 0), 0);
}

void wiping_and_comparing_are_alike(void)
{
	check_small(real());
	check_small(ours());
}

#define DEEP    4096
#define PATTERN 0xa7

static __attribute__((noinline)) void leave_on_stack(void)
{
	unsigned char mem[DEEP];

	memset(mem, PATTERN, sizeof(mem));
	__asm__ __volatile__("" : : "r"(mem) : "memory");
}

/* How much of it is still below this frame. */
static __attribute__((noinline)) unsigned find_on_stack(void)
{
	volatile unsigned char mem[2 * DEEP];
	volatile unsigned char *at = mem;
	unsigned found = 0;

	__asm__ __volatile__("" : "+r"(at) : : "memory");
	for (unsigned i = 0; i < sizeof(mem); i++)
		found += at[i] == PATTERN;
	return found;
}

static unsigned after(const struct sodium *library, size_t len)
{
	leave_on_stack();
	if (library != NULL)
		library->stackzero(len);
	return find_on_stack();
}

void the_stack_is_wiped(void)
{
	if (support_sanitizer() != NULL)
		TEST_SKIP("a sanitizer lays out stacks of its own");
	CHECK(after(NULL, 0) > DEEP / 2);
	CHECK(after(real(), 0) > DEEP / 2);
	CHECK(after(ours(), 0) > DEEP / 2);
	CHECK(after(real(), 3 * DEEP) < 64);
	CHECK(after(ours(), 3 * DEEP) < 64);
}
