/* SPDX-License-Identifier: MIT */
/* The tables. */
#include "bench.h"

#include <math.h>
#include <string.h>

const char *bench_number(double value, char text[32])
{
	if (isnan(value))
		return "-";
	if (value >= 99999.5)
		(void)snprintf(text, 32, "%.3gM", value / 1e6);
	else if (value >= 99.95 || value == 0)
		(void)snprintf(text, 32, "%.0f", value);
	else
		(void)snprintf(text, 32, "%.3g", value);
	return text;
}

static double median_of(const struct bench_cell *cell)
{
	return cell->count == 0 ? (double)NAN
				: bench_median(cell->values, cell->count);
}

double bench_result(const char *experiment, const char *subject, size_t row)
{
	const struct bench_table *table = bench_table_of(experiment);

	for (size_t s = 0; table != NULL && s < table->subject_count; s++) {
		if (strcmp(table->subjects[s], subject) == 0)
			return median_of(&table->cells[row][s]);
	}
	return (double)NAN;
}

static void find_range(
    const struct bench_cell *cell, double *least, double *most)
{
	*least = cell->values[0];
	*most = cell->values[0];
	for (unsigned i = 1; i < cell->count; i++) {
		*least = fmin(*least, cell->values[i]);
		*most = fmax(*most, cell->values[i]);
	}
}

static void write_protection(FILE *out, const struct bench_outcome *outcome)
{
	char letters[5] = "----";

	if (!outcome->looked)
		return;
	if ((outcome->protection & BENCH_LOCKED) != 0)
		letters[0] = 'L';
	if ((outcome->protection & BENCH_NO_DUMP) != 0)
		letters[1] = 'D';
	if ((outcome->protection & BENCH_GUARDED) != 0)
		letters[2] = 'G';
	if ((outcome->protection & BENCH_WIPED) != 0)
		letters[3] = 'W';
	fprintf(out, " %s", letters);
}

static void write_cell(FILE *out, const struct bench_cell *cell)
{
	char text[3][32];
	double least;
	double most;

	if (cell->count == 0) {
		fprintf(out, " %s |", cell->last.note);
		return;
	}
	find_range(cell, &least, &most);
	fprintf(out, " %s", bench_number(median_of(cell), text[0]));
	if (cell->count > 1)
		fprintf(out, " (%s-%s)", bench_number(least, text[1]),
		    bench_number(most, text[2]));
	write_protection(out, &cell->last);
	if (cell->last.note[0] != 0)
		fprintf(out, "; %s", cell->last.note);
	fprintf(out, " |");
}

static void write_table(FILE *out, const struct bench_table *table)
{
	const struct bench_experiment *what = table->what;

	fprintf(out, "\n## %s (%s)\n\n%s\n\n|", what->title, what->unit,
	    what->about);
	for (size_t row = 0; row < what->row_count; row++)
		fprintf(out, " | %s", what->rows[row]);
	fprintf(out, " |\n|---|");
	for (size_t row = 0; row < what->row_count; row++)
		fprintf(out, "---|");
	for (size_t s = 0; s < table->subject_count; s++) {
		fprintf(out, "\n| %s |", table->subjects[s]);
		for (size_t row = 0; row < what->row_count; row++)
			write_cell(out, &table->cells[row][s]);
	}
	fprintf(out, "\n");
}

static void write_legend(FILE *out)
{
	const char *missing;

	fprintf(out,
	    "\n## Who is measured\n\nThe letters say what the kernel's own "
	    "account (smaps) shows of the pages of what was timed: L locked, "
	    "D left out of core dumps, G between two no-access mappings; and W "
	    "that the content of a freed one is gone, be it that the "
	    "allocator's own lists "
	    "overwrote a short one. A dash: it is not so.\n"
	    "\n| name | calls |\n|---|---|\n");
	for (size_t i = 0; i < bench_contender_count(); i++) {
		const struct contender *c = bench_contender_at(i);

		fprintf(out, "| %s | %s |\n", c->name, c->calls);
	}
	for (size_t i = 0; (missing = bench_missing_at(i)) != NULL; i++)
		fprintf(out, "\nskipped %s\n", missing);
}

void bench_write_tables(
    FILE *out, const struct bench_table *tables, size_t count)
{
	write_legend(out);
	for (size_t i = 0; i < count; i++)
		write_table(out, &tables[i]);
}
