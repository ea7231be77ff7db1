/* SPDX-License-Identifier: MIT */
/* Two threads with secrets of their own; and allocate here, free there. */
#define _GNU_SOURCE

#include "bench.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIVE 1000
#define LEN  32
#define RING 4096u
/* Slices of time, of which the median counts. */
#define SLICES 5

/* One thread at work on its own secrets, timed by its own clock. */
struct worker {
	struct bench_pool pool;
	pthread_t thread;
	int core;
	double seconds;
	atomic_int *waiting; /* threads that are not ready yet */
	double rate;         /* pairs per second; NAN: refused */
};

static void *churn_for_a_while(void *argument)
{
	struct worker *w = argument;
	struct bench_outcome unused = {0};
	uint64_t steps = 0;
	double start;
	double now;
	bool fine;

	bench_pin(w->core);
	fine = bench_fill(&w->pool, LIVE, &unused);
	atomic_fetch_sub(w->waiting, 1);
	while (atomic_load(w->waiting) != 0)
		(void)sched_yield();
	/*
	 * Whoever else kept a clock would be late where it shares a core with
	 * a worker, and would count steps made before it looked.
	 */
	start = bench_now();
	do {
		fine = fine && w->pool.contender->churn(
				   w->pool.live, LIVE, LEN, 128, &w->pool.seed);
		steps += 128;
		now = bench_now();
	} while (fine && now - start < w->seconds);
	w->rate = fine ? (double)steps / (now - start) : (double)NAN;
	return NULL;
}

/* Pairs per second of so many threads together; NAN: it failed. */
static double rate_of(const struct contender *contender, int threads)
{
	struct worker workers[2];
	atomic_int waiting = threads;
	double sum = 0;

	memset(workers, 0, sizeof(workers));
	for (int i = 0; i < threads; i++) {
		struct worker *w = &workers[i];

		w->pool.contender = contender;
		w->pool.len = LEN;
		w->core = i;
		w->seconds = bench_settings.budget;
		w->waiting = &waiting;
		if (pthread_create(&w->thread, NULL, churn_for_a_while, w) != 0)
			abort();
	}
	for (int i = 0; i < threads; i++) {
		(void)pthread_join(workers[i].thread, NULL);
		sum += workers[i].rate;
	}
	/* Not before all are done: a free takes the time of the other. */
	for (int i = 0; i < threads; i++)
		bench_empty(&workers[i].pool);
	return sum;
}

/* The median: the best slice may be one in which only one of them ran. */
static double typical_rate_of(const struct contender *contender, int threads)
{
	double rates[SLICES];

	for (int i = 0; i < SLICES; i++)
		rates[i] = rate_of(contender, threads);
	return bench_median(rates, SLICES);
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
	single = typical_rate_of(contender, 1);
	both = typical_rate_of(contender, 2);
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
