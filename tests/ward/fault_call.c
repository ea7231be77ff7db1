/* SPDX-License-Identifier: MIT */
/* memward_call() in which calls fail. */
#include "faults.h"

#include "model/system.h"

static int do_nothing(void *argument)
{
	(void)argument;
	return 0;
}

static int run_call(struct scene *s)
{
	return memward_call_sized(
	    s->open, 4 * model_page_size(), do_nothing, NULL);
}

static int run_call_closed(struct scene *s)
{
	/* The stack it got may stay, though it could not be opened. */
	s->may_keep = true;
	return memward_call_sized(
	    s->closed, 4 * model_page_size(), do_nothing, NULL);
}

/* With a run of its own for each stack. */
static int run_call_long(struct scene *s)
{
	return memward_call_sized(
	    s->open, 20 * model_page_size(), do_nothing, NULL);
}

/* No handler could run on a stack that a key closes to it. */
static int expected(memward_ward *ward)
{
	memward_report report = MEMWARD_REPORT_INIT;

	DEMAND(memward_report_ward(ward, &report) == 0);
	return (report.obtained & MEMWARD_KEYED) != 0 ? MEMWARD_EUNSUPPORTED
						      : 0;
}

static void make_stacks(struct scene *s)
{
	DEMAND(run_call(s) == 0);
	DEMAND(run_call_closed(s) == expected(s->closed));
	s->may_keep = false;
}

/* Whatever failed, both wards can be called again. */
static void check_called(struct scene *s, int code)
{
	bool kept = s->may_keep;

	if (code != 0 && !kept)
		DEMAND(fault_committed(s) == s->before);
	make_stacks(s);
	s->may_keep = true;
}

/* What is idle is given up for others, if it can be. */
static void check_new(struct scene *s, int code)
{
	DEMAND((code == 0) == (s->out != NULL));
	memward_free(s->out);
	check_called(s, 0);
}

static int run_new(struct scene *s)
{
	s->may_keep = true;
	return memward_new_guarded(s->open, 4 * model_page_size(), 16, &s->out);
}

static const struct act acts[] = {
    {"call", NULL, run_call, check_called},
    {"call, warm", make_stacks, run_call, check_called},
    {"call, long", NULL, run_call_long, check_called},
    {"call, closed", NULL, run_call_closed, check_called},
    {"call, closed, warm", make_stacks, run_call_closed, check_called},
    {"new beside idle stacks", make_stacks, run_new, check_new},
};

void faults_in_call(void)
{
	for (size_t i = 0; i < TEST_COUNT(acts); i++)
		fault_fail_each(&acts[i]);
}
