/* SPDX-License-Identifier: MIT */
#include "class.h"

#include "arena.h"

/*
 * Bytes of packed slots, each for a secret and at least 8 bytes of canary:
 * steps of 16 while small, then eight, then four to a doubling.
 */
const uint16_t mw_class_packed[MW_PACKED_CLASSES] = {32, 48, 64, 80, 96, 112,
    128, 144, 160, 176, 192, 208, 224, 240, 256, /**/
    320, 384, 448, 512, 640, 768, 896, 1024, 1280, 1536, 1792, 2048, 2560, 3072,
    4096, 5120, 6144, 7680, 10240, 12288, 15360};

_Static_assert(MW_CLASS_SMALL == 32 + 14 * 16, "fifteen small classes");

_Static_assert(
    UINT64_C(1) * MW_CLASS_LARGEST * MW_PACKED_MOST < UINT64_C(1) << 40,
    "a divisor is exact in the longest run");

uint8_t mw_class_coarse[MW_CLASS_LARGEST / MW_CLASS_STEP + 1];

void mw_class_start(void)
{
	unsigned class = 0;

	for (size_t i = 0; i <= MW_CLASS_LARGEST / MW_CLASS_STEP; i++) {
		while (mw_class_packed[class] < i * MW_CLASS_STEP)
			class ++;
		mw_class_coarse[i] = (uint8_t) class;
	}
}

size_t mw_class_bytes(unsigned class)
{
	if (class < MW_PACKED_CLASSES)
		return mw_class_packed[class];
	return mw_arena_page() << (class - MW_PACKED_CLASSES);
}
