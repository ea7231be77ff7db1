/* SPDX-License-Identifier: MIT */
/* A file or a disk as a source: what is not a hole in it. */
#include "cli.h"
#include "peek_scan.h"
#include "scan.h"

#include <stdlib.h>

struct file_state {
	struct peek_file file;
	uint64_t at; /* behind the last extent */
};

static bool next_extent(struct source *source, struct extent *extent)
{
	struct file_state *state = source->state;
	uint64_t end;

	if (!peek_file_data(&state->file, &state->at, &end))
		return false;
	*extent = (struct extent){state->at, end - state->at};
	state->at = end;
	return true;
}

static void describe(struct source *source, uint64_t at, struct region *region)
{
	(void)source;
	(void)at;
	region->kind = "file";
}

static size_t read_file(
    struct source *source, uint64_t at, void *to, size_t len)
{
	struct file_state *state = source->state;
	size_t came;

	if (peek_file_read(&state->file, at, to, len, &came) && came == 0)
		(void)text_format(source->ended, sizeof(source->ended),
		    "it became shorter while it was read");
	return came;
}

static void close_file(struct source *source)
{
	struct file_state *state = source->state;

	peek_file_close(&state->file);
	free(state);
}

bool source_file(
    struct source *source, const char *path, char *why, size_t size)
{
	struct file_state *state = calloc(1, sizeof(*state));

	if (state == NULL)
		return text_refuse(why, size, "no memory");
	if (!peek_file_open(&state->file, path, why, size)) {
		free(state);
		return false;
	}
	*source = (struct source){
	    .state = state,
	    .next = next_extent,
	    .read = read_file,
	    .describe = describe,
	    .close = close_file,
	    .total = state->file.used,
	};
	(void)text_format(source->what, sizeof(source->what), "%s", path);
	return true;
}
