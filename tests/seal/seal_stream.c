/* SPDX-License-Identifier: MIT */
/* Streams: what comes back, in which order, and what is noticed. */
#include "seal_cases.h"

#include "core/stream.h"

#include <stdlib.h>
#include <string.h>

static memward_stream *open_stream(memward_ward *ward, size_t chunk)
{
	memward_stream *stream = NULL;

	check_granted(memward_stream_open(ward, chunk, &stream));
	CHECK(stream != NULL);
	return stream;
}

/* The bytes of a stream are a pattern, whatever pieces they come in. */
static unsigned char byte_at(size_t at)
{
	return (unsigned char)(at * 7 + at / 251 + 3);
}

static void write_on(memward_stream *stream, size_t len)
{
	size_t at = (size_t)memward_stream_size(stream);
	unsigned char *data = malloc(len + 1);

	CHECK(data != NULL);
	for (size_t i = 0; i < len; i++)
		data[i] = byte_at(at + i);
	CHECK_CODE(memward_stream_write(stream, data, len), 0);
	CHECK_INT(memward_stream_size(stream), at + len);
	free(data);
}

/* Reads len bytes, of which `more` are there, the first of them byte `at`. */
static void read_on(memward_stream *stream, size_t at, size_t len, size_t more)
{
	unsigned char *data = malloc(len + 1);
	size_t got = 99;

	CHECK(data != NULL);
	CHECK_CODE(memward_stream_read(stream, data, len, &got), 0);
	CHECK_INT(got, more);
	for (size_t i = 0; i < got; i++)
		CHECK(data[i] == byte_at(at + i));
	free(data);
}

static void read_all(memward_stream *stream)
{
	size_t size = (size_t)memward_stream_size(stream);

	memward_stream_rewind(stream);
	read_on(stream, 0, size + 5, size);
}

void a_stream_gives_back_what_was_written(void)
{
	static const size_t pieces[] = {1, 7, 64, 65, 1000};

	for (size_t i = 0; i < TEST_COUNT(pieces); i++) {
		memward_stream *stream = open_stream(NULL, 64);

		read_on(stream, 0, 10, 0);
		for (int k = 0; k < 20; k++)
			write_on(stream, pieces[i]);
		for (size_t at = 0; at < 20 * pieces[i]; at += pieces[i])
			read_on(stream, at, pieces[i], pieces[i]);
		read_on(stream, 0, 10, 0);
		read_all(stream);
		read_all(stream);
		memward_stream_free(stream);
	}
}

void reads_and_writes_take_turns(void)
{
	memward_stream *stream = open_stream(NULL, 50);
	size_t at = 0;

	for (size_t len = 1; len < 120; len += 3) {
		write_on(stream, len + 5);
		CHECK_CODE(memward_stream_write(stream, NULL, 0), 0);
		read_on(stream, at, len, len);
		at += len;
		if (len % 2 == 0)
			CHECK_CODE(memward_stream_flush(stream), 0);
	}
	read_all(stream);
	memward_stream_free(stream);
}

void a_stream_on_a_closed_ward(void)
{
	memward_ward *ward = new_closed_ward();
	memward_stream *stream = open_stream(ward, 0);

	for (int i = 0; i < 8; i++)
		write_on(stream, 7001);
	read_all(stream);
	CHECK(ward->now == MEMWARD_NO_ACCESS);
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
	read_all(stream);
	CHECK(ward->now == MEMWARD_READ_ONLY);
	CHECK_CODE(memward_end(ward), 0);
	memward_stream_free(stream);
	close_ward(ward);
}

/* The first `good` bytes can be read; then it is told. */
static void expect_refusal(memward_stream *stream, size_t good)
{
	unsigned char data[400];
	size_t got = 0;

	memset(data, FILLED, sizeof(data));
	memward_stream_rewind(stream);
	CHECK_CODE(memward_stream_read(stream, data, sizeof(data), &got),
	    MEMWARD_ESEALED);
	CHECK_INT(got, good);
	for (size_t i = 0; i < got; i++)
		CHECK(data[i] == byte_at(i));
	CHECK(holds(data + got, sizeof(data) - got, FILLED));
}

/* Three chunks, the last of them shorter. */
#define CHUNK 40
static memward_stream *three_chunks(void)
{
	memward_stream *stream = open_stream(NULL, CHUNK);

	write_on(stream, 2 * CHUNK + 10);
	CHECK_CODE(memward_stream_flush(stream), 0);
	CHECK_INT(stream->count, 3);
	return stream;
}

void every_byte_of_a_chunk_counts(void)
{
	memward_stream *stream = three_chunks();
	size_t more = mw_cipher_nonce_bytes(stream->cipher) +
		      mw_cipher_tag_bytes(stream->cipher);

	for (size_t c = 0; c < stream->count; c++) {
		for (size_t i = 0; i < stream->table[c].len + more; i++) {
			stream->table[c].box[i] ^= 0x10;
			expect_refusal(stream, c * CHUNK);
			stream->table[c].box[i] ^= 0x10;
		}
	}
	read_all(stream);
	memward_stream_free(stream);
}

static void exchange(struct mw_stream_chunk *a, struct mw_stream_chunk *b)
{
	struct mw_stream_chunk chunk = *a;

	*a = *b;
	*b = chunk;
}

void chunks_have_an_order(void)
{
	memward_stream *stream = three_chunks();
	struct mw_stream_chunk chunk;

	for (size_t a = 0; a < 3; a++) {
		for (size_t b = a + 1; b < 3; b++) {
			exchange(&stream->table[a], &stream->table[b]);
			expect_refusal(stream, a * CHUNK);
			exchange(&stream->table[a], &stream->table[b]);
		}
	}
	/* The first one twice. */
	chunk = stream->table[1];
	stream->table[1] = stream->table[0];
	expect_refusal(stream, CHUNK);
	stream->table[1] = chunk;
	read_all(stream);
	memward_stream_free(stream);
}

void chunks_of_another_stream_are_refused(void)
{
	memward_stream *one = three_chunks();
	memward_stream *two = three_chunks();

	for (size_t i = 0; i < 3; i++) {
		exchange(&one->table[i], &two->table[i]);
		expect_refusal(one, i * CHUNK);
		expect_refusal(two, i * CHUNK);
		exchange(&one->table[i], &two->table[i]);
	}
	read_all(one);
	read_all(two);
	memward_stream_free(one);
	memward_stream_free(two);
}

void a_stream_that_was_cut_is_noticed(void)
{
	memward_stream *stream = three_chunks();
	unsigned char *box = stream->table[1].box;

	/* Chunks cut off its end, none of the rest changed. */
	for (stream->count = 0; stream->count < 3; stream->count++)
		expect_refusal(stream, 0);
	/* A shorter chunk, and one that is gone. */
	for (stream->table[0].len = 0; stream->table[0].len < CHUNK;
	     stream->table[0].len++)
		expect_refusal(stream, 0);
	stream->table[0].len = CHUNK + 1;
	expect_refusal(stream, 0);
	stream->table[0].len = CHUNK;
	stream->table[1].box = NULL;
	expect_refusal(stream, CHUNK);
	stream->table[1].box = box;
	read_all(stream);
	memward_stream_free(stream);
}

void a_flushed_stream_holds_nothing_plain(void)
{
	memward_stream *stream = open_stream(NULL, 100);

	write_on(stream, 130);
	CHECK(!holds(stream->room->data, 30, 0));
	CHECK(holds(stream->room->data + 30, 70, 0));
	CHECK_CODE(memward_stream_flush(stream), 0);
	CHECK(holds(stream->room->data, 100, 0));
	read_on(stream, 0, 50, 50);
	CHECK(!holds(stream->room->data, 100, 0));
	CHECK_CODE(memward_stream_flush(stream), 0);
	CHECK(holds(stream->room->data, 100, 0));
	read_on(stream, 50, 80, 80);
	CHECK(holds(stream->room->data, 100, 0));
	memward_stream_free(stream);
}

void a_stream_needs_no_more_room_as_it_grows(void)
{
	memward_ward *ward = new_ward(NULL);
	memward_stream *stream = open_stream(ward, 0);
	memward_budget_info before;
	memward_budget_info after;

	CHECK_INT(memward_size(stream->room), 16384);
	write_on(stream, 40000);
	read_all(stream);
	before = budget_of(ward, 16384);
	write_on(stream, 4000000);
	read_all(stream);
	after = budget_of(ward, 16384);
	CHECK_INT(after.committed, before.committed);
	CHECK_INT(after.live, before.live);
	memward_stream_free(stream);
	close_ward(ward);
}

void a_stream_outlives_a_new_key(void)
{
	memward_stream *stream = three_chunks();

	check_granted(memward_rekey());
	write_on(stream, 100);
	read_all(stream);
	memward_stream_free(stream);
}

void a_stream_whose_ward_is_gone(void)
{
	memward_ward *ward = new_ward(NULL);
	memward_stream *stream = open_stream(ward, 20);
	unsigned char byte = FILLED;
	size_t got = 1;

	write_on(stream, 50);
	close_ward(ward);
	CHECK_CODE(memward_stream_write(stream, "x", 1), MEMWARD_ESEALED);
	CHECK_CODE(
	    memward_stream_read(stream, &byte, 1, &got), MEMWARD_ESEALED);
	CHECK_INT(got, 0);
	CHECK_INT(byte, FILLED);
	memward_stream_free(stream);
}

void arguments_of_streams_are_checked(void)
{
	memward_stream *stream = NULL;
	size_t got;

	CHECK_CODE(memward_stream_open(NULL, 10, NULL), MEMWARD_ENULL);
	CHECK_CODE(
	    memward_stream_open(NULL, SIZE_MAX, &stream), MEMWARD_EOVERFLOW);
	CHECK(stream == NULL);
	stream = open_stream(NULL, 10);
	CHECK_CODE(memward_stream_write(NULL, "x", 1), MEMWARD_ENULL);
	CHECK_CODE(memward_stream_write(stream, NULL, 1), MEMWARD_ENULL);
	CHECK_CODE(memward_stream_read(stream, NULL, 1, &got), MEMWARD_ENULL);
	CHECK_CODE(memward_stream_read(stream, &got, 0, NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_stream_read(NULL, NULL, 0, &got), MEMWARD_ENULL);
	CHECK_CODE(memward_stream_flush(NULL), MEMWARD_ENULL);
	CHECK_INT(memward_stream_size(NULL), 0);
	memward_stream_rewind(NULL);
	memward_stream_free(NULL);
	memward_stream_free(stream);
}
