/* SPDX-License-Identifier: MIT */
/*
 * AES keys by their schedules: the round keys that FIPS 197 derives from a key
 * and that every fast program keeps in memory. Most words of a schedule are
 * the exclusive or of two others, which hardly any other memory is; what looks
 * like it is derived anew from each part of it in turn, so that a few damaged
 * bytes anywhere do no harm.
 *
 * Found are schedules for encryption, with the bytes of each word in FIPS
 * 197's order or turned round, at addresses that are multiples of 4.
 */
#include "scan.h"

#include <stdio.h>
#include <string.h>

#define WORD     4
#define LONGEST  60 /* words of AES-256 */
#define LONG_KEY 8  /* words of its key */

/* Damaged bytes up to which a schedule is still believed to be one. */
#define DAMAGED_MAX 6
/* Of 30 and more sums, 18 go wrong by so many at the most. */
#define SUMS_MIN 12

struct variant {
	const char *name;
	unsigned key;   /* words of the key */
	unsigned words; /* of the schedule */
	uint64_t sums;  /* bit i: word i from the end is a sum */
};

/* Scratch, in a ward. */
struct schedule {
	unsigned char word[LONGEST][WORD];  /* as derived */
	unsigned char found[LONGEST][WORD]; /* as it stands, in FIPS order */
};

_Static_assert(
    sizeof(struct schedule) <= sizeof(((struct scratch *)0)->bytes), "fits");

/* The S-box of FIPS 197, computed once: it is no secret. */
static unsigned char sbox[256];

static unsigned char double_of(unsigned char a)
{
	return (unsigned char)(a << 1 ^ (a >> 7) * 0x1b);
}

static unsigned char turn_left(unsigned char a, unsigned by)
{
	return (unsigned char)(a << by | a >> (8 - by));
}

/* Walks through all a = 3^n, with b = 3^-n, its inverse, beside it. */
static void make_sbox(void)
{
	unsigned char a = 1;
	unsigned char b = 1;

	if (sbox[0] != 0)
		return;
	do {
		a = (unsigned char)(a ^ double_of(a));
		b = (unsigned char)(b ^ b << 1);
		b = (unsigned char)(b ^ b << 2);
		b = (unsigned char)(b ^ b << 4);
		b = (unsigned char)(b ^ (b >> 7) * 0x09);
		sbox[a] = (unsigned char)(0x63 ^ b ^ turn_left(b, 1) ^
					  turn_left(b, 2) ^ turn_left(b, 3) ^
					  turn_left(b, 4));
	} while (a != 1);
	sbox[0] = 0x63;
}

static unsigned char round_constant(unsigned number)
{
	unsigned char constant = 1;

	while (--number > 0)
		constant = double_of(constant);
	return constant;
}

/* What is added to word i - key to make word i: FIPS 197, section 5.2. */
static void addend(
    struct schedule *s, unsigned key, unsigned i, unsigned char to[WORD])
{
	const unsigned char *last = s->word[i - 1];
	bool turn = i % key == 0;

	for (unsigned b = 0; b < WORD; b++)
		to[b] = last[turn ? (b + 1) % WORD : b];
	if (turn || (key > 6 && i % key == 4)) {
		for (unsigned b = 0; b < WORD; b++)
			to[b] = sbox[to[b]];
	}
	if (turn)
		to[0] ^= round_constant(i / key);
}

/* Sets a word to the sum; how many of its bytes stand otherwise. */
static unsigned set_word(struct schedule *s, unsigned i,
    const unsigned char other[WORD], const unsigned char sum[WORD])
{
	unsigned damaged = 0;

	for (unsigned b = 0; b < WORD; b++) {
		s->word[i][b] = other[b] ^ sum[b];
		damaged += s->word[i][b] != s->found[i][b];
	}
	return damaged;
}

/*
 * Derives everything from the words [from, from + key) that were found, as
 * long as not too much of it stands otherwise. Returns how many bytes do.
 */
static unsigned derive(
    struct schedule *s, const struct variant *variant, unsigned from)
{
	const unsigned key = variant->key;
	unsigned char sum[WORD];
	unsigned damaged = 0;

	memcpy(s->word[from], s->found[from], (size_t)key * WORD);
	for (unsigned i = from + key;
	     i < variant->words && damaged <= DAMAGED_MAX; i++) {
		addend(s, key, i, sum);
		damaged += set_word(s, i, s->word[i - key], sum);
	}
	for (unsigned i = from + key - 1; i >= key && damaged <= DAMAGED_MAX;
	     i--) {
		addend(s, key, i, sum);
		damaged += set_word(s, i - key, s->word[i], sum);
	}
	memward_wipe(sum, sizeof(sum));
	return damaged;
}

/* Whether some part of what was found tells all the rest. */
static bool is_schedule(
    struct schedule *s, const struct variant *variant, unsigned *damaged)
{
	for (unsigned from = 0; from + variant->key <= variant->words; from++) {
		*damaged = derive(s, variant, from);
		if (*damaged <= DAMAGED_MAX)
			return true;
	}
	return false;
}

static void take_found(struct schedule *s, const struct variant *variant,
    const unsigned char *bytes, bool turned)
{
	for (unsigned i = 0; i < variant->words; i++) {
		for (unsigned b = 0; b < WORD; b++)
			s->found[i][b] =
			    bytes[i * WORD + (turned ? WORD - 1 - b : b)];
	}
}

static bool try_at(struct scanner *scanner, const struct window *window,
    const struct variant *variant, size_t at)
{
	struct schedule *s = (struct schedule *)(void *)scanner->scratch->bytes;
	struct hit hit = {.is_key = true,
	    .at = at,
	    .len = (size_t)variant->words * WORD,
	    .what = variant->name};
	unsigned damaged;
	bool found = false;

	for (int turned = 0; turned < 2 && !found; turned++) {
		take_found(s, variant, window->bytes + at, turned != 0);
		found = is_schedule(s, variant, &damaged);
	}
	if (found) {
		hit.print = fingerprint(scanner->scratch->print_key, s->word[0],
		    (size_t)variant->key * WORD);
		if (damaged > 0)
			(void)snprintf(hit.more, sizeof(hit.more),
			    "%u bytes of it are damaged", damaged);
		scanner_hit(scanner, window, &hit);
	}
	memward_wipe(s, sizeof(*s));
	return found;
}

static unsigned count_bits(uint64_t word)
{
	unsigned count = 0;

	for (; word != 0; word &= word - 1)
		count++;
	return count;
}

/* Which words of a schedule are plain sums; the last word is bit 0. */
static uint64_t sums_of(unsigned key, unsigned words)
{
	uint64_t sums = 0;

	for (unsigned i = key; i < words; i++) {
		bool plain = i % key != 0 && !(key > 6 && i % key == 4);

		sums = sums << 1 | (plain ? 1 : 0);
	}
	return sums;
}

static uint32_t load(const unsigned char *bytes)
{
	uint32_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* Goes from word to word and remembers which of the last ones were sums. */
static void find_variant(struct scanner *scanner, const struct window *window,
    const struct variant *variant)
{
	const size_t behind = (size_t)variant->key * WORD;
	const size_t length = (size_t)variant->words * WORD;
	size_t first = (size_t)(-window->at % WORD);
	size_t end = window->len;
	uint64_t history = 0;
	uint32_t last;

	if (end - window->limit > length)
		end = window->limit + length;
	if (end < first + length)
		return;
	last = load(window->bytes + first + behind - WORD);
	for (size_t at = first + behind; at + WORD <= end; at += WORD) {
		uint32_t word = load(window->bytes + at);
		uint32_t sum = word ^ last;

		/* Zeros are sums of zeros, and stand everywhere. */
		history <<= 1;
		if (sum == load(window->bytes + at - behind) && sum != 0 &&
		    last != 0 && word != 0)
			history |= 1;
		last = word;
		if (history != 0 && at + WORD >= first + length &&
		    count_bits(history & variant->sums) >= SUMS_MIN &&
		    at + WORD - length < window->limit &&
		    try_at(scanner, window, variant, at + WORD - length))
			history = 0;
	}
}

void find_schedules(struct scanner *scanner, const struct window *window)
{
	static struct variant variants[] = {
	    {"AES-128 key schedule", 4, 44, 0},
	    {"AES-192 key schedule", 6, 52, 0},
	    {"AES-256 key schedule", 8, 60, 0},
	};

	make_sbox();
	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		struct variant *variant = &variants[i];

		if (variant->sums == 0)
			variant->sums = sums_of(variant->key, variant->words);
		find_variant(scanner, window, variant);
	}
}
