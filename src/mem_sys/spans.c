/* SPDX-License-Identifier: MIT */
#include "spans.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool mw_spans_reserve(struct mw_spans *set, size_t n)
{
	struct mw_span *grown;
	size_t room;

	/* A remove from the middle of a range leaves one more, as an add. */
	if (n <= set->room - set->count)
		return true;
	if (n > SIZE_MAX / sizeof(*grown) / 2 - set->count)
		return false;
	room = 2 * (set->count + n);
	grown = realloc(set->at, room * sizeof(*grown));
	if (grown == NULL)
		return false;
	set->at = grown;
	set->room = room;
	return true;
}

/* The index of the first range that ends at or after addr. */
static size_t first_ending_from(const struct mw_spans *set, uintptr_t addr)
{
	size_t low = 0;
	size_t high = set->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (set->at[mid].end < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Puts with[0..n) in the place of the ranges [first, last). */
static void replace(struct mw_spans *set, size_t first, size_t last,
    const struct mw_span *with, size_t n)
{
	assert(set->count - (last - first) + n <= set->room);
	memmove(set->at + first + n, set->at + last,
	    (set->count - last) * sizeof(*set->at));
	if (n != 0)
		memcpy(set->at + first, with, n * sizeof(*with));
	set->count = set->count - (last - first) + n;
}

void mw_spans_add(struct mw_spans *set, struct mw_span span)
{
	size_t first = first_ending_from(set, span.start);
	size_t last = first;

	/* Everything that overlaps or touches becomes one range. */
	for (; last < set->count && set->at[last].start <= span.end; last++) {
		if (set->at[last].start < span.start)
			span.start = set->at[last].start;
		if (set->at[last].end > span.end)
			span.end = set->at[last].end;
	}
	replace(set, first, last, &span, 1);
}

void mw_spans_remove(struct mw_spans *set, struct mw_span span)
{
	size_t first = first_ending_from(set, span.start);
	size_t last = first;
	struct mw_span rest[2];
	size_t n = 0;

	for (; last < set->count && set->at[last].start < span.end; last++) {
		if (set->at[last].start < span.start)
			rest[n++] =
			    (struct mw_span){set->at[last].start, span.start};
		if (set->at[last].end > span.end)
			rest[n++] =
			    (struct mw_span){span.end, set->at[last].end};
	}
	if (first == last)
		return;
	replace(set, first, last, rest, n);
}

bool mw_spans_next(
    const struct mw_spans *set, struct mw_span within, struct mw_span *found)
{
	size_t i = first_ending_from(set, within.start);

	/* Nothing of a set is inside nothing, even amidst one of its ranges. */
	if (within.start >= within.end)
		return false;
	if (i < set->count && set->at[i].end == within.start)
		i++;
	if (i == set->count || set->at[i].start >= within.end)
		return false;
	*found = set->at[i];
	if (found->start < within.start)
		found->start = within.start;
	if (found->end > within.end)
		found->end = within.end;
	return true;
}

bool mw_spans_next_gap(
    const struct mw_spans *set, struct mw_span within, struct mw_span *gap)
{
	struct mw_span taken;

	while (
	    within.start < within.end && mw_spans_next(set, within, &taken)) {
		if (taken.start > within.start) {
			*gap = (struct mw_span){within.start, taken.start};
			return true;
		}
		within.start = taken.end;
	}
	*gap = within;
	return within.start < within.end;
}
