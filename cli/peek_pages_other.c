/* SPDX-License-Identifier: MIT */
/* What systems answer for which no look at swap and locks was written. */
#include "peek.h"

void peek_swap_exists(struct glimpse *glimpse)
{
	glimpse_set(glimpse, SIGHT_UNABLE,
	    "no way to page a range out has been written for this system");
}

void peek_page_out(void *mem, size_t len, struct glimpse *glimpse)
{
	(void)mem;
	(void)len;
	peek_swap_exists(glimpse);
}

void peek_swapped(
    uint64_t id, uint64_t address, size_t len, struct glimpse *glimpse)
{
	(void)id;
	(void)address;
	(void)len;
	peek_swap_exists(glimpse);
}

bool peek_limit_locks(size_t bytes)
{
	(void)bytes;
	return false;
}

void peek_lock_carelessly(void *mem, size_t len)
{
	(void)mem;
	(void)len;
}

bool peek_is_marked(uint64_t id, uint64_t address, enum peek_mark mark,
    bool *marked, struct glimpse *glimpse)
{
	(void)id;
	(void)address;
	(void)mark;
	(void)marked;
	glimpse_set(glimpse, SIGHT_UNABLE,
	    "no look at this system's account of locked pages has been "
	    "written");
	return false;
}
