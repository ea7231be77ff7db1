/* SPDX-License-Identifier: MIT */
/* SipHash-2-4 (Aumasson, Bernstein: "SipHash: a fast short-input PRF"). */
#include "scan.h"

#include <string.h>

struct state {
	uint64_t a, b, c, d;
};

static uint64_t turn(uint64_t word, unsigned by)
{
	return word << by | word >> (64 - by);
}

static void mix(struct state *s)
{
	s->a += s->b;
	s->c += s->d;
	s->b = turn(s->b, 13) ^ s->a;
	s->d = turn(s->d, 16) ^ s->c;
	s->a = turn(s->a, 32);
	s->c += s->b;
	s->a += s->d;
	s->b = turn(s->b, 17) ^ s->c;
	s->d = turn(s->d, 21) ^ s->a;
	s->c = turn(s->c, 32);
}

static void take(struct state *s, uint64_t word)
{
	s->d ^= word;
	mix(s);
	mix(s);
	s->a ^= word;
}

static uint64_t little_endian(const unsigned char *bytes, size_t len)
{
	uint64_t word = 0;

	for (size_t i = 0; i < len; i++)
		word |= (uint64_t)bytes[i] << (8 * i);
	return word;
}

uint64_t fingerprint(
    const uint64_t key[2], const unsigned char *bytes, size_t len)
{
	struct state s = {
	    .a = key[0] ^ UINT64_C(0x736f6d6570736575),
	    .b = key[1] ^ UINT64_C(0x646f72616e646f6d),
	    .c = key[0] ^ UINT64_C(0x6c7967656e657261),
	    .d = key[1] ^ UINT64_C(0x7465646279746573),
	};
	size_t rest = len % 8;

	for (size_t i = 0; i + 8 <= len; i += 8)
		take(&s, little_endian(bytes + i, 8));
	take(&s, (uint64_t)len << 56 | little_endian(bytes + len - rest, rest));
	s.c ^= 0xff;
	for (int i = 0; i < 4; i++)
		mix(&s);
	return s.a ^ s.b ^ s.c ^ s.d;
}
