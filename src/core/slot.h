/* SPDX-License-Identifier: MIT */
/*
 * What is known of single slots, in the notes of their run.
 *
 * A packed slot is one word: the length of the secret in it, or that it is
 * free or moving (being handed out or freed at this moment). Behind the words
 * comes one bit per slot: idle, that is, in the central store.
 */
#ifndef MW_CORE_SLOT_H
#define MW_CORE_SLOT_H

#include "arena.h"
#include "poison.h"

#include <string.h>

#define MW_SLOT_NEVER  0 /* pages not there yet, or never used */
#define MW_SLOT_FREE   1 /* all zeros */
#define MW_SLOT_MOVING 2 /* between free and live */
#define MW_SLOT_LIVE   3 /* plus the length: words from here on */

/* The longest a packed secret may be is given by the size classes. */
#define MW_SLOT_LONGEST (UINT16_MAX - MW_SLOT_LIVE)

/* Bytes behind a secret that hold its canary, at the least and the most. */
#define MW_CANARY_LEAST 8
#define MW_CANARY_MOST  64

/* A guarded slot. */
struct mw_guarded {
	_Atomic uint8_t state;  /* MW_SLOT_NEVER to MW_SLOT_LIVE */
	_Atomic uint8_t access; /* memward_access the user gave the secret */
	uint8_t now;            /* memward_access of the pages */
	uint8_t before;         /* the same before a change under way */
	bool idle;              /* in the central store */
	bool committed;
	bool locked;
	atomic_bool running; /* a function, on a stack: see stack.h */
	uint32_t align;      /* the secret's */
	_Atomic size_t len;  /* of the secret */
	_Atomic size_t from; /* of its first byte in the pages */
	size_t reach;        /* the lowest byte ever used since the last
				check for zeros */
};

static inline _Atomic uint16_t *mw_slot_states(const struct mw_run *run)
{
	return run->notes;
}

static inline struct mw_guarded *mw_slot_guarded(
    const struct mw_run *run, uint32_t slot)
{
	return (struct mw_guarded *)run->notes + slot;
}

/* Bytes of the pages of a guarded slot, without its guard. */
static inline size_t mw_slot_guarded_bytes(const struct mw_run *run)
{
	return run->slot_size - mw_arena_page();
}

static inline char *mw_slot_data(const struct mw_run *run, uint32_t slot)
{
	return run->data + (size_t)slot * run->slot_size;
}

/*
 * The slot an offset from the first data byte lies in. The divisor is 2^40 /
 * slot_size rounded up; exact while offset * slot_size < 2^40, which holds for
 * packed runs of any length, and for guarded ones by mw_region_chunks() unless
 * they have one slot.
 */
static inline uint32_t mw_slot_of(const struct mw_run *run, size_t offset)
{
	if (run->slots == 1)
		return 0;
	return (uint32_t)(((uint64_t)offset * run->divisor) >> 40);
}

/* Xored into every canary; random, set once at the start. */
extern uint64_t mw_slot_canary_key;

/* The canary of one place: no byte of it zero, so that "\0" is noticed. */
static inline uint64_t mw_slot_canary(const void *where)
{
	uint64_t mixed = (uint64_t)(uintptr_t)where;

	mixed *= UINT64_C(0x9e3779b97f4a7c15);
	mixed ^= mixed >> 32;
	/* The top bit of every byte: never zero, and no text either. */
	return (mixed ^ mw_slot_canary_key) | UINT64_C(0x8080808080808080);
}

/* One byte of it; of a copy, so that no call is made for a few bytes. */
static inline char mw_slot_canary_byte(uint64_t canary, size_t i)
{
	char bytes[sizeof(canary)];

	memcpy(bytes, &canary, sizeof(canary));
	return bytes[i];
}

/* Fills len bytes with it. */
static inline void mw_slot_put_canary(char *at, size_t len)
{
	uint64_t canary = mw_slot_canary(at);

	for (; len >= sizeof(canary); len -= sizeof(canary)) {
		memcpy(at, &canary, sizeof(canary));
		at += sizeof(canary);
	}
	for (size_t i = 0; i < len; i++)
		at[i] = mw_slot_canary_byte(canary, i);
}

/* Whether len bytes are filled with it. */
static inline bool mw_slot_has_canary(const char *at, size_t len)
{
	uint64_t canary = mw_slot_canary(at);
	uint64_t found;
	uint64_t wrong = 0;

	for (; len >= sizeof(canary); len -= sizeof(canary)) {
		memcpy(&found, at, sizeof(found));
		wrong |= found ^ canary;
		at += sizeof(canary);
	}
	for (size_t i = 0; i < len; i++)
		wrong |= at[i] != mw_slot_canary_byte(canary, i);
	return wrong == 0;
}

/*
 * The same for who looks at secrets of others, who may be laying out or
 * wiping them at this moment, and makes sure afterwards that they were not.
 * That is a race by design, which the sanitizers are not told about.
 */
struct mw_slot_word {
	uint64_t word;
} __attribute__((packed));

MW_UNJUDGED static inline bool mw_slot_look(const volatile char *at, size_t len)
{
	uint64_t canary = mw_slot_canary((const char *)at);
	uint64_t wrong = 0;

	for (; len >= sizeof(canary); len -= sizeof(canary)) {
		wrong |=
		    ((const volatile struct mw_slot_word *)at)->word ^ canary;
		at += sizeof(canary);
	}
	for (size_t i = 0; i < len; i++)
		wrong |= at[i] != mw_slot_canary_byte(canary, i);
	return wrong == 0;
}

static inline bool mw_slot_glance(const char *at, size_t len)
{
	bool whole;

	mw_poison_pause(true);
	whole = mw_slot_look(at, len);
	mw_poison_pause(false);
	return whole;
}

/* From here on the C library's comparison is faster than a loop. */
#define MW_SLOT_LONG 512

static inline bool mw_slot_is_zero(const char *at, size_t len)
{
	uint64_t pair[2];
	uint64_t any = 0;

	/* All zeros: so it begins, and so it goes on. */
	if (len >= MW_SLOT_LONG)
		return mw_slot_is_zero(at, sizeof(pair)) &&
		       memcmp(at, at + sizeof(pair), len - sizeof(pair)) == 0;
	for (; len >= sizeof(pair); len -= sizeof(pair)) {
		memcpy(pair, at, sizeof(pair));
		any |= pair[0] | pair[1];
		at += sizeof(pair);
	}
	for (; len != 0; len--)
		any |= (unsigned char)*at++;
	return any == 0;
}

/* Two words at once, wherever the processor can. */
typedef uint64_t mw_slot_pair __attribute__((vector_size(16)));

static inline mw_slot_pair mw_slot_load(const char *at)
{
	mw_slot_pair pair;

	memcpy(&pair, at, sizeof(pair));
	return pair;
}

static inline mw_slot_pair mw_slot_load_64(const char *at)
{
	return (mw_slot_load(at) | mw_slot_load(at + 16)) |
	       (mw_slot_load(at + 32) | mw_slot_load(at + 48));
}

/*
 * Whether a packed slot is all zeros. Its size is a multiple of 16, 32 at the
 * least; the last bytes are looked at twice rather than counted.
 */
static inline bool mw_slot_is_clear(const char *at, size_t size)
{
	const char *end = at + size;
	mw_slot_pair any;

	if (size <= 64) {
		any = (mw_slot_load(at) | mw_slot_load(at + 16)) |
		      (mw_slot_load(end - 32) | mw_slot_load(end - 16));
		return (any[0] | any[1]) == 0;
	}
	any = mw_slot_load_64(end - 64);
	for (; (size_t)(end - at) > 64; at += 64)
		any |= mw_slot_load_64(at);
	return (any[0] | any[1]) == 0;
}

/* Zeros; the compiler can neither leave it out nor make a call of it. */
static inline void mw_slot_clear_32(char *first, char *second)
{
	const mw_slot_pair zeros = {0, 0};

	memcpy(first, &zeros, sizeof(zeros));
	memcpy(second, &zeros, sizeof(zeros));
	__asm__ __volatile__("" : : "r"(first), "r"(second) : "memory");
}

/* How many bytes of canary follow a packed secret. */
static inline size_t mw_slot_canary_bytes(size_t slot_size, size_t len)
{
	size_t rest = slot_size - len;

	return rest < MW_CANARY_MOST ? rest : MW_CANARY_MOST;
}

/*
 * Wipes a packed slot: all of a small one, without the call of memset that
 * memward_wipe() makes; of a long one what the secret and its canary touched.
 */
static inline void mw_slot_wipe(char *at, size_t size, size_t len)
{
	char *end = at + size;

	if (size > 256) {
		memward_wipe(at, len + mw_slot_canary_bytes(size, len));
		return;
	}
	mw_slot_clear_32(at, at + 16);
	mw_slot_clear_32(end - 32, end - 16);
	/* What is left lies between the first 32 and the last 32 bytes. */
	for (at += 32; end - at > 32; at += 32)
		mw_slot_clear_32(at, at + 16);
}

#endif
