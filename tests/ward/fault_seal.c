/* SPDX-License-Identifier: MIT */
/* Sealing while calls fail: nothing is lost, nothing half opened. */
#include "faults.h"

#include <string.h>

#define LEN  70
#define SEED 9

static memward_sealed *object;
static memward_stream *stream;

static memward_ward *ward_of(const struct scene *s, bool closed)
{
	return closed ? s->closed : s->open;
}

/* What a first seal takes stays for the next, whatever becomes of it. */
static void make_victim(struct scene *s, bool closed)
{
	object = NULL;
	s->may_keep = true;
	s->victim = fault_secret(ward_of(s, closed), closed, false, LEN, SEED);
}

static void prepare_seal(struct scene *s)
{
	make_victim(s, false);
}

static void prepare_seal_closed(struct scene *s)
{
	make_victim(s, true);
}

static int run_seal(struct scene *s)
{
	return memward_seal(s->victim.at, "context", 7, &object);
}

/* Opens it with nothing failing: all of it is there. */
static void expect_object(struct scene *s)
{
	struct kept kept = s->victim;
	void *secret = NULL;

	DEMAND(memward_unseal(object, "context", 7, &secret) == 0);
	kept.at = secret;
	kept.len = LEN;
	kept.seed = SEED;
	kept.guarded = false;
	kept.closed = memward_ward_of(secret) == s->closed;
	fault_check_kept(s, &kept);
	memward_free(secret);
}

static void check_seal(struct scene *s, int code)
{
	DEMAND((code == 0) == (object != NULL));
	/* The secret is unchanged: that is checked as of every victim. */
	if (code != 0)
		return;
	expect_object(s);
	memward_sealed_free(object);
	memward_free(s->victim.at);
	s->victim.at = NULL;
}

static void seal_victim(struct scene *s, bool closed)
{
	make_victim(s, closed);
	DEMAND(memward_seal(s->victim.at, "context", 7, &object) == 0);
	/* Filled anew, to see whether a failure leaves it alone. */
	memward_free(s->victim.at);
	s->victim =
	    fault_secret(ward_of(s, closed), closed, false, LEN, SEED + 1);
}

static void prepare_unseal(struct scene *s)
{
	seal_victim(s, false);
}

static void prepare_unseal_closed(struct scene *s)
{
	seal_victim(s, true);
}

static int run_unseal(struct scene *s)
{
	return memward_unseal(object, "context", 7, &s->out);
}

static int run_unseal_into(struct scene *s)
{
	return memward_unseal_into(object, "context", 7, s->victim.at);
}

static void check_unseal(struct scene *s, int code)
{
	DEMAND((code == 0) == (s->out != NULL));
	memward_free(s->out);
	expect_object(s);
	memward_sealed_free(object);
}

static void check_unseal_into(struct scene *s, int code)
{
	if (code == 0)
		s->victim.seed = SEED;
	expect_object(s);
	memward_sealed_free(object);
}

static int run_rekey(struct scene *s)
{
	(void)s;
	return memward_rekey();
}

static void check_rekey(struct scene *s, int code)
{
	(void)code;
	expect_object(s);
	memward_sealed_free(object);
}

#define CHUNK 50

static void prepare_stream(struct scene *s)
{
	stream = NULL;
	s->may_keep = true;
}

static int run_stream_open(struct scene *s)
{
	return memward_stream_open(s->closed, CHUNK, &stream);
}

static void check_stream_open(struct scene *s, int code)
{
	(void)s;
	DEMAND((code == 0) == (stream != NULL));
	memward_stream_free(stream);
}

static void write_pattern(size_t len)
{
	unsigned char data[3 * CHUNK];

	fault_fill(data, len, SEED);
	DEMAND(memward_stream_write(stream, data, len) == 0);
}

/* All that the stream says it has is there, and is what was written. */
static void check_stream(struct scene *s, int code)
{
	unsigned char data[6 * CHUNK];
	size_t size = (size_t)memward_stream_size(stream);
	size_t got;

	(void)s;
	(void)code;
	memward_stream_rewind(stream);
	DEMAND(memward_stream_read(stream, data, sizeof(data), &got) == 0);
	DEMAND(got == size);
	DEMAND(fault_is_filled(data, got < 3 * CHUNK ? got : 3 * CHUNK, SEED));
	if (got > 3 * CHUNK)
		DEMAND(fault_is_filled(
		    data + 3 * CHUNK, got - 3 * CHUNK, SEED + 1));
	memward_stream_free(stream);
}

static void prepare_stream_write(struct scene *s)
{
	prepare_stream(s);
	DEMAND(memward_stream_open(s->closed, CHUNK, &stream) == 0);
	write_pattern(3 * CHUNK);
}

static int run_stream_write(struct scene *s)
{
	unsigned char data[2 * CHUNK + 10];

	(void)s;
	fault_fill(data, sizeof(data), SEED + 1);
	return memward_stream_write(stream, data, sizeof(data));
}

static int run_stream_read(struct scene *s)
{
	unsigned char data[3 * CHUNK];
	size_t got;
	int code;

	(void)s;
	code = memward_stream_read(stream, data, sizeof(data), &got);
	DEMAND(code != 0 || got == sizeof(data));
	DEMAND(fault_is_filled(data, got, SEED));
	return code;
}

static int run_stream_flush(struct scene *s)
{
	int code = memward_stream_flush(stream);

	(void)s;
	return code;
}

static void prepare_stream_flush(struct scene *s)
{
	prepare_stream(s);
	DEMAND(memward_stream_open(s->open, CHUNK, &stream) == 0);
	write_pattern(CHUNK + 20);
}

const struct act fault_seal_acts[] = {
    {"seal", prepare_seal, run_seal, check_seal},
    {"seal closed", prepare_seal_closed, run_seal, check_seal},
    {"unseal", prepare_unseal, run_unseal, check_unseal},
    {"unseal closed", prepare_unseal_closed, run_unseal, check_unseal},
    {"unseal into", prepare_unseal, run_unseal_into, check_unseal_into},
    {"unseal into closed", prepare_unseal_closed, run_unseal_into,
	check_unseal_into},
    {"rekey", prepare_unseal, run_rekey, check_rekey},
    {"stream open", prepare_stream, run_stream_open, check_stream_open},
    {"stream write", prepare_stream_write, run_stream_write, check_stream},
    {"stream read", prepare_stream_write, run_stream_read, check_stream},
    {"stream flush", prepare_stream_flush, run_stream_flush, check_stream},
};
const size_t fault_seal_act_count = TEST_COUNT(fault_seal_acts);
