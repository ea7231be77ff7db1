/* SPDX-License-Identifier: MIT */
#if !defined(__linux__)
#error "peek_page_linux.c is for Linux"
#endif
#define _FILE_OFFSET_BITS 64

#include "peek_page_linux.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

/* Bits of an entry: Documentation/admin-guide/mm/pagemap.rst. */
#define PRESENT UINT64_C(0x8000000000000000)
#define SWAPPED UINT64_C(0x4000000000000000)
#define FILES   UINT64_C(0x2000000000000000)
#define GUARD   UINT64_C(0x0400000000000000)

void mw_page_map_open(struct page_map *map, uint64_t id)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%" PRIu64 "/pagemap", id);
	map->file = open(path, O_RDONLY | O_CLOEXEC);
	map->page = (uint64_t)sysconf(_SC_PAGESIZE);
	map->first = 0;
	map->known = 0;
}

void mw_page_map_close(struct page_map *map)
{
	if (map->file >= 0)
		(void)close(map->file);
}

enum page_state mw_page_state(struct page_map *map, uint64_t address)
{
	uint64_t number = address / map->page;
	uint64_t entry;

	if (map->file < 0)
		return PAGE_OWN;
	if (number < map->first || number - map->first >= map->known) {
		ssize_t n = pread(map->file, map->entries, sizeof(map->entries),
		    (off_t)(number * sizeof(uint64_t)));

		map->first = number;
		map->known = n > 0 ? (size_t)n / sizeof(uint64_t) : 0;
		if (map->known == 0)
			return PAGE_OWN;
	}
	entry = map->entries[number - map->first];
	if ((entry & (PRESENT | SWAPPED)) == 0 || (entry & GUARD) != 0)
		return PAGE_ABSENT;
	return (entry & FILES) != 0 ? PAGE_OF_FILE : PAGE_OWN;
}
