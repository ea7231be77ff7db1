/* SPDX-License-Identifier: MIT */
#include "memward/base.h"

#include <string.h>

#if defined(__GNUC__)

void memward_wipe(void *mem, size_t len)
{
	if (len == 0)
		return;
	memset(mem, 0, len);
	/* The barrier claims to read the memory, so the stores must happen. */
	__asm__ __volatile__("" : : "r"(mem) : "memory");
}

#else

/* A compiler cannot know what a volatile pointer points to when called. */
static void *(*const volatile memset_unknown)(void *, int, size_t) = memset;

void memward_wipe(void *mem, size_t len)
{
	if (len != 0)
		memset_unknown(mem, 0, len);
}

#endif
