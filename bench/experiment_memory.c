/* SPDX-License-Identifier: MIT */
/* Bytes per secret; and how fast memory is wiped. */
#include "bench.h"
#include "memward.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEN   32
#define COUNT 100000

static const char *const memory_rows[] = {
    "locked, 100,000 live", "ordinary", "locked, 1,000 live", "ordinary "};

static void weigh(const char *subject, size_t row, struct bench_outcome *result)
{
	size_t count = row < 2 ? COUNT : 1000;
	struct contender_need need = {count, LEN, 0};
	struct bench_pool pool = {.len = LEN};
	size_t locked = bench_status("VmLck");
	size_t resident;
	double grown;

	/* The library itself is no cost of a secret. */
	pool.contender = bench_load(subject, &need, result);
	if (pool.contender == NULL)
		return;
	/* Nor is the list that the pool is kept in. */
	pool.live = calloc(count, sizeof(*pool.live));
	if (pool.live == NULL)
		return;
	memset(pool.live, 1, count * sizeof(*pool.live));
	free(pool.live);
	resident = bench_status("VmRSS");
	(void)bench_fill(&pool, count, result);
	if (pool.count == 0)
		return;
	locked = bench_status("VmLck") - locked;
	grown = (double)bench_status("VmRSS") - (double)resident -
		(double)(count * sizeof(*pool.live));
	if (row % 2 == 0)
		result->value = (double)locked / (double)pool.count;
	else
		result->value =
		    grown <= (double)locked
			? 0
			: (grown - (double)locked) / (double)pool.count;
}

static const size_t wipe_sizes[] = {32, 4096, 65536};
static const char *const wipe_rows[] = {"32", "4096", "65536"};

struct wiper {
	void (*wipe)(void *mem, size_t len);
	void *mem;
	size_t len;
};

static bool wipe_often(void *argument, size_t steps)
{
	struct wiper *w = argument;

	while (steps-- != 0)
		w->wipe(w->mem, w->len);
	return true;
}

static void wipe(const char *subject, size_t row, struct bench_outcome *result)
{
	static _Alignas(4096) unsigned char mem[65536];
	struct contender_need need = {1, LEN, 0};
	struct wiper w = {NULL, mem, wipe_sizes[row]};
	const struct contender *contender = bench_load(subject, &need, result);

	if (contender == NULL)
		return;
	w.wipe = contender->wipe;
	memset(mem, 1, sizeof(mem));
	result->value = bench_time(wipe_often, &w);
}

static bool wipes(const struct contender *contender)
{
	return contender->wipe != NULL;
}

const struct bench_experiment bench_memory = {
    .name = "memory",
    .title = "Bytes of memory per 32-byte secret",
    .unit = "bytes",
    .about = "Locked: growth of VmLck; ordinary: growth of VmRSS beyond it. "
	     "A pool made in advance counts whole.",
    .rows = memory_rows,
    .row_count = 4,
    .uses = bench_is_packed,
    .work = weigh,
    .rounds = 1,
    .bars = true,
};

const struct bench_experiment bench_wipe = {
    .name = "wipe",
    .title = "Wiping memory that is in the cache",
    .unit = "ns",
    .about = "Each library's own call, by bytes; malloc stands for memset.",
    .rows = wipe_rows,
    .row_count = 3,
    .uses = wipes,
    .work = wipe,
};
