/* SPDX-License-Identifier: MIT */
/* Writing and handing secrets while a ward cannot be opened or closed. */
#include "faults.h"

#include <unistd.h>

#define LEN  3000 /* fits any pipe */
#define SEED 11

static int ends[2];
static size_t written;

static void prepare(struct scene *s, bool closed)
{
	s->victim = fault_secret(
	    closed ? s->closed : s->open, closed, false, LEN, SEED);
	DEMAND(pipe(ends) == 0);
}

static void prepare_open(struct scene *s)
{
	prepare(s, false);
}

static void prepare_closed(struct scene *s)
{
	prepare(s, true);
}

static int run_write(struct scene *s)
{
	return memward_write_fd(s->victim.at, LEN, ends[1], &written);
}

/* In the pipe is as much as was said, and nothing behind it. */
static void check_write(struct scene *s, int code)
{
	unsigned char got[LEN + 1];
	ssize_t n;

	(void)s;
	DEMAND((code == 0) == (written == LEN));
	DEMAND(close(ends[1]) == 0);
	n = read(ends[0], got, sizeof(got));
	DEMAND(n == (ssize_t)written);
	DEMAND(fault_is_filled(got, written, SEED));
	DEMAND(close(ends[0]) == 0);
}

static int run_hand(struct scene *s)
{
	DEMAND(close(ends[0]) == 0 && close(ends[1]) == 0);
	ends[0] = -1;
	return memward_hand_pipe(s->victim.at, LEN, &ends[0]);
}

static void check_hand(struct scene *s, int code)
{
	unsigned char got[LEN + 1];

	(void)s;
	DEMAND((code == 0) == (ends[0] >= 0));
	if (code != 0)
		return;
	DEMAND(read(ends[0], got, sizeof(got)) == LEN);
	DEMAND(fault_is_filled(got, LEN, SEED));
	DEMAND(close(ends[0]) == 0);
}

static const struct act acts[] = {
    {"write", prepare_open, run_write, check_write},
    {"write, closed", prepare_closed, run_write, check_write},
    {"hand", prepare_open, run_hand, check_hand},
    {"hand, closed", prepare_closed, run_hand, check_hand},
};

void faults_in_output(void)
{
	for (size_t i = 0; i < TEST_COUNT(acts); i++)
		fault_fail_each(&acts[i]);
}
