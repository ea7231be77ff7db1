/* SPDX-License-Identifier: MIT */
/*
 * A target for libFuzzer: the bytes are operations on sealed objects and on a
 * stream, and damage done to them, beside a model that knows what must come
 * back, and from where on nothing may.
 */
#include "fuzz.h"

#include "core/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OBJECTS 4
#define LONGEST 300
#define CHUNK   40
#define STREAM  2000

#define DEMAND(condition) ((condition) ? (void)0 : wrong(__LINE__, #condition))

static _Noreturn void wrong(int line, const char *what)
{
	(void)fprintf(stderr, "seal_fuzz.c:%d: %s is false\n", line, what);
	abort();
}

struct object {
	memward_sealed *sealed;
	size_t len;
	unsigned char seed;
};

struct state {
	const uint8_t *input;
	size_t left;
	memward_ward *ward;
	struct object objects[OBJECTS];
	memward_stream *stream;
	size_t written;
	size_t position;
	unsigned windows;
};

static unsigned char next(struct state *s)
{
	if (s->left == 0)
		return 0;
	s->left--;
	return *s->input++;
}

static unsigned char byte_of(size_t at, unsigned char seed)
{
	return (unsigned char)(at * 11 + seed * 3u + at / 256 + 1);
}

/* In a window, which on an open ward only counts. */
static void fill(struct state *s, unsigned char *at, const struct object *o)
{
	DEMAND(memward_begin(s->ward, MEMWARD_READ_WRITE) == 0);
	for (size_t i = 0; i < o->len; i++)
		at[i] = byte_of(i, o->seed);
	DEMAND(memward_end(s->ward) == 0);
}

static bool is_filled(
    struct state *s, const unsigned char *at, const struct object *o)
{
	size_t i = 0;

	DEMAND(memward_begin(s->ward, MEMWARD_READ_ONLY) == 0);
	while (i < o->len && at[i] == byte_of(i, o->seed))
		i++;
	DEMAND(memward_end(s->ward) == 0);
	return i == o->len;
}

static void *new_secret(struct state *s, size_t len)
{
	void *secret = NULL;

	DEMAND(memward_new(s->ward, len, &secret) == 0);
	return secret;
}

static void seal(struct state *s, struct object *o)
{
	void *secret;

	memward_sealed_free(o->sealed);
	o->seed = next(s);
	o->len = (size_t)next(s) * LONGEST / 255;
	secret = new_secret(s, o->len);
	fill(s, secret, o);
	DEMAND(memward_seal(secret, &o->seed, 1, &o->sealed) == 0);
	memward_free(secret);
}

/* Opens one both ways; with another context, or damaged, neither. */
static void open_object(struct state *s, struct object *o, unsigned char seed)
{
	struct object before = {NULL, o->len, (unsigned char)(o->seed + 1)};
	int expected = seed == o->seed ? 0 : MEMWARD_ESEALED;
	void *opened = NULL;
	unsigned char *secret = new_secret(s, o->len);

	fill(s, secret, &before);
	DEMAND(memward_unseal(o->sealed, &seed, 1, &opened) == expected);
	DEMAND((opened != NULL) == (expected == 0));
	DEMAND(opened == NULL || is_filled(s, opened, o));
	memward_free(opened);
	DEMAND(memward_unseal_into(o->sealed, &seed, 1, secret) == expected);
	DEMAND(is_filled(s, secret, expected == 0 ? o : &before));
	memward_free(secret);
}

static void damage(struct state *s, struct object *o)
{
	struct object before = {NULL, o->len, 7};
	enum mw_cipher cipher = o->sealed->cipher;
	size_t all = o->len + mw_cipher_nonce_bytes(cipher) +
		     mw_cipher_tag_bytes(cipher);
	size_t at = ((size_t)next(s) << 8 | next(s)) % all;
	unsigned char bits = (unsigned char)(next(s) | 1);
	unsigned char *secret = new_secret(s, o->len);
	void *opened = NULL;

	fill(s, secret, &before);
	o->sealed->box[at] ^= bits;
	DEMAND(
	    memward_unseal(o->sealed, &o->seed, 1, &opened) == MEMWARD_ESEALED);
	DEMAND(memward_unseal_into(o->sealed, &o->seed, 1, secret) ==
	       MEMWARD_ESEALED);
	DEMAND(opened == NULL && is_filled(s, secret, &before));
	o->sealed->box[at] ^= bits;
	memward_free(secret);
}

static void write_some(struct state *s)
{
	unsigned char data[256];
	size_t len = next(s);

	if (s->written + len > STREAM)
		return;
	for (size_t i = 0; i < len; i++)
		data[i] = byte_of(s->written + i, 0);
	DEMAND(memward_stream_write(s->stream, data, len) == 0);
	s->written += len;
	DEMAND(memward_stream_size(s->stream) == s->written);
}

/* Reads on; `bad`: from there on it is refused. */
static void read_some(struct state *s, size_t len, size_t bad)
{
	unsigned char data[STREAM + 1];
	size_t end = bad < s->written ? bad : s->written;
	size_t due = end - s->position < len ? end - s->position : len;
	size_t got = 0;
	int rc = memward_stream_read(s->stream, data, len, &got);

	DEMAND(got == due);
	DEMAND(rc == (due < len && bad < s->written ? MEMWARD_ESEALED : 0));
	for (size_t i = 0; i < got; i++)
		DEMAND(data[i] == byte_of(s->position + i, 0));
	s->position += got;
}

static void rewind_stream(struct state *s)
{
	memward_stream_rewind(s->stream);
	s->position = 0;
}

static void exchange(struct mw_stream_chunk *a, struct mw_stream_chunk *b)
{
	struct mw_stream_chunk kept = *a;

	*a = *b;
	*b = kept;
}

/* Two chunks are exchanged, or a byte of one is changed; and all is read. */
static void damage_stream(struct state *s)
{
	struct mw_stream_chunk *table;
	unsigned char *byte;
	size_t bad = 0;
	size_t a;
	size_t b;

	DEMAND(memward_stream_flush(s->stream) == 0);
	if (s->stream->count == 0)
		return;
	table = s->stream->table;
	a = next(s) % s->stream->count;
	b = next(s) % s->stream->count;
	/* The shortest box is no shorter than nonce and tag. */
	byte = &table[a].box[next(s) % 40];
	for (size_t i = 0; i < (a < b ? a : b); i++)
		bad += table[i].len;
	*byte ^= a == b ? 0x20 : 0;
	exchange(&table[a], &table[b]);
	rewind_stream(s);
	read_some(s, STREAM + 1, bad);
	exchange(&table[a], &table[b]);
	*byte ^= a == b ? 0x20 : 0;
	rewind_stream(s);
	read_some(s, STREAM + 1, SIZE_MAX);
}

static void change_windows(struct state *s, unsigned char op)
{
	if (op % 2 == 0 && s->windows < 8) {
		DEMAND(memward_begin(s->ward, op % 4 == 0
						  ? MEMWARD_READ_ONLY
						  : MEMWARD_READ_WRITE) == 0);
		s->windows++;
	} else if (s->windows != 0) {
		DEMAND(memward_end(s->ward) == 0);
		s->windows--;
	}
}

static void step(struct state *s)
{
	unsigned char op = next(s);
	struct object *o = &s->objects[op % OBJECTS];

	if (o->sealed == NULL && op / OBJECTS % 16 < 4)
		seal(s, o);
	switch (op / OBJECTS % 16) {
	case 0:
		seal(s, o);
		break;
	case 1:
		open_object(s, o, o->seed);
		break;
	case 2:
		damage(s, o);
		break;
	case 3:
		open_object(s, o, next(s));
		break;
	case 4:
		memward_sealed_free(o->sealed);
		o->sealed = NULL;
		break;
	case 5:
		DEMAND(memward_rekey() == 0);
		break;
	case 6:
	case 7:
		write_some(s);
		break;
	case 8:
	case 9:
		read_some(s, next(s), SIZE_MAX);
		break;
	case 10:
		rewind_stream(s);
		break;
	case 11:
		DEMAND(memward_stream_flush(s->stream) == 0);
		break;
	case 12:
		damage_stream(s);
		break;
	default:
		change_windows(s, next(s));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	struct state s = {.input = data, .left = size};

	policy.require &= ~(uint32_t)MEMWARD_LOCKED;
	if (next(&s) % 2 != 0)
		policy.rest = MEMWARD_NO_ACCESS;
	DEMAND(memward_open(&policy, &s.ward) == 0);
	DEMAND(memward_stream_open(s.ward, CHUNK, &s.stream) == 0);
	while (s.left != 0)
		step(&s);
	while (s.windows-- != 0)
		DEMAND(memward_end(s.ward) == 0);
	for (size_t i = 0; i < OBJECTS; i++)
		memward_sealed_free(s.objects[i].sealed);
	memward_stream_free(s.stream);
	DEMAND(memward_close(s.ward) == 0);
	return 0;
}
