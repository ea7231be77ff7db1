/* SPDX-License-Identifier: MIT */
/* Keys: pre-keys and their generations, shares, nonces. */
#include "seal.h"

#include "copy.h"
#include "fork.h"
#include "key.h"
#include "meta.h"
#include "secret.h"
#include "window.h"

#include <string.h>

/* So many nonces are made from one seed of the system; they are no secret. */
#define NONCES 64

static struct {
	struct mw_mutex lock;
	struct mw_seal_generation *current; /* the first of all */
	uint64_t count;                     /* generations so far */
	struct memward_sealed *spares;
	size_t nonces_left; /* bytes */
	unsigned char nonces[NONCES * MW_CIPHER_NONCE];
	/* Outside the above: for the spare rooms of all wards. */
	struct mw_mutex room;
} seal;

/* What tells one ward's key from another's, and ours from anybody else's. */
struct label {
	char text[16];
	uint64_t serial;
};

void mw_seal_start(void)
{
	mw_mutex_init(&seal.lock);
	mw_mutex_init(&seal.room);
}

int mw_seal_enter(enum mw_cipher *cipher)
{
	int rc;

	if (atomic_load_explicit(&mw_ward_wiped, memory_order_relaxed))
		return MEMWARD_EWIPEDALL;
	rc = mw_cipher_start(cipher);
	if (rc == 0)
		rc = mw_ward_start();
	if (rc == 0)
		mw_fork_check();
	return rc;
}

static void free_prekey(unsigned char *prekey)
{
	/* After memward_wipe_all() there is nothing to free. */
	if (prekey != NULL && !atomic_load(&mw_ward_wiped))
		mw_secret_free("memward_seal", prekey);
}

static int make_prekey(unsigned char **made)
{
	memward_ward *ward;
	void *prekey;
	int rc = 0;

	ward = mw_ward_resolve(NULL, &rc);
	if (ward == NULL)
		return rc;
	rc = mw_secret_new_guarded(
	    "memward_seal", ward, MW_SEAL_PREKEY, 16, &prekey);
	if (rc != 0)
		return rc;
	rc = mw_sys_random(prekey, MW_SEAL_PREKEY);
	if (rc != 0) {
		free_prekey(prekey);
		return rc;
	}
	*made = prekey;
	return 0;
}

/* Makes a generation the current one. With the lock held. */
static int renew(void)
{
	struct mw_seal_generation *made = mw_meta_alloc(sizeof(*made));
	int rc;

	if (made == NULL)
		return MEMWARD_ENOMEM;
	rc = make_prekey(&made->prekey);
	if (rc != 0) {
		mw_meta_free(made, sizeof(*made));
		return rc;
	}
	made->number = ++seal.count;
	made->next = seal.current;
	seal.current = made;
	return 0;
}

/* Frees all pre-keys but the current one that nothing needs. Lock held. */
static void drop_unneeded(void)
{
	struct mw_seal_generation **at = &seal.current;
	struct mw_seal_generation *generation;

	if (*at == NULL)
		return;
	at = &(*at)->next;
	while ((generation = *at) != NULL) {
		if (generation->objects != 0) {
			at = &generation->next;
			continue;
		}
		*at = generation->next;
		free_prekey(generation->prekey);
		mw_meta_free(generation, sizeof(*generation));
	}
}

int memward_rekey(void)
{
	enum mw_cipher cipher;
	int rc = mw_seal_enter(&cipher);

	if (rc != 0)
		return rc;
	mw_mutex_lock(&seal.lock);
	rc = renew();
	if (rc == 0)
		drop_unneeded();
	mw_mutex_unlock(&seal.lock);
	return rc;
}

/* With the lock held, as the two after it. */
static int pin(struct mw_seal_generation **generation)
{
	/* A child that did not inherit its pre-key begins with a new one. */
	if (seal.current == NULL || seal.current->prekey == NULL) {
		int rc = renew();

		if (rc != 0)
			return rc;
	}
	seal.current->objects++;
	*generation = seal.current;
	return 0;
}

static void unpin(struct mw_seal_generation *generation)
{
	generation->objects--;
	if (generation->objects == 0 && generation != seal.current)
		drop_unneeded();
}

static int draw_nonce(
    enum mw_cipher cipher, unsigned char nonce[MW_CIPHER_NONCE])
{
	size_t len = mw_cipher_nonce_bytes(cipher);
	unsigned char seed[MW_CIPHER_SEED];
	int rc;

	if (seal.nonces_left < len) {
		rc = mw_sys_random(seed, sizeof(seed));
		if (rc != 0)
			return rc;
		mw_cipher_expand(seed, seal.nonces, sizeof(seal.nonces));
		seal.nonces_left = sizeof(seal.nonces);
	}
	seal.nonces_left -= len;
	memcpy(nonce, seal.nonces + seal.nonces_left, len);
	return 0;
}

int mw_seal_pin(struct mw_seal_generation **generation)
{
	int rc;

	mw_mutex_lock(&seal.lock);
	rc = pin(generation);
	mw_mutex_unlock(&seal.lock);
	return rc;
}

void mw_seal_unpin(struct mw_seal_generation *generation)
{
	mw_mutex_lock(&seal.lock);
	unpin(generation);
	mw_mutex_unlock(&seal.lock);
}

int mw_seal_nonce(enum mw_cipher cipher, unsigned char nonce[MW_CIPHER_NONCE])
{
	int rc;

	mw_mutex_lock(&seal.lock);
	rc = draw_nonce(cipher, nonce);
	mw_mutex_unlock(&seal.lock);
	return rc;
}

/* With the lock held. */
static struct memward_sealed *take_record(void)
{
	struct memward_sealed *sealed = seal.spares;

	if (sealed == NULL)
		return mw_meta_alloc(sizeof(*sealed));
	seal.spares = sealed->next_spare;
	return sealed;
}

static void give_record(struct memward_sealed *sealed)
{
	sealed->mark = mw_seal_mark(sealed, MW_SEAL_FREED);
	sealed->next_spare = seal.spares;
	seal.spares = sealed;
}

int mw_seal_take(struct memward_sealed **taken, enum mw_cipher cipher,
    unsigned char nonce[MW_CIPHER_NONCE])
{
	struct memward_sealed *sealed;
	int rc;

	mw_mutex_lock(&seal.lock);
	sealed = take_record();
	rc = sealed == NULL ? MEMWARD_ENOMEM : draw_nonce(cipher, nonce);
	if (rc == 0)
		rc = pin(&sealed->generation);
	if (rc == 0) {
		sealed->mark = mw_seal_mark(sealed, MW_SEAL_SEALED);
		*taken = sealed;
	} else if (sealed != NULL) {
		give_record(sealed);
	}
	mw_mutex_unlock(&seal.lock);
	return rc;
}

void mw_seal_give(struct memward_sealed *sealed)
{
	mw_mutex_lock(&seal.lock);
	/* Looked at here, so that of two threads one is caught. */
	mw_seal_check(
	    "memward_sealed_free", sealed, sealed->mark, MW_SEAL_SEALED);
	unpin(sealed->generation);
	give_record(sealed);
	mw_mutex_unlock(&seal.lock);
}

int mw_seal_begin(struct mw_seal_use *use, memward_ward *ward)
{
	const struct mw_cache *cache = mw_cache_of(ward);
	int rc;

	*use = (struct mw_seal_use){.ward = ward};
	/* Windows by key end without a lock: who would wipe a key then? */
	use->own = cache != NULL && cache->depth != 0 && !mw_key_has(ward);
	if (ward->policy.rest == MEMWARD_READ_WRITE)
		return 0;
	rc = mw_window_begin(ward, MEMWARD_READ_WRITE);
	use->window = rc == 0;
	return rc;
}

static void give_work(struct mw_seal_use *use)
{
	memward_wipe(use->work, sizeof(*use->work));
	if (use->waiting)
		mw_mutex_unlock(&seal.room);
	else if (!atomic_load(&mw_ward_wiped))
		mw_secret_free("memward_seal", use->work);
}

void mw_seal_end(struct mw_seal_use *use)
{
	if (use->work != NULL)
		give_work(use);
	/* Whole mappings close; were it refused, the next window would do it */
	if (use->window)
		(void)mw_window_end(use->ward);
}

int mw_seal_share(struct mw_seal_use *use)
{
	memward_ward *ward = use->ward;
	struct mw_seal_keys *none = NULL;
	struct mw_seal_keys *keys;
	void *made;
	int rc;

	if (atomic_load_explicit(&ward->seal_keys, memory_order_acquire) !=
	    NULL)
		return 0;
	rc = mw_secret_new("memward_seal", ward, sizeof(*keys), &made);
	if (rc != 0)
		return rc;
	keys = made;
	rc = mw_sys_random(keys->share, sizeof(keys->share));
	if (rc == 0 &&
	    atomic_compare_exchange_strong(&ward->seal_keys, &none, keys))
		return 0;
	/* No random bytes, or another thread was first. */
	if (!atomic_load(&mw_ward_wiped))
		mw_secret_free("memward_seal", keys);
	return rc;
}

/* Room of our own; where none can be had, the ward's, one at a time. */
static void take_work(struct mw_seal_use *use, struct mw_seal_keys *keys)
{
	void *work;

	if (mw_secret_new(
		"memward_seal", use->ward, sizeof(*use->work), &work) == 0) {
		use->work = work;
		return;
	}
	mw_mutex_lock(&seal.room);
	use->waiting = true;
	use->work = &keys->spare;
}

/* For later calls within the windows that are open now. */
static void cache_key(
    struct mw_seal_use *use, struct mw_seal_keys *keys, uint64_t number)
{
	memward_ward *ward = use->ward;

	mw_mutex_lock(&ward->lock);
	/* One that is there may be in use, and stays for as long. */
	if (atomic_load(&ward->seal_cached) == 0) {
		mw_copy_by_bytes(
		    keys->cached, use->work->key, sizeof(keys->cached));
		atomic_store_explicit(
		    &ward->seal_cached, number, memory_order_release);
	}
	mw_mutex_unlock(&ward->lock);
}

int mw_seal_key(
    struct mw_seal_use *use, const struct mw_seal_generation *generation)
{
	memward_ward *ward = use->ward;
	struct mw_seal_keys *keys =
	    atomic_load_explicit(&ward->seal_keys, memory_order_acquire);
	struct label label = {.text = "memward seal 1"};

	if (use->key != NULL)
		return 0;
	if (keys == NULL || generation->prekey == NULL)
		return MEMWARD_ESEALED;
	/* The thread's own window keeps it from being wiped. */
	if (use->own && atomic_load_explicit(&ward->seal_cached,
			    memory_order_acquire) == generation->number) {
		use->key = keys->cached;
		return 0;
	}
	label.serial = atomic_load(&ward->serial);
	take_work(use, keys);
	mw_cipher_derive(&use->work->room, keys->share, generation->prekey,
	    MW_SEAL_PREKEY, &label, sizeof(label), use->work->key);
	use->key = use->work->key;
	if (use->own)
		cache_key(use, keys, generation->number);
	return 0;
}

void mw_seal_forget(memward_ward *ward)
{
	struct mw_seal_keys *keys = atomic_load(&ward->seal_keys);
	struct mw_run *run = mw_arena_find(keys);

	/* Were it refused, the key would stay, closed, until the next time. */
	if (mw_window_open_to_wipe(run) != 0)
		return;
	atomic_store(&ward->seal_cached, 0);
	memward_wipe(keys->cached, sizeof(keys->cached));
	mw_window_close_run(run);
}

void mw_seal_hold(void)
{
	mw_mutex_lock(&seal.room);
	mw_mutex_lock(&seal.lock);
}

void mw_seal_let_go(void)
{
	mw_mutex_unlock(&seal.lock);
	mw_mutex_unlock(&seal.room);
}

/* Whether this process did not inherit a secret. */
static bool is_lost(const void *secret)
{
	const struct mw_run *run = mw_arena_find(secret);

	return run == NULL || run->orphan;
}

void mw_seal_after_fork(void)
{
	struct mw_seal_generation *g;

	mw_seal_start();
	/* The parent goes on to use these, under the same keys. */
	seal.nonces_left = 0;
	for (g = seal.current; g != NULL; g = g->next) {
		if (g->prekey != NULL && is_lost(g->prekey))
			g->prekey = NULL;
	}
	for (memward_ward *w = mw_ward_first(); w != NULL; w = w->next) {
		if (atomic_load(&w->seal_keys) == NULL)
			continue;
		if (is_lost(atomic_load(&w->seal_keys)))
			mw_seal_reset(w);
		else
			mw_seal_window_ends(w);
	}
}
