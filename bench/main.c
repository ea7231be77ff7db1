/* SPDX-License-Identifier: MIT */
/*
 * memward-bench [--quick] [--modules DIR] [--out DIR] [EXPERIMENT ...]
 * memward-bench --loop CONTENDER LEN LIVE STEPS   one loop, for profilers
 */
#define _GNU_SOURCE

#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

struct bench_settings bench_settings = {
    .rounds = BENCH_ROUNDS,
    .budget = 0.012,
    .fill_time = 1.0,
    .modules = "modules",
};

static const struct bench_experiment *const experiments[] = {&bench_sizes_many,
    &bench_sizes_one, &bench_growth, &bench_guarded, &bench_windows,
    &bench_nested, &bench_keyed, &bench_scaling, &bench_handover, &bench_limits,
    &bench_mappings, &bench_memory, &bench_wipe, &bench_seal, &bench_stack};
#define EXPERIMENTS (sizeof(experiments) / sizeof(experiments[0]))

static struct bench_table tables[EXPERIMENTS];
static size_t table_count;

static void choose_subjects(struct bench_table *table)
{
	const struct bench_experiment *what = table->what;

	for (size_t i = 0; i < what->subject_count; i++)
		table->subjects[table->subject_count++] = what->subjects[i];
	for (size_t i = 0; what->uses != NULL && i < bench_contender_count();
	     i++) {
		const struct contender *c = bench_contender_at(i);

		if (what->uses(c) && table->subject_count < BENCH_SUBJECTS)
			table->subjects[table->subject_count++] = c->name;
	}
}

/* One cell, once more. */
static void measure(struct bench_table *table, size_t row, size_t subject)
{
	struct bench_cell *cell = &table->cells[row][subject];
	double before = bench_now();
	double spent;

	bench_run_cell(table->what, table->subjects[subject], row, &cell->last);
	spent = bench_now() - before;
	/* What has no number, or needs very long, is not asked again. */
	if (isnan(cell->last.value)) {
		cell->closed = true;
		return;
	}
	cell->values[cell->count++] = cell->last.value;
	if (spent > bench_settings.fill_time / 2)
		cell->slow++;
	cell->closed = cell->slow >= 3;
}

static void run(const struct bench_experiment *what)
{
	struct bench_table *table = &tables[table_count++];
	unsigned rounds = bench_settings.rounds;
	double start = bench_now();

	table->what = what;
	choose_subjects(table);
	if (what->rounds != 0 && what->rounds < rounds)
		rounds = what->rounds;
	for (unsigned round = 0; round < rounds; round++) {
		for (size_t row = 0; row < what->row_count; row++) {
			for (size_t s = 0; s < table->subject_count; s++) {
				if (!table->cells[row][s].closed)
					measure(table, row, s);
			}
		}
	}
	printf("%-12s %5.1f s\n", what->name, bench_now() - start);
	(void)fflush(stdout);
}

const struct bench_table *bench_table_of(const char *experiment)
{
	for (size_t i = 0; i < table_count; i++) {
		if (strcmp(tables[i].what->name, experiment) == 0)
			return &tables[i];
	}
	return NULL;
}

static bool chosen(const char *name, char *const *names, int count)
{
	for (int i = 0; i < count; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return count == 0;
}

static void write_head(FILE *out)
{
	struct utsname system;

	fprintf(out, "# memward beside others\n\n");
	if (uname(&system) == 0)
		fprintf(out, "%s %s, %s, %d cores; ", system.sysname,
		    system.release, system.machine, bench_cores());
	fprintf(out,
	    "%u rounds, each visiting all in turn, each cell in a process of "
	    "its own pinned to a core. Numbers are medians, in brackets "
	    "their least and most.\n\n",
	    bench_settings.rounds);
}

static FILE *create(const char *folder, const char *name)
{
	char path[4096];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	if (file == NULL)
		perror(path);
	else
		printf("writing %s\n", path);
	return file;
}

static bool write_all(const char *folder)
{
	FILE *text = create(folder, "results.md");
	FILE *picture = create(folder, "results.svg");
	bool fine = text != NULL && picture != NULL;

	if (text != NULL) {
		write_head(text);
		bench_write_targets(text);
		bench_write_tables(text, tables, table_count);
		fine = fclose(text) == 0 && fine;
	}
	if (picture != NULL) {
		bench_write_picture(picture, tables, table_count);
		fine = fclose(picture) == 0 && fine;
	}
	return fine;
}

/* Runs one loop and nothing else, so that a profiler sees only that. */
static int loop(char *const *argument)
{
	struct bench_outcome outcome = {0};
	size_t len = strtoul(argument[1], NULL, 10);
	size_t live = strtoul(argument[2], NULL, 10);
	size_t steps = strtoul(argument[3], NULL, 10);
	struct contender_need need = {live, len, 0};
	struct bench_pool pool = {.len = len};
	double start;

	bench_settings.fill_time = 1000;
	pool.contender = bench_load(argument[0], &need, &outcome);
	if (len < 8 || live == 0 || pool.contender == NULL ||
	    !bench_fill(&pool, live, &outcome)) {
		fprintf(stderr, "memward-bench: %s\n", outcome.note);
		return 1;
	}
	start = bench_now();
	if (!pool.contender->churn(pool.live, live, len, steps, &pool.seed))
		return 1;
	printf("%.2f ns\n", (bench_now() - start) * 1e9 / (double)steps);
	return 0;
}

static int usage(void)
{
	fputs("usage: memward-bench [--quick] [--modules DIR] [--out DIR] "
	      "[EXPERIMENT ...]\n"
	      "       memward-bench [--modules DIR] --loop CONTENDER LEN LIVE "
	      "STEPS\nexperiments:",
	    stderr);
	for (size_t i = 0; i < EXPERIMENTS; i++)
		fprintf(stderr, " %s", experiments[i]->name);
	fputs("\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	const char *folder = ".";
	int i = 1;

	for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
		if (strcmp(argv[i], "--quick") == 0) {
			bench_settings.quick = true;
			bench_settings.rounds = BENCH_ROUNDS_FAST;
			bench_settings.budget = 0.002;
			bench_settings.fill_time = 0.25;
		} else if (strcmp(argv[i], "--loud") == 0) {
			bench_settings.talks = true;
		} else if (strcmp(argv[i], "--modules") == 0 && i + 1 < argc) {
			bench_settings.modules = argv[++i];
		} else if (strcmp(argv[i], "--out") == 0 && i + 1 < argc) {
			folder = argv[++i];
		} else if (strcmp(argv[i], "--loop") == 0 && i + 4 < argc) {
			(void)bench_find_contenders();
			return loop(&argv[i + 1]);
		} else {
			return usage();
		}
	}
	if (bench_find_contenders() == 0)
		return usage();
	for (size_t e = 0; e < EXPERIMENTS; e++) {
		if (chosen(experiments[e]->name, argv + i, argc - i))
			run(experiments[e]);
	}
	return write_all(folder) ? 0 : 1;
}
