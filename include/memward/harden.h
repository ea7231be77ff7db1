/* SPDX-License-Identifier: MIT */
/*
 * Hardening of the whole process. Nothing here happens unless it is asked
 * for, since all of it has side effects; each item is asked for by name and
 * answered by itself.
 *
 * "Others" are processes of the same user without privilege, other than those
 * this one descends from, which could have started any program in its place.
 * Nothing here stops root, or whoever has CAP_SYS_PTRACE or SeDebugPrivilege.
 */
#ifndef MEMWARD_HARDEN_H
#define MEMWARD_HARDEN_H

#include "memward/base.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * One item, one bit: name, bit, word.
 *
 * NOT_DUMPABLE  Linux: PR_SET_DUMPABLE 0. Others can no longer read memory
 *	(/proc/PID/mem, process_vm_readv), trace, or take descriptors; and no
 *	core is written to a file, a pipe or a socket.
 *	Side effects: debuggers, strace, profilers and crash reporters of the
 *	same user fail, leak checkers that trace their own process too. What
 *	is in /proc/PID belongs to root, so that without privilege opening
 *	/proc/self/mem, for one, is refused.
 *	A forked child inherits it. An exec takes it back; so may a change of
 *	user id, after which fs.suid_dumpable decides. Other systems have no
 *	such attribute, EUNSUPPORTED: see NO_TRACE.
 *
 * NO_TRACE  Others can neither trace this process nor read its memory.
 *	Linux has no call of its own for it: it holds where NOT_DUMPABLE
 *	holds, and where kernel.yama.ptrace_scope is 1 or more; at 1, asking
 *	takes back what PR_SET_PTRACER had permitted, which later calls of it
 *	may permit again, so there only asking tells. Otherwise ETRACEABLE.
 *	FreeBSD: PROC_TRACE_CTL, kept over fork and exec; also stops core
 *	files and ktrace. macOS: PT_DENY_ATTACH, kept over exec; task ports
 *	are a gate of their own. Solaris, illumos: __PROC_PROTECT, kept over
 *	fork; core files are then root's. macOS, Solaris and illumos cannot be
 *	asked about it: there only asking tells. OpenBSD: holds unless
 *	kern.global_ptrace is set (ETRACEABLE). NetBSD: EUNSUPPORTED.
 *	Windows: the process gets an access list that lets its owner query it
 *	and end it; tools of the same user that open it for more fail, and a
 *	new process has its own list again. Its threads have lists of their
 *	own: others can still stop them and set their registers.
 *	ETRACED: it is being traced at this moment (FreeBSD, macOS).
 *
 * NO_CORES  No core file, as memward_sys_disable_core_dumps() says. A core
 *	handler that no limit stops is an error unless NOT_DUMPABLE holds.
 *	Kept over fork and exec; on Windows neither exists.
 *
 * NO_MERGE  The kernel does not merge this process' pages with equal ones of
 *	others (a timing channel) because somebody turned that on for the
 *	process: Linux, PR_SET_MEMORY_MERGE 0. Ranges for which the program
 *	itself gave MADV_MERGEABLE are its own affair. Kept over fork and
 *	exec. EUNSUPPORTED before Linux 6.4, on a kernel without merging, and
 *	on Windows, whose page combining is the whole system's. Other systems
 *	never merge: it holds.
 */
#define MEMWARD_HARDEN_ITEMS(X)                           \
	X(MEMWARD_HARDEN_NOT_DUMPABLE, 0, "not_dumpable") \
	X(MEMWARD_HARDEN_NO_TRACE, 1, "no_trace")         \
	X(MEMWARD_HARDEN_NO_CORES, 2, "no_cores")         \
	X(MEMWARD_HARDEN_NO_MERGE, 3, "no_merge")

#define MEMWARD_HARDEN_ENUM(name, bit, text) name = 1 << (bit),
typedef enum memward_harden_item {
	MEMWARD_HARDEN_ITEMS(MEMWARD_HARDEN_ENUM)
} memward_harden_item;
#undef MEMWARD_HARDEN_ENUM

#define MEMWARD_HARDEN_COUNT 4

/* Why an item does not hold. */
typedef struct memward_harden_answer {
	int reason;       /* 0 or a MEMWARD_E code */
	int system_error; /* errno or GetLastError() with it, or 0 */
} memward_harden_answer;

typedef struct memward_hardening {
	size_t size;       /* sizeof(memward_hardening), set by the caller */
	uint32_t obtained; /* MEMWARD_HARDEN_ items that hold now */
	/*
	 * By bit number. Of items that were not asked for, the reason is 0 or
	 * EUNSUPPORTED: the system lacks it, or cannot be asked about it.
	 */
	memward_harden_answer answer[MEMWARD_HARDEN_COUNT];
} memward_hardening;

/* clang-format off */
#define MEMWARD_HARDENING_INIT {sizeof(memward_hardening), 0, {{0, 0}}}
/* clang-format on */

/*
 * Asks for these items, each whether or not the others can be had, and tells
 * in *hardening (NULL: not wanted) what holds now, of all items. Where the
 * system can be asked, that is read back from it. With items 0 nothing
 * changes. Asking again is cheap and harmless: after fork, exec or a change
 * of user id.
 *
 * Returns 0 if all that was asked for holds, else why the first of them, by
 * bit, does not.
 *
 * Errors: ETRACED, ETRACEABLE, ECOREPIPE, ECORESOCKET, ECOREGLOBAL,
 * EUNSUPPORTED, EPERM, ENOMEM, ESYSTEM. EVALUE: an unknown item, or a size
 * smaller than the first version's; then nothing has changed.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_harden(
    uint32_t items, memward_hardening *hardening);

/* "no_trace" for MEMWARD_HARDEN_NO_TRACE, ...; NULL for what is not one. */
MEMWARD_API const char *memward_harden_item_name(uint32_t item);

#ifdef __cplusplus
}
#endif

#endif
