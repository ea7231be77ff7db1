/* SPDX-License-Identifier: MIT */
#include "class.h"

#include "arena.h"

/*
 * Bytes of packed slots, each for a secret and at least 8 bytes of canary:
 * steps of 16 while small, then eight, then four to a doubling.
 */
static const uint16_t slot_bytes[] = {32, 48, 64, 80, 96, 112, 128, 144, 160,
    176, 192, 208, 224, 240, 256, /**/
    320, 384, 448, 512, 640, 768, 896, 1024, 1280, 1536, 1792, 2048, 2560, 3072,
    4096, 5120, 6144, 7680, 10240, 12288, 15360};

_Static_assert(MW_CLASS_SMALL == 32 + 14 * 16, "fifteen small classes");
_Static_assert(sizeof(slot_bytes) / sizeof(slot_bytes[0]) == MW_PACKED_CLASSES,
    "one size per class");

#define COARSE_STEP 64
#define LARGEST     15360

_Static_assert(UINT64_C(1) * LARGEST * MW_PACKED_MOST < UINT64_C(1) << 40,
    "a divisor is exact in the longest run");

static uint8_t coarse_class[LARGEST / COARSE_STEP + 1];

void mw_class_start(void)
{
	unsigned class = 0;

	for (size_t i = 0; i <= LARGEST / COARSE_STEP; i++) {
		while (slot_bytes[class] < i * COARSE_STEP)
			class ++;
		coarse_class[i] = (uint8_t) class;
	}
}

unsigned mw_class_of_large(size_t len)
{
	if (len > LARGEST - MW_CANARY_LEAST)
		return MW_PACKED_CLASSES;
	return coarse_class[(len + MW_CANARY_LEAST + COARSE_STEP - 1) /
			    COARSE_STEP];
}

size_t mw_class_bytes(unsigned class)
{
	if (class < MW_PACKED_CLASSES)
		return slot_bytes[class];
	return mw_arena_page() << (class - MW_PACKED_CLASSES);
}
