/* SPDX-License-Identifier: MIT */
/* Classes of slots by size: packed ones, then guarded ones. */
#ifndef MW_CORE_CLASS_H
#define MW_CORE_CLASS_H

#include "slot.h"
#include "ward.h"

/* Packed slots up to here come in steps of 16 bytes, from 32. */
#define MW_CLASS_SMALL 256

/* Of longer ones up to here a table tells the class, in steps of so much. */
#define MW_CLASS_LARGEST 15360
#define MW_CLASS_STEP    64

/* Bytes of packed slots by class; the class by bytes in steps. */
extern const uint16_t mw_class_packed[MW_PACKED_CLASSES];
extern uint8_t mw_class_coarse[];

/* The class of packed secrets of len bytes; MW_PACKED_CLASSES: too long. */
static inline unsigned mw_class_of(size_t len)
{
	if (len <= 32 - MW_CANARY_LEAST)
		return 0;
	if (len <= MW_CLASS_SMALL - MW_CANARY_LEAST)
		return (unsigned)((len + MW_CANARY_LEAST + 15) / 16 - 2);
	if (len > MW_CLASS_LARGEST - MW_CANARY_LEAST)
		return MW_PACKED_CLASSES;
	return mw_class_coarse[(len + MW_CANARY_LEAST + MW_CLASS_STEP - 1) /
			       MW_CLASS_STEP];
}

/* Bytes of a slot of a class; for guarded ones, without the guard. */
size_t mw_class_bytes(unsigned class);

/* Called once, before anything else. */
void mw_class_start(void);

#endif
