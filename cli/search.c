/* SPDX-License-Identifier: MIT */
#include "search.h"

#include <string.h>

_Static_assert(SECRET_MIN >= NEEDLE_BLOCK, "a secret contains a block");
_Static_assert(NEEDLE_OVERLAP >= NEEDLE_RUN, "a run is whole in one piece");

/* Blocks that are alike: no more of them than this are in the table. */
#define ALIKE_MAX 16

static uint32_t hash(const unsigned char *block)
{
	uint64_t word;

	memcpy(&word, block, sizeof(word));
	return (uint32_t)((word * UINT64_C(0x9e3779b97f4a7c15)) >> 46);
}

_Static_assert(NEEDLE_BITS == 1 << (64 - 46), "a bit for each hash");

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

/* Repetitive secrets would make chains that take for ever to follow. */
static void enter(struct needle *needle, size_t at)
{
	const unsigned char *block = needle->secret + at;
	uint32_t h = hash(block);
	uint32_t *head = &needle->head[h % NEEDLE_HEADS];
	size_t alike = 0;

	for (uint32_t i = *head; i != 0; i = needle->next[i - 1])
		alike +=
		    memcmp(block, needle->secret + i - 1, NEEDLE_BLOCK) == 0;
	if (alike >= ALIKE_MAX)
		return;
	needle->filter[h / 8] |= (uint8_t)(1U << (h % 8));
	needle->next[at] = *head;
	*head = (uint32_t)at + 1;
}

bool needle_prepare_runs(struct needle *needle, size_t run)
{
	bool armour = has_armour(needle);
	bool any = false;
	bool all = true;

	memset(needle->head, 0, sizeof(needle->head));
	memset(needle->filter, 0, sizeof(needle->filter));
	for (size_t at = 0; at + NEEDLE_BLOCK <= needle->len; at++) {
		if (leave_out(needle, at, armour)) {
			all = false;
			continue;
		}
		enter(needle, at);
		any = true;
	}
	needle->run = needle->len < run ? needle->len : run;
	needle->step = any && all ? needle->run - NEEDLE_BLOCK + 1 : 1;
	return any;
}

bool needle_prepare(struct needle *needle)
{
	return needle_prepare_runs(needle, NEEDLE_RUN);
}

/* How far the secret around a block and the bytes around a place agree. */
static struct needle_hit common_run(const struct needle *needle, size_t from,
    const unsigned char *bytes, size_t len, size_t at)
{
	struct needle_hit hit = {.at = at, .from = from};

	while (hit.from > 0 && hit.at > 0 &&
	       needle->secret[hit.from - 1] == bytes[hit.at - 1]) {
		hit.from--;
		hit.at--;
	}
	hit.len = from - hit.from + NEEDLE_BLOCK;
	while (hit.from + hit.len < needle->len && hit.at + hit.len < len &&
	       needle->secret[hit.from + hit.len] == bytes[hit.at + hit.len])
		hit.len++;
	return hit;
}

/* The longest part of the secret around this place. */
static bool found_at(const struct needle *needle, uint32_t h,
    const unsigned char *bytes, size_t len, size_t at, struct needle_hit *best)
{
	uint32_t i = needle->head[h % NEEDLE_HEADS];

	*best = (struct needle_hit){0};
	for (; i != 0; i = needle->next[i - 1]) {
		struct needle_hit hit;

		if (memcmp(needle->secret + i - 1, bytes + at, NEEDLE_BLOCK) !=
		    0)
			continue;
		hit = common_run(needle, i - 1, bytes, len, at);
		if (hit.len > best->len)
			*best = hit;
	}
	return best->len >= needle->run;
}

bool needle_next(const struct needle *needle, const unsigned char *bytes,
    size_t len, size_t *from, struct needle_hit *hit)
{
	const size_t step = needle->step;

	for (size_t at = *from; at + NEEDLE_BLOCK <= len; at += step) {
		uint32_t h = hash(bytes + at);

		if ((needle->filter[h / 8] & (1U << (h % 8))) != 0 &&
		    found_at(needle, h, bytes, len, at, hit)) {
			*from = hit->at + hit->len;
			return true;
		}
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
	struct needle_hit hit;
	size_t from = 0;

	return !is_uniform(bytes, len) &&
	       needle_next(needle, bytes, len, &from, &hit);
}
