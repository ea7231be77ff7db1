/* SPDX-License-Identifier: MIT */
/* Streams: the public calls. */
#include "stream.h"

#include "copy.h"
#include "fork.h"
#include "meta.h"
#include "secret.h"

#include <stdlib.h>
#include <string.h>

/* With the truth in front of it whole pages, not one byte more. */
#define USUAL_CHUNK ((size_t)16 * 1024 - sizeof(struct mw_stream_room))

/* What is authenticated with the bytes of a chunk. */
struct extra {
	uint32_t kind;
	uint32_t cipher;
	uint64_t index;
	unsigned char id[MW_STREAM_ID];
};

static struct extra extra_of(const memward_stream *stream, uint64_t index)
{
	struct extra extra = {
	    .kind = MW_SEAL_CHUNK, .cipher = stream->cipher, .index = index};

	memcpy(extra.id, stream->room->id, sizeof(extra.id));
	return extra;
}

/* Makes a stream's room, and what its ward needs for keys. */
static int make_room(memward_stream *stream)
{
	struct mw_seal_use use;
	void *room;
	int rc = mw_secret_new("memward_stream_open", stream->ward,
	    sizeof(*stream->room) + stream->chunk, &room);

	if (rc != 0)
		return rc;
	stream->room = room;
	rc = mw_seal_begin(&use, stream->ward);
	if (rc == 0) {
		rc = mw_seal_share(&use);
		if (rc == 0)
			rc = mw_sys_random(stream->room->id, MW_STREAM_ID);
		mw_seal_end(&use);
	}
	if (rc != 0)
		memward_free(room);
	return rc;
}

static int open_stream(memward_stream *stream)
{
	int rc = mw_seal_pin(&stream->generation);

	if (rc != 0)
		return rc;
	rc = make_room(stream);
	if (rc != 0)
		mw_seal_unpin(stream->generation);
	return rc;
}

int memward_stream_open(
    memward_ward *handle, size_t chunk, memward_stream **stream)
{
	memward_stream *made;
	memward_ward *ward;
	enum mw_cipher cipher;
	int rc;

	if (stream == NULL)
		return MEMWARD_ENULL;
	if (chunk > SIZE_MAX / 4)
		return MEMWARD_EOVERFLOW;
	rc = mw_seal_enter(&cipher);
	if (rc != 0)
		return rc;
	ward = mw_ward_resolve(handle, &rc);
	if (ward == NULL)
		return rc;
	made = mw_meta_alloc(sizeof(*made));
	if (made == NULL)
		return MEMWARD_ENOMEM;
	made->ward = ward;
	made->serial = atomic_load(&ward->serial);
	made->chunk = chunk == 0 ? USUAL_CHUNK : chunk;
	made->cipher = cipher;
	rc = open_stream(made);
	if (rc != 0) {
		mw_meta_free(made, sizeof(*made));
		return rc;
	}
	made->mark = mw_seal_mark(made, MW_SEAL_STREAM);
	*stream = made;
	return 0;
}

/* Begins a call on a stream whose room this process has. */
static int enter(
    const char *call, memward_stream *stream, struct mw_seal_use *use)
{
	const struct mw_run *run;
	enum mw_cipher cipher;
	int rc;

	if (stream == NULL)
		return MEMWARD_ENULL;
	mw_seal_check(call, stream, stream->mark, MW_SEAL_STREAM);
	rc = mw_seal_enter(&cipher);
	if (rc != 0)
		return rc;
	if (atomic_load(&stream->ward->serial) != stream->serial)
		return MEMWARD_ESEALED;
	run = mw_arena_find(stream->room);
	if (run == NULL || run->orphan)
		return MEMWARD_ESEALED;
	return mw_seal_begin(use, stream->ward);
}

/* A place in the table, twice as long if need be. */
static int make_place(memward_stream *stream, size_t index)
{
	size_t room = stream->table_room == 0 ? 16 : stream->table_room * 2;
	struct mw_stream_chunk *table;

	if (index < stream->table_room)
		return 0;
	if (room > SIZE_MAX / sizeof(*table))
		return MEMWARD_ENOMEM;
	table = realloc(stream->table, room * sizeof(*table));
	if (table == NULL)
		return MEMWARD_ENOMEM;
	stream->table = table;
	stream->table_room = room;
	return 0;
}

/* Encrypts the room's data into a box that has its nonce. */
static void fill_box(memward_stream *stream, const struct mw_seal_use *use,
    unsigned char *box, size_t index)
{
	struct extra extra = extra_of(stream, index);
	struct mw_cipher_job job = {.key = use->key,
	    .nonce = box,
	    .extra = &extra,
	    .extra_len = sizeof(extra)};
	unsigned char *at = box + mw_cipher_nonce_bytes(stream->cipher);

	mw_cipher_seal(stream->cipher, &job, stream->room->data, stream->fill,
	    at, at + stream->fill);
}

/* A new box for so many bytes, with a nonce. */
static int make_box(
    const memward_stream *stream, size_t len, unsigned char **made)
{
	size_t nonce_len = mw_cipher_nonce_bytes(stream->cipher);
	unsigned char nonce[MW_CIPHER_NONCE];
	unsigned char *box =
	    malloc(nonce_len + len + mw_cipher_tag_bytes(stream->cipher));
	int rc;

	if (box == NULL)
		return MEMWARD_ENOMEM;
	rc = mw_seal_nonce(stream->cipher, nonce);
	if (rc != 0) {
		free(box);
		return rc;
	}
	memcpy(box, nonce, nonce_len);
	*made = box;
	return 0;
}

/* Seals what was written, if anything. */
static int seal_chunk(memward_stream *stream, struct mw_seal_use *use)
{
	size_t index = stream->count;
	unsigned char *box;
	int rc;

	if (stream->state != MW_STREAM_WRITES || stream->fill == 0)
		return 0;
	rc = make_place(stream, index);
	if (rc == 0)
		rc = mw_seal_key(use, stream->generation);
	if (rc == 0)
		rc = make_box(stream, stream->fill, &box);
	if (rc != 0)
		return rc;
	fill_box(stream, use, box, index);
	/* As with single secrets: its key may have been one of zeros. */
	if (atomic_load(&mw_ward_wiped)) {
		memward_wipe(
		    box + mw_cipher_nonce_bytes(stream->cipher), stream->fill);
		free(box);
		return MEMWARD_EWIPEDALL;
	}
	stream->table[index] = (struct mw_stream_chunk){box, stream->fill};
	stream->room->chunks = ++stream->count;
	memward_wipe(stream->room->data, stream->fill);
	stream->fill = 0;
	return 0;
}

/* Forgets the chunk that is opened for reading. */
static void close_chunk(memward_stream *stream)
{
	if (stream->state != MW_STREAM_READS)
		return;
	memward_wipe(stream->room->data, stream->chunk);
	stream->state = MW_STREAM_WRITES;
	stream->fill = 0;
}

static int write_some(memward_stream *stream, struct mw_seal_use *use,
    const unsigned char *data, size_t len)
{
	size_t part;
	int rc;

	close_chunk(stream);
	while (len != 0) {
		if (stream->fill == stream->chunk) {
			rc = seal_chunk(stream, use);
			if (rc != 0)
				return rc;
		}
		part = stream->chunk - stream->fill;
		if (part > len)
			part = len;
		mw_copy_by_bytes(stream->room->data + stream->fill, data, part);
		stream->fill += part;
		stream->size += part;
		data += part;
		len -= part;
	}
	return stream->fill == stream->chunk ? seal_chunk(stream, use) : 0;
}

int memward_stream_write(memward_stream *stream, const void *data, size_t len)
{
	struct mw_seal_use use;
	int rc;

	if (data == NULL && len != 0)
		return MEMWARD_ENULL;
	rc = enter("memward_stream_write", stream, &use);
	if (rc != 0)
		return rc;
	rc = write_some(stream, &use, data, len);
	mw_seal_end(&use);
	return rc;
}

/* Opens the chunk to read from, unless it is open. */
static int open_chunk(memward_stream *stream, struct mw_seal_use *use)
{
	const struct mw_stream_chunk *chunk = &stream->table[stream->next];
	struct extra extra = extra_of(stream, stream->next);
	struct mw_cipher_job job = {
	    .nonce = chunk->box, .extra = &extra, .extra_len = sizeof(extra)};
	const unsigned char *at;
	int rc;

	if (stream->state == MW_STREAM_READS && stream->held == stream->next)
		return 0;
	close_chunk(stream);
	if (chunk->box == NULL || chunk->len > stream->chunk)
		return MEMWARD_ESEALED;
	rc = mw_seal_key(use, stream->generation);
	if (rc != 0)
		return rc;
	job.key = use->key;
	at = chunk->box + mw_cipher_nonce_bytes(stream->cipher);
	if (!mw_cipher_open(stream->cipher, &job, stream->room->data,
		chunk->len, at, at + chunk->len))
		return atomic_load(&mw_ward_wiped) ? MEMWARD_EWIPEDALL
						   : MEMWARD_ESEALED;
	stream->state = MW_STREAM_READS;
	stream->held = stream->next;
	stream->fill = chunk->len;
	return 0;
}

static int read_some(memward_stream *stream, struct mw_seal_use *use,
    unsigned char *data, size_t len, size_t *got)
{
	size_t part;
	int rc = seal_chunk(stream, use);

	if (rc == 0 && stream->count != stream->room->chunks)
		rc = MEMWARD_ESEALED;
	while (rc == 0 && *got < len && stream->next < stream->count) {
		rc = open_chunk(stream, use);
		if (rc != 0)
			break;
		part = stream->fill - stream->offset;
		if (part > len - *got)
			part = len - *got;
		mw_copy_by_bytes(
		    data + *got, stream->room->data + stream->offset, part);
		*got += part;
		stream->offset += part;
		if (stream->offset == stream->fill) {
			close_chunk(stream);
			stream->next++;
			stream->offset = 0;
		}
	}
	return rc;
}

int memward_stream_read(
    memward_stream *stream, void *data, size_t len, size_t *got)
{
	struct mw_seal_use use;
	int rc;

	if (got == NULL || (data == NULL && len != 0))
		return MEMWARD_ENULL;
	*got = 0;
	rc = enter("memward_stream_read", stream, &use);
	if (rc != 0)
		return rc;
	rc = read_some(stream, &use, data, len, got);
	mw_seal_end(&use);
	return rc;
}

void memward_stream_rewind(memward_stream *stream)
{
	if (stream == NULL)
		return;
	mw_seal_check(
	    "memward_stream_rewind", stream, stream->mark, MW_SEAL_STREAM);
	stream->next = 0;
	stream->offset = 0;
}

int memward_stream_flush(memward_stream *stream)
{
	struct mw_seal_use use;
	int rc = enter("memward_stream_flush", stream, &use);

	if (rc != 0)
		return rc;
	rc = seal_chunk(stream, &use);
	if (rc == 0)
		close_chunk(stream);
	mw_seal_end(&use);
	return rc;
}

uint64_t memward_stream_size(const memward_stream *stream)
{
	if (stream == NULL)
		return 0;
	mw_seal_check(
	    "memward_stream_size", stream, stream->mark, MW_SEAL_STREAM);
	return stream->size;
}

void memward_stream_free(memward_stream *stream)
{
	if (stream == NULL)
		return;
	mw_seal_check(
	    "memward_stream_free", stream, stream->mark, MW_SEAL_STREAM);
	mw_fork_check();
	stream->mark = mw_seal_mark(stream, MW_SEAL_FREED);
	for (size_t i = 0; i < stream->count; i++)
		free(stream->table[i].box);
	free(stream->table);
	mw_seal_unpin(stream->generation);
	/* A ward that was closed for good took its secrets along. */
	if (atomic_load(&stream->ward->serial) == stream->serial)
		memward_free(stream->room);
	mw_meta_free(stream, sizeof(*stream));
}
