/* SPDX-License-Identifier: MIT */
/*
 * A stream from the inside. Its chunks and their table lie in ordinary memory.
 * What they are measured by, how many there are and whose, lies in the ward,
 * in front of the one chunk that may be plain.
 */
#ifndef MW_CORE_STREAM_H
#define MW_CORE_STREAM_H

#include "seal.h"

#define MW_STREAM_ID 16

/* The secret of a stream: the truth about it, and room for a chunk. */
struct mw_stream_room {
	uint64_t chunks; /* sealed so far */
	unsigned char id[MW_STREAM_ID];
	unsigned char data[];
};

struct mw_stream_chunk {
	unsigned char *box; /* nonce, encrypted bytes, tag */
	size_t len;
};

/* What the room's data is. */
enum mw_stream_state {
	MW_STREAM_WRITES, /* `fill` bytes that are not sealed yet */
	MW_STREAM_READS   /* the chunk at `held`, opened */
};

struct memward_stream {
	memward_ward *ward;
	uintptr_t mark; /* not first: that is where freed records are linked */
	uint64_t serial;
	struct mw_seal_generation *generation; /* of all chunks */
	struct mw_stream_room *room;
	size_t chunk; /* bytes of room->data */
	size_t fill;
	size_t held;
	uint64_t size; /* bytes written */
	struct mw_stream_chunk *table;
	size_t table_room; /* entries, and how many are in use */
	size_t count;
	size_t next; /* chunk to read from, and how far it was read */
	size_t offset;
	enum mw_cipher cipher;
	enum mw_stream_state state;
};

#endif
