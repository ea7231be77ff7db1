/* SPDX-License-Identifier: MIT */
/* What the macros of memward/scope.h call: the public calls, in their shape. */
#include "memward.h"

#include <string.h>

/* What memward_alloc() aligns to. */
#define PACKED_ALIGNMENT 16

void *memward_alloc_array(
    memward_ward *ward, size_t count, size_t size, size_t align)
{
	size_t len = count * size;

	/* No secret is as long, and the answer is that of all that are not. */
	if (size != 0 && count > SIZE_MAX / size)
		len = SIZE_MAX;
	return align <= PACKED_ALIGNMENT
		   ? memward_alloc(ward, len)
		   : memward_alloc_guarded(ward, len, align);
}

memward_window memward_window_begin(memward_ward *ward, memward_access access)
{
	memward_window window = {ward, memward_begin(ward, access), 0};

	return window;
}

void memward_window_end(memward_window *window)
{
	/*
	 * Refused is only what the body has itself ended, or closed with its
	 * ward: then nothing is left open.
	 */
	if (window->code == 0)
		window->code = memward_end(window->ward);
}

void memward_free_at_end(void *pointer)
{
	void *secret;

	/* It is a pointer of some other type, which *(void **) is not for. */
	memcpy(&secret, pointer, sizeof(secret));
	memward_free(secret);
}

void memward_close_at_end(memward_ward **ward)
{
	/* A window of another thread may be open; then it stays. */
	if (*ward != NULL && memward_close(*ward) == 0)
		*ward = NULL;
}
