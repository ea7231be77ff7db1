/* SPDX-License-Identifier: MIT */
/* A ward from the inside, and the records its parts share. */
#ifndef MW_CORE_WARD_H
#define MW_CORE_WARD_H

#include "arena.h"
#include "memward.h"

#include "mem_sys/store.h"

#include <stdatomic.h>

#define MW_PACKED_CLASSES  36
#define MW_GUARDED_CLASSES 7
#define MW_CLASSES         (MW_PACKED_CLASSES + MW_GUARDED_CLASSES)

/* Where a ward's counters keep the sum over all classes. */
#define MW_ALL_CLASSES (MW_CLASSES + 1)

struct mw_cache;
struct mw_seal_keys;
struct mw_stack;

struct memward_ward {
	_Atomic uint64_t serial; /* of this opening; 0: not open */
	uint32_t id;             /* index into a thread's table of caches */
	uint32_t features;       /* requested: required or preferred */
	bool cached;             /* open at rest: threads keep caches */
	memward_access rest;     /* what pages allow outside windows; those
				    with a key all, as the key closes them */
	memward_policy policy;   /* with the override applied */
	uint32_t lowered;        /* requirements the override made wishes */
	struct mw_sys_kind kind; /* of its pages */
	bool regions;            /* guarded runs are to be one mapping */
	int regions_reason;      /* why the system has no such guards, or 0 */
	int regions_error;
	/* Of each class, the last for runs of one secret; then of all. */
	_Atomic uint64_t refused[MW_CLASSES + 2];
	/* What seal_key.c keeps in this ward, and which key is cached there. */
	struct mw_seal_keys *_Atomic seal_keys;
	_Atomic uint64_t seal_cached;

	struct mw_mutex lock; /* for all that follows */
	/* Why a feature is not, or not everywhere, obtained. */
	int reason[MEMWARD_FEATURE_COUNT];
	int system_error[MEMWARD_FEATURE_COUNT];
	uint64_t rights; /* of who holds the lock, before it opened the key */
	bool key_stays;  /* pages that cannot be given up carry the key */
	memward_access now;  /* what the pages allow at this moment */
	bool uneven;         /* not all of them: a change failed half-way */
	uint32_t readers;    /* windows open for reading */
	uint32_t writers;    /* and for writing */
	struct mw_run *runs; /* all */
	struct mw_run *room[MW_CLASSES];    /* those with idle slots */
	struct mw_run *growing[MW_CLASSES]; /* the one that lacks pages */
	struct mw_cache *caches;            /* of all threads */
	struct mw_stack *stacks;            /* for memward_call() */
	size_t cache_room;    /* bytes that caches may still claim */
	uint32_t most_chunks; /* of a packed run */
	size_t committed;     /* bytes of pages */
	size_t unlocked;      /* bytes of them without a lock */
	size_t spare;         /* bytes locked that hold no pages: region.h */
	size_t idle;          /* bytes of pages with nothing in use */
	bool reserved;        /* idle pages stay, but for limits */
	/* Likewise, with the lock held: slots not in the central store, */
	uint64_t out[MW_CLASSES + 2];
	uint64_t peak[MW_CLASSES + 2]; /* and most of these at once. */
	/* All wards ever, in order of id; followed without a lock. */
	struct memward_ward *_Atomic next;
};

/*
 * Starts memward if nobody has: arenas, records, canary key, default ward.
 * 0 or the reason why this process can have no wards.
 */
int mw_ward_start(void);

/* Opens and closes, as the public calls; the policy is checked. */
int mw_ward_open(const memward_policy *policy, memward_ward **ward);
int mw_ward_close(memward_ward *ward);

/* The default ward, once it is ready. */
extern memward_ward *_Atomic mw_ward_standard;

/* The default ward, made now; NULL and *rc if it cannot be. */
memward_ward *mw_ward_make_standard(int *rc);

/* The ward that a public handle names; *rc says why it is NULL. */
static inline memward_ward *mw_ward_resolve(memward_ward *handle, int *rc)
{
	memward_ward *ward = handle;

	if (ward == NULL)
		ward = atomic_load_explicit(
		    &mw_ward_standard, memory_order_acquire);
	if (ward == NULL)
		return mw_ward_make_standard(rc);
	if (atomic_load_explicit(&ward->serial, memory_order_relaxed) == 0) {
		*rc = MEMWARD_EVALUE;
		return NULL;
	}
	return ward;
}

/* The handle that names a ward: NULL for the default one. */
memward_ward *mw_ward_handle(memward_ward *ward);

/* The first ward; follow next. Closed ones have serial 0. */
memward_ward *mw_ward_first(void);

/* Bytes locked for all wards. */
extern _Atomic size_t mw_ward_locked;

/*
 * Commits pages of a ward with what its policy asks for, and counts them.
 * *locked says whether they are. 0 or why not: ELIMIT, ELOCKLIMIT, ...
 * With the ward's lock held.
 */
int mw_ward_commit(memward_ward *ward, void *mem, size_t len, bool *locked);

/*
 * The reverse, for wiped pages of which so many bytes are locked. A failure
 * leaves them committed.
 */
int mw_ward_decommit(memward_ward *ward, void *mem, size_t len, size_t locked);

/*
 * The parts of both, for pages that come into being otherwise: whether the
 * policy's limit allows them, their lock, their count.
 */
bool mw_ward_has_room(const memward_ward *ward, size_t len);
int mw_ward_lock_pages(memward_ward *ward, void *mem, size_t len, bool *locked);
void mw_ward_count(memward_ward *ward, size_t len, bool locked);
void mw_ward_uncount(memward_ward *ward, size_t len, size_t locked);

/* Locks pages in a child of fork if they are open; a refusal is recorded. */
bool mw_ward_lock_again(memward_ward *ward, void *mem, size_t len, bool open);

/* Puts a run on, and takes it off, the list of all. Lock held. */
void mw_ward_link(memward_ward *ward, struct mw_run *run);
void mw_ward_unlink(struct mw_run *run);

/* The same for the list of runs with idle slots. */
void mw_ward_show_room(struct mw_run *run);
void mw_ward_hide_room(struct mw_run *run);

/* For fork. */
void mw_ward_hold(void);
void mw_ward_let_go(void);
void mw_ward_after_fork(void);

/* Whether all pages of the process's wards were wiped for good. */
extern atomic_bool mw_ward_wiped;

#endif
