/* SPDX-License-Identifier: MIT */
/*
 * The platform layer: pages of memory for secrets, straight from the
 * operating system. It is complete by itself; a program that uses only this
 * header needs nothing else of memward.
 *
 * Common to all calls:
 * - They return 0, or a negative MEMWARD_E code (memward/base.h). After a
 *   failed system call, errno (on Windows GetLastError()) has its own code.
 * - Lengths are bytes and are rounded up to whole pages, so that alloc(32)
 *   and protect(p, 32, ...) are fine. Addresses must begin a page.
 * - Bad arguments (length 0, a sum that overflows, NULL, an address inside a
 *   page, unmapped memory, an unknown value) each have their own code and
 *   change nothing.
 * - Nothing is registered: whose memory it is, and what state it is in, the
 *   caller knows. Two threads may call at once for different ranges.
 *   (Where a system counts locks, or drops them behind one's back, the layer
 *   remembers the addresses it locked, and nothing else.)
 * - Nothing process-wide happens when the library is loaded, nor as a side
 *   effect, but for the working set that locking needs on Windows.
 * - After fork, in the child, all calls work. Only memward_sys_page_size()
 *   and memward_wipe() are documented as safe in signal handlers.
 */
#ifndef MEMWARD_MEM_SYS_H
#define MEMWARD_MEM_SYS_H

#include "memward/base.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a page may be used for. The values are those of Go's memcall. */
typedef enum memward_access {
	MEMWARD_NO_ACCESS = 1,
	MEMWARD_READ_ONLY = 2,
	MEMWARD_READ_WRITE = 6
} memward_access;

/* What a forked child finds in place of a range. */
typedef enum memward_fork_rule {
	MEMWARD_FORK_KEEP = 1, /* a private copy, not locked */
	MEMWARD_FORK_OMIT = 2, /* no mapping: a touch faults */
	MEMWARD_FORK_WIPE = 3  /* zeros */
} memward_fork_rule;

/* The size of a page in bytes, as this kernel has it: 4, 16 or 64 KiB. */
MEMWARD_API size_t memward_sys_page_size(void);

/*
 * Gives pages for len bytes: zeroed, readable and writable, left out of core
 * dumps and of same-page merging, without huge pages, each where the system
 * has the means (memward_sys_query() tells). Not locked. Fork rule: keep.
 * *mem is set on success only.
 *
 * Errors: EZERO, EOVERFLOW, ENULL, ENOMEM; EDUMPLIMIT (Windows); ESYSTEM.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_sys_alloc(size_t len, void **mem);

/*
 * Makes the pages writable, wipes them and gives them back. The wipe comes
 * before the lock is dropped. Length and address are those of alloc; where
 * the system allows it (all but Windows) a part may be freed by itself.
 * A failure leaves the contents intact, but for EWIPED: then they are gone
 * and the pages are still mapped, readable and writable.
 *
 * Errors: EZERO, EOVERFLOW, ENULL, EALIGN, EUNMAPPED, ENOMEM, EWIPED;
 * EPARTIAL (Windows); ESYSTEM.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_sys_free(void *mem, size_t len);

/*
 * Sets what the pages may be used for. A locked range stays locked: on
 * OpenBSD and Windows, which unlock a page that is closed, it is locked
 * again when it is opened, and if that fails it stays closed (ELOCKLIMIT).
 *
 * Errors: EZERO, EOVERFLOW, ENULL, EALIGN, EUNMAPPED, EVALUE, ENOMEM;
 * ELOCKLIMIT, ELOCKFROZEN (OpenBSD, Windows); ESYSTEM.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_sys_protect(
    void *mem, size_t len, memward_access access);

/*
 * Keeps the pages in memory, out of the swap device. The range must be open
 * (read-only or read-write). Locks do not nest: one unlock undoes any number
 * of locks. A child does not inherit them. A lock does not keep a page out of
 * a hibernation image.
 * After ELOCKLIMIT, ELOCKPRIV and ELOCKFROZEN nothing has changed; after any
 * other failure of the system this call has locked nothing, and what was
 * locked in the range before may be unlocked.
 * (Linux gives the same error at vm.max_map_count, when locking would have to
 * split a mapping: then ELOCKLIMIT too, and part may be locked.)
 *
 * Errors: EZERO, EOVERFLOW, ENULL, EALIGN, EUNMAPPED, EINACCESSIBLE,
 * ELOCKLIMIT, ELOCKPRIV, ELOCKFROZEN, ENOMEM, ESYSTEM.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_sys_lock(void *mem, size_t len);

/*
 * Undoes memward_sys_lock() for these pages, however often they were locked;
 * unlocking what is not locked succeeds. Contents stay: wipe first.
 *
 * Errors: EZERO, EOVERFLOW, ENULL, EALIGN, EUNMAPPED, ELOCKPRIV,
 * ELOCKFROZEN, ESYSTEM.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_sys_unlock(void *mem, size_t len);

/*
 * Says that locks stay as they are until the process ends: lock and unlock
 * answer ELOCKFROZEN and make no system call. For programs that confine
 * themselves, above all on OpenBSD, where mlock(2) after pledge(2) kills the
 * process: lock everything, call this, then pledge. On OpenBSD and Windows
 * a locked range can then no longer be closed, since that would drop its
 * lock: protect to MEMWARD_NO_ACCESS answers ELOCKFROZEN. Returns nothing
 * because it cannot fail. Cannot be undone; a child inherits it.
 */
MEMWARD_API void memward_sys_freeze_locks(void);

/*
 * Sets what a child of fork finds. Call it while the range is read-write.
 * A child made by vfork(2) is still the parent, whatever the rule.
 * On Windows, which has no fork, only OMIT is true and the others are
 * EUNSUPPORTED. macOS has no WIPE; Solaris and illumos no OMIT; illumos
 * cannot undo WIPE, so there KEEP, the state of a new range, is
 * EUNSUPPORTED, as it is under an emulator that accepts any advice.
 *
 * Errors: EZERO, EOVERFLOW, ENULL, EALIGN, EUNMAPPED, EVALUE, EUNSUPPORTED,
 * ENOMEM, EPERM, ESYSTEM.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_sys_set_fork_rule(
    void *mem, size_t len, memward_fork_rule rule);

/*
 * Says whether the pages stand in core files. Those of memward_sys_alloc() are
 * left out from the beginning, where the system can; this is for other memory
 * of the program. Only Linux and FreeBSD can change it.
 *
 * Errors: EZERO, EOVERFLOW, ENULL, EALIGN, EUNMAPPED, EUNSUPPORTED, ENOMEM,
 * EPERM, ESYSTEM.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_sys_set_dump(
    void *mem, size_t len, bool dumped);

/*
 * Makes this process write no core file: soft and hard limit 0. On Linux,
 * where the handler is a pipe or cannot be read, the limit is 1 byte, which
 * stops file and pipe (core(5)); ECORESOCKET and ECOREGLOBAL say that the
 * limit is set and what it does not stop. On Windows, which has no core
 * files, heap is left out of error reports and an unhandled exception starts
 * no report; a dump made by an administrator or a debugger is not stopped.
 * Process-wide, inherited by children, and for good.
 *
 * Errors: ECOREPIPE, ECORESOCKET (Linux), ECOREGLOBAL (Solaris, illumos),
 * EUNSUPPORTED (Windows before Vista), EPERM, ESYSTEM.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_sys_disable_core_dumps(void);

/* What a system may grant. Bits of memward_sys_info.granted. */
#define MEMWARD_SYS_FEATURES(X)                        \
	X(MEMWARD_SYS_LOCK, 0, "lock")                 \
	X(MEMWARD_SYS_NO_DUMP, 1, "no_dump")           \
	X(MEMWARD_SYS_FORK_OMIT, 2, "fork_omit")       \
	X(MEMWARD_SYS_FORK_WIPE, 3, "fork_wipe")       \
	X(MEMWARD_SYS_UNMERGED, 4, "unmerged")         \
	X(MEMWARD_SYS_NO_HUGE, 5, "no_huge_pages")     \
	X(MEMWARD_SYS_WIPE_AT_EXIT, 6, "wipe_at_exit") \
	X(MEMWARD_SYS_HIDDEN, 7, "hidden")             \
	X(MEMWARD_SYS_GUARDS, 8, "guard_regions")      \
	X(MEMWARD_SYS_KEYS, 9, "protection_keys")

#define MEMWARD_SYS_ENUM(name, bit, text) name = 1 << (bit),
typedef enum memward_sys_feature {
	MEMWARD_SYS_FEATURES(MEMWARD_SYS_ENUM)
} memward_sys_feature;
#undef MEMWARD_SYS_ENUM

#define MEMWARD_SYS_FEATURE_COUNT 10

typedef struct memward_sys_info {
	size_t size;         /* sizeof(memward_sys_info), set by the caller */
	uint32_t granted;    /* MEMWARD_SYS_ bits that hold here and now */
	size_t page_size;    /* bytes */
	uint64_t lock_limit; /* bytes this process may lock; UINT64_MAX: all */
	const char *system;  /* "Linux", "FreeBSD", ...; static storage */
	/* For each feature's bit number: 0, or the MEMWARD_E code why not. */
	int reason[MEMWARD_SYS_FEATURE_COUNT];
	/* The system's own code for the same (errno or GetLastError()), or 0.
	 */
	int system_error[MEMWARD_SYS_FEATURE_COUNT];
} memward_sys_info;

/* clang-format off */
#define MEMWARD_SYS_INFO_INIT {sizeof(memward_sys_info), 0, 0, 0, NULL, {0}, {0}}
/* clang-format on */

/*
 * Asks this kernel, not a table, by trying each feature on a page of its own.
 * (Emulators accept any advice, so advice counts only where nonsense is seen
 * to be refused. A protection key is taken for a moment; if none is left, the
 * reason is EKEYLIMIT.) No more than info->size bytes are written.
 *
 * Errors: ENULL; EVALUE if size is smaller than the first version's;
 * ENOMEM, ESYSTEM if no page is to be had for trying.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_sys_query(memward_sys_info *info);

/* "lock" for MEMWARD_SYS_LOCK, ...; NULL for what is not one feature bit. */
MEMWARD_API const char *memward_sys_feature_name(uint32_t feature);

/*
 * An environment variable; NULL if it is unset, or the program is set-uid and
 * must not do as its user says. As getenv(3), it is safe in threads as long as
 * none changes the environment.
 */
MEMWARD_API const char *memward_sys_environment(const char *name);

#ifdef __cplusplus
}
#endif

#endif
