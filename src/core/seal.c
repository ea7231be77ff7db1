/* SPDX-License-Identifier: MIT */
/* Sealed objects: the public calls. */
#include "seal.h"

#include "copy.h"
#include "fork.h"
#include "guarded.h"
#include "secret.h"
#include "slot.h"
#include "warm.h"

#include <stdlib.h>
#include <string.h>

/*
 * So short a secret is opened in a place of its own and copied; of a longer
 * one the tag is checked first, since a cipher that fails writes zeros.
 */
#define SHORT 256

/* What is authenticated beside a secret that has a context. */
struct extra {
	uint32_t kind;
	uint32_t cipher;
	uint64_t context_len;
	unsigned char digest[MW_CIPHER_DIGEST];
};

static size_t lay_extra(struct extra *extra, enum mw_cipher cipher,
    const void *context, size_t context_len)
{
	if (context_len == 0)
		return 0;
	extra->kind = MW_SEAL_SECRET;
	extra->cipher = cipher;
	extra->context_len = context_len;
	mw_cipher_digest(context, context_len, extra->digest);
	return sizeof(*extra);
}

const char *memward_seal_cipher(void)
{
	return mw_cipher_name(mw_cipher_best());
}

/* Whether a secret can be read and written, once its ward is open. */
static int check_access(struct mw_place place)
{
	if (place.run->orphan)
		return MEMWARD_EUNMAPPED;
	if (place.guarded &&
	    atomic_load(&mw_slot_guarded(place.run, place.slot)->access) !=
		MEMWARD_READ_WRITE)
		return MEMWARD_ECLOSED;
	return 0;
}

/* Fills the box, whose nonce is there, and wipes the secret. In a use. */
static int fill_box(struct mw_seal_use *use, struct memward_sealed *sealed,
    unsigned char *secret, struct extra *extra, size_t extra_len)
{
	size_t nonce_len = mw_cipher_nonce_bytes(sealed->cipher);
	unsigned char *at = sealed->box + nonce_len;
	struct mw_cipher_job job = {
	    .nonce = sealed->box, .extra = extra, .extra_len = extra_len};
	int rc = mw_seal_share(use);

	if (rc == 0)
		rc = mw_seal_key(use, sealed->generation);
	if (rc != 0)
		return rc;
	job.key = use->key;
	mw_cipher_seal(
	    sealed->cipher, &job, secret, sealed->len, at, at + sealed->len);
	/* Keys are wiped after this is set: it may have been one of zeros. */
	if (atomic_load(&mw_ward_wiped)) {
		memward_wipe(at, sealed->len);
		return MEMWARD_EWIPEDALL;
	}
	memward_wipe(secret, sealed->len);
	return 0;
}

static int seal_secret(struct memward_sealed *sealed, struct mw_place place,
    unsigned char *secret, struct extra *extra, size_t extra_len)
{
	struct mw_seal_use use;
	int rc = mw_seal_begin(&use, sealed->ward);

	if (rc != 0)
		return rc;
	mw_secret_check("memward_seal", place);
	rc = fill_box(&use, sealed, secret, extra, extra_len);
	mw_seal_end(&use);
	return rc;
}

/* A record with a box that has its nonce. */
static int make_sealed(struct memward_sealed **made, memward_ward *ward,
    size_t len, enum mw_cipher cipher)
{
	size_t nonce_len = mw_cipher_nonce_bytes(cipher);
	unsigned char nonce[MW_CIPHER_NONCE];
	struct memward_sealed *sealed;
	unsigned char *box;
	int rc;

	/* No overflow: a secret of that size is in memory. */
	box = malloc(nonce_len + len + mw_cipher_tag_bytes(cipher));
	if (box == NULL)
		return MEMWARD_ENOMEM;
	rc = mw_seal_take(&sealed, cipher, nonce);
	if (rc != 0) {
		free(box);
		return rc;
	}
	memcpy(box, nonce, nonce_len);
	sealed->ward = ward;
	sealed->serial = atomic_load(&ward->serial);
	sealed->len = len;
	sealed->box = box;
	sealed->cipher = cipher;
	*made = sealed;
	return 0;
}

int memward_seal(void *secret, const void *context, size_t context_len,
    memward_sealed **sealed)
{
	struct memward_sealed *made;
	struct mw_place place;
	struct extra extra;
	enum mw_cipher cipher;
	size_t extra_len;
	int rc;

	if (secret == NULL || sealed == NULL ||
	    (context == NULL && context_len != 0))
		return MEMWARD_ENULL;
	rc = mw_seal_enter(&cipher);
	if (rc != 0)
		return rc;
	place = mw_secret_find("memward_seal", secret);
	rc = check_access(place);
	if (rc == 0)
		rc = make_sealed(&made, place.run->ward, place.len, cipher);
	if (rc != 0)
		return rc;
	extra_len = lay_extra(&extra, cipher, context, context_len);
	rc = seal_secret(made, place, secret, &extra, extra_len);
	if (rc != 0)
		memward_sealed_free(made);
	else
		*sealed = made;
	return rc;
}

/* What opening needs to know. */
struct opening {
	const struct memward_sealed *sealed;
	struct mw_seal_use use;
	struct extra extra;
	size_t extra_len;
};

/* Finds the ward of an object and lays out what was authenticated. */
static int prepare(const char *call, struct opening *o,
    const memward_sealed *sealed, const void *context, size_t context_len)
{
	enum mw_cipher cipher;
	int rc;

	if (sealed == NULL || (context == NULL && context_len != 0))
		return MEMWARD_ENULL;
	rc = mw_seal_enter(&cipher);
	if (rc != 0)
		return rc;
	mw_seal_check(call, sealed, sealed->mark, MW_SEAL_SEALED);
	if (atomic_load(&sealed->ward->serial) != sealed->serial)
		return MEMWARD_ESEALED;
	o->sealed = sealed;
	o->extra_len =
	    lay_extra(&o->extra, sealed->cipher, context, context_len);
	return 0;
}

/* The cipher's work. In a use that has its key. NULL: only a check. */
static bool open_box(struct opening *o, unsigned char *plain)
{
	const struct memward_sealed *sealed = o->sealed;
	const unsigned char *at =
	    sealed->box + mw_cipher_nonce_bytes(sealed->cipher);
	struct mw_cipher_job job = {.key = o->use.key,
	    .nonce = sealed->box,
	    .extra = &o->extra,
	    .extra_len = o->extra_len};

	return mw_cipher_open(
	    sealed->cipher, &job, plain, sealed->len, at, at + sealed->len);
}

/* A place for a short secret, for as long as it is not known to be good. */
static void *take_aside(memward_ward *ward, size_t len)
{
	void *aside;

	if (mw_warm_new("memward_unseal_into", ward, len, &aside) ||
	    mw_secret_new("memward_unseal_into", ward, len, &aside) == 0)
		return aside;
	return NULL;
}

static void give_aside(void *aside)
{
	/* After memward_wipe_all() there is nothing to free. */
	if (!mw_warm_free(aside) && !atomic_load(&mw_ward_wiped))
		mw_secret_free("memward_unseal_into", aside);
}

static bool open_into(struct opening *o, unsigned char *secret)
{
	size_t len = o->sealed->len;
	unsigned char *aside = NULL;
	bool opened;

	if (len <= SHORT)
		aside = take_aside(o->use.ward, len);
	if (aside == NULL)
		return open_box(o, NULL) && open_box(o, secret);
	opened = open_box(o, aside);
	if (opened)
		mw_copy_by_bytes(secret, aside, len);
	give_aside(aside);
	return opened;
}

/* What a failure means, and a success that comes too late. */
static int judge(const struct opening *o, bool opened, unsigned char *secret)
{
	if (!atomic_load(&mw_ward_wiped))
		return opened ? 0 : MEMWARD_ESEALED;
	if (opened)
		memward_wipe(secret, o->sealed->len);
	return MEMWARD_EWIPEDALL;
}

int memward_unseal(const memward_sealed *sealed, const void *context,
    size_t context_len, void **secret)
{
	struct opening o;
	void *fresh;
	int rc;

	if (secret == NULL)
		return MEMWARD_ENULL;
	rc = prepare("memward_unseal", &o, sealed, context, context_len);
	if (rc == 0)
		rc = mw_secret_new(
		    "memward_unseal", sealed->ward, sealed->len, &fresh);
	if (rc != 0)
		return rc;
	rc = mw_seal_begin(&o.use, sealed->ward);
	if (rc == 0) {
		rc = mw_seal_key(&o.use, sealed->generation);
		if (rc == 0)
			rc = judge(&o, open_box(&o, fresh), fresh);
		mw_seal_end(&o.use);
	}
	if (rc == 0)
		*secret = fresh;
	else if (rc != MEMWARD_EWIPEDALL)
		mw_secret_free("memward_unseal", fresh);
	return rc;
}

int memward_unseal_into(const memward_sealed *sealed, const void *context,
    size_t context_len, void *secret)
{
	struct mw_place place;
	struct opening o;
	int rc;

	if (secret == NULL)
		return MEMWARD_ENULL;
	rc = prepare("memward_unseal_into", &o, sealed, context, context_len);
	if (rc != 0)
		return rc;
	place = mw_secret_find("memward_unseal_into", secret);
	rc = check_access(place);
	if (rc != 0)
		return rc;
	if (place.run->ward != sealed->ward)
		return MEMWARD_ESEALED;
	if (place.len < sealed->len)
		return MEMWARD_EVALUE;
	rc = mw_seal_begin(&o.use, sealed->ward);
	if (rc != 0)
		return rc;
	rc = mw_seal_key(&o.use, sealed->generation);
	if (rc == 0)
		rc = judge(&o, open_into(&o, secret), secret);
	mw_seal_end(&o.use);
	return rc;
}

void memward_sealed_free(memward_sealed *sealed)
{
	unsigned char *box;

	if (sealed == NULL)
		return;
	mw_seal_check(
	    "memward_sealed_free", sealed, sealed->mark, MW_SEAL_SEALED);
	mw_fork_check();
	box = sealed->box;
	mw_seal_give(sealed);
	free(box);
}

size_t memward_sealed_size(const memward_sealed *sealed)
{
	if (sealed == NULL)
		return 0;
	mw_seal_check(
	    "memward_sealed_size", sealed, sealed->mark, MW_SEAL_SEALED);
	return sealed->len;
}

const char *memward_sealed_cipher(const memward_sealed *sealed)
{
	if (sealed == NULL)
		return NULL;
	mw_seal_check(
	    "memward_sealed_cipher", sealed, sealed->mark, MW_SEAL_SEALED);
	return mw_cipher_name(sealed->cipher);
}
