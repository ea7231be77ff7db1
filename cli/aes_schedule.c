/* SPDX-License-Identifier: MIT */
#include "aes_schedule.h"

#include <string.h>

/* Times x in the field of AES. */
static unsigned char twice(unsigned char a)
{
	return (unsigned char)(a << 1 ^ (a >> 7) * 0x1b);
}

static unsigned char times(unsigned char a, unsigned char b)
{
	unsigned char product = 0;

	for (; b != 0; b >>= 1) {
		if ((b & 1) != 0)
			product ^= a;
		a = twice(a);
	}
	return product;
}

static unsigned char turn_left(unsigned char a, int by)
{
	return (unsigned char)(a << by | a >> (8 - by));
}

static unsigned char substitute(unsigned char a)
{
	unsigned char inverse = 1;

	/* In this field the inverse is the 254th power. */
	for (int i = 0; i < 254; i++)
		inverse = times(inverse, a);
	return (unsigned char)(0x63 ^ inverse ^ turn_left(inverse, 1) ^
			       turn_left(inverse, 2) ^ turn_left(inverse, 3) ^
			       turn_left(inverse, 4));
}

void aes_expand(
    const unsigned char key[AES_KEY], unsigned char schedule[AES_SCHEDULE])
{
	unsigned char round = 1;

	memcpy(schedule, key, AES_KEY);
	for (int i = AES_KEY; i < AES_SCHEDULE; i += 4) {
		unsigned char word[4];

		memcpy(word, schedule + i - 4, 4);
		if (i % AES_KEY == 0) {
			unsigned char first = word[0];

			memmove(word, word + 1, 3);
			word[3] = first;
		}
		for (int k = 0; k < 4 && i % (AES_KEY / 2) == 0; k++)
			word[k] = substitute(word[k]);
		if (i % AES_KEY == 0) {
			word[0] ^= round;
			round = twice(round);
		}
		for (int k = 0; k < 4; k++)
			schedule[i + k] = schedule[i + k - AES_KEY] ^ word[k];
	}
}
