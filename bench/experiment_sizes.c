/* SPDX-License-Identifier: MIT */
/* ns to allocate, touch and free: by size, and by how many live. */
#include "bench.h"

#include <string.h>

static const size_t sizes[] = {16, 32, 64, 256, 1024, 4096, 16384, 65536};
static const char *const size_rows[] = {
    "16", "32", "64", "256", "1024", "4096", "16384", "65536"};

static const size_t counts[] = {1000, 10000, 100000, 1000000, 2000000};
static const char *const count_rows[] = {
    "1000", "10000", "100000", "1000000", "2000000"};

static void measure(
    const char *subject, size_t len, size_t count, struct bench_outcome *result)
{
	struct contender_need need = {count, len, 0};
	struct bench_pool pool = {.len = len};

	pool.contender = bench_load(subject, &need, result);
	if (pool.contender == NULL || !bench_fill(&pool, count, result))
		return;
	result->value = bench_churn(&pool);
	bench_look(&pool, result);
}

static void one(const char *subject, size_t row, struct bench_outcome *result)
{
	measure(subject, sizes[row], 1, result);
}

static void many(const char *subject, size_t row, struct bench_outcome *result)
{
	measure(subject, sizes[row], 1000, result);
}

static void grow(const char *subject, size_t row, struct bench_outcome *result)
{
	measure(subject, 32, counts[row], result);
}

static bool is_guarded_kind(const struct contender *contender)
{
	return contender->guarded;
}

static const char *const guarded_rows[] = {"1 live", "1000 live"};

static void guarded(
    const char *subject, size_t row, struct bench_outcome *result)
{
	measure(subject, 32, row == 0 ? 1 : 1000, result);
}

/* The guarded kinds, and those peers that give each secret its own pages. */
static bool for_guarded(const struct contender *contender)
{
	return is_guarded_kind(contender) ||
	       strcmp(contender->name, "libsodium") == 0;
}

const struct bench_experiment bench_sizes_one = {
    .name = "sizes-1",
    .title = "Allocate, touch, free; one live",
    .unit = "ns",
    .about = "One secret at a time, by its bytes.",
    .rows = size_rows,
    .row_count = 8,
    .uses = bench_is_packed,
    .work = one,
};

const struct bench_experiment bench_sizes_many = {
    .name = "sizes-1000",
    .title = "Allocate, touch, free; 1,000 live, random order",
    .unit = "ns",
    .about = "A random one of 1,000 is freed and another allocated in its "
	     "place, by their bytes.",
    .rows = size_rows,
    .row_count = 8,
    .uses = bench_is_packed,
    .work = many,
};

const struct bench_experiment bench_growth = {
    .name = "growth",
    .title = "32 bytes, as more and more live",
    .unit = "ns",
    .about = "The same at 32 bytes, by the number that live.",
    .rows = count_rows,
    .row_count = 5,
    .uses = bench_is_packed,
    .work = grow,
};

const struct bench_experiment bench_guarded = {
    .name = "guarded",
    .title = "Pages of its own between guards, 32 bytes, warm",
    .unit = "ns",
    .about = "Guarded secrets; with trap_free a freed one faults.",
    .rows = guarded_rows,
    .row_count = 2,
    .uses = for_guarded,
    .work = guarded,
    .bars = true,
};
