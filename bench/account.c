/* SPDX-License-Identifier: MIT */
/* The kernel's own account of this process's memory. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

struct list {
	struct bench_map *maps;
	size_t count;
	size_t room;
};

static struct bench_map *add(struct list *list)
{
	struct bench_map *maps;

	if (list->count == list->room) {
		list->room = list->room == 0 ? 256 : list->room * 2;
		maps = realloc(list->maps, list->room * sizeof(*maps));
		if (maps == NULL)
			return NULL;
		list->maps = maps;
	}
	memset(&list->maps[list->count], 0, sizeof(list->maps[0]));
	return &list->maps[list->count++];
}

/* One line of smaps: the head of a mapping, its flags, or one of no use. */
static bool read_line(struct list *list, const char *line)
{
	unsigned long from;
	unsigned long to;
	char rights[5];
	struct bench_map *map;

	if (sscanf(line, "%lx-%lx %4s", &from, &to, rights) == 3) {
		map = add(list);
		if (map == NULL)
			return false;
		map->from = from;
		map->to = to;
		map->readable = rights[0] == 'r';
		return true;
	}
	if (strncmp(line, "VmFlags:", 8) != 0 || list->count == 0)
		return true;
	map = &list->maps[list->count - 1];
	if (strstr(line, " lo") != NULL)
		map->protection |= BENCH_LOCKED;
	if (strstr(line, " dd") != NULL)
		map->protection |= BENCH_NO_DUMP;
	return true;
}

/* A mapping between two that nobody may touch. */
static void find_guards(struct list *list)
{
	for (size_t i = 1; i + 1 < list->count; i++) {
		struct bench_map *map = &list->maps[i];

		if (map[-1].to == map->from && !map[-1].readable &&
		    map[1].from == map->to && !map[1].readable)
			map->protection |= BENCH_GUARDED;
	}
}

struct bench_map *bench_maps(size_t *count)
{
	struct list list = {NULL, 0, 0};
	FILE *smaps = fopen("/proc/self/smaps", "r");
	char line[512];
	bool fine = true;

	*count = 0;
	if (smaps == NULL)
		return NULL;
	while (fine && fgets(line, sizeof(line), smaps) != NULL)
		fine = read_line(&list, line);
	if (fclose(smaps) != 0 || !fine) {
		free(list.maps);
		return NULL;
	}
	find_guards(&list);
	*count = list.count;
	return list.maps;
}

const struct bench_map *bench_map_of(
    const struct bench_map *maps, size_t count, const void *address)
{
	uintptr_t at = (uintptr_t)address;
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (at >= maps[middle].to)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && at >= maps[low].from ? &maps[low] : NULL;
}

size_t bench_status(const char *field)
{
	FILE *status = fopen("/proc/self/status", "r");
	size_t len = strlen(field);
	unsigned long kib = 0;
	char line[256];

	if (status == NULL)
		return 0;
	while (fgets(line, sizeof(line), status) != NULL) {
		if (strncmp(line, field, len) == 0 && line[len] == ':')
			(void)sscanf(line + len + 1, "%lu", &kib);
	}
	(void)fclose(status);
	return (size_t)kib * 1024;
}
