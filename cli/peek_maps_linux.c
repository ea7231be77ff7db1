/* SPDX-License-Identifier: MIT */
/*
 * Another process's memory on Linux: proc(5). Nothing is stopped for it: what
 * changes while it is read may be missed. Only pages that are in memory or
 * swapped out are read, so that reading does not make new ones.
 */
#if !defined(__linux__)
#error "peek_maps_linux.c is for Linux"
#endif
#define _FILE_OFFSET_BITS 64

#include "cli.h"
#include "peek.h"
#include "peek_page_linux.h"
#include "peek_scan.h"
#include "scan.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct mapping {
	uint64_t start;
	uint64_t end;
	uint64_t present; /* bytes in memory or swapped out; UINT64_MAX: ? */
	char protection[5];
	enum known locked;
	enum known dumped;
	char *name;
};

struct process {
	uint64_t id;
	int mem;
	struct page_map pages;
	char program[256];
	struct mapping *mappings;
	size_t count;
	size_t current; /* mapping the next extent comes from */
	uint64_t at;    /* where in it */
};

static void proc_path(char path[64], uint64_t id, const char *name)
{
	(void)snprintf(path, 64, "/proc/%" PRIu64 "/%s", id, name);
}

/* Reading the list of mappings. */

/* "start-end rwxp offset device inode   name" */
static bool parse_mapping(char *line, struct mapping *mapping)
{
	int name = 0;

	*mapping = (struct mapping){.present = UINT64_MAX};
	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*s %*s %*s %n",
		&mapping->start, &mapping->end, mapping->protection,
		&name) != 3 ||
	    name == 0 || mapping->start >= mapping->end)
		return false;
	mapping->name = strdup(line + name);
	return mapping->name != NULL;
}

/* The lines that follow a mapping in smaps. */
static void parse_detail(const char *line, struct mapping *mapping)
{
	uint64_t kib;

	if (sscanf(line, "Rss: %" SCNu64, &kib) == 1)
		mapping->present = kib * 1024;
	else if (sscanf(line, "Swap: %" SCNu64, &kib) == 1 &&
		 mapping->present != UINT64_MAX)
		mapping->present += kib * 1024;
	else if (strncmp(line, "VmFlags:", 8) == 0) {
		mapping->locked = strstr(line, " lo") != NULL ? YES : NO;
		mapping->dumped = strstr(line, " dd") != NULL ? NO : YES;
	}
}

/* Data of the kernel itself; reading it can fault on some machines. */
static bool is_kernels(const struct mapping *mapping)
{
	return strncmp(mapping->name, "[vvar", 5) == 0 ||
	       strcmp(mapping->name, "[vsyscall]") == 0;
}

static bool keep(struct process *process, struct mapping *mapping)
{
	size_t room = process->count;
	struct mapping *more;

	/* The room doubles whenever the count is a power of two. */
	if ((room & (room - 1)) == 0) {
		more = realloc(process->mappings,
		    (room == 0 ? 1 : 2 * room) * sizeof(*more));
		if (more == NULL)
			return false;
		process->mappings = more;
	}
	process->mappings[process->count++] = *mapping;
	return true;
}

/* False: no memory. */
static bool read_mappings(struct process *process, FILE *file)
{
	char line[4096 + 256];
	struct mapping mapping;

	while (fgets(line, sizeof(line), file) != NULL) {
		if (!parse_mapping(line, &mapping)) {
			if (process->count > 0)
				parse_detail(line,
				    &process->mappings[process->count - 1]);
			continue;
		}
		if (is_kernels(&mapping)) {
			free(mapping.name);
			/* Its details must not go to the one before. */
			mapping.present = 0;
			mapping.end = mapping.start;
			mapping.name = NULL;
		}
		if (!keep(process, &mapping)) {
			free(mapping.name);
			return false;
		}
	}
	return true;
}

/* The next pages of the mapping that are there. */
static bool next_pages(struct process *process, const struct mapping *mapping,
    struct extent *extent)
{
	uint64_t page = process->pages.page;
	uint64_t at = process->at;

	if (mapping->present == 0)
		return false;
	while (at < mapping->end &&
	       mw_page_state(&process->pages, at) == PAGE_ABSENT)
		at += page;
	extent->start = at;
	while (at < mapping->end &&
	       mw_page_state(&process->pages, at) != PAGE_ABSENT)
		at += page;
	extent->len = at - extent->start;
	process->at = at;
	return extent->len > 0;
}

/* What a mapping is. */

static bool ends_in(const char *text, const char *end)
{
	size_t len = strlen(text);

	return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

static bool is_library(const char *name)
{
	return ends_in(name, ".so") || strstr(name, ".so.") != NULL;
}

static const char *kind_of(
    const struct process *process, const struct mapping *mapping)
{
	if (mapping->name[0] == '\0')
		return mapping->protection[3] == 's' ? "shared memory"
						     : "anonymous memory";
	if (strcmp(mapping->name, "[heap]") == 0)
		return "heap";
	if (strncmp(mapping->name, "[stack", 6) == 0)
		return "stack";
	if (strncmp(mapping->name, "/secretmem", 10) == 0)
		return "hidden memory";
	if (mapping->name[0] != '/')
		return "memory";
	if (is_library(mapping->name))
		return "library";
	if (strcmp(mapping->name, process->program) == 0)
		return "program";
	return "mapped file";
}

static void describe(struct source *source, uint64_t at, struct region *region)
{
	struct process *process = source->state;
	const struct mapping *mapping = process->mappings;
	const struct mapping *last = mapping + process->count - 1;

	while (mapping < last && at >= mapping->end)
		mapping++;
	region->kind = kind_of(process, mapping);
	region->locked = mapping->locked;
	region->dumped = mapping->dumped;
	memcpy(region->protection, mapping->protection,
	    sizeof(region->protection));
	if (mapping->name[0] != '[')
		(void)text_format(
		    region->name, sizeof(region->name), "%s", mapping->name);
	region->is_code = (strcmp(region->kind, "library") == 0 ||
			      strcmp(region->kind, "program") == 0) &&
			  mw_page_state(&process->pages, at) == PAGE_OF_FILE;
}

static bool next_extent(struct source *source, struct extent *extent)
{
	struct process *process = source->state;

	for (; process->current < process->count; process->current++) {
		const struct mapping *mapping =
		    &process->mappings[process->current];

		if (process->at < mapping->start)
			process->at = mapping->start;
		if (next_pages(process, mapping, extent))
			return true;
	}
	return false;
}

static size_t read_memory(
    struct source *source, uint64_t at, void *to, size_t len)
{
	struct process *process = source->state;
	ssize_t n;

	do {
		n = pread(process->mem, to, len, (off_t)at);
	} while (n < 0 && errno == EINTR && !peek_interrupted());
	/* The kernel's answer when the memory has been given up. */
	if (n == 0)
		(void)text_format(source->ended, sizeof(source->ended),
		    "the process ended while it was read");
	return n > 0 ? (size_t)n : 0;
}

static void free_process(struct process *process)
{
	if (process->mem >= 0)
		(void)close(process->mem);
	mw_page_map_close(&process->pages);
	for (size_t i = 0; i < process->count; i++)
		free(process->mappings[i].name);
	free(process->mappings);
	free(process);
}

static void close_process(struct source *source)
{
	free_process(source->state);
}

/* Opening it. */

static void read_link(uint64_t id, const char *name, char *to, size_t size)
{
	char path[64];
	ssize_t n;

	proc_path(path, id, name);
	n = readlink(path, to, size - 1);
	to[n > 0 ? n : 0] = '\0';
}

static bool refuse(const char *file, char *why, size_t size)
{
	int error = errno;
	char scope = '0';
	const char *unused;
	size_t len;

	if (error == ENOENT || error == ESRCH)
		return text_refuse(why, size, "there is no such process");
	if (error != EACCES && error != EPERM)
		return text_refuse(
		    why, size, "/proc/PID/%s: %s", file, strerror(error));
	(void)peek_read_file(
	    "/proc/sys/kernel/yama/ptrace_scope", &scope, 1, &len, &unused);
	if (scope != '0')
		return text_refuse(why, size,
		    "not allowed: kernel.yama.ptrace_scope is %c; run as "
		    "root, or let scan start the program: memward scan -- "
		    "program",
		    scope);
	return text_refuse(why, size,
	    "not allowed: the process is another user's, has other rights, or "
	    "is hardened against readers; run as root");
}

static bool open_files(struct process *process, char *why, size_t size)
{
	char path[64];

	proc_path(path, process->id, "mem");
	process->mem = open(path, O_RDONLY | O_CLOEXEC);
	if (process->mem < 0)
		return refuse("mem", why, size);
	mw_page_map_open(&process->pages, process->id);
	return true;
}

/* Mappings with what the kernel knows of them, or without. */
static bool list_mappings(struct process *process, char *why, size_t size)
{
	char path[64];
	FILE *file;
	bool all;

	proc_path(path, process->id, "smaps");
	file = fopen(path, "re");
	if (file == NULL) {
		proc_path(path, process->id, "maps");
		file = fopen(path, "re");
	}
	if (file == NULL)
		return refuse("maps", why, size);
	all = read_mappings(process, file);
	(void)fclose(file);
	if (!all)
		return text_refuse(why, size, "no memory");
	if (process->count == 0)
		return text_refuse(why, size,
		    "it has no memory: it has ended, or belongs to the kernel");
	return true;
}

static uint64_t present_bytes(const struct process *process)
{
	uint64_t total = 0;

	for (size_t i = 0; i < process->count; i++) {
		const struct mapping *mapping = &process->mappings[i];

		total += mapping->present != UINT64_MAX
			     ? mapping->present
			     : mapping->end - mapping->start;
	}
	return total;
}

static void name_process(const struct process *process, struct source *source)
{
	const char *name = strrchr(process->program, '/');

	(void)text_format(source->what, sizeof(source->what),
	    "process %" PRIu64 " (%s)", process->id,
	    name != NULL ? name + 1 : "unknown program");
}

bool peek_source_process(
    struct source *source, uint64_t id, char *why, size_t size)
{
	struct process *process = calloc(1, sizeof(*process));

	if (process == NULL)
		return text_refuse(why, size, "no memory");
	process->id = id;
	process->mem = -1;
	process->pages.file = -1;
	read_link(id, "exe", process->program, sizeof(process->program));
	if (!open_files(process, why, size) ||
	    !list_mappings(process, why, size)) {
		free_process(process);
		return false;
	}
	*source = (struct source){
	    .state = process,
	    .next = next_extent,
	    .read = read_memory,
	    .describe = describe,
	    .close = close_process,
	    .total = present_bytes(process),
	    .in_memory = true,
	    .is_self = id == peek_own_id(),
	};
	name_process(process, source);
	return true;
}
