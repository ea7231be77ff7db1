/* SPDX-License-Identifier: MIT */
/*
 * Sealing from the inside. A key for a ward is derived from the pre-key of a
 * generation, 16 KiB in the default ward, and from a share in the ward itself,
 * which has the ward's own protection and fork rule. The cipher's library lays
 * a few dozen bytes of key and plaintext on the stack, which src/cipher/ wipes
 * after each call; all else that is not sealed stays within wards.
 */
#ifndef MW_CORE_SEAL_H
#define MW_CORE_SEAL_H

#include "fatal.h"
#include "ward.h"

#include "cipher/cipher.h"

#define MW_SEAL_PREKEY ((size_t)16 * 1024)

/* One pre-key, and what needs it. */
struct mw_seal_generation {
	uint64_t number;       /* from 1 on */
	unsigned char *prekey; /* NULL: not inherited by this process */
	uint64_t objects;      /* and streams, alive; with the lock held */
	struct mw_seal_generation *next;
};

/* Where a key is derived. */
struct mw_seal_work {
	unsigned char key[MW_CIPHER_KEY];
	struct mw_cipher_room room;
};

/* A secret that each ward has from its first seal on. */
struct mw_seal_keys {
	unsigned char share[MW_CIPHER_KEY];
	unsigned char cached[MW_CIPHER_KEY]; /* for ward->seal_cached */
	struct mw_seal_work spare; /* where there is no room for another */
};

/* An object. Records are recycled among themselves, and never unmapped. */
struct memward_sealed {
	uintptr_t mark; /* says what this is: see mw_seal_check() */
	memward_ward *ward;
	uint64_t serial; /* of the ward's opening */
	struct mw_seal_generation *generation;
	size_t len;
	unsigned char *box; /* nonce, encrypted bytes, tag */
	struct memward_sealed *next_spare;
	enum mw_cipher cipher;
};

/* What is authenticated beside the bytes: first what it is that is sealed. */
enum mw_seal_kind { MW_SEAL_SECRET = 1, MW_SEAL_CHUNK = 2 };

/* Marks, mixed with the address, so that no copy has them. */
#define MW_SEAL_SEALED ((uintptr_t)0x5ea1ed01u)
#define MW_SEAL_STREAM ((uintptr_t)0x5ea1ed02u)
#define MW_SEAL_FREED  ((uintptr_t)0x5ea1edffu)

static inline uintptr_t mw_seal_mark(const void *object, uintptr_t what)
{
	return (uintptr_t)object ^ what;
}

/* Ends the process if an object is not what it should be. */
static inline void mw_seal_check(
    const char *call, const void *object, uintptr_t mark, uintptr_t what)
{
	if (mark == mw_seal_mark(object, what))
		return;
	mw_fatal(call, mark == mw_seal_mark(object, MW_SEAL_FREED)
			   ? MW_OBJECT_FREED
			   : MW_NO_OBJECT);
}

/*
 * First thing in a public call: EWIPEDALL, EUNSUPPORTED, or why there can be
 * no wards; sees to a child that has not noticed.
 */
int mw_seal_enter(enum mw_cipher *cipher);

/* A record, and a nonce of the cipher; the current generation is pinned. */
int mw_seal_take(struct memward_sealed **taken, enum mw_cipher cipher,
    unsigned char nonce[MW_CIPHER_NONCE]);
void mw_seal_give(struct memward_sealed *sealed);

/* The same in parts. */
int mw_seal_pin(struct mw_seal_generation **generation);
void mw_seal_unpin(struct mw_seal_generation *generation);
int mw_seal_nonce(enum mw_cipher cipher, unsigned char nonce[MW_CIPHER_NONCE]);

/* A ward made accessible, and its key, for the time of a call. */
struct mw_seal_use {
	memward_ward *ward;
	bool window;  /* one was begun for this */
	bool own;     /* the thread has one of its own */
	bool waiting; /* the ward's spare room is taken, with a lock */
	struct mw_seal_work *work; /* a key made for this use */
	const unsigned char *key;  /* NULL: none yet */
};

int mw_seal_begin(struct mw_seal_use *use, memward_ward *ward);
void mw_seal_end(struct mw_seal_use *use);

/* Sees to it that the ward has a share. In a use. */
int mw_seal_share(struct mw_seal_use *use);

/* Sets use->key. ESEALED: this process lacks what it is made of. */
int mw_seal_key(
    struct mw_seal_use *use, const struct mw_seal_generation *generation);

/* Called when wards start; and when one closes, or lost its share. */
void mw_seal_start(void);
static inline void mw_seal_reset(memward_ward *ward)
{
	atomic_store(&ward->seal_keys, NULL);
	atomic_store(&ward->seal_cached, 0);
}

/* Wipes the cached key. With the ward's lock held. */
void mw_seal_forget(memward_ward *ward);
static inline void mw_seal_window_ends(memward_ward *ward)
{
	if (ward->readers == 0 && ward->writers == 0 &&
	    atomic_load_explicit(&ward->seal_cached, memory_order_relaxed) != 0)
		mw_seal_forget(ward);
}

/* For fork. */
void mw_seal_hold(void);
void mw_seal_let_go(void);
void mw_seal_after_fork(void);

#endif
