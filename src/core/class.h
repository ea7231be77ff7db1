/* SPDX-License-Identifier: MIT */
/* Classes of slots by size: packed ones, then guarded ones. */
#ifndef MW_CORE_CLASS_H
#define MW_CORE_CLASS_H

#include "slot.h"
#include "ward.h"

/* Packed slots up to here come in steps of 16 bytes, from 32. */
#define MW_CLASS_SMALL 256

/* The class of packed secrets of len bytes that do not fit a small slot. */
unsigned mw_class_of_large(size_t len);

/* The class of packed secrets of len bytes; MW_PACKED_CLASSES: too long. */
static inline unsigned mw_class_of(size_t len)
{
	if (len <= 32 - MW_CANARY_LEAST)
		return 0;
	if (len <= MW_CLASS_SMALL - MW_CANARY_LEAST)
		return (unsigned)((len + MW_CANARY_LEAST + 15) / 16 - 2);
	return mw_class_of_large(len);
}

/* Bytes of a slot of a class of small ones. */
static inline size_t mw_class_small_bytes(unsigned class)
{
	return 32 + (size_t) class * 16;
}

/* Bytes of a slot of a class; for guarded ones, without the guard. */
size_t mw_class_bytes(unsigned class);

/* Called once, before anything else. */
void mw_class_start(void);

#endif
