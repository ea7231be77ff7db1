/* SPDX-License-Identifier: MIT */
/*
 * A target for libFuzzer: the bytes are operations on wards, and each step is
 * compared with the model that the random test uses.
 */
#include "fuzz.h"

#include "ops.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void ops_failed(const char *text)
{
	(void)fprintf(stderr, "%s\n", text);
	abort();
}

/* libFuzzer follows one process only. */
void ops_fork(void (*child)(struct ops *ops), struct ops *ops)
{
	(void)child;
	(void)ops;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ops_run(data, size);
	return 0;
}
