/* SPDX-License-Identifier: MIT */
/* Two threads with secrets of their own; and allocate here, free there. */
#define _GNU_SOURCE

#include "bench.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define LIVE 1000
#define LEN  32
#define RING 4096u
/* Slices of time; the best counts, being the least disturbed. */
#define SLICES 5

/* One thread at work on its own secrets until told to stop. */
struct worker {
	struct bench_pool pool;
	pthread_t thread;
	int core;
	atomic_bool *stop;
	atomic_int *ready;
	uint64_t steps;
	bool failed;
};

static void *churn_until_stopped(void *argument)
{
	struct worker *w = argument;
	struct bench_outcome unused = {0};

	bench_pin(w->core);
	w->failed = !bench_fill(&w->pool, LIVE, &unused);
	atomic_fetch_sub(w->ready, 1);
	while (atomic_load(w->ready) != 0 && !atomic_load(w->stop))
		(void)sched_yield();
	while (!w->failed &&
	       !atomic_load_explicit(w->stop, memory_order_relaxed)) {
		w->failed = !w->pool.contender->churn(
		    w->pool.live, LIVE, LEN, 64, &w->pool.seed);
		w->steps += 64;
	}
	bench_empty(&w->pool);
	return NULL;
}

static void sleep_for(double seconds)
{
	double end = bench_now() + seconds;

	while (bench_now() < end)
		(void)usleep(500);
}

/* Pairs per second of so many threads together; NAN: it failed. */
static double rate_of(const struct contender *contender, int threads)
{
	struct worker workers[2];
	atomic_bool stop = false;
	atomic_int ready = threads;
	uint64_t steps = 0;
	double start;
	double took;
	int made = 0;
	bool failed = false;

	memset(workers, 0, sizeof(workers));
	for (; made < threads; made++) {
		struct worker *w = &workers[made];

		w->pool.contender = contender;
		w->pool.len = LEN;
		w->core = made;
		w->stop = &stop;
		w->ready = &ready;
		if (pthread_create(&w->thread, NULL, churn_until_stopped, w) !=
		    0)
			break;
	}
	while (made == threads && atomic_load(&ready) != 0)
		(void)sched_yield();
	start = bench_now();
	sleep_for(bench_settings.budget / 2);
	atomic_store(&stop, true);
	took = bench_now() - start;
	for (int i = 0; i < made; i++) {
		(void)pthread_join(workers[i].thread, NULL);
		steps += workers[i].steps;
		failed |= workers[i].failed;
	}
	return failed || made != threads ? (double)NAN : (double)steps / took;
}

static double best_rate_of(const struct contender *contender, int threads)
{
	double best = (double)NAN;

	for (int i = 0; i < SLICES; i++)
		best = fmax(best, rate_of(contender, threads));
	return best;
}

static bool enough_cores(struct bench_outcome *result)
{
	if (bench_cores() > 1)
		return true;
	(void)snprintf(result->note, sizeof(result->note), "needs two cores");
	return false;
}

static void scale(const char *subject, size_t row, struct bench_outcome *result)
{
	struct contender_need need = {4 * LIVE, LEN, 0};
	const struct contender *contender = bench_load(subject, &need, result);
	double single;
	double both;

	if (contender == NULL || !enough_cores(result))
		return;
	single = best_rate_of(contender, 1);
	both = best_rate_of(contender, 2);
	result->value = row == 0 ? both / single : both / 1e6;
	if (isnan(result->value))
		(void)snprintf(result->note, sizeof(result->note), "refuses");
}

/* Secrets on their way from one thread to another. */
struct ring {
	_Alignas(64) _Atomic size_t put;
	_Alignas(64) _Atomic size_t got;
	_Alignas(64) void *_Atomic at[RING];
	const struct contender *contender;
	atomic_bool stop;
	bool failed;
};

static void *free_all(void *argument)
{
	struct ring *ring = argument;
	size_t next = 0;

	bench_pin(1);
	for (;;) {
		size_t put =
		    atomic_load_explicit(&ring->put, memory_order_acquire);

		if (put == next && atomic_load(&ring->stop))
			return NULL;
		if (put == next)
			(void)sched_yield();
		for (; next != put; next++)
			ring->contender->give(
			    atomic_load_explicit(
				&ring->at[next % RING], memory_order_relaxed),
			    LEN);
		atomic_store_explicit(&ring->got, next, memory_order_release);
	}
}

/* Allocates until the time is over; how many it was. */
static size_t allocate_all(struct ring *ring, double seconds)
{
	double end = bench_now() + seconds;
	size_t next = 0;
	void *secret;

	while (next % 256 != 0 || bench_now() < end) {
		while (next - atomic_load_explicit(
				  &ring->got, memory_order_acquire) ==
		       RING)
			(void)sched_yield();
		secret = ring->contender->take(LEN);
		if (secret == NULL) {
			ring->failed = true;
			break;
		}
		memset(secret, 1, LEN);
		atomic_store_explicit(
		    &ring->at[next % RING], secret, memory_order_relaxed);
		next++;
		/* In lots of sixteen, so that the ring is not what counts. */
		if (next % 16 == 0)
			atomic_store_explicit(
			    &ring->put, next, memory_order_release);
	}
	atomic_store(&ring->put, next);
	return next;
}

static void hand_over(
    const char *subject, size_t row, struct bench_outcome *result)
{
	static struct ring ring;
	struct contender_need need = {4 * RING, LEN, 0};
	pthread_t other;
	double start;
	size_t done;

	(void)row;
	ring.contender = bench_load(subject, &need, result);
	if (ring.contender == NULL || !enough_cores(result) ||
	    pthread_create(&other, NULL, free_all, &ring) != 0)
		return;
	(void)allocate_all(&ring, 0.001);
	atomic_store(&ring.stop, true);
	(void)pthread_join(other, NULL);
	/* Warm now; once more, timed. */
	atomic_store(&ring.stop, false);
	atomic_store(&ring.put, 0);
	atomic_store(&ring.got, 0);
	if (pthread_create(&other, NULL, free_all, &ring) != 0)
		return;
	start = bench_now();
	done = allocate_all(&ring, 2 * bench_settings.budget);
	atomic_store(&ring.stop, true);
	(void)pthread_join(other, NULL);
	if (ring.failed)
		(void)snprintf(result->note, sizeof(result->note), "refuses");
	else
		result->value = (double)done / (bench_now() - start) / 1e6;
}

static const char *const scaling_rows[] = {"x one thread", "M/s together"};
static const char *const handover_rows[] = {"M/s"};

const struct bench_experiment bench_scaling = {
    .name = "scaling",
    .title = "Two threads, each with 1,000 secrets of its own",
    .unit = "x, M/s",
    .about = "32 bytes; two threads on two cores against one on one.",
    .rows = scaling_rows,
    .row_count = 2,
    .uses = bench_is_packed,
    .work = scale,
    .bars = true,
};

const struct bench_experiment bench_handover = {
    .name = "handover",
    .title = "Allocate in one thread, free in another",
    .unit = "M/s",
    .about = "32 bytes, through a ring of 4,096, two cores.",
    .rows = handover_rows,
    .row_count = 1,
    .uses = bench_is_packed,
    .work = hand_over,
    .bars = true,
};
