/* SPDX-License-Identifier: MIT */
/*
 * The ciphers of libsodium. AEGIS-256 came with version 1.0.19; its software
 * implementation is slow, so it is used where the processor has AES.
 */
#include "cipher.h"

#include "memward/base.h"

#include <sodium.h>
#include <stdatomic.h>

/* How deep into the stack they were seen to go, and a little more. */
#define XCHACHA_STACK 2400
#define AEGIS_STACK   768
#define HASH_STACK    1024
#define DECODE_STACK  512

static _Atomic int chosen; /* enum mw_cipher; NONE: not started */

/*
 * libsodium wipes most of what it lays on the stack, but not what registers
 * are spilled to (of XChaCha20 the key of one nonce), padded last blocks (of
 * AEGIS-256 plaintext) and the message words of a hash.
 */
#define WIPE_STACK(name, bytes)                                 \
	__attribute__((noinline)) static void wipe_##name(void) \
	{                                                       \
		unsigned char below[bytes];                     \
		const size_t half = sizeof(below) / 2;          \
                                                                \
		/* Above 2 KiB memset has a slow start. */      \
		memward_wipe(below, half);                      \
		memward_wipe(below + half, half);               \
	}

WIPE_STACK(xchacha_stack, XCHACHA_STACK)
#ifdef crypto_aead_aegis256_KEYBYTES
WIPE_STACK(aegis_stack, AEGIS_STACK)
#endif
WIPE_STACK(hash_stack, HASH_STACK)
WIPE_STACK(decode_stack, DECODE_STACK)

/* An AEAD as libsodium has it. */
struct aead {
	int (*seal)(unsigned char *box, unsigned char *tag,
	    unsigned long long *tag_len, const unsigned char *plain,
	    unsigned long long len, const unsigned char *extra,
	    unsigned long long extra_len, const unsigned char *unused,
	    const unsigned char *nonce, const unsigned char *key);
	int (*open)(unsigned char *plain, unsigned char *unused,
	    const unsigned char *box, unsigned long long len,
	    const unsigned char *tag, const unsigned char *extra,
	    unsigned long long extra_len, const unsigned char *nonce,
	    const unsigned char *key);
	void (*wipe_stack)(void);
	size_t nonce_bytes;
	size_t tag_bytes;
	const char *name;
};

/* Its row, and the check that its sizes fit. */
#define AEAD(prefix, wiper, text)                                     \
	{prefix##_encrypt_detached, prefix##_decrypt_detached, wiper, \
	    prefix##_NPUBBYTES, prefix##_ABYTES, text};               \
	_Static_assert(prefix##_KEYBYTES == MW_CIPHER_KEY &&          \
			   prefix##_NPUBBYTES <= MW_CIPHER_NONCE &&   \
			   prefix##_ABYTES <= MW_CIPHER_TAG,          \
	    text " fits")

static const struct aead xchacha = AEAD(crypto_aead_xchacha20poly1305_ietf,
    wipe_xchacha_stack, "xchacha20-poly1305");
#ifdef crypto_aead_aegis256_KEYBYTES
static const struct aead aegis =
    AEAD(crypto_aead_aegis256, wipe_aegis_stack, "aegis-256");
#endif

static const struct aead *aead_of(enum mw_cipher cipher)
{
#ifdef crypto_aead_aegis256_KEYBYTES
	if (cipher == MW_CIPHER_AEGIS256)
		return &aegis;
#endif
	return cipher == MW_CIPHER_NONE ? NULL : &xchacha;
}

/* Whether libsodium computes AEGIS with the processor's own AES. */
static bool has_aes(void)
{
#ifdef crypto_aead_aegis256_KEYBYTES
	return (sodium_runtime_has_aesni() != 0 &&
		   sodium_runtime_has_avx() != 0) ||
	       sodium_runtime_has_armcrypto() != 0;
#else
	return false;
#endif
}

int mw_cipher_start(enum mw_cipher *best)
{
	int cipher = atomic_load_explicit(&chosen, memory_order_acquire);

	if (cipher == MW_CIPHER_NONE) {
		/* 0, or 1 if it was done before. */
		if (sodium_init() < 0)
			return MEMWARD_ESYSTEM;
		cipher = has_aes() ? MW_CIPHER_AEGIS256
				   : MW_CIPHER_XCHACHA20_POLY1305;
		atomic_store_explicit(&chosen, cipher, memory_order_release);
	}
	*best = (enum mw_cipher)cipher;
	return 0;
}

enum mw_cipher mw_cipher_best(void)
{
	enum mw_cipher best;

	return mw_cipher_start(&best) == 0 ? best : MW_CIPHER_NONE;
}

const char *mw_cipher_name(enum mw_cipher cipher)
{
	const struct aead *aead = aead_of(cipher);

	return aead == NULL ? NULL : aead->name;
}

size_t mw_cipher_nonce_bytes(enum mw_cipher cipher)
{
	return aead_of(cipher)->nonce_bytes;
}

size_t mw_cipher_tag_bytes(enum mw_cipher cipher)
{
	return aead_of(cipher)->tag_bytes;
}

void mw_cipher_seal(enum mw_cipher cipher, const struct mw_cipher_job *job,
    const unsigned char *plain, size_t len, unsigned char *box,
    unsigned char *tag)
{
	const struct aead *aead = aead_of(cipher);

	/* It fails for lengths only that no memory has. */
	(void)aead->seal(box, tag, NULL, plain, len, job->extra, job->extra_len,
	    NULL, job->nonce, job->key);
	aead->wipe_stack();
}

bool mw_cipher_open(enum mw_cipher cipher, const struct mw_cipher_job *job,
    unsigned char *plain, size_t len, const unsigned char *box,
    const unsigned char *tag)
{
	const struct aead *aead = aead_of(cipher);
	int rc = aead->open(plain, NULL, box, len, tag, job->extra,
	    job->extra_len, job->nonce, job->key);

	aead->wipe_stack();
	return rc == 0;
}

void mw_cipher_digest(
    const void *data, size_t len, unsigned char digest[MW_CIPHER_DIGEST])
{
	(void)crypto_generichash(digest, MW_CIPHER_DIGEST, data, len, NULL, 0);
}

void mw_cipher_expand(
    const unsigned char seed[MW_CIPHER_SEED], void *mem, size_t len)
{
	_Static_assert(randombytes_SEEDBYTES == MW_CIPHER_SEED, "seeds fit");
	randombytes_buf_deterministic(mem, len, seed);
}

/* The state of a hash wants an alignment that a secret need not have. */
static crypto_generichash_state *state_in(struct mw_cipher_room *room)
{
	_Static_assert(sizeof(crypto_generichash_state) + 64 <= sizeof(*room),
	    "a state fits, wherever the room begins");
	uintptr_t at = (uintptr_t)room->bytes;

	return (void *)(room->bytes + (64 - at % 64) % 64);
}

void mw_cipher_derive(struct mw_cipher_room *room,
    const unsigned char share[MW_CIPHER_KEY], const unsigned char *prekey,
    size_t prekey_len, const void *label, size_t label_len,
    unsigned char key[MW_CIPHER_KEY])
{
	crypto_generichash_state *state = state_in(room);

	(void)crypto_generichash_init(
	    state, share, MW_CIPHER_KEY, MW_CIPHER_KEY);
	(void)crypto_generichash_update(state, prekey, prekey_len);
	(void)crypto_generichash_update(state, label, label_len);
	(void)crypto_generichash_final(state, key, MW_CIPHER_KEY);
	wipe_hash_stack();
	memward_wipe(room, sizeof(*room));
}

static int variant_of(enum mw_text kind, const char *text, size_t len)
{
	bool padded = false;

	/* Behind the padding there may be line ends. */
	for (size_t i = len; i > 0 && !padded; i--) {
		if (text[i - 1] != '\n' && text[i - 1] != '\r')
			break;
		len--;
	}
	padded = len > 0 && text[len - 1] == '=';
	if (kind == MW_TEXT_BASE64)
		return padded ? sodium_base64_VARIANT_ORIGINAL
			      : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
	return padded ? sodium_base64_VARIANT_URLSAFE
		      : sodium_base64_VARIANT_URLSAFE_NO_PADDING;
}

/* libsodium would skip it as it skips line ends. */
static bool has_null(const char *text, size_t len)
{
	unsigned found = 0;

	for (size_t i = 0; i < len; i++)
		found |= text[i] == '\0';
	return found != 0;
}

bool mw_cipher_decode(enum mw_text kind, const char *text, size_t len,
    unsigned char *plain, size_t room, size_t *got)
{
	static const char line_ends[] = "\r\n";
	const char *end = text;
	int rc;

	/* Without a place for the end they would refuse what is left over. */
	if (kind == MW_TEXT_HEX)
		rc = sodium_hex2bin(
		    plain, room, text, len, line_ends, got, &end);
	else
		rc = sodium_base642bin(plain, room, text, len, line_ends, got,
		    &end, variant_of(kind, text, len));
	wipe_decode_stack();
	return rc == 0 && end == text + len && !has_null(text, len);
}
