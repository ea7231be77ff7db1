/* SPDX-License-Identifier: MIT */
/*
 * Random sequences of operations beside a model, with another thread and forks
 * among them.
 * `random_test --seeds N --start S` runs others than the usual ones; a
 * failure names the seed to run again.
 */
#include "ops.h"

#include "harness.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BYTES       3000
#define USUAL_SEEDS 60

static unsigned long first_seed = 1;
static unsigned long seeds; /* 0: the usual ones */
static unsigned long seed;
static bool in_child;

_Noreturn void ops_failed(const char *text)
{
	if (!in_child && !ops_current->elsewhere)
		TEST_FAIL("%s (again: --seeds 1 --start %lu)", text, seed);
	(void)fprintf(stderr, "in %s of seed %lu: %s\n",
	    in_child ? "a child" : "another thread", seed, text);
	_exit(1);
}

void ops_fork(void (*child)(struct ops *ops), struct ops *ops)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		in_child = true;
		child(ops);
		_exit(0);
	}
	EXPECT(pid > 0 && waitpid(pid, &status, 0) == pid);
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* xorshift64*: the same bytes for the same seed, everywhere. */
static unsigned char next_byte(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (unsigned char)(*state * UINT64_C(2685821657736338717) >> 56);
}

static void run_seed(void)
{
	static unsigned char bytes[BYTES];
	uint64_t state = (uint64_t)seed * UINT64_C(0x9e3779b97f4a7c15) + 1;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = next_byte(&state);
	ops_run(bytes, sizeof(bytes));
}

static void random_operations_follow_the_model(void)
{
	if (seeds == 0)
		seeds = test_rounds(USUAL_SEEDS);
	for (seed = first_seed; seed < first_seed + seeds; seed++)
		run_seed();
}

static const struct test_case cases[] = {
    TEST_CASE(random_operations_follow_the_model),
};

static bool read_number(
    int argc, char **argv, int *at, const char *name, unsigned long *number)
{
	if (*at + 1 >= argc || strcmp(argv[*at], name) != 0)
		return false;
	*number = strtoul(argv[*at + 1], NULL, 10);
	++*at;
	return true;
}

int main(int argc, char **argv)
{
	char *rest[64] = {argv[0]};
	int count = 1;

	for (int i = 1; i < argc && count < 63; i++) {
		if (!read_number(argc, argv, &i, "--seeds", &seeds) &&
		    !read_number(argc, argv, &i, "--start", &first_seed))
			rest[count++] = argv[i];
	}
	return test_main(count, rest, cases, TEST_COUNT(cases));
}
