/* SPDX-License-Identifier: MIT */
#include "core_file.h"

#include <stdlib.h>
#include <string.h>

enum {
	IDENT_SIZE = 16,
	TYPE_CORE = 4,
	SEGMENT_LOAD = 1,
	SEGMENT_NOTE = 4,
	NOTE_FILE = 0x46494c45,
	MANY_SEGMENTS = 0xffff /* the number stands in section 0 */
};

/* Longest note with names of files, and longest list of notes, we read. */
#define FILES_MAX ((uint64_t)16 * 1024 * 1024)
#define NOTES_MAX 65536

/* Where a field stands, in files of 32 and of 64 bits, and its bytes. */
struct field {
	unsigned char at[2];
	unsigned char size[2];
};

static const struct field header_type = {{16, 16}, {2, 2}};
static const struct field header_table = {{28, 32}, {4, 8}};
static const struct field header_sections = {{32, 40}, {4, 8}};
static const struct field header_entry = {{42, 54}, {2, 2}};
static const struct field header_count = {{44, 56}, {2, 2}};
static const struct field section_info = {{28, 44}, {4, 4}};
static const struct field segment_type = {{0, 0}, {4, 4}};
static const struct field segment_flags = {{24, 4}, {4, 4}};
static const struct field segment_offset = {{4, 8}, {4, 8}};
static const struct field segment_address = {{8, 16}, {4, 8}};
static const struct field segment_file = {{16, 32}, {4, 8}};
static const struct field segment_memory = {{20, 40}, {4, 8}};

#define HEADER_SIZE(wide)  ((wide) ? 64U : 52U)
#define SECTION_SIZE(wide) ((wide) ? 64U : 40U)
#define SEGMENT_SIZE(wide) ((wide) ? 56U : 32U)
#define RECORD_MAX         64

static uint64_t number(
    const struct core *core, const unsigned char *bytes, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++)
		value = value << 8 | bytes[core->big ? i : size - 1 - i];
	return value;
}

static uint64_t get(const struct core *core, const unsigned char *record,
    const struct field *field)
{
	return number(
	    core, record + field->at[core->wide], field->size[core->wide]);
}

static bool read_at(
    const struct core *core, uint64_t at, void *to, uint64_t len)
{
	const struct core_reader *reader = &core->reader;

	return at <= reader->size && len <= reader->size - at &&
	       reader->read(reader->context, at, to, (size_t)len);
}

static bool read_ident(struct core *core, const char **why)
{
	unsigned char ident[IDENT_SIZE];

	*why = "not an ELF core file; --file looks at any file";
	if (!read_at(core, 0, ident, sizeof(ident)))
		return false;
	if (memcmp(ident, "\x28\xb5\x2f\xfd", 4) == 0)
		*why = "compressed by zstd; unpack it first";
	else if (memcmp(ident, "\x1f\x8b", 2) == 0)
		*why = "compressed by gzip; unpack it first";
	else if (memcmp(ident, "\x04\x22\x4d\x18", 4) == 0)
		*why = "compressed by lz4; unpack it first";
	if (memcmp(ident, "\177ELF", 4) != 0)
		return false;
	*why = "damaged: its first bytes tell neither 32 nor 64 bits";
	core->wide = ident[4] == 2;
	core->big = ident[5] == 2;
	return ident[4] >= 1 && ident[4] <= 2 && ident[5] >= 1 && ident[5] <= 2;
}

/* More segments than a short number can tell. */
static bool read_large_count(struct core *core, uint64_t sections)
{
	unsigned char section[RECORD_MAX];

	if (!read_at(core, sections, section, SECTION_SIZE(core->wide)))
		return false;
	core->count = get(core, section, &section_info);
	return true;
}

static bool read_header(struct core *core, const char **why)
{
	unsigned char header[RECORD_MAX];

	*why = "truncated within its header";
	if (!read_at(core, 0, header, HEADER_SIZE(core->wide)))
		return false;
	*why = "an ELF file, but no core file; --file looks at any file";
	if (get(core, header, &header_type) != TYPE_CORE)
		return false;
	core->table = get(core, header, &header_table);
	core->entry = get(core, header, &header_entry);
	core->count = get(core, header, &header_count);
	*why = "truncated: its number of segments is missing";
	if (core->count == MANY_SEGMENTS &&
	    !read_large_count(core, get(core, header, &header_sections)))
		return false;
	*why = "damaged: its list of segments is none";
	if (core->count == 0 || core->entry < SEGMENT_SIZE(core->wide))
		return false;
	*why = "truncated within its list of segments";
	return core->table <= core->reader.size &&
	       core->count <= (core->reader.size - core->table) / core->entry;
}

static bool read_segment(
    const struct core *core, uint64_t which, unsigned char *record)
{
	return read_at(core, core->table + which * core->entry, record,
	    SEGMENT_SIZE(core->wide));
}

/* How much of a range of the file is there. */
static uint64_t there(const struct core *core, uint64_t offset, uint64_t len)
{
	uint64_t size = core->reader.size;

	if (offset >= size)
		return 0;
	return len < size - offset ? len : size - offset;
}

/* Adds up what is there and what is not. */
static void take_stock(struct core *core)
{
	unsigned char record[RECORD_MAX];

	for (uint64_t i = 0; i < core->count; i++) {
		uint64_t file;
		uint64_t memory;
		uint64_t here;

		if (!read_segment(core, i, record) ||
		    get(core, record, &segment_type) != SEGMENT_LOAD)
			continue;
		file = get(core, record, &segment_file);
		memory = get(core, record, &segment_memory);
		here = there(core, get(core, record, &segment_offset), file);
		core->bytes += here;
		core->missing += file - here;
		if (memory > file)
			core->left_out += memory - file;
	}
}

/* Names of files: count, page size, then start, end, offset of each; names. */

static void take_names(struct core *core, unsigned char *note, uint64_t len)
{
	const size_t word = core->wide ? 8 : 4;
	uint64_t count = number(core, note, word);
	uint64_t names = (2 + 3 * count) * word;
	uint64_t at = names;

	if (count == 0 || count > len / word / 3 || names >= len)
		return;
	core->mappings = calloc((size_t)count, sizeof(*core->mappings));
	if (core->mappings == NULL)
		return;
	for (uint64_t i = 0; i < count && at < len; i++) {
		const unsigned char *range = note + (2 + 3 * i) * word;
		const unsigned char *end =
		    memchr(note + at, '\0', (size_t)(len - at));

		if (end == NULL)
			break;
		core->mappings[core->mapping_count++] = (struct core_mapping){
		    .start = number(core, range, word),
		    .end = number(core, range + word, word),
		    .name = (const char *)note + at,
		};
		at = (uint64_t)(end - note) + 1;
	}
}

static bool read_names(struct core *core, uint64_t at, uint64_t len)
{
	if (core->names != NULL || len < 16 || len > FILES_MAX)
		return false;
	core->names = malloc((size_t)len);
	if (core->names == NULL || !read_at(core, at, core->names, len))
		return false;
	take_names(core, (unsigned char *)core->names, len);
	return true;
}

static uint64_t padded(uint64_t len)
{
	return (len + 3) & ~UINT64_C(3);
}

/* Goes from note to note; their sizes are 32 bits each. */
static void read_notes(struct core *core, uint64_t at, uint64_t len)
{
	unsigned char head[12];
	uint64_t end = at + there(core, at, len);

	for (int i = 0; i < NOTES_MAX && at < end; i++) {
		uint64_t name;
		uint64_t content;

		if (!read_at(core, at, head, sizeof(head)))
			return;
		name = padded(number(core, head, 4));
		content = number(core, head + 4, 4);
		at += sizeof(head) + name;
		if (number(core, head + 8, 4) == NOTE_FILE && at < end &&
		    content <= end - at && read_names(core, at, content))
			return;
		at += padded(content);
	}
}

static void read_all_notes(struct core *core)
{
	unsigned char record[RECORD_MAX];

	for (uint64_t i = 0; i < core->count && core->names == NULL; i++) {
		if (read_segment(core, i, record) &&
		    get(core, record, &segment_type) == SEGMENT_NOTE)
			read_notes(core, get(core, record, &segment_offset),
			    get(core, record, &segment_file));
	}
}

bool core_open(
    struct core *core, const struct core_reader *reader, const char **why)
{
	*core = (struct core){.reader = *reader};
	if (!read_ident(core, why) || !read_header(core, why))
		return false;
	*why = NULL;
	take_stock(core);
	read_all_notes(core);
	return true;
}

static const char *name_at(const struct core *core, uint64_t address)
{
	for (size_t i = 0; i < core->mapping_count; i++) {
		if (core->mappings[i].start <= address &&
		    address < core->mappings[i].end)
			return core->mappings[i].name;
	}
	return NULL;
}

bool core_segment(
    const struct core *core, uint64_t which, struct core_segment *segment)
{
	unsigned char record[RECORD_MAX];
	uint64_t type;
	uint64_t flags;

	if (!read_segment(core, which, record))
		return false;
	type = get(core, record, &segment_type);
	flags = get(core, record, &segment_flags);
	*segment = (struct core_segment){
	    .address = get(core, record, &segment_address),
	    .offset = get(core, record, &segment_offset),
	    .note = type == SEGMENT_NOTE,
	    .protection = {(flags & 4) != 0 ? 'r' : '-',
		(flags & 2) != 0 ? 'w' : '-', (flags & 1) != 0 ? 'x' : '-',
		'\0'},
	};
	segment->len =
	    there(core, segment->offset, get(core, record, &segment_file));
	if (segment->note)
		segment->address = segment->offset;
	else
		segment->name = name_at(core, segment->address);
	/* An address space does not go round. */
	if (segment->len > UINT64_MAX - segment->address)
		segment->len = UINT64_MAX - segment->address;
	return (type == SEGMENT_LOAD || segment->note) && segment->len > 0;
}

void core_close(struct core *core)
{
	free(core->mappings);
	free(core->names);
	core->mappings = NULL;
	core->names = NULL;
}
