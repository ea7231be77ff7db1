/* SPDX-License-Identifier: MIT */
/* ELF core files: elf(5), core(5). Nothing in one is believed. */
#ifndef MEMWARD_CLI_CORE_FILE_H
#define MEMWARD_CLI_CORE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the file is read. False: not all of it is there. */
struct core_reader {
	bool (*read)(void *context, uint64_t at, void *to, size_t len);
	void *context;
	uint64_t size; /* of the file */
};

/* A mapping of the process, by the kernel's note NT_FILE. */
struct core_mapping {
	uint64_t start;
	uint64_t end;
	const char *name; /* within names */
};

struct core {
	struct core_reader reader;
	bool wide;      /* 64 bits */
	bool big;       /* big-endian */
	uint64_t table; /* offset of the program headers */
	uint64_t entry; /* bytes of one */
	uint64_t count;
	struct core_mapping *mappings; /* or NULL */
	size_t mapping_count;
	char *names;
	/* Of all segments: */
	uint64_t bytes;    /* that the file holds */
	uint64_t missing;  /* that it should hold */
	uint64_t left_out; /* memory that was not written to it */
};

struct core_segment {
	uint64_t address;
	uint64_t offset;
	uint64_t len; /* bytes that the file holds */
	bool note;    /* registers and the like, no memory */
	char protection[4];
	const char *name; /* of the file behind it, or NULL */
};

/* False: *why, static, says why not. */
bool core_open(
    struct core *core, const struct core_reader *reader, const char **why);
/* Segment `number` of core->count; false: nothing of it can be read. */
bool core_segment(
    const struct core *core, uint64_t number, struct core_segment *segment);
void core_close(struct core *core);

#endif
