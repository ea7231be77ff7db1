/* SPDX-License-Identifier: MIT */
/* How far a scan is, for whoever waits for it. */
#include "cli.h"
#include "peek_scan.h"
#include "scan.h"

#include <stdio.h>
#include <time.h>

#define CELLS 30
#define MIB   (1024.0 * 1024)

void progress_begin(struct progress *progress, bool wanted)
{
	*progress = (struct progress){
	    .on = wanted && peek_errors_to_terminal(),
	    .begun = (int64_t)time(NULL),
	};
	progress->last = progress->begun;
}

static void draw(uint64_t done, uint64_t total, int64_t seconds)
{
	double part = total > 0 ? (double)done / (double)total : 0;
	double rate = (double)done / (double)seconds;
	int64_t left = rate > 0 && total > done
			   ? (int64_t)((double)(total - done) / rate)
			   : 0;

	if (part > 1)
		part = 1;
	(void)fprintf(stderr, "\r[");
	for (int i = 0; i < CELLS; i++)
		(void)fputc(i < (int)(part * CELLS) ? '#' : '.', stderr);
	(void)fprintf(stderr, "] %3d%%  %.0f MiB/s  %lld:%02lld left  ",
	    (int)(part * 100), rate / MIB, (long long)(left / 60),
	    (long long)(left % 60));
	(void)fflush(stderr);
}

/* Once a second, when a rate can be told: a scan of less needs no bar. */
void progress_show(struct progress *progress, uint64_t done, uint64_t total)
{
	int64_t now;

	if (!progress->on)
		return;
	now = (int64_t)time(NULL);
	if (now <= progress->last || now < progress->begun + 2)
		return;
	progress->last = now;
	progress->drawn = true;
	draw(done, total, now - progress->begun);
}

void progress_hide(struct progress *progress)
{
	if (!progress->drawn)
		return;
	progress->drawn = false;
	(void)fprintf(stderr, "\r%*s\r", CELLS + 48, "");
	(void)fflush(stderr);
}
