/* SPDX-License-Identifier: MIT */
#include "search.h"

#include <string.h>

#define RUN 16

/* Any 16 bytes of the secret contain a whole block. */
_Static_assert(RUN >= 2 * NEEDLE_BLOCK - 1, "a run contains a block");
_Static_assert(SECRET_MIN >= NEEDLE_BLOCK, "a secret contains a block");
_Static_assert(NEEDLE_OVERLAP >= RUN, "a run is whole in one piece");

static uint32_t hash(const unsigned char *block)
{
	uint64_t word;

	memcpy(&word, block, sizeof(word));
	return (uint32_t)((word * UINT64_C(0x9e3779b97f4a7c15)) >> 48);
}

static bool is_plain(const unsigned char *block)
{
	size_t different = 0;

	for (size_t i = 0; i < NEEDLE_BLOCK; i++)
		different += memchr(block, block[i], i) == NULL;
	return different < 4;
}

/* Whether the line of this byte is the armour of a PEM file. */
static bool in_armour(const struct needle *needle, size_t at)
{
	static const char dashes[] = "-----";

	while (at > 0 && needle->secret[at - 1] != '\n')
		at--;
	return needle->len - at >= sizeof(dashes) - 1 &&
	       memcmp(needle->secret + at, dashes, sizeof(dashes) - 1) == 0;
}

/* Secrets without dashes need no look at their lines, which may be long. */
static bool has_armour(const struct needle *needle)
{
	return in_armour(needle, 0);
}

static bool leave_out(const struct needle *needle, size_t at, bool armour)
{
	if (is_plain(needle->secret + at))
		return true;
	return armour && (in_armour(needle, at) ||
			     in_armour(needle, at + NEEDLE_BLOCK - 1));
}

bool needle_prepare(struct needle *needle)
{
	bool armour = has_armour(needle);
	bool any = false;

	memset(needle->head, 0, sizeof(needle->head));
	memset(needle->filter, 0, sizeof(needle->filter));
	for (size_t i = 0; (i + 1) * NEEDLE_BLOCK <= needle->len; i++) {
		uint32_t h = hash(needle->secret + i * NEEDLE_BLOCK);
		uint32_t *head = &needle->head[h % NEEDLE_HEADS];

		if (leave_out(needle, i * NEEDLE_BLOCK, armour))
			continue;
		needle->filter[h / 8] |= (uint8_t)(1U << (h % 8));
		needle->next[i] = *head;
		*head = (uint32_t)i + 1;
		any = true;
	}
	return any;
}

/* How far the secret around a block and the bytes around a place agree. */
static size_t common_run(const struct needle *needle, size_t block,
    const unsigned char *bytes, size_t len, size_t at)
{
	size_t from = block * NEEDLE_BLOCK;
	size_t run = 0;

	while (run < from && run < at &&
	       needle->secret[from - run - 1] == bytes[at - run - 1])
		run++;
	at -= run;
	from -= run;
	for (run = 0; from + run < needle->len && at + run < len; run++) {
		if (needle->secret[from + run] != bytes[at + run])
			break;
	}
	return run;
}

static bool found_at(const struct needle *needle, uint32_t h,
    const unsigned char *bytes, size_t len, size_t at)
{
	size_t enough = needle->len < RUN ? needle->len : RUN;
	uint32_t i = needle->head[h % NEEDLE_HEADS];

	for (; i != 0; i = needle->next[i - 1]) {
		const unsigned char *block =
		    needle->secret + (i - 1) * NEEDLE_BLOCK;

		if (memcmp(block, bytes + at, NEEDLE_BLOCK) == 0 &&
		    common_run(needle, i - 1, bytes, len, at) >= enough)
			return true;
	}
	return false;
}

/* Most memory was never written; memcmp is much faster than a search. */
static bool is_uniform(const unsigned char *bytes, size_t len)
{
	return len > 1 && memcmp(bytes, bytes + 1, len - 1) == 0;
}

bool needle_found(
    const struct needle *needle, const unsigned char *bytes, size_t len)
{
	if (is_uniform(bytes, len))
		return false;
	for (size_t at = 0; at + NEEDLE_BLOCK <= len; at++) {
		uint32_t h = hash(bytes + at);

		if ((needle->filter[h / 8] & (1U << (h % 8))) != 0 &&
		    found_at(needle, h, bytes, len, at))
			return true;
	}
	return false;
}
