/* SPDX-License-Identifier: MIT */
/* On Windows no source has been written. */
#include "peek_input.h"

#include "peek_leak.h"

bool peek_source_open(struct peek_source *source, enum peek_origin origin,
    const void *mem, size_t len)
{
	(void)source;
	(void)origin;
	(void)mem;
	(void)len;
	return peek_unwritten();
}

bool peek_source_read(struct peek_source *source, void *to)
{
	(void)source;
	(void)to;
	return peek_unwritten();
}

void peek_source_close(struct peek_source *source)
{
	(void)source;
}
