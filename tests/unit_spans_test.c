/* SPDX-License-Identifier: MIT */
/*
 * Random operations on a set of address ranges, against a model that is a
 * plain array with one flag per address.
 */
#include "harness.h"

#include "mem_sys/spans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Addresses that are in play; few, so that ranges meet often. */
#define WIDTH 48
#define STEPS 4000
#define SEEDS 16

static uint32_t seed;
static uint32_t state;
static unsigned step;

static uint32_t random_below(uint32_t bound)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % bound;
}

#define MUST(condition)                                           \
	((condition) ? (void)0                                    \
		     : TEST_FAIL("seed %u, step %u: %s is false", \
			   (unsigned)seed, step, #condition))

/* Sorted, disjoint, not touching, none empty, inside the room. */
static void check_invariant(const struct mw_spans *set)
{
	MUST(set->count <= set->room);
	for (size_t i = 0; i < set->count; i++) {
		MUST(set->at[i].start < set->at[i].end);
		MUST(i == 0 || set->at[i - 1].end < set->at[i].start);
	}
}

static void check_contents(
    const struct mw_spans *set, const bool *model, uintptr_t base)
{
	size_t i = 0;

	for (uintptr_t at = 0; at < WIDTH; at++) {
		while (i < set->count && set->at[i].end - base <= at)
			i++;
		MUST(model[at] ==
		     (i < set->count && set->at[i].start - base <= at));
	}
}

/* The first run of flags that equal `wanted` within [from, to). */
static bool model_next(
    const bool *model, bool wanted, struct mw_span within, struct mw_span *run)
{
	uintptr_t at = within.start;

	while (at < within.end && model[at] != wanted)
		at++;
	run->start = at;
	while (at < within.end && model[at] == wanted)
		at++;
	run->end = at;
	return run->start < run->end;
}

static struct mw_span shifted(struct mw_span span, uintptr_t by)
{
	return (struct mw_span){span.start + by, span.end + by};
}

static void check_searches(const struct mw_spans *set, const bool *model,
    struct mw_span within, uintptr_t base)
{
	struct mw_span expected;
	struct mw_span found;
	bool any = model_next(model, true, within, &expected);

	MUST(mw_spans_next(set, shifted(within, base), &found) == any);
	if (any) {
		MUST(found.start - base == expected.start);
		MUST(found.end - base == expected.end);
	}
	any = model_next(model, false, within, &expected);
	MUST(mw_spans_next_gap(set, shifted(within, base), &found) == any);
	if (any) {
		MUST(found.start - base == expected.start);
		MUST(found.end - base == expected.end);
	}
}

static struct mw_span random_span(void)
{
	uintptr_t start = random_below(WIDTH);
	uintptr_t longest = WIDTH - start;

	/* Short ones more often, so that many can live side by side. */
	if (longest > 4 && random_below(4) != 0)
		longest = 4;
	return (struct mw_span){
	    start, start + 1 + random_below((uint32_t)longest)};
}

static void run_random(uintptr_t base)
{
	struct mw_spans set = {NULL, 0, 0};
	bool model[WIDTH] = {false};

	state = seed * 2654435761U;
	for (step = 0; step < STEPS; step++) {
		struct mw_span span = random_span();
		bool add = random_below(2) == 0;

		MUST(mw_spans_reserve(&set, 1));
		if (add)
			mw_spans_add(&set, shifted(span, base));
		else
			mw_spans_remove(&set, shifted(span, base));
		for (uintptr_t at = span.start; at < span.end; at++)
			model[at] = add;
		check_invariant(&set);
		check_contents(&set, model, base);
		check_searches(&set, model, random_span(), base);
	}
	free(set.at);
}

static void random_operations_match_the_model(void)
{
	printf("# seeds 1 to %d\n", SEEDS);
	for (seed = 1; seed <= SEEDS; seed++)
		run_random(1000);
}

static void the_lowest_addresses_work(void)
{
	seed = 101;
	run_random(0);
}

static void the_highest_addresses_work(void)
{
	seed = 102;
	run_random(UINTPTR_MAX - WIDTH);
}

static void reserved_room_is_enough(void)
{
	enum { MANY = 100 };
	struct mw_spans set = {NULL, 0, 0};
	const struct mw_span *before;

	CHECK(mw_spans_reserve(&set, MANY + 1));
	before = set.at;
	for (uintptr_t i = 0; i < MANY; i++)
		mw_spans_add(&set, (struct mw_span){10 * i, 10 * i + 5});
	/* From the middle: leaves one more. */
	mw_spans_remove(&set, (struct mw_span){1, 2});
	CHECK_INT(set.count, MANY + 1);
	CHECK(set.at == before);
	CHECK(set.count <= set.room);
	free(set.at);
}

static void room_that_cannot_be_had_changes_nothing(void)
{
	struct mw_spans set = {NULL, 0, 0};
	const struct mw_span *at;

	CHECK(mw_spans_reserve(&set, 1));
	mw_spans_add(&set, (struct mw_span){1, 2});
	at = set.at;
	CHECK(!mw_spans_reserve(&set, SIZE_MAX));
	CHECK(!mw_spans_reserve(&set, SIZE_MAX / sizeof(*at) / 2));
	CHECK(set.at == at);
	CHECK_INT(set.count, 1);
	free(set.at);
}

static const struct test_case cases[] = {
    TEST_CASE(random_operations_match_the_model),
    TEST_CASE(the_lowest_addresses_work),
    TEST_CASE(the_highest_addresses_work),
    TEST_CASE(reserved_room_is_enough),
    TEST_CASE(room_that_cannot_be_had_changes_nothing),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
