/* SPDX-License-Identifier: MIT */
/* Reading in while calls fail: nothing is handed out that is not whole. */
#include "faults.h"

#include <unistd.h>

#define LEN  1500
#define SEED 7

static unsigned char source[LEN];
static int from;

static void prepare(struct scene *s)
{
	int ends[2];

	fault_fill(source, LEN, SEED);
	DEMAND(pipe(ends) == 0);
	DEMAND(write(ends[1], source, LEN) == LEN);
	DEMAND(close(ends[1]) == 0);
	from = ends[0];
	/* Pages that were taken for what was given up again. */
	s->may_keep = true;
}

/* Its room grows twice, and then becomes its length. */
static int run_read(struct scene *s)
{
	return memward_read_fd(
	    s->open, from, MEMWARD_TO_END, 10 * LEN, &s->out);
}

static int run_read_closed(struct scene *s)
{
	return memward_read_fd(
	    s->closed, from, MEMWARD_TO_END, 10 * LEN, &s->out);
}

static int run_take_closed(struct scene *s)
{
	return memward_take(s->closed, source, LEN, &s->out);
}

static void check_read(struct scene *s, int code)
{
	struct kept kept = {s->out, LEN, SEED, false, false};

	DEMAND(close(from) == 0);
	DEMAND((code == 0) == (s->out != NULL));
	if (code != 0)
		return;
	DEMAND(memward_size(s->out) == LEN);
	kept.closed = memward_ward_of(s->out) == s->closed;
	fault_check_kept(s, &kept);
	memward_free(s->out);
}

/* What was not taken is still there. */
static void check_taken(struct scene *s, int code)
{
	DEMAND(fault_is_filled(source, LEN, SEED) == (code != 0));
	check_read(s, code);
}

static const struct act acts[] = {
    {"read", prepare, run_read, check_read},
    {"read, closed", prepare, run_read_closed, check_read},
    {"take, closed", prepare, run_take_closed, check_taken},
};

void faults_in_input(void)
{
	for (size_t i = 0; i < TEST_COUNT(acts); i++)
		fault_fail_each(&acts[i]);
}
