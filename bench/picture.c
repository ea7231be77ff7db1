/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include <math.h>
#include <string.h>

#define MARGIN 20
#define HEAD   70
#define GAP    24

static const struct {
	const char *subject;
	const char *color;
} colors[] = {
    {"memward", "#c8102e"},
    {"memward guarded", "#c8102e"},
    {"memward trap_free", "#e8828f"},
    {"memward window", "#c8102e"},
    {"glibc", "#222222"},
    {"malloc", "#9a9a9a"},
    {"mimalloc", "#8a5a44"},
    {"OpenSSL", "#1f6fb4"},
    {"libgcrypt", "#2a8a3a"},
    {"Botan", "#7b4fa3"},
    {"sodium_mlock", "#d9a300"},
    {"libsodium", "#e8710a"},
};

const char *bench_color(const char *subject)
{
	for (size_t i = 0; i < sizeof(colors) / sizeof(colors[0]); i++) {
		if (strcmp(colors[i].subject, subject) == 0)
			return colors[i].color;
	}
	return "#777777";
}

double bench_median_of(const struct bench_cell *cell)
{
	return cell->count == 0 ? (double)NAN
				: bench_median(cell->values, cell->count);
}

/* Titles and notes may hold what XML reserves. */
static void write_escaped(FILE *out, const char *text)
{
	for (; *text != 0; text++) {
		if (*text == '<')
			fputs("&lt;", out);
		else if (*text == '&')
			fputs("&amp;", out);
		else
			fputc(*text, out);
	}
}

void bench_text(struct panel *panel, double x, double y, const char *style,
    const char *text)
{
	fprintf(panel->out, "<text x=\"%.1f\" y=\"%.1f\" %s>", panel->x + x,
	    panel->y + y, style);
	write_escaped(panel->out, text);
	fprintf(panel->out, "</text>\n");
}

/* Powers of ten around every value of a panel. */
static void find_scale(struct panel *panel)
{
	const struct bench_table *table = panel->table;
	double least = HUGE_VAL;
	double most = 0;

	for (size_t row = 0; row < table->what->row_count; row++) {
		for (size_t s = 0; s < table->subject_count; s++) {
			double value = bench_median_of(&table->cells[row][s]);

			if (isnan(value) || value <= 0)
				continue;
			least = fmin(least, value);
			most = fmax(most, value);
		}
	}
	if (most == 0)
		least = most = 1;
	panel->least = pow(10, floor(log10(least)));
	panel->most = pow(10, ceil(log10(most)));
	if (panel->most <= panel->least)
		panel->most = panel->least * 10;
}

static void draw_panel(struct panel *panel, double height)
{
	const struct bench_experiment *what = panel->table->what;
	char title[200];

	find_scale(panel);
	fprintf(panel->out,
	    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" "
	    "fill=\"#ffffff\" stroke=\"#cccccc\"/>\n",
	    panel->x, panel->y, PANEL_WIDTH, height);
	(void)snprintf(
	    title, sizeof(title), "%s (%s)", what->title, what->unit);
	bench_text(
	    panel, 14, 24, "font-size=\"16\" font-weight=\"bold\"", title);
	if (what->bars)
		bench_draw_bars(panel);
	else
		bench_draw_lines(panel);
}

/* Puts each panel into the column that is shorter so far. */
static double place_all(
    FILE *out, const struct bench_table *tables, size_t count)
{
	double columns[2] = {HEAD, HEAD};

	for (size_t i = 0; i < count; i++) {
		int column = columns[1] < columns[0] ? 1 : 0;
		double height = bench_panel_height(&tables[i]);
		struct panel panel = {.out = out, .table = &tables[i]};

		panel.x = MARGIN + column * (PANEL_WIDTH + GAP);
		panel.y = columns[column];
		/* Without a file it is only measured. */
		if (out != NULL)
			draw_panel(&panel, height);
		columns[column] += height + GAP;
	}
	return fmax(columns[0], columns[1]);
}

void bench_write_picture(
    FILE *out, const struct bench_table *tables, size_t count)
{
	double height = place_all(NULL, tables, count);
	int width = 2 * PANEL_WIDTH + GAP + 2 * MARGIN;
	struct panel page = {.out = out};

	fprintf(out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%.0f\" viewBox=\"0 0 %d %.0f\" font-family=\"Helvetica, "
	    "Arial, sans-serif\" font-size=\"12\" fill=\"#222222\">\n"
	    "<rect width=\"100%%\" height=\"100%%\" fill=\"#f4f4f2\"/>\n",
	    width, height, width, height);
	bench_text(&page, MARGIN, 32, "font-size=\"22\" font-weight=\"bold\"",
	    "memward beside others");
	bench_text(&page, MARGIN, 54, "font-size=\"13\"",
	    "Medians; every scale is logarithmic. What of it is locked, left "
	    "out of dumps and guarded stands in the table.");
	(void)place_all(out, tables, count);
	fprintf(out, "</svg>\n");
}
