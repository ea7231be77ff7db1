/* SPDX-License-Identifier: MIT */
/* The two kinds of panels: lines over the rows, and bars. */
#include "picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LINES_HEIGHT 430
#define PLOT_TOP     44
#define PLOT_HEIGHT  330
#define PLOT_WIDTH   560
#define LABEL_GAP    14
#define BARS_LEFT    200
#define BARS_WIDTH   400

double bench_panel_height(const struct bench_table *table)
{
	const struct bench_experiment *what = table->what;

	if (!what->bars)
		return LINES_HEIGHT;
	return 44 + (double)(what->row_count * (table->subject_count + 1) + 1) *
			BAR_HEIGHT;
}

/* From 0 at the least to 1 at the most. */
static double share(const struct panel *panel, double value)
{
	return log10(value / panel->least) / log10(panel->most / panel->least);
}

static double line_x(const struct panel *panel, size_t row)
{
	size_t rows = panel->table->what->row_count;

	return PANEL_LEFT + PLOT_WIDTH * ((double)row + 0.5) / (double)rows;
}

static double line_y(const struct panel *panel, double value)
{
	return PLOT_TOP + PLOT_HEIGHT * (1 - share(panel, value));
}

static void draw_rule(
    struct panel *panel, double x1, double y1, double x2, double y2)
{
	fprintf(panel->out,
	    "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" "
	    "stroke=\"#dddddd\"/>\n",
	    panel->x + x1, panel->y + y1, panel->x + x2, panel->y + y2);
}

static void draw_grid(struct panel *panel)
{
	const struct bench_experiment *what = panel->table->what;
	char text[32];

	for (double v = panel->least; v <= panel->most * 1.01; v *= 10) {
		double y = line_y(panel, v);

		draw_rule(panel, PANEL_LEFT, y, PANEL_LEFT + PLOT_WIDTH, y);
		bench_text(panel, PANEL_LEFT - 8, y + 4, "text-anchor=\"end\"",
		    bench_number(v, text));
	}
	for (size_t row = 0; row < what->row_count; row++)
		bench_text(panel, line_x(panel, row),
		    PLOT_TOP + PLOT_HEIGHT + 20, "text-anchor=\"middle\"",
		    what->rows[row]);
}

/* A name at the end of its line. */
struct label {
	const char *name;
	double y;
};

static int compare_labels(const void *a, const void *b)
{
	const struct label *x = a;
	const struct label *y = b;

	return (x->y > y->y) - (x->y < y->y);
}

/* Names keep their distance; the plot is higher than all of them. */
static void draw_labels(struct panel *panel, struct label *labels, size_t count)
{
	double last = 0;
	double shift;
	char style[80];

	qsort(labels, count, sizeof(*labels), compare_labels);
	for (size_t i = 0; i < count; i++) {
		if (labels[i].y < last + LABEL_GAP)
			labels[i].y = last + LABEL_GAP;
		last = labels[i].y;
	}
	shift = fmax(0, last - PLOT_TOP - PLOT_HEIGHT);
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(style, sizeof(style), "fill=\"%s\"%s",
		    bench_color(labels[i].name),
		    strncmp(labels[i].name, "memward", 7) == 0
			? " font-weight=\"bold\""
			: "");
		bench_text(panel, PANEL_LEFT + PLOT_WIDTH + 10,
		    labels[i].y - shift + 4, style, labels[i].name);
	}
}

static bool is_ours(const char *subject)
{
	return strncmp(subject, "memward", 7) == 0;
}

/* Draws the line of one subject; where it ends, or NAN if it has none. */
static double draw_line(struct panel *panel, size_t subject)
{
	const struct bench_table *table = panel->table;
	const char *name = table->subjects[subject];
	const char *color = bench_color(name);
	double end = (double)NAN;

	fprintf(panel->out,
	    "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"%s\" "
	    "points=\"",
	    color, is_ours(name) ? "3.5" : "1.6");
	for (size_t row = 0; row < table->what->row_count; row++) {
		double v = bench_median_of(&table->cells[row][subject]);

		if (isnan(v) || v <= 0)
			continue;
		end = line_y(panel, v);
		fprintf(panel->out, "%.1f,%.1f ", panel->x + line_x(panel, row),
		    panel->y + end);
	}
	fprintf(panel->out, "\"/>\n");
	for (size_t row = 0; row < table->what->row_count; row++) {
		double v = bench_median_of(&table->cells[row][subject]);

		if (isnan(v) || v <= 0)
			continue;
		fprintf(panel->out,
		    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%s\" fill=\"%s\"/>\n",
		    panel->x + line_x(panel, row), panel->y + line_y(panel, v),
		    is_ours(name) ? "5" : "3.2", color);
	}
	return end;
}

void bench_draw_lines(struct panel *panel)
{
	const struct bench_table *table = panel->table;
	struct label labels[BENCH_SUBJECTS];
	size_t count = 0;

	draw_grid(panel);
	for (size_t s = table->subject_count; s-- != 0;) {
		double end = draw_line(panel, s);

		if (isnan(end))
			continue;
		labels[count].name = table->subjects[s];
		labels[count++].y = end;
	}
	draw_labels(panel, labels, count);
	bench_text(panel, PANEL_LEFT + PLOT_WIDTH / 2.0,
	    PLOT_TOP + PLOT_HEIGHT + 42,
	    "text-anchor=\"middle\" fill=\"#666666\"",
	    strncmp(table->what->name, "growth", 6) == 0 ? "live secrets"
							 : "bytes");
}

static void draw_bar(
    struct panel *panel, double y, const char *name, const struct bench_cell *c)
{
	double value = bench_median_of(c);
	double width =
	    value > 0 ? fmax(1, share(panel, value) * BARS_WIDTH) : 0;
	char text[200];
	char number[32];

	bench_text(panel, BARS_LEFT - 8, y + 12,
	    is_ours(name) ? "text-anchor=\"end\" font-weight=\"bold\""
			  : "text-anchor=\"end\"",
	    name);
	if (isnan(value)) {
		bench_text(panel, BARS_LEFT + 6, y + 12, "fill=\"#888888\"",
		    c->last.note);
		return;
	}
	fprintf(panel->out,
	    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" "
	    "fill=\"%s\"/>\n",
	    panel->x + BARS_LEFT, panel->y + y + 2, width, BAR_HEIGHT - 4,
	    bench_color(name));
	(void)snprintf(text, sizeof(text), "%s", bench_number(value, number));
	bench_text(panel, BARS_LEFT + width + 6, y + 12, "", text);
}

void bench_draw_bars(struct panel *panel)
{
	const struct bench_table *table = panel->table;
	double y = 40;

	for (size_t row = 0; row < table->what->row_count; row++) {
		bench_text(panel, 14, y + 12, "fill=\"#666666\"",
		    table->what->rows[row]);
		y += BAR_HEIGHT;
		for (size_t s = 0; s < table->subject_count; s++) {
			draw_bar(panel, y, table->subjects[s],
			    &table->cells[row][s]);
			y += BAR_HEIGHT;
		}
	}
}
