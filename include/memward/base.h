/* SPDX-License-Identifier: MIT */
/*
 * What every part of memward shares: the version, the list of errors and
 * the wipe. Needs nothing but C11.
 */
#ifndef MEMWARD_BASE_H
#define MEMWARD_BASE_H

#include <stddef.h>

#define MEMWARD_VERSION_MAJOR 0
#define MEMWARD_VERSION_MINOR 1
#define MEMWARD_VERSION_PATCH 0

/* On Windows the list of exported names does this; functions need no
 * dllimport. */
#if defined(__GNUC__)
#define MEMWARD_API __attribute__((visibility("default")))
#else
#define MEMWARD_API
#endif

#if defined(__GNUC__)
#define MEMWARD_MUST_CHECK __attribute__((warn_unused_result))
#else
#define MEMWARD_MUST_CHECK
#endif

#if defined(__GNUC__)
#define MEMWARD_NORETURN __attribute__((noreturn))
#else
#define MEMWARD_NORETURN
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Every error memward reports: name, number, sentence. Functions return 0 or
 * the negative number. A sentence says what happened and what to do about it,
 * and never holds anything of a secret.
 *
 * The numbers are part of the binary interface: append, never renumber.
 */
/* clang-format off */
#define MEMWARD_ERRORS(X) \
	X(MEMWARD_EZERO, 1, \
	    "the length is 0") \
	X(MEMWARD_EOVERFLOW, 2, \
	    "the length does not fit into the address space") \
	X(MEMWARD_ENULL, 3, \
	    "a pointer that must not be NULL is NULL") \
	X(MEMWARD_EALIGN, 4, \
	    "the address does not begin a page; use memward_sys_page_size()") \
	X(MEMWARD_EUNMAPPED, 5, \
	    "part of the range is not mapped memory") \
	X(MEMWARD_EVALUE, 6, \
	    "an argument has none of its documented values") \
	X(MEMWARD_ENOMEM, 7, \
	    "the system has no memory, address space or mapping left; see " \
	    "ulimit -v, the control group's memory limit and, on Linux, " \
	    "sysctl vm.max_map_count") \
	X(MEMWARD_ELOCKLIMIT, 8, \
	    "the limit of locked memory is reached; raise it with ulimit -l, " \
	    "LimitMEMLOCK= in a systemd unit, --ulimit memlock= in a " \
	    "container, or grant CAP_IPC_LOCK") \
	X(MEMWARD_ELOCKPRIV, 9, \
	    "this system lets only privileged processes lock memory; on " \
	    "Solaris and illumos grant the privilege proc_lock_memory") \
	X(MEMWARD_ELOCKFROZEN, 10, \
	    "locks can no longer change: memward_sys_freeze_locks() was " \
	    "called; lock and unlock before it") \
	X(MEMWARD_EINACCESSIBLE, 11, \
	    "part of the range is closed; open it before locking it") \
	X(MEMWARD_EUNSUPPORTED, 12, \
	    "this system or this kernel cannot do it; memward_sys_query() " \
	    "tells what it can") \
	X(MEMWARD_EPERM, 13, \
	    "the system refused permission") \
	X(MEMWARD_EWIPED, 14, \
	    "the pages were wiped, but the system did not take them back") \
	X(MEMWARD_EPARTIAL, 15, \
	    "the range is not one whole allocation, which this system needs") \
	X(MEMWARD_EDUMPLIMIT, 16, \
	    "the system's table of ranges left out of crash reports is full; " \
	    "use fewer, larger allocations") \
	X(MEMWARD_ECOREPIPE, 17, \
	    "core dumps are piped to a handler, which a limit of 0 does not " \
	    "stop, and raising it to 1 byte needs privilege; start with " \
	    "ulimit -c 1 or make the process not dumpable") \
	X(MEMWARD_ECORESOCKET, 18, \
	    "the core limit is set, but core dumps go to a socket, which no " \
	    "limit stops; make the process not dumpable or change " \
	    "kernel.core_pattern") \
	X(MEMWARD_ECOREGLOBAL, 19, \
	    "the core limit is set, but global core files, if the " \
	    "administrator enabled them, ignore it; see coreadm(8)") \
	X(MEMWARD_ESYSTEM, 20, \
	    "the system refused for another reason; errno (on Windows " \
	    "GetLastError()) has its code") \
	X(MEMWARD_ELIMIT, 21, \
	    "the limit in the ward's policy is reached") \
	X(MEMWARD_EWINDOW, 22, \
	    "a window is open that should not be, or is not this thread's") \
	X(MEMWARD_ECLOSED, 23, \
	    "the secret is closed; open a window or its protection first") \
	X(MEMWARD_EPACKED, 24, \
	    "a packed secret shares its pages; use memward_new_guarded()") \
	X(MEMWARD_EOVERRIDE, 25, \
	    "the environment variable MEMWARD_POLICY cannot be understood or " \
	    "satisfied") \
	X(MEMWARD_EWIPEDALL, 26, \
	    "memward_wipe_all() was called; no more secrets in this process") \
	X(MEMWARD_ENOTLOCKED, 27, \
	    "part of the range was not locked by memward_lock_range()") \
	X(MEMWARD_ETRACED, 28, \
	    "the process is being traced, by a debugger for one, which has " \
	    "to end first") \
	X(MEMWARD_ETRACEABLE, 29, \
	    "this system lets other processes of the same user trace this " \
	    "one; on Linux ask for MEMWARD_HARDEN_NOT_DUMPABLE or set " \
	    "kernel.yama.ptrace_scope to 1 or more, on OpenBSD set " \
	    "kern.global_ptrace to 0, on Windows drop SeDebugPrivilege") \
	X(MEMWARD_ESEALED, 30, \
	    "it cannot be opened: it was changed, or belongs to another " \
	    "context, ward or process") \
	X(MEMWARD_EFORKRULE, 31, \
	    "hidden memory cannot be copied or wiped in a child; use the fork " \
	    "rule MEMWARD_FORK_OMIT") \
	X(MEMWARD_EUNDONE, 32, \
	    "it was set, and another part of the program has undone it") \
	X(MEMWARD_ENOTASKED, 33, \
	    "the policy does not ask for it") \
	X(MEMWARD_EFORBIDDEN, 34, \
	    "the policy or MEMWARD_POLICY forbids it") \
	X(MEMWARD_EATODDS, 35, \
	    "it is at odds with what else the policy asks for") \
	X(MEMWARD_EKEYLIMIT, 36, \
	    "all protection keys of this process are taken; close a ward that " \
	    "has one, or only prefer keyed") \
	X(MEMWARD_ENOTCLOSED, 37, \
	    "the ward is open at rest, so a key keeps nobody out; set rest to " \
	    "MEMWARD_NO_ACCESS") \
	X(MEMWARD_EEND, 38, \
	    "the input ended too early") \
	X(MEMWARD_ETOOLONG, 39, \
	    "the input is longer than the caller takes") \
	X(MEMWARD_ENOTFOUND, 40, \
	    "there is no file, credential or environment variable of that " \
	    "name") \
	X(MEMWARD_EUNSAFE, 41, \
	    "the file is not a regular one of this user or root that is " \
	    "closed to others, or is a symbolic link; see its mode and owner") \
	X(MEMWARD_ENOTERMINAL, 42, \
	    "there is no terminal to ask at") \
	X(MEMWARD_EINTERRUPTED, 43, \
	    "a signal interrupted the prompt") \
	X(MEMWARD_EMALFORMED, 44, \
	    "the text is not encoded as was said") \
	X(MEMWARD_EPIPELIMIT, 45, \
	    "a pipe has no room for so much; on Linux raise " \
	    "fs.pipe-max-size, or start the reader first and use " \
	    "memward_write_fd()")
/* clang-format on */

#define MEMWARD_ERROR_ENUM(name, number, text) name = -(number),
enum memward_error { MEMWARD_ERRORS(MEMWARD_ERROR_ENUM) };
#undef MEMWARD_ERROR_ENUM

/*
 * The name ("MEMWARD_ELOCKLIMIT") and the sentence of an error code. 0 gives
 * "MEMWARD_OK"; an unknown code gives a text that says so. Never NULL; static
 * storage. Safe in threads, after fork and in signal handlers.
 */
MEMWARD_API const char *memward_error_name(int code);
MEMWARD_API const char *memward_error_text(int code);

/* "0.1.0": the version of the library that is loaded. Static storage. */
MEMWARD_API const char *memward_version(void);

/*
 * Overwrites len bytes with zeros, in a way the compiler does not remove.
 * A len of 0 does nothing. Reaches no other copy: not registers, not spilled
 * stack slots, not what fork duplicated. Safe in threads, after fork and in
 * signal handlers.
 */
MEMWARD_API void memward_wipe(void *mem, size_t len);

#ifdef __cplusplus
}
#endif

#endif
