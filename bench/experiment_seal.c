/* SPDX-License-Identifier: MIT */
/*
 * Sealing and opening, beside the same cipher of libsodium called by itself:
 * one key, one nonce, memory that is there.
 */
#include "bench.h"

#include "memward.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#ifdef BENCH_SODIUM
#include <sodium.h>
#endif

#define WARM "memward, in a window"
#define COLD "memward, no window"
#define BARE "libsodium, the cipher"

static const char *const subjects[] = {WARM, COLD, BARE};
static const char *const rows[] = {
    "seal + open, 32", "open, 32", "open, 1024", "open, 65536"};
static const size_t lengths[] = {32, 32, 1024, 65536};

struct work {
	size_t len;
	void *secret;
	memward_sealed *sealed;
	unsigned char *plain;
	unsigned char *box;
};

static bool seal_and_open(void *argument, size_t steps)
{
	struct work *w = argument;
	memward_sealed *sealed;

	for (; steps != 0; steps--) {
		if (memward_seal(w->secret, NULL, 0, &sealed) != 0 ||
		    memward_unseal_into(sealed, NULL, 0, w->secret) != 0)
			return false;
		memward_sealed_free(sealed);
	}
	return true;
}

static bool open_sealed(void *argument, size_t steps)
{
	struct work *w = argument;

	for (; steps != 0; steps--) {
		if (memward_unseal_into(w->sealed, NULL, 0, w->secret) != 0)
			return false;
	}
	return true;
}

static int prepare(struct work *w, bool window)
{
	void *source;
	int rc = memward_new(NULL, w->len, &w->secret);

	if (rc == 0)
		rc = memward_new(NULL, w->len, &source);
	if (rc == 0)
		rc = memward_seal(source, NULL, 0, &w->sealed);
	if (rc == 0 && window)
		rc = memward_begin(NULL, MEMWARD_READ_WRITE);
	return rc;
}

#ifdef BENCH_SODIUM
static const unsigned char key[32] = {1};
static const unsigned char nonce[32] = {2};

#ifdef crypto_aead_aegis256_KEYBYTES
static bool use_aegis(void)
{
	const char *name = memward_seal_cipher();

	return name != NULL && strcmp(name, "aegis-256") == 0;
}
#endif

static bool bare_open(void *argument, size_t steps)
{
	struct work *w = argument;
	int rc = 0;

	for (; steps != 0 && rc == 0; steps--) {
#ifdef crypto_aead_aegis256_KEYBYTES
		if (use_aegis()) {
			rc = crypto_aead_aegis256_decrypt_detached(w->plain,
			    NULL, w->box, w->len, w->box + w->len, NULL, 0,
			    nonce, key);
			continue;
		}
#endif
		rc = crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
		    w->plain, NULL, w->box, w->len, w->box + w->len, NULL, 0,
		    nonce, key);
	}
	return rc == 0;
}

static void bare_seal(struct work *w)
{
#ifdef crypto_aead_aegis256_KEYBYTES
	if (use_aegis()) {
		(void)crypto_aead_aegis256_encrypt_detached(w->box,
		    w->box + w->len, NULL, w->plain, w->len, NULL, 0, NULL,
		    nonce, key);
		return;
	}
#endif
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt_detached(w->box,
	    w->box + w->len, NULL, w->plain, w->len, NULL, 0, NULL, nonce, key);
}

static bool bare_both(void *argument, size_t steps)
{
	for (; steps != 0; steps--) {
		bare_seal(argument);
		if (!bare_open(argument, 1))
			return false;
	}
	return true;
}

static double time_bare(struct work *w, bool both)
{
	w->plain = calloc(1, w->len);
	w->box = calloc(1, w->len + 32);
	if (sodium_init() < 0 || w->plain == NULL || w->box == NULL)
		return (double)NAN;
	bare_seal(w);
	return bench_time(both ? bare_both : bare_open, w);
}
#else
static double time_bare(struct work *w, bool both)
{
	(void)w;
	(void)both;
	return (double)NAN;
}
#endif

static void work(const char *subject, size_t row, struct bench_outcome *result)
{
	struct work w = {.len = lengths[row]};
	const char *cipher = memward_seal_cipher();
	int rc;

	(void)snprintf(result->note, sizeof(result->note), "%s",
	    cipher == NULL ? "built without libsodium" : cipher);
	if (cipher == NULL)
		return;
	if (strcmp(subject, BARE) == 0) {
		result->value = time_bare(&w, row == 0);
		return;
	}
	rc = prepare(&w, strcmp(subject, WARM) == 0);
	if (rc == 0)
		result->value =
		    bench_time(row == 0 ? seal_and_open : open_sealed, &w);
	else
		(void)snprintf(result->note, sizeof(result->note), "%s",
		    memward_error_name(rc));
}

const struct bench_experiment bench_seal = {
    .name = "seal",
    .title = "Seal and open a secret",
    .unit = "ns",
    .about = "Into a secret that is there. In a window the key is cached; "
	     "without one each call hashes 16 KiB for it. The cipher alone "
	     "has one key and one nonce.",
    .rows = rows,
    .row_count = 4,
    .subjects = subjects,
    .subject_count = 3,
    .work = work,
    .bars = true,
};
