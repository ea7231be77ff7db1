/* SPDX-License-Identifier: MIT */
/*
 * Experiments and what they find. An experiment is a grid of rows (sizes,
 * counts, ...) and subjects (most often contenders). Each cell of each round
 * runs in a process of its own, and the rounds visit the subjects in turn,
 * so that whatever else the machine does hits all of them alike.
 */
#ifndef BENCH_H
#define BENCH_H

#include "contender.h"

#include <stdio.h>

#define BENCH_ROUNDS      9
#define BENCH_ROUNDS_FAST 3
#define BENCH_SUBJECTS    12
#define BENCH_ROWS        8
#define BENCH_EXPERIMENTS 16

/* What the kernel says of the pages of what is timed. */
#define BENCH_LOCKED  1u
#define BENCH_NO_DUMP 2u
#define BENCH_GUARDED 4u /* no-access memory on both sides of the mapping */
#define BENCH_WIPED   8u /* a freed one no longer holds its content */

/* What the process of one cell hands back. */
struct bench_outcome {
	double value; /* NAN: there is none, see note */
	unsigned protection;
	bool looked;    /* at the protection */
	char note[120]; /* what happened, empty: nothing special */
};

struct bench_cell {
	double values[BENCH_ROUNDS];
	unsigned count;
	unsigned slow; /* rounds that took very long */
	bool closed;   /* not asked again */
	struct bench_outcome last;
};

struct bench_experiment {
	const char *name;
	const char *title;
	const char *unit;
	const char *about; /* one sentence for the table */
	const char *const *rows;
	size_t row_count;
	/* NULL: the contenders that uses() accepts. */
	const char *const *subjects;
	size_t subject_count;
	bool (*uses)(const struct contender *contender);
	/* In the process of the cell. A subject is its name. */
	void (*work)(
	    const char *subject, size_t row, struct bench_outcome *outcome);
	unsigned rounds; /* at most; 0: all there are */
	bool bars;       /* the picture: bars, not lines over the rows */
};

/* An experiment once it has run. */
struct bench_table {
	const struct bench_experiment *what;
	const char *subjects[BENCH_SUBJECTS];
	size_t subject_count;
	struct bench_cell cells[BENCH_ROWS][BENCH_SUBJECTS];
};

/* The settings of this run. */
struct bench_settings {
	bool quick;
	bool talks; /* what libraries say is shown */
	unsigned rounds;
	double budget;       /* seconds to time a cell in */
	double fill_time;    /* seconds a contender may take to fill up */
	const char *modules; /* folder of the contenders */
};
extern struct bench_settings bench_settings;

extern const struct bench_experiment bench_sizes_one, bench_sizes_many,
    bench_growth, bench_scaling, bench_handover, bench_guarded, bench_windows,
    bench_nested, bench_keyed, bench_limits, bench_mappings, bench_memory,
    bench_wipe, bench_seal, bench_stack;

/* load.c: the contenders. */
size_t bench_find_contenders(void);
size_t bench_contender_count(void);
const struct contender *bench_contender_at(size_t index);
/* Why a contender is not here, for the table; NULL after the last. */
const char *bench_missing_at(size_t index);
/* Loads and opens one, in the process of a cell. NULL: see the outcome. */
const struct contender *bench_load(const char *name,
    const struct contender_need *need, struct bench_outcome *outcome);

/* cell.c: processes, time and statistics. */
void bench_run_cell(const struct bench_experiment *what, const char *subject,
    size_t row, struct bench_outcome *outcome);
double bench_now(void);
void bench_pin(int core);
int bench_cores(void);
double bench_median(const double *values, size_t count);
/*
 * Nanoseconds per step of a loop that takes so many steps at a time: the
 * median of as many batches as the budget allows. NAN: the loop said no.
 */
double bench_time(bool (*loop)(void *argument, size_t steps), void *argument);

/* fill.c: a pool of living secrets. */
struct bench_pool {
	const struct contender *contender;
	void **live;
	size_t count; /* that live */
	size_t wanted;
	size_t len;
	uint64_t seed;
};
/* False: it did not fill; the outcome's note says why. */
bool bench_fill(
    struct bench_pool *pool, size_t wanted, struct bench_outcome *outcome);
void bench_empty(struct bench_pool *pool);
/* ns per free, allocate, touch of random secrets of a filled pool. */
double bench_churn(struct bench_pool *pool);
/* Looks at the pages of a sample and at a freed secret. */
void bench_look(struct bench_pool *pool, struct bench_outcome *outcome);

/* account.c: what the kernel says. */
struct bench_map {
	uintptr_t from, to;
	bool readable;
	unsigned protection; /* BENCH_LOCKED, BENCH_NO_DUMP, BENCH_GUARDED */
};
/* All mappings of this process, to be freed; NULL: cannot be read. */
struct bench_map *bench_maps(size_t *count);
const struct bench_map *bench_map_of(
    const struct bench_map *maps, size_t count, const void *address);
/* A field of /proc/self/status such as "VmLck", in bytes. */
size_t bench_status(const char *field);

/* Contests. */
static inline bool bench_is_packed(const struct contender *contender)
{
	return !contender->guarded;
}

/* table.c, targets.c, picture.c: what is written. */
const struct bench_table *bench_table_of(const char *experiment);
/* The median of a cell; NAN: none. Rows count from 0. */
double bench_result(const char *experiment, const char *subject, size_t row);
void bench_write_tables(
    FILE *out, const struct bench_table *tables, size_t count);
void bench_write_targets(FILE *out);
void bench_write_picture(
    FILE *out, const struct bench_table *tables, size_t count);
/* A number with three digits that count. */
const char *bench_number(double value, char text[32]);

#endif
