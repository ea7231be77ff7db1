/* SPDX-License-Identifier: MIT */
/* What guarded secrets cost of a process's mappings. */
#include "bench.h"

#include <stdlib.h>

#define LEN 32

static const size_t counts[] = {100, 1000, 10000};
static const char *const rows[] = {"100", "1,000", "10,000"};

static size_t count_mappings(void)
{
	size_t count = 0;

	free(bench_maps(&count));
	return count;
}

static void count(const char *subject, size_t row, struct bench_outcome *result)
{
	struct contender_need need = {counts[row], LEN, 0};
	struct bench_pool pool = {.len = LEN};
	size_t before;

	pool.contender = bench_load(subject, &need, result);
	if (pool.contender == NULL)
		return;
	before = count_mappings();
	if (!bench_fill(&pool, counts[row], result))
		return;
	result->value = (double)(count_mappings() - before);
	bench_look(&pool, result);
}

static bool is_guarded(const struct contender *contender)
{
	return contender->guarded;
}

const struct bench_experiment bench_mappings = {
    .name = "mappings",
    .title = "Mappings of guarded secrets",
    .unit = "mappings",
    .about = "How many more the process has, by the number that live; the "
	     "system allows 65,530 (vm.max_map_count).",
    .rows = rows,
    .row_count = 3,
    .uses = is_guarded,
    .work = count,
    .rounds = 1,
    .bars = true,
};
