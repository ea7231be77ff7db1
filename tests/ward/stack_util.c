/* SPDX-License-Identifier: MIT */
#include "stack_cases.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

void need_switch(void)
{
	if (!memward_call_switches())
		TEST_SKIP("functions run on the caller's own stack here");
}

int call(memward_ward *ward, int (*function)(void *), void *argument)
{
	int rc = memward_call_sized(ward, SMALL, function, argument);

	if (rc == MEMWARD_ELOCKLIMIT)
		check_granted(rc);
	return rc;
}

memward_address stack_here(void)
{
	memward_address what = {MEMWARD_PLACE_FOREIGN, NULL, NULL, 0, 0};

	(void)memward_explain_address(HERE, &what);
	return what;
}

UNJUDGED void fill_stack(const void *low, size_t spare)
{
	volatile unsigned char block[256];

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = FILLED;
	if ((uintptr_t)HERE - (uintptr_t)low > spare)
		fill_stack(low, spare);
	/* It is wanted afterwards, so the call above is no jump. */
	__asm__ __volatile__("" : : "r"(block) : "memory");
}

static UNJUDGED bool is_filled_near(const volatile unsigned char *at)
{
	size_t found = 0;

	for (size_t i = 0; i < BRINK; i++)
		found += at[i] == FILLED;
	return found > 200;
}

int fill_and_tell(void *argument)
{
	struct seen *seen = argument;
	memward_address here = stack_here();

	seen->low = here.secret;
	seen->len = here.len;
	seen->ward = here.ward;
	if (here.place != MEMWARD_PLACE_SECRET)
		return 1;
	fill_stack(seen->low, BRINK);
	seen->filled = is_filled_near(seen->low + BRINK / 2);
	return 0;
}

void check_left_nothing(const struct seen *seen)
{
	CHECK(seen->filled);
	CHECK(holds(seen->low, seen->len, 0));
}

UNJUDGED bool finds(
    const void *mem, size_t len, const void *pattern, size_t pattern_len)
{
	const volatile unsigned char *at = mem;
	const unsigned char *wanted = pattern;

	for (; len >= pattern_len; at++, len--) {
		size_t i = 0;

		while (i < pattern_len && at[i] == wanted[i])
			i++;
		if (i == pattern_len)
			return true;
	}
	return false;
}

struct job {
	void (*function)(void *);
	void *argument;
};

static void *work(void *argument)
{
	struct job *job = argument;

	job->function(job->argument);
	return NULL;
}

void on_plain_stack(
    void *mem, size_t len, void (*function)(void *), void *argument)
{
	struct job job = {function, argument};
	pthread_attr_t attributes;
	pthread_t thread;

	memset(mem, 0, len);
	CHECK_INT(pthread_attr_init(&attributes), 0);
	CHECK_INT(pthread_attr_setstack(&attributes, mem, len), 0);
	CHECK_INT(pthread_create(&thread, &attributes, work, &job), 0);
	CHECK_INT(pthread_join(thread, NULL), 0);
	CHECK_INT(pthread_attr_destroy(&attributes), 0);
}
