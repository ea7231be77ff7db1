/* SPDX-License-Identifier: MIT */
/* Functions on stacks of a ward, beside a plain call and the wipe alone. */
#include "bench.h"
#include "memward.h"

#include <string.h>

static const size_t sizes[] = {
    (size_t)4 << 10, (size_t)16 << 10, MEMWARD_CALL_STACK};
static const char *const rows[] = {"4 KiB", "16 KiB", "64 KiB"};

#define PLAIN "plain call"
#define WIPE  "the wipe alone"
#define CALL  "memward_call"
static const char *const subjects[] = {PLAIN, WIPE, CALL};

static int add_one(void *number)
{
	return ++*(int *)number;
}

/* Not known to the compiler, which would not call it otherwise. */
static int (*volatile function)(void *) = add_one;

static bool call_plainly(void *unused, size_t steps)
{
	int number = 0;

	(void)unused;
	for (; steps != 0; steps--)
		(void)function(&number);
	return true;
}

static bool call_on_stack(void *size, size_t steps)
{
	int number = 0;

	for (; steps != 0; steps--) {
		if (memward_call_sized(
			NULL, *(const size_t *)size, function, &number) <= 0)
			return false;
		number = 0;
	}
	return true;
}

struct area {
	void *mem;
	size_t len;
};

static bool wipe(void *argument, size_t steps)
{
	const struct area *area = argument;

	for (; steps != 0; steps--)
		memward_wipe(area->mem, area->len);
	return true;
}

static void work(const char *subject, size_t row, struct bench_outcome *result)
{
	size_t size = sizes[row];
	struct area area = {NULL, size};
	int rc = memward_new_guarded(NULL, size, 16, &area.mem);

	if (rc != 0)
		(void)snprintf(result->note, sizeof(result->note), "%s",
		    memward_error_text(rc));
	else if (strcmp(subject, PLAIN) == 0)
		result->value = bench_time(call_plainly, NULL);
	else if (strcmp(subject, WIPE) == 0)
		result->value = bench_time(wipe, &area);
	else
		result->value = bench_time(call_on_stack, &size);
	if (rc == 0 && !memward_call_switches())
		(void)snprintf(result->note, sizeof(result->note),
		    "on the caller's own stack");
	memward_free(area.mem);
}

const struct bench_experiment bench_stack = {
    .name = "stack",
    .title = "A function on a stack of a ward",
    .unit = "ns",
    .about = "memward_call_sized, warm, of a function that adds one; all of "
	     "the stack is wiped each time, whatever was used of it.",
    .rows = rows,
    .row_count = 3,
    .subjects = subjects,
    .subject_count = 3,
    .work = work,
    .bars = true,
};
