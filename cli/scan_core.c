/* SPDX-License-Identifier: MIT */
/* A core file as a source: the memory in it, and the registers. */
#include "cli.h"
#include "core_file.h"
#include "peek_scan.h"
#include "scan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct core_state {
	struct peek_file file;
	struct core core;
	struct core_segment segment; /* that is being read */
	uint64_t next;               /* number of the segment behind it */
	uint64_t read;               /* bytes in all */
};

static bool read_whole(void *context, uint64_t at, void *to, size_t len)
{
	const struct peek_file *file = context;
	unsigned char *bytes = to;
	size_t came;

	while (len > 0) {
		if (!peek_file_read(file, at, bytes, len, &came) || came == 0)
			return false;
		bytes += came;
		at += came;
		len -= came;
	}
	return true;
}

/* Segments that tell of more bytes than the file has lie over each other. */
static bool is_hostile(struct core_state *state, struct source *source)
{
	if (state->read <= state->file.size)
		return false;
	(void)text_format(source->ended, sizeof(source->ended),
	    "its segments lie over each other: it is damaged");
	return true;
}

static bool is_library(const char *name)
{
	return strstr(name, ".so") != NULL;
}

static bool next_extent(struct source *source, struct extent *extent)
{
	struct core_state *state = source->state;
	const struct core_segment *segment = &state->segment;

	while (state->next < state->core.count) {
		if (!core_segment(&state->core, state->next++, &state->segment))
			continue;
		state->read += segment->len;
		if (is_hostile(state, source))
			return false;
		*extent = (struct extent){segment->address, segment->len};
		return true;
	}
	if (state->core.missing > 0 && source->ended[0] == '\0')
		(void)text_format(source->ended, sizeof(source->ended),
		    "the file is truncated, %" PRIu64 " bytes of memory are "
		    "missing",
		    state->core.missing);
	return false;
}

/* A hit may begin in a segment before the one that is being read. */
static void find_segment(
    const struct core_state *state, uint64_t at, struct core_segment *segment)
{
	*segment = state->segment;
	for (uint64_t i = state->next; i > 0; i--) {
		if (at >= segment->address &&
		    at - segment->address < segment->len)
			return;
		if (!core_segment(&state->core, i - 1, segment))
			segment->len = 0;
	}
}

static void describe(struct source *source, uint64_t at, struct region *region)
{
	struct core_segment segment;

	find_segment(source->state, at, &segment);
	if (segment.note) {
		region->kind = "registers and notes, by offset";
		return;
	}
	memcpy(
	    region->protection, segment.protection, sizeof(segment.protection));
	if (segment.name == NULL)
		return;
	region->kind = is_library(segment.name) ? "library" : "program or file";
	(void)text_format(
	    region->name, sizeof(region->name), "%s", segment.name);
}

static size_t read_core(
    struct source *source, uint64_t at, void *to, size_t len)
{
	struct core_state *state = source->state;
	size_t came;

	if (peek_file_read(&state->file,
		state->segment.offset + (at - state->segment.address), to, len,
		&came) &&
	    came == 0)
		(void)text_format(source->ended, sizeof(source->ended),
		    "it became shorter while it was read");
	return came;
}

static void close_core(struct source *source)
{
	struct core_state *state = source->state;

	core_close(&state->core);
	peek_file_close(&state->file);
	free(state);
}

static bool open_core(struct core_state *state, char *why, size_t size)
{
	const struct core_reader reader = {
	    .read = read_whole,
	    .context = &state->file,
	    .size = state->file.size,
	};
	const char *reason;

	return core_open(&state->core, &reader, &reason) ||
	       text_refuse(why, size, "%s", reason);
}

bool source_core(
    struct source *source, const char *path, char *why, size_t size)
{
	struct core_state *state = calloc(1, sizeof(*state));

	if (state == NULL)
		return text_refuse(why, size, "no memory");
	if (!peek_file_open(&state->file, path, why, size)) {
		free(state);
		return false;
	}
	if (!open_core(state, why, size)) {
		peek_file_close(&state->file);
		free(state);
		return false;
	}
	*source = (struct source){
	    .state = state,
	    .next = next_extent,
	    .read = read_core,
	    .describe = describe,
	    .close = close_core,
	    .total = state->core.bytes,
	    .in_memory = true,
	};
	(void)text_format(
	    source->what, sizeof(source->what), "core file %s", path);
	return true;
}
