/* SPDX-License-Identifier: MIT */
/*
 * A set of address ranges: sorted, disjoint, never touching. Holds addresses
 * only. The caller keeps threads apart.
 */
#ifndef MW_MEM_SYS_SPANS_H
#define MW_MEM_SYS_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mw_span {
	uintptr_t start;
	uintptr_t end; /* one past the last byte */
};

struct mw_spans {
	struct mw_span *at; /* NULL while empty */
	size_t count;
	size_t room;
};

/*
 * Makes room for the next n adds and removes, which then cannot fail.
 * False: no memory.
 */
bool mw_spans_reserve(struct mw_spans *set, size_t n);

/* Adds a range; parts already there are fine. Needs reserved room. */
void mw_spans_add(struct mw_spans *set, struct mw_span span);

/* Removes a range; parts not there are fine. Needs reserved room. */
void mw_spans_remove(struct mw_spans *set, struct mw_span span);

/* The first part of the set inside *within, into *found; false: none. */
bool mw_spans_next(
    const struct mw_spans *set, struct mw_span within, struct mw_span *found);

/* The first part of *within that is not in the set; false: none. */
bool mw_spans_next_gap(
    const struct mw_spans *set, struct mw_span within, struct mw_span *gap);

#endif
