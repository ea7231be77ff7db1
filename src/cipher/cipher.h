/* SPDX-License-Identifier: MIT */
/*
 * Authenticated encryption and constant-time decoding, from a library, never
 * our own: sodium.c stands on libsodium, none.c says that there is none. The
 * build chooses one of them.
 *
 * Every call wipes the stack that the library used below it. What can be left
 * is in registers, until the caller's next work overwrites them.
 */
#ifndef MW_CIPHER_H
#define MW_CIPHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mw_cipher {
	MW_CIPHER_NONE,
	MW_CIPHER_XCHACHA20_POLY1305,
	MW_CIPHER_AEGIS256
};

#define MW_CIPHER_KEY   32 /* bytes of a key, of each of them */
#define MW_CIPHER_NONCE 32 /* the longest */
#define MW_CIPHER_TAG   32 /* the longest */

/*
 * Makes ready. *best is the cipher to seal with: AEGIS-256 if the library has
 * it and the processor has AES, else XChaCha20-Poly1305. 0, EUNSUPPORTED or
 * ESYSTEM. Thread-safe, and cheap when repeated.
 */
int mw_cipher_start(enum mw_cipher *best);

/* As in memward_seal_cipher(); NULL for none. */
const char *mw_cipher_name(enum mw_cipher cipher);

/* The cipher that mw_cipher_start() would choose; NONE: not built in. */
enum mw_cipher mw_cipher_best(void);

size_t mw_cipher_nonce_bytes(enum mw_cipher cipher);
size_t mw_cipher_tag_bytes(enum mw_cipher cipher);

/* What is sealed, and what with. */
struct mw_cipher_job {
	const unsigned char *key;   /* MW_CIPHER_KEY bytes */
	const unsigned char *nonce; /* never used twice with a key */
	const void *extra;          /* authenticated, not encrypted */
	size_t extra_len;
};

/* Writes len bytes of box, and the tag. */
void mw_cipher_seal(enum mw_cipher cipher, const struct mw_cipher_job *job,
    const unsigned char *plain, size_t len, unsigned char *box,
    unsigned char *tag);

/*
 * Opens into plain, which holds zeros after a failure; with plain NULL only
 * checks. False: box, tag, extra, nonce or key are not those of the sealing.
 */
bool mw_cipher_open(enum mw_cipher cipher, const struct mw_cipher_job *job,
    unsigned char *plain, size_t len, const unsigned char *box,
    const unsigned char *tag);

/* A digest of 32 bytes; of public data. */
#define MW_CIPHER_DIGEST 32
void mw_cipher_digest(
    const void *data, size_t len, unsigned char digest[MW_CIPHER_DIGEST]);

/* Fills with bytes that are as random as the seed; for public ones. */
#define MW_CIPHER_SEED 32
void mw_cipher_expand(
    const unsigned char seed[MW_CIPHER_SEED], void *mem, size_t len);

/* Room for mw_cipher_derive() to work in; secret, as what it is given. */
struct mw_cipher_room {
	unsigned char bytes[512];
};

/* key = BLAKE2b-256, keyed with share, of the pre-key and then the label. */
void mw_cipher_derive(struct mw_cipher_room *room,
    const unsigned char share[MW_CIPHER_KEY], const unsigned char *prekey,
    size_t prekey_len, const void *label, size_t label_len,
    unsigned char key[MW_CIPHER_KEY]);

/* How bytes are written as text: the numbers of memward_encoding. */
enum mw_text { MW_TEXT_HEX = 1, MW_TEXT_BASE64, MW_TEXT_BASE64_URL };

/*
 * Decodes a text into at most `room` bytes, which hold anything after a
 * failure; line ends in it are skipped. In a time that depends on its length
 * and them alone. False: it is not so encoded, or does not fit.
 */
bool mw_cipher_decode(enum mw_text kind, const char *text, size_t len,
    unsigned char *plain, size_t room, size_t *got);

#endif
