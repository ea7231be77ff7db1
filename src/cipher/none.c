/* SPDX-License-Identifier: MIT */
/* Built where there is no libsodium: all is refused, and says so. */
#include "cipher.h"

#include "memward/base.h"

#include <string.h>

int mw_cipher_start(enum mw_cipher *best)
{
	*best = MW_CIPHER_NONE;
	return MEMWARD_EUNSUPPORTED;
}

const char *mw_cipher_name(enum mw_cipher cipher)
{
	(void)cipher;
	return NULL;
}

enum mw_cipher mw_cipher_best(void)
{
	return MW_CIPHER_NONE;
}

/* Without a start nobody comes this far. */
size_t mw_cipher_nonce_bytes(enum mw_cipher cipher)
{
	(void)cipher;
	return 0;
}

size_t mw_cipher_tag_bytes(enum mw_cipher cipher)
{
	(void)cipher;
	return 0;
}

void mw_cipher_seal(enum mw_cipher cipher, const struct mw_cipher_job *job,
    const unsigned char *plain, size_t len, unsigned char *box,
    unsigned char *tag)
{
	(void)cipher;
	(void)job;
	(void)plain;
	(void)tag;
	memset(box, 0, len);
}

bool mw_cipher_open(enum mw_cipher cipher, const struct mw_cipher_job *job,
    unsigned char *plain, size_t len, const unsigned char *box,
    const unsigned char *tag)
{
	(void)cipher;
	(void)job;
	(void)plain;
	(void)len;
	(void)box;
	(void)tag;
	return false;
}

void mw_cipher_digest(
    const void *data, size_t len, unsigned char digest[MW_CIPHER_DIGEST])
{
	(void)data;
	(void)len;
	memset(digest, 0, MW_CIPHER_DIGEST);
}

void mw_cipher_expand(
    const unsigned char seed[MW_CIPHER_SEED], void *mem, size_t len)
{
	(void)seed;
	memset(mem, 0, len);
}

void mw_cipher_derive(struct mw_cipher_room *room,
    const unsigned char share[MW_CIPHER_KEY], const unsigned char *prekey,
    size_t prekey_len, const void *label, size_t label_len,
    unsigned char key[MW_CIPHER_KEY])
{
	(void)room;
	(void)share;
	(void)prekey;
	(void)prekey_len;
	(void)label;
	(void)label_len;
	memset(key, 0, MW_CIPHER_KEY);
}

bool mw_cipher_decode(enum mw_text kind, const char *text, size_t len,
    unsigned char *plain, size_t room, size_t *got)
{
	(void)kind;
	(void)text;
	(void)len;
	(void)plain;
	(void)room;
	*got = 0;
	return false;
}
