/* SPDX-License-Identifier: MIT */
/*
 * memward: secrets encrypted while nobody uses them, and streams of more
 * bytes than one wants in locked memory. Included by memward.h, whose common
 * rules hold here too.
 *
 * A sealed object is encrypted and authenticated, and lies in ordinary memory:
 * it may be swapped, dumped and inherited. Its key never does. It is hashed,
 * when it is needed, from 16 KiB of random bytes in the default ward and from
 * a share in the secret's own ward, so that whoever reads stray bytes of
 * memory has to read all of these. Whoever can read all memory of the process
 * can open what is sealed, as the process can.
 *
 * The key of a ward is made for one call and wiped again, which takes some 20
 * microseconds. Within a window that the calling thread has open on the ward
 * (memward_begin(), on open wards too) it is made once, and wiped when the
 * ward's last window ends; on a ward that has obtained MEMWARD_KEYED it is made
 * for each call. Nothing keeps it for a number of calls beyond that: such a key
 * would lie in memory, ready to be read, while nobody uses it. To open many
 * objects in a row, begin a window around them.
 *
 * An example is examples/signing_agent.c.
 *
 * What it costs: the first seal of a process takes a secret of 16 KiB from
 * the default ward, the first one of each ward a secret of under 1 KiB from
 * that ward; a call may take another for as long as it runs. Where libsodium
 * was not at hand when memward was built, every call answers EUNSUPPORTED.
 */
#ifndef MEMWARD_SEAL_H
#define MEMWARD_SEAL_H

#include "base.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct memward_ward memward_ward;
typedef struct memward_sealed memward_sealed;
typedef struct memward_stream memward_stream;

/*
 * The cipher that memward_seal() uses here: "aegis-256" where libsodium is
 * 1.0.19 or later and the processor has AES, else "xchacha20-poly1305". NULL:
 * this memward was built without sealing.
 */
MEMWARD_API const char *memward_seal_cipher(void);

/*
 * Seals a whole secret and wipes it; it stays allocated, for the caller to use
 * again or to free. The ward need not be open. The context, which may be
 * empty (NULL and 0), is not kept: it must be given again to open the object,
 * which thus cannot be passed off as another one.
 *
 * Errors: ENULL, EUNSUPPORTED, EWIPEDALL; ECLOSED: the secret is guarded and
 * not read-write; EUNMAPPED: it was inherited over fork under omit or wipe;
 * ENOMEM, ESYSTEM and what memward_new() answers. After an error the secret
 * is unchanged.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_seal(void *secret,
    const void *context, size_t context_len, memward_sealed **sealed);

/*
 * Opens a sealed object: into a new secret of its ward, or into the beginning
 * of one that the caller has in the same ward, without allocating what could
 * be refused. The object stays as it is. *secret is set on success only; the
 * caller's secret is written to on success only.
 *
 * Errors: ESEALED: object or context was changed, it is of another ward, of
 * one that was closed for good, or of a process whose keys this one did not
 * inherit (memward_fork_rule); EVALUE: the caller's secret is too short; and
 * as memward_seal().
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_unseal(const memward_sealed *sealed,
    const void *context, size_t context_len, void **secret);
MEMWARD_API MEMWARD_MUST_CHECK int memward_unseal_into(
    const memward_sealed *sealed, const void *context, size_t context_len,
    void *secret);

/*
 * Frees a sealed object, never fails; NULL is fine. One that was freed before,
 * or a pointer to something else, ends the process, here and in all calls.
 */
MEMWARD_API void memward_sealed_free(memward_sealed *sealed);

/* Bytes of the secret in it; the cipher it was sealed with. */
MEMWARD_API size_t memward_sealed_size(const memward_sealed *sealed);
MEMWARD_API const char *memward_sealed_cipher(const memward_sealed *sealed);

/*
 * From now on seals under a new key. What is sealed stays as it is, and can be
 * opened: the old 16 KiB are wiped when the last object or stream that needs
 * them is freed, so reseal what lives long. Windows that are open now profit
 * no more from their cached key. Errors: EUNSUPPORTED, EWIPEDALL, ESYSTEM
 * and what memward_new() answers; nothing has changed then.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_rekey(void);

/*
 * A stream: bytes are written at its end and read from its beginning, any
 * number of times. They are sealed in chunks, of which one at most is plain at
 * any time, in a secret of `chunk` bytes (0: just under 16 KiB) in the ward. A
 * stream is for one thread at a time.
 *
 * Errors: ENULL, EOVERFLOW, EUNSUPPORTED, ENOMEM and what memward_new()
 * answers.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_stream_open(
    memward_ward *ward, size_t chunk, memward_stream **stream);

/*
 * Appends len bytes from any memory, which the caller wipes if need be. After
 * an error the first of them may be in the stream; its size tells.
 * Errors: ENULL, EWIPEDALL, ENOMEM, ESYSTEM; ESEALED: the stream's ward was
 * closed for good, or its chunk was not inherited over fork.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_stream_write(
    memward_stream *stream, const void *data, size_t len);

/*
 * Reads up to len bytes on from where the last read ended, and says how many:
 * fewer at the end of the stream only. After an error *got bytes are in data,
 * all of them good. Errors: as memward_stream_write(); ESEALED also: a chunk
 * was changed, cut, moved, left out or comes from another stream.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_stream_read(
    memward_stream *stream, void *data, size_t len, size_t *got);

/* The next read begins at the beginning. */
MEMWARD_API void memward_stream_rewind(memward_stream *stream);

/*
 * Seals what was written last and wipes the chunk that is plain: nothing of
 * the stream can be read in memory until the next call. Errors: as
 * memward_stream_write().
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_stream_flush(memward_stream *stream);

/* Bytes written to it so far. */
MEMWARD_API uint64_t memward_stream_size(const memward_stream *stream);

/* Frees a stream; NULL is fine. Misuse as with memward_sealed_free(). */
MEMWARD_API void memward_stream_free(memward_stream *stream);

#ifdef __cplusplus
}
#endif

#endif
