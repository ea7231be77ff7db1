/* SPDX-License-Identifier: MIT */
/* Copies secrets. */
#ifndef MW_CORE_COPY_H
#define MW_CORE_COPY_H

#include <stddef.h>

/*
 * Not memcpy: what it leaves in registers the dynamic linker lays down on the
 * stack when it binds the next function, and the kernel when a signal comes.
 * Byte by byte no more than a byte is ever left.
 */
static inline void mw_copy_by_bytes(void *to, const void *from, size_t len)
{
	char *out = to;
	const char *in = from;

	for (; len != 0; len--) {
		*out++ = *in++;
		__asm__ __volatile__("" : : "r"(out) : "memory");
	}
}

#endif
