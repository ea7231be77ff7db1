/* SPDX-License-Identifier: MIT */
/* A process for each measurement, time and statistics. */
#define _GNU_SOURCE

#include "bench.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BATCHES  64
#define PATIENCE 20000 /* milliseconds until a cell is given up */

double bench_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* The cores this process was given, before anything was pinned. */
static const cpu_set_t *given(void)
{
	static cpu_set_t all;
	static bool known;

	if (!known && sched_getaffinity(0, sizeof(all), &all) != 0)
		CPU_SET(0, &all);
	known = true;
	return &all;
}

int bench_cores(void)
{
	return CPU_COUNT(given());
}

void bench_pin(int core)
{
	cpu_set_t one;

	for (size_t i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, given()) || core-- != 0)
			continue;
		CPU_ZERO(&one);
		CPU_SET(i, &one);
		/* Unpinned it is measured as well, with more spread. */
		(void)sched_setaffinity(0, sizeof(one), &one);
		return;
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_median(const double *values, size_t count)
{
	double sorted[BATCHES];

	if (count == 0)
		return (double)NAN;
	memcpy(sorted, values, count * sizeof(*values));
	qsort(sorted, count, sizeof(*sorted), compare);
	return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

double bench_time(bool (*loop)(void *argument, size_t steps), void *argument)
{
	double took[BATCHES];
	size_t batches = 0;
	size_t steps = 1;
	double start = bench_now();
	double spent = 0;

	/* Batches long enough that reading the clock does not count. */
	for (;;) {
		double before = bench_now();

		if (!loop(argument, steps))
			return (double)NAN;
		spent = bench_now() - before;
		if (spent >= bench_settings.budget / 16)
			break;
		steps *= 2;
	}
	start = bench_now();
	while (batches < BATCHES &&
	       (batches == 0 || bench_now() - start < bench_settings.budget)) {
		double before = bench_now();

		if (!loop(argument, steps))
			return (double)NAN;
		spent = bench_now() - before;
		took[batches++] = spent * 1e9 / (double)steps;
	}
	return bench_median(took, batches);
}

/* What a library has to say on its way out is not for the screen. */
static void be_quiet(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null >= 0)
		(void)dup2(null, STDERR_FILENO);
}

static _Noreturn void child(const struct bench_experiment *what,
    const char *subject, size_t row, int to)
{
	struct bench_outcome outcome;

	memset(&outcome, 0, sizeof(outcome));
	outcome.value = (double)NAN;
	if (!bench_settings.talks)
		be_quiet();
	bench_pin(0);
	what->work(subject, row, &outcome);
	_exit(write(to, &outcome, sizeof(outcome)) == sizeof(outcome) ? 0 : 1);
}

/* Waits for the answer; false: none came, and *late if the time was up. */
static bool receive(int from, struct bench_outcome *outcome, bool *late)
{
	struct pollfd ready = {from, POLLIN, 0};

	*late = poll(&ready, 1, PATIENCE) != 1;
	return !*late &&
	       read(from, outcome, sizeof(*outcome)) == sizeof(*outcome);
}

static void tell_end(int status, bool late, struct bench_outcome *outcome)
{
	memset(outcome, 0, sizeof(*outcome));
	outcome->value = (double)NAN;
	if (late)
		(void)snprintf(outcome->note, sizeof(outcome->note),
		    "no answer in %d s", PATIENCE / 1000);
	else if (WIFSIGNALED(status))
		(void)snprintf(outcome->note, sizeof(outcome->note),
		    "ends the process (%s)", strsignal(WTERMSIG(status)));
	else
		(void)snprintf(outcome->note, sizeof(outcome->note),
		    "exits with status %d", WEXITSTATUS(status));
}

void bench_run_cell(const struct bench_experiment *what, const char *subject,
    size_t row, struct bench_outcome *outcome)
{
	int ends[2];
	int status = 0;
	pid_t pid;
	bool answered;
	bool late;

	if (pipe(ends) != 0 || (pid = fork()) < 0) {
		perror("memward-bench");
		exit(1);
	}
	if (pid == 0) {
		(void)close(ends[0]);
		child(what, subject, row, ends[1]);
	}
	(void)close(ends[1]);
	answered = receive(ends[0], outcome, &late);
	(void)close(ends[0]);
	/* Of no use any more if it has answered, stuck if it has not. */
	if (answered || late)
		(void)kill(pid, SIGKILL);
	if (waitpid(pid, &status, 0) != pid) {
		perror("memward-bench");
		exit(1);
	}
	if (!answered)
		tell_end(status, late, outcome);
}
