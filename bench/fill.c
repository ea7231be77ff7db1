/* SPDX-License-Identifier: MIT */
/* A pool of living secrets, and what protects them. */
#define _GNU_SOURCE

#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* How many secrets of a pool are looked up in the kernel's account. */
#define SAMPLE 1000

bool bench_fill(
    struct bench_pool *pool, size_t wanted, struct bench_outcome *outcome)
{
	double end = bench_now() + bench_settings.fill_time;

	pool->wanted = wanted;
	pool->seed = 88172645463325252u;
	pool->live = calloc(wanted, sizeof(*pool->live));
	for (pool->count = 0; pool->live != NULL && pool->count < wanted;) {
		void *secret = pool->contender->take(pool->len);

		if (secret == NULL)
			break;
		memset(secret, 1, pool->len < 64 ? pool->len : 64);
		pool->live[pool->count++] = secret;
		if (pool->count % 16 == 0 && bench_now() > end)
			break;
	}
	if (pool->count == wanted)
		return true;
	outcome->value = (double)NAN;
	(void)snprintf(outcome->note, sizeof(outcome->note), "%s at %zu live",
	    bench_now() > end ? "too slow" : "refuses", pool->count);
	return false;
}

void bench_empty(struct bench_pool *pool)
{
	while (pool->live != NULL && pool->count != 0) {
		void *secret = pool->live[--pool->count];

		if (secret != NULL)
			pool->contender->give(secret, pool->len);
	}
	free(pool->live);
	pool->live = NULL;
}

static bool churn(void *argument, size_t steps)
{
	struct bench_pool *pool = argument;

	return pool->contender->churn(
	    pool->live, pool->count, pool->len, steps, &pool->seed);
}

double bench_churn(struct bench_pool *pool)
{
	/* Random order needs every secret moved about once, if time allows. */
	double end = bench_now() + bench_settings.fill_time / 5;

	for (size_t i = 0; i < pool->count && bench_now() < end; i += 256) {
		if (!churn(pool, 256))
			return (double)NAN;
	}
	return bench_time(churn, pool);
}

/*
 * Whether a freed secret's content is gone. Its page may be, too. One of the
 * living is freed for it, since a full pool has no room for another.
 */
static bool is_wiped(struct bench_pool *pool)
{
	unsigned char found[64] = {0};
	size_t len = pool->len < sizeof(found) ? pool->len : sizeof(found);
	void *secret = pool->live[0];
	struct iovec here = {found, len};
	struct iovec there = {secret, len};
	size_t left = 0;

	memset(secret, 0xa7, pool->len);
	pool->contender->give(secret, pool->len);
	pool->live[0] = NULL;
	/* Reads without a fault where nothing may be read any more. */
	if (process_vm_readv(getpid(), &here, 1, &there, 1, 0) < 0)
		return true;
	for (size_t i = 0; i < len; i++)
		left += found[i] == 0xa7;
	return left < 4;
}

void bench_look(struct bench_pool *pool, struct bench_outcome *outcome)
{
	size_t step = pool->count < SAMPLE ? 1 : pool->count / SAMPLE;
	size_t seen = 0;
	size_t locked = 0;
	size_t count;
	struct bench_map *maps = bench_maps(&count);
	const struct bench_map *map;

	outcome->looked = maps != NULL;
	outcome->protection = BENCH_LOCKED | BENCH_NO_DUMP | BENCH_GUARDED;
	for (size_t i = 0; i < pool->count; i += step) {
		map = bench_map_of(maps, count, pool->live[i]);
		seen++;
		if (map == NULL)
			continue;
		locked += (map->protection & BENCH_LOCKED) != 0;
		outcome->protection &= map->protection;
	}
	free(maps);
	if (locked != 0 && locked != seen && outcome->note[0] == 0)
		(void)snprintf(outcome->note, sizeof(outcome->note),
		    "only %.0f%% locked",
		    100.0 * (double)locked / (double)seen);
	if (is_wiped(pool))
		outcome->protection |= BENCH_WIPED;
}
