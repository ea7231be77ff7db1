/* SPDX-License-Identifier: MIT */
/* A target for libFuzzer: the bytes are a core file that memward scan reads. */
#include "fuzz.h"

#include "core_file.h"

#include <stdlib.h>
#include <string.h>

struct input {
	const uint8_t *data;
	size_t size;
};

static void expect(bool truth)
{
	if (!truth)
		abort();
}

static bool read_input(void *context, uint64_t at, void *to, size_t len)
{
	const struct input *input = context;

	/* The parser must never ask for what the file cannot have. */
	expect(at <= input->size && len <= input->size - at);
	memcpy(to, input->data + at, len);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = {data, size};
	const struct core_reader reader = {read_input, &input, size};
	struct core core;
	struct core_segment segment;
	const char *why;

	if (!core_open(&core, &reader, &why)) {
		expect(why != NULL && strlen(why) > 0);
		core_close(&core);
		return 0;
	}
	for (uint64_t i = 0; i < core.count; i++) {
		if (!core_segment(&core, i, &segment))
			continue;
		expect(segment.len > 0 && segment.offset <= size &&
		       segment.len <= size - segment.offset);
		expect(segment.len <= UINT64_MAX - segment.address);
		if (segment.name != NULL)
			expect(strlen(segment.name) < size);
	}
	core_close(&core);
	return 0;
}
