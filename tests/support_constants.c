/* SPDX-License-Identifier: MIT */
/*
 * Facts about each system that the layer relies on, told to the compiler. It
 * is compiled with the real headers of every system that is built for, and
 * with those of its model (tests/model/), so the two cannot drift apart.
 * Nothing here runs.
 */
#if defined(__linux__)
#define _GNU_SOURCE
#elif defined(__NetBSD__)
#define _NETBSD_SOURCE
#elif defined(__sun) && !defined(__EXTENSIONS__)
#define __EXTENSIONS__
#endif

#include <stddef.h>
#include <stdint.h>

#define PIN(name, value) \
	_Static_assert((name) == (value), #name " is not " #value)

#if defined(_WIN32)

#include <windows.h>

PIN(PAGE_NOACCESS, 1);
PIN(PAGE_READONLY, 2);
PIN(PAGE_READWRITE, 4);
PIN(MEM_COMMIT, 0x1000);
PIN(MEM_RESERVE, 0x2000);
PIN(MEM_RELEASE, 0x8000);
PIN(MEM_FREE, 0x10000);
PIN(ERROR_NOT_LOCKED, 158);
PIN(ERROR_INVALID_ADDRESS, 487);
PIN(ERROR_NOACCESS, 998);
PIN(ERROR_WORKING_SET_QUOTA, 1453);
PIN(ERROR_COMMITMENT_LIMIT, 1455);
PIN(QUOTA_LIMITS_HARDWS_MIN_DISABLE, 2);
PIN(QUOTA_LIMITS_HARDWS_MAX_DISABLE, 8);
PIN(SEM_NOGPFAULTERRORBOX, 2);
PIN(PROCESS_VM_READ, 0x10);
PIN(PROCESS_QUERY_LIMITED_INFORMATION, 0x1000);
PIN(READ_CONTROL, 0x20000);
PIN(WRITE_DAC, 0x40000);
PIN(SYNCHRONIZE, 0x100000);
PIN(PROCESS_ALL_ACCESS & 0x1fffff, PROCESS_ALL_ACCESS);
PIN(SE_DACL_PRESENT, 4);
PIN(DACL_SECURITY_INFORMATION, 4);
PIN(SECURITY_LOCAL_SYSTEM_RID, 18);
/* The layer builds its access list from these. */
PIN(sizeof(ACL), 8);
PIN(sizeof(ACE_HEADER), 4);
PIN(sizeof(SID), 12);
PIN(sizeof(SIZE_T), sizeof(size_t));

#else

#include <sys/mman.h>
#include <sys/resource.h>

/* The same everywhere. */
PIN(PROT_NONE, 0);
PIN(PROT_READ, 1);
PIN(PROT_WRITE, 2);
PIN(MAP_PRIVATE, 2);
PIN(MAP_FIXED, 0x10);
PIN(RLIMIT_CORE, 4);
/* To every Unix it means: return at once. */
PIN(MS_ASYNC, 1);
/* No limit is so high that a size in bytes could reach it. */
_Static_assert(
    (rlim_t)RLIM_INFINITY >= INT64_MAX - 2 || sizeof(rlim_t) < sizeof(int64_t),
    "an infinite limit looks like a finite one");

#if !defined(__sun)
/* A pointer to the system's own function stands in the layer's table. */
#define IS_LOCK_CALL(f) \
	_Generic(&(f), int (*)(const void *, size_t) : 1, default : 0)
PIN(IS_LOCK_CALL(mlock), 1);
PIN(IS_LOCK_CALL(munlock), 1);
#endif

#if defined(__linux__)

#include <sys/prctl.h>

PIN(PR_GET_DUMPABLE, 3);
PIN(PR_SET_DUMPABLE, 4);
PIN(PR_SET_PTRACER, 0x59616d61);
/* Missing in old headers; the layer then has these numbers of its own. */
#ifdef PR_SET_MEMORY_MERGE
PIN(PR_SET_MEMORY_MERGE, 67);
PIN(PR_GET_MEMORY_MERGE, 68);
#endif

/* As most architectures have them: asm-generic/mman-common.h. */
PIN(MAP_ANON, 0x20);
PIN(MAP_NORESERVE, 0x4000);
PIN(MAP_SHARED, 1);
PIN(MREMAP_MAYMOVE, 1);
PIN(MREMAP_FIXED, 2);
#ifdef MAP_FIXED_NOREPLACE
PIN(MAP_FIXED_NOREPLACE, 0x100000);
#endif
PIN(MADV_DONTFORK, 10);
PIN(MADV_DOFORK, 11);
PIN(MADV_UNMERGEABLE, 13);
PIN(MADV_NOHUGEPAGE, 15);
PIN(MADV_DONTDUMP, 16);
PIN(MADV_DODUMP, 17);
/* Missing in old headers; the layer then has these numbers of its own. */
#ifdef MADV_WIPEONFORK
PIN(MADV_WIPEONFORK, 18);
PIN(MADV_KEEPONFORK, 19);
#endif
#ifdef MADV_POPULATE_WRITE
PIN(MADV_POPULATE_WRITE, 23);
#endif
#ifdef MADV_GUARD_INSTALL
PIN(MADV_GUARD_INSTALL, 102);
PIN(MADV_GUARD_REMOVE, 103);
#endif
#ifdef MLOCK_ONFAULT
PIN(MLOCK_ONFAULT, 1);
#endif
PIN(RLIMIT_MEMLOCK, 8);

#elif defined(__APPLE__)

#include <mach/vm_inherit.h>
#include <sys/sysctl.h>

PIN(CTL_KERN, 1);
PIN(KERN_PROC, 14);
PIN(KERN_PROC_PID, 1);
PIN(P_TRACED, 0x800);
PIN(MAP_ANON, 0x1000);
PIN(MAP_NORESERVE, 0x40);
PIN(MADV_ZERO_WIRED_PAGES, 6);
PIN(VM_INHERIT_COPY, 1);
PIN(VM_INHERIT_NONE, 2);
PIN(RLIMIT_MEMLOCK, 6);
PIN(RLIM_INFINITY, (UINT64_C(1) << 63) - 1);

#elif defined(__FreeBSD__)

#include <sys/procctl.h>
#include <sys/wait.h>

PIN(P_PID, 0);
PIN(PROC_TRACE_CTL, 7);
PIN(PROC_TRACE_STATUS, 8);
PIN(PROC_TRACE_CTL_DISABLE_EXEC, 3);
PIN(MAP_ANON, 0x1000);
PIN(MAP_GUARD, 0x2000);
PIN(MAP_NOCORE, 0x20000);
PIN(PROT_MAX(PROT_READ | PROT_WRITE), 3 << 16);
#ifdef MAP_NORESERVE
#error "FreeBSD has it again: what does it do?"
#endif
PIN(MADV_NOCORE, 8);
PIN(INHERIT_COPY, 1);
PIN(INHERIT_NONE, 2);
PIN(INHERIT_ZERO, 3);
PIN(RLIMIT_MEMLOCK, 6);
PIN(RLIM_INFINITY, INT64_MAX);

#elif defined(__NetBSD__)

PIN(MAP_ANON, 0x1000);
PIN(MAP_NORESERVE, 0x40);
PIN(MAP_INHERIT_COPY, 1);
PIN(MAP_INHERIT_NONE, 2);
PIN(MAP_INHERIT_ZERO, 4); /* 3 on the other BSDs */
PIN(PROT_MPROTECT(PROT_READ | PROT_WRITE), 3 << 3);
PIN(RLIMIT_MEMLOCK, 6);
PIN(RLIM_INFINITY, (UINT64_C(1) << 63) - 1);

#elif defined(__OpenBSD__)

#include <sys/types.h>

#include <sys/sysctl.h>

PIN(CTL_KERN, 1);
PIN(KERN_GLOBAL_PTRACE, 81);
PIN(MAP_ANON, 0x1000);
PIN(MAP_CONCEAL, 0x8000);
/* Nothing is reserved for a mapping in any case. */
PIN(MAP_NORESERVE, 0);
PIN(MAP_INHERIT_COPY, 1);
PIN(MAP_INHERIT_NONE, 2);
PIN(MAP_INHERIT_ZERO, 3);
PIN(RLIMIT_MEMLOCK, 6);
PIN(RLIM_INFINITY, (UINT64_C(1) << 63) - 1);

#elif defined(__sun)

#include <priv.h>

#ifdef __PROC_PROTECT
PIN(__PROC_PROTECT, 8);
#endif
PIN(MAP_NORESERVE, 0x40);
PIN(MAP_ANON, 0x100);    /* 0x1000 or 0x20 elsewhere */
#ifdef MC_INHERIT_ZERO
PIN(MC_INHERIT_ZERO, 8); /* illumos */
#endif
#ifdef RLIMIT_MEMLOCK
#error "locked memory has become a resource: see lock_limit() in posix.c"
#endif
PIN(RLIM_INFINITY, (rlim_t)-3);

#else
#error "which system is this? It has no row here"
#endif

#endif
