/* SPDX-License-Identifier: MIT */
/* The search through a source, window by window. */
#include "peek.h"
#include "scan.h"

#include <stdio.h>
#include <string.h>

/* Where nothing can be read, the next try is a page further. */
#define SKIP ((uint64_t)4096)

void find_parts(struct scanner *scanner, const struct window *window)
{
	const struct needle *needle = scanner->needle;
	struct needle_hit found;
	size_t from = 0;

	if (window->at < scanner->parts_done)
		from = (size_t)(scanner->parts_done - window->at);
	while (needle_next(needle, window->bytes, window->len, &from, &found) &&
	       found.at < window->limit) {
		struct hit hit = {
		    .at = found.at,
		    .len = found.len,
		    .what = "the secret, raw",
		    .print = scanner->secret_print,
		};

		if (found.len < needle->len) {
			hit.what = "part of the secret";
			(void)snprintf(hit.more, sizeof(hit.more),
			    "bytes %u to %u of it", (unsigned)found.from,
			    (unsigned)(found.from + found.len - 1));
		}
		scanner_hit(scanner, window, &hit);
		scanner->parts_done = window->at + found.at + found.len;
	}
}

void find_forms(struct scanner *scanner, const struct window *window)
{
	struct forms *forms = scanner->forms;

	for (size_t i = 0; i < forms->count; i++) {
		size_t from = 0;
		size_t end;

		while (form_next(forms, i, window->bytes, window->len,
		    window->limit, &from, &end)) {
			struct hit hit = {
			    .at = from,
			    .len = end - from,
			    .what = forms->form[i].name,
			    .print = scanner->secret_print,
			};

			if (!form_is_shadow(forms, i, window->bytes,
				window->len, from, window->at + from))
				scanner_hit(scanner, window, &hit);
			from = end;
		}
	}
}

void scanner_hit(
    struct scanner *scanner, const struct window *window, const struct hit *hit)
{
	struct source *source = scanner->source;
	uint64_t at = window->at + hit->at;
	struct region region = {.kind = "memory"};

	source->describe(source, at, &region);
	/* Libraries bring keys along with which they test themselves. */
	if (hit->is_key && region.is_code)
		return;
	scanner->hits++;
	progress_hide(scanner->progress);
	scan_report_hit(scanner, at, hit, &region);
}

static void search(struct scanner *scanner, const struct window *window)
{
	if (scanner->needle != NULL) {
		/* Shorter secrets than a block have no parts. */
		if (scanner->needle->run > 0)
			find_parts(scanner, window);
		find_forms(scanner, window);
	}
	if (!scanner->plan->no_keys) {
		find_schedules(scanner, window);
		find_der_keys(scanner, window);
		find_text_keys(scanner, window);
	}
	progress_show(scanner->progress, scanner->read + scanner->unread,
	    scanner->source->total);
}

/* A report that nobody reads any more, or a user who has seen enough. */
static bool is_unwanted(const struct scanner *scanner)
{
	struct source *source = scanner->source;

	if (peek_interrupted())
		(void)snprintf(source->ended, sizeof(source->ended),
		    "it was stopped by a signal");
	else if (ferror(stdout) != 0)
		(void)snprintf(source->ended, sizeof(source->ended),
		    "nobody reads what it prints");
	return source->ended[0] != '\0';
}

/* Searches what is in the buffer; what may begin a hit stays in front. */
static void search_buffer(struct scanner *scanner, bool is_end)
{
	size_t len = scanner->kept;
	struct window window = {.bytes = scanner->buffer,
	    .len = len,
	    .limit = len,
	    .at = scanner->end - len};

	if (!is_end)
		window.limit =
		    len > scanner->overlap ? len - scanner->overlap : 0;
	if (window.limit > 0)
		search(scanner, &window);
	scanner->kept = len - window.limit;
	memmove(scanner->buffer, scanner->buffer + window.limit, scanner->kept);
}

/* What comes next does not follow on what came. */
static void begin_at(struct scanner *scanner, uint64_t start)
{
	if (start == scanner->end)
		return;
	search_buffer(scanner, true);
	scanner->end = start;
	scanner->parts_done = 0;
	scanner->der_done = 0;
}

static void scan_extent(struct scanner *scanner, const struct extent *extent)
{
	struct source *source = scanner->source;
	const uint64_t end = extent->start + extent->len;
	uint64_t at = extent->start;

	begin_at(scanner, at);
	while (at < end && !is_unwanted(scanner)) {
		size_t room = scanner->buffer_size - scanner->kept;
		size_t n;

		if (room > end - at)
			room = (size_t)(end - at);
		n = source->read(
		    source, at, scanner->buffer + scanner->kept, room);
		if (n == 0) {
			uint64_t next = (at / SKIP + 1) * SKIP;

			next = next < end ? next : end;
			scanner->unread += next - at;
			at = next;
			begin_at(scanner, at);
			continue;
		}
		scanner->read += n;
		scanner->kept += n;
		scanner->end += n;
		at += n;
		search_buffer(scanner, false);
	}
}

void scanner_run(struct scanner *scanner)
{
	struct source *source = scanner->source;
	struct extent extent;

	while (!is_unwanted(scanner) && source->next(source, &extent))
		scan_extent(scanner, &extent);
	search_buffer(scanner, true);
	progress_hide(scanner->progress);
	memward_wipe(scanner->buffer, scanner->buffer_size);
}
