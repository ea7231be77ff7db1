/* SPDX-License-Identifier: MIT */
/*
 * memward: wards for secrets.
 *
 * A ward is a protection domain. It owns memory, a policy and all secrets in
 * it; NULL names the default ward, which needs no set-up. A secret is a run
 * of bytes that memward owns: handed out zeroed, wiped when freed.
 *
 *	guard | canary? zeros | secret | canary | zeros ... | guard
 *
 * Common to all calls:
 * - They return 0 or a negative MEMWARD_E code (memward/base.h) unless their
 *   comment says otherwise. What was asked for and not obtained is an error,
 *   or stands in a report.
 * - They are safe in threads. After fork the child goes on as the fork rule
 *   of each ward says; a child of vfork(2) must make no call. Unless said
 *   otherwise they are not for signal handlers.
 * - Only misuse that shows corruption ends the process: double free, foreign
 *   or interior pointer, broken canary, write after free. It prints one line,
 *   "memward: CALL: REASON", and aborts; nothing of a secret is in it.
 */
#ifndef MEMWARD_H
#define MEMWARD_H

#include "memward/base.h"
#include "memward/ends.h"
#include "memward/harden.h"
#include "memward/input.h"
#include "memward/mem_sys.h"
#include "memward/output.h"
#include "memward/scope.h"
#include "memward/seal.h"
#include "memward/stack.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct memward_ward memward_ward;

/* One protection, one bit: name, bit, word in reports and overrides. */
#define MEMWARD_FEATURES(X)                                                   \
	X(MEMWARD_LOCKED, 0, "locked")     /* never on the swap device */     \
	X(MEMWARD_NO_DUMP, 1, "no_dump")   /* left out of core dumps */       \
	X(MEMWARD_GUARDED, 2, "guarded")   /* no-access page on both sides */ \
	X(MEMWARD_CANARY, 3, "canary")     /* overruns are found at free */   \
	X(MEMWARD_HIDDEN, 4, "hidden")     /* not readable from outside */    \
	X(MEMWARD_KEYED, 5, "keyed")       /* opened per thread by a key */   \
	X(MEMWARD_UNMERGED, 6, "unmerged") /* never deduplicated */           \
	X(MEMWARD_TRAP_FREE, 7, "trap_free") /* freed guarded secrets fault */

#define MEMWARD_FEATURE_ENUM(name, bit, text) name = 1 << (bit),
typedef enum memward_feature {
	MEMWARD_FEATURES(MEMWARD_FEATURE_ENUM)
} memward_feature;
#undef MEMWARD_FEATURE_ENUM

#define MEMWARD_FEATURE_COUNT 8

/* "locked" for MEMWARD_LOCKED, ...; NULL for what is not one feature bit. */
MEMWARD_API const char *memward_feature_name(uint32_t feature);

/* Flags of a policy. */
#define MEMWARD_FIXED        UINT32_C(1) /* no operator override */
#define MEMWARD_NEVER_HIDDEN UINT32_C(2) /* hidden off, whoever asks */

/*
 * What a ward must and should have. A feature in neither set is off. What is
 * required and cannot be had fails the call; what is preferred and cannot be
 * had stands in the report. A required feature need not be preferred too.
 */
typedef struct memward_policy {
	size_t size;            /* sizeof(memward_policy) */
	uint32_t require;       /* MEMWARD_ features */
	uint32_t prefer;        /* MEMWARD_ features */
	memward_fork_rule fork; /* what a forked child finds */
	memward_access rest;    /* access outside windows: READ_WRITE: open;
				   NO_ACCESS: closed, use windows */
	size_t reserve;         /* bytes of secrets to have ready; 0: none */
	size_t limit;           /* bytes of pages, at most; 0: no limit */
	uint32_t flags;         /* MEMWARD_FIXED, MEMWARD_NEVER_HIDDEN */
} memward_policy;

/*
 * Presets. `server` is what the default ward has, but that it only prefers
 * no_dump where the system cannot leave a mapping out of dumps at all (macOS,
 * NetBSD, Solaris, illumos, Windows before 10 1703); its report says so.
 */
typedef enum memward_preset {
	MEMWARD_SERVER,    /* require locked no_dump guarded canary; prefer
			      unmerged; fork keep; open */
	MEMWARD_STRICT,    /* server, and require hidden; closed; fork omit */
	MEMWARD_CONTAINER, /* server, but locked only preferred */
	MEMWARD_DESKTOP    /* server, and hidden off whatever else says so */
} memward_preset;

/* Fills *policy, whose size the caller has set. EVALUE: unknown preset. */
MEMWARD_API int memward_policy_preset(
    memward_policy *policy, memward_preset preset);

#define MEMWARD_POLICY_INIT                                                  \
	{                                                                    \
		sizeof(memward_policy),                                      \
		    MEMWARD_LOCKED | MEMWARD_NO_DUMP | MEMWARD_GUARDED |     \
			MEMWARD_CANARY,                                      \
		    MEMWARD_UNMERGED, MEMWARD_FORK_KEEP, MEMWARD_READ_WRITE, \
		    0, 0, 0                                                  \
	}

/*
 * Opens a ward. policy NULL: the preset `server`. The environment variable
 * MEMWARD_POLICY, read once, changes the policies of wards that are not
 * MEMWARD_FIXED; set-uid programs ignore it. Its words, with commas between:
 * `require-FEATURE`, `prefer-FEATURE` and `no-hidden`. A word it does not
 * know, or a feature it requires and the system lacks, is an error here.
 *
 * Hidden memory is omitted on fork, locked by nature, and blocks hibernation
 * of the whole machine while it exists; EPERM: a filter of system calls.
 *
 * Errors: ENULL, EVALUE, EOVERRIDE, ELOCKLIMIT, ELOCKPRIV, EUNSUPPORTED,
 * EFORKRULE (hidden, and another rule than omit), EKEYLIMIT (no key left for
 * MEMWARD_KEYED: x86-64 has 15), ENOTCLOSED (keyed, but open at rest), EPERM,
 * ENOMEM and what memward_reserve() answers. *ward is set on success only.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_open(
    const memward_policy *policy, memward_ward **ward);

/*
 * Closes a ward for good: wipes and frees all its secrets. EWINDOW: a window
 * is open or a memward_call() runs, nothing has changed. EVALUE: NULL, the
 * default ward is for ever.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_close(memward_ward *ward);

/*
 * A packed secret of len bytes (0 is fine), 16-byte aligned, zeroed. Its
 * canary begins right behind its last byte. On a closed ward it may be used
 * only inside a window. One of more than 15,352 bytes is a guarded secret.
 *
 * Errors: ENULL, EOVERFLOW, ENOMEM, ELOCKLIMIT, ELOCKPRIV, ELIMIT (the
 * policy's own), EWIPEDALL, EVALUE (a ward that was closed for good); on the
 * default ward, which is made at its first use, also as memward_open():
 * EOVERRIDE. *secret is set on success only.
 * Rarely, where the system refuses a page for a reason of its own: EPERM,
 * EUNSUPPORTED, ESYSTEM; EDUMPLIMIT (Windows).
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_new(
    memward_ward *ward, size_t len, void **secret);

/*
 * A guarded secret: pages of its own between two no-access pages, ending at
 * the second one as closely as align (a power of two, up to the page size)
 * allows: with 1, exactly the next byte faults. Errors: as memward_new(), and
 * EVALUE for an alignment.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_new_guarded(
    memward_ward *ward, size_t len, size_t align, void **secret);

/* The same in the shape of malloc: NULL and errno (ENOMEM, EAGAIN, EINVAL). */
MEMWARD_API void *memward_alloc(memward_ward *ward, size_t len);
MEMWARD_API void *memward_alloc_guarded(
    memward_ward *ward, size_t len, size_t align);

/*
 * Wipes and frees. NULL is fine. Works in any state of the ward and never
 * fails; a broken canary, a double free or a pointer that is not a secret's
 * first byte ends the process. errno is kept.
 */
MEMWARD_API void memward_free(void *secret);

/*
 * Gives *secret len bytes, in place or elsewhere; new bytes are zero. On
 * success no copy is left behind, and a guarded secret is read-write again,
 * whatever memward_protect() said; on failure the old secret stays valid and
 * unchanged. Errors as memward_new(); ECLOSED: the secret is closed;
 * EUNMAPPED: it was inherited over fork under omit or wipe.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_resize(void **secret, size_t len);

/*
 * Sets what a guarded secret may be used for. ENULL; EVALUE: unknown access;
 * EPACKED: a packed secret shares its page with others; EUNMAPPED: it was
 * inherited over fork under omit or wipe; ENOMEM.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_protect(
    void *secret, memward_access access);

/* The len it was made with; 0 for NULL. */
MEMWARD_API size_t memward_size(const void *secret);

/*
 * The ward it belongs to; the default ward is NULL, as in memward_new(). As
 * with all calls on a secret, what is none ends the process; here NULL too.
 */
MEMWARD_API memward_ward *memward_ward_of(const void *secret);

/* Whether this is the first byte of a living secret. Never fails. */
MEMWARD_API bool memward_is_secret(const void *address);

/*
 * Checks canaries: of one secret, of all in a ward (NULL: the default one),
 * of all wards. A broken one ends the process. Errors: ENOMEM if a closed
 * ward cannot be opened for it; EVALUE, a ward that was closed for good;
 * EWIPEDALL. memward_check() then looks at nothing, and cannot say so.
 */
MEMWARD_API void memward_check(const void *secret);
MEMWARD_API MEMWARD_MUST_CHECK int memward_check_ward(memward_ward *ward);
MEMWARD_API MEMWARD_MUST_CHECK int memward_check_all(void);

/*
 * Whether memward_free() would take it: the first byte of a living secret with
 * its canaries whole. For those who end a damaged process in their own way. A
 * closed secret is opened for it; true if that is refused. Never ends the
 * process.
 */
MEMWARD_API bool memward_is_intact(const void *secret);

/*
 * Windows on a closed ward. They nest and are counted; access is READ_ONLY or
 * READ_WRITE, and the widest that is open holds. The thread that begins a
 * window ends it: EWINDOW otherwise, and for the 257th that a thread would
 * have open on a ward. On an open ward they do nothing but count.
 *
 * By page protection they hold for all threads. On a ward that has obtained
 * MEMWARD_KEYED they are the thread's own, without system call or lock once
 * it had one: other threads stay out. So does a signal handler, which begins
 * with all keys closed; a jump out of it leaves them so until the thread's
 * next begin or end. A thread started inside a window inherits its rights,
 * until it ends a window of its own; a later ward may have the same key.
 *
 * Errors: EWINDOW; EVALUE: another access, a ward that was closed for good;
 * ENOMEM. A window that could not begin changes nothing. One that ended with
 * ENOMEM is ended, but pages may be open until the ward's next one.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_begin(
    memward_ward *ward, memward_access access);
MEMWARD_API MEMWARD_MUST_CHECK int memward_end(memward_ward *ward);

/*
 * Calls function(argument) inside a window; its result is the callback's, or
 * an error of its own as above; ENULL: no function.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_with(memward_ward *ward,
    memward_access access, int (*function)(void *), void *argument);

/* Where an address lies. */
typedef enum memward_place {
	MEMWARD_PLACE_FOREIGN, /* not memward's */
	MEMWARD_PLACE_SECRET,  /* in a living secret */
	MEMWARD_PLACE_FREED,   /* in memory for secrets, none lives there */
	MEMWARD_PLACE_SLACK,   /* in the canary or the zeros around a secret */
	MEMWARD_PLACE_GUARD    /* in a guard page or unused reservation */
} memward_place;

typedef struct memward_address {
	memward_place place;
	memward_ward *ward; /* NULL: the default ward, or none */
	void *secret;       /* its first byte, or NULL */
	size_t len;         /* its length */
	ptrdiff_t offset;   /* of the address from the secret's first byte */
} memward_address;

/*
 * Whose memory an address is. Callable in a fault handler: takes no lock and
 * touches no secret. Errors: ENULL.
 */
MEMWARD_API int memward_explain_address(
    const void *address, memward_address *what);

/* How much of what was requested was obtained. */
typedef enum memward_summary {
	MEMWARD_NONE,
	MEMWARD_PARTIAL,
	MEMWARD_FULL
} memward_summary;

/* Kinds of pages, the strongest last: name, number, word in reports. */
#define MEMWARD_STORES(X)                                                  \
	X(MEMWARD_STORE_PAGES, 0, "pages") /* locked, left out of dumps,   \
					      between no-access pages */   \
	X(MEMWARD_STORE_GUARD_REGIONS, 1, "guard_regions") /* many guarded \
							      secrets in a \
							      mapping */   \
	X(MEMWARD_STORE_HIDDEN, 2, "hidden") /* not readable from outside */

#define MEMWARD_STORE_ENUM(name, number, text) name = (number),
typedef enum memward_store { MEMWARD_STORES(MEMWARD_STORE_ENUM) } memward_store;
#undef MEMWARD_STORE_ENUM

#define MEMWARD_STORE_COUNT 3

typedef struct memward_report {
	size_t size;             /* sizeof(memward_report), set by caller */
	memward_summary summary; /* of the requested features */
	uint32_t requested;      /* MEMWARD_ features */
	uint32_t obtained;       /* of these, for all pages in question */
	uint32_t lowered;        /* required, but preferred by the override */
	/* By feature bit number: 0 or the MEMWARD_E code why not ... */
	int reason[MEMWARD_FEATURE_COUNT];
	/* ... and the system's own code, or 0. */
	int system_error[MEMWARD_FEATURE_COUNT];
	size_t pages;          /* bytes of pages in question */
	size_t pages_unlocked; /* bytes of them that are not locked */
	bool orphaned;         /* inherited over fork under omit or wipe */
	/*
	 * Of `obtained`, what the kernel's own account says now; the rest is
	 * as memward set it, for want of an account (Linux has one).
	 */
	uint32_t confirmed;
	memward_store store; /* the weakest kind among these pages */
	/* Of each stronger kind the MEMWARD_E code why it is not used. */
	int store_reason[MEMWARD_STORE_COUNT];
	int store_error[MEMWARD_STORE_COUNT]; /* the system's code, or 0 */
} memward_report;

/* clang-format off */
#define MEMWARD_REPORT_INIT \
	{sizeof(memward_report), MEMWARD_NONE, 0, 0, 0, {0}, {0}, 0, 0, false, \
	    0, MEMWARD_STORE_PAGES, {0}, {0}}
/* clang-format on */

/*
 * What holds, for a secret, a ward, the process. On Linux no_dump and unmerged
 * are compared with /proc/self/smaps, since others can undo them (EUNDONE);
 * that takes some microseconds per mapping.
 *
 * Errors: ENULL, EVALUE; and as reasons in the report, besides those of other
 * calls: EUNDONE, ENOTASKED, EFORBIDDEN, EATODDS.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_report_secret(
    const void *secret, memward_report *report);
MEMWARD_API MEMWARD_MUST_CHECK int memward_report_ward(
    memward_ward *ward, memward_report *report);
MEMWARD_API MEMWARD_MUST_CHECK int memward_report_process(
    memward_report *report);

/*
 * A report as text for people or as one JSON object, NUL-terminated, cut to
 * room bytes. Returns the length the whole has, as snprintf does.
 */
MEMWARD_API size_t memward_report_text(
    const memward_report *report, char *text, size_t room);
MEMWARD_API size_t memward_report_json(
    const memward_report *report, char *json, size_t room);

typedef struct memward_budget_info {
	size_t size;      /* sizeof(memward_budget_info), set by caller */
	size_t locked;    /* bytes locked for all wards now */
	size_t limit;     /* bytes the process may lock; SIZE_MAX: all */
	size_t more;      /* further secrets of the size asked about that
			     fit this ward for certain, at the least */
	uint64_t live;    /* secrets alive in the ward */
	uint64_t peak;    /* most alive at once, as counted at refills */
	uint64_t refused; /* allocations refused */
	/* The same of secrets that share the size class of the one asked for */
	uint64_t live_of_size;
	uint64_t peak_of_size;
	uint64_t refused_of_size;
	size_t committed; /* bytes of pages in use by the ward */
} memward_budget_info;

/*
 * What is left. secret_size: bytes of a packed secret. ENULL; EVALUE: a size
 * so large that such a secret has a mapping for itself alone, or the size of
 * *info, or a ward that was closed for good. What other processes hold is not
 * known: on Linux 7.2 (seen) a user's hidden pages share one limit.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_budget(
    memward_ward *ward, size_t secret_size, memward_budget_info *info);

/*
 * Makes ready for count more packed secrets of size bytes: the calling thread
 * then allocates and frees within them without a system call. All or nothing.
 * The ward keeps these pages for good, and others that fall idle until a limit
 * asks for them. Errors as memward_new(); EVALUE also as memward_budget().
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_reserve(
    memward_ward *ward, size_t count, size_t size);

/*
 * Locks and unlocks the pages of the caller's own memory, any addresses,
 * counted per page: a page is unlocked when as many unlocks as locks have
 * named it. ENOTLOCKED: a page of the range is not locked by these calls;
 * nothing has changed. Other errors as memward_sys_lock().
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_lock_range(
    const void *mem, size_t len);
MEMWARD_API MEMWARD_MUST_CHECK int memward_unlock_range(
    const void *mem, size_t len);

/*
 * Wipes every secret now, for good: later allocations answer EWIPEDALL, later
 * frees do nothing. For signal handlers: takes no lock, opens what is closed.
 * Returns the number of bytes it could not open and wipe (0: all is gone);
 * stacks that memward_call() is using are among them, and wiped at its end.
 */
MEMWARD_API size_t memward_wipe_all(void);

/* Compares in a time that depends on len only. True: equal. */
MEMWARD_API bool memward_equal(const void *a, const void *b, size_t len);

/* Fills with random bytes of the system. ENULL, ESYSTEM. */
MEMWARD_API MEMWARD_MUST_CHECK int memward_random(void *mem, size_t len);

#ifdef __cplusplus
}
#endif

#endif
