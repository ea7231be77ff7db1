/* SPDX-License-Identifier: MIT */
/* The picture: one panel per experiment, in two columns. */
#ifndef BENCH_PICTURE_H
#define BENCH_PICTURE_H

#include "bench.h"

#define PANEL_WIDTH 760
#define PANEL_LEFT  70 /* of the plot in the panel */
#define BAR_HEIGHT  17

/* Where a panel stands, and its logarithmic scale. */
struct panel {
	FILE *out;
	const struct bench_table *table;
	double x, y;        /* its corner */
	double least, most; /* powers of ten around all values */
};

/* Height of a panel, before it is drawn. */
double bench_panel_height(const struct bench_table *table);

void bench_draw_lines(struct panel *panel);
void bench_draw_bars(struct panel *panel);

const char *bench_color(const char *subject);
void bench_text(struct panel *panel, double x, double y, const char *style,
    const char *text);
double bench_median_of(const struct bench_cell *cell);

#endif
