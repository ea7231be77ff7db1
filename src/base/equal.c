/* SPDX-License-Identifier: MIT */
#include "memward.h"

bool memward_equal(const void *a, const void *b, size_t len)
{
	/* Volatile, so that no compiler finds a reason to stop early. */
	const volatile unsigned char *x = a;
	const volatile unsigned char *y = b;
	unsigned char differ = 0;

	for (size_t i = 0; i < len; i++)
		differ |= (unsigned char)(x[i] ^ y[i]);
	return differ == 0;
}
