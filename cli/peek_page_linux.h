/* SPDX-License-Identifier: MIT */
/* Which pages of another process are there: /proc/PID/pagemap. */
#ifndef MEMWARD_CLI_PEEK_PAGE_LINUX_H
#define MEMWARD_CLI_PEEK_PAGE_LINUX_H

#include <stddef.h>
#include <stdint.h>

/* Entries that are read at a time. */
#define PAGE_MAP_ENTRIES 2048

struct page_map {
	int file; /* -1: unknown which pages are there */
	uint64_t page;
	uint64_t first; /* page number of entries[0] */
	size_t known;   /* how many of entries[] are valid */
	uint64_t entries[PAGE_MAP_ENTRIES];
};

/* What there is of a page: nothing in memory or swapped out, or whose it is. */
enum page_state { PAGE_ABSENT, PAGE_OWN, PAGE_OF_FILE };

/* If it cannot be opened, all pages are taken to be there. */
void mw_page_map_open(struct page_map *map, uint64_t id);
void mw_page_map_close(struct page_map *map);

enum page_state mw_page_state(struct page_map *map, uint64_t address);

#endif
