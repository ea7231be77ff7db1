/* SPDX-License-Identifier: MIT */
/*
 * The systems, one row each. A fact says where it comes from: a manual page,
 * or a file of the system's source. Where nothing is known for certain, the
 * model does what is hardest for the backend, and says so.
 *
 * errno values are the host's: only their names pass between backend and
 * model.
 */
#include "system.h"

#include <errno.h>

/* mman-common.h of Linux; UNMERGEABLE and NOHUGEPAGE show nowhere. */
#define LINUX_ADVICE                                                           \
	{                                                                      \
		{10, MODEL_OMIT}, {11, MODEL_UNDO_OMIT},                       \
		    {13, MODEL_NO_EFFECT}, {15, MODEL_NO_EFFECT},              \
		    {16, MODEL_LEAVE_OUT}, {17, MODEL_TAKE_IN},                \
		    {18, MODEL_ZERO}, {19, MODEL_UNDO_ZERO}, {23, MODEL_FILL}, \
		    {102, MODEL_GUARD}, {103, MODEL_UNGUARD},                  \
	}

/*
 * mlock(2), mm/mlock.c: CAP_IPC_LOCK has no limit; a page that cannot be read
 * fails, and is marked all the same.
 */
#define LINUX_WITH(bytes, count)                                               \
	{                                                                      \
		.name = "Linux", .page = (bytes), .map_anon = 0x20,            \
		.map_no_reserve = 0x4000, .privilege_lifts_limit = true,       \
		.limit_error = ENOMEM, .zero_limit_error = EPERM,              \
		.closed_lock = MODEL_REFUSED_YET_DONE, .advice = LINUX_ADVICE, \
		.secret_call = 447, .map_shared = 1, .rlimit_core = 4,         \
		.rlimit_memlock = 8, .rlim_infinity = UINT64_MAX,              \
		.keys = (count),                                               \
	}

static const struct model_system systems[] = {
    [FREEBSD] =
	{
	    .name = "FreeBSD",
	    .page = 4096,
	    .map_anon = 0x1000,       /* sys/mman.h */
	    .map_leave_out = 0x20000, /* MAP_NOCORE, mmap(2) */
	    /* MAP_GUARD, mmap(2); vm_map.c: vm_map_protect skips it. */
	    .map_guard = 0x2000,
	    /* PROT_MAX(p) is p << 16: mmap(2) */
	    .announce_shift = 16,
	    .announce_optional = true,
	    /* vm_mmap.c: RLIMIT_MEMLOCK and vm.max_user_wired, for root too. */
	    .limit_error = ENOMEM,
	    .zero_limit_error = ENOMEM,
	    /* vm_map.c: an entry that cannot be read cannot be wired. */
	    .closed_lock = MODEL_REFUSED,
	    /* MADV_NOCORE, MADV_CORE: madvise(2) */
	    .advice = {{8, MODEL_LEAVE_OUT}, {9, MODEL_TAKE_IN}},
	    /* INHERIT_COPY, NONE, ZERO: minherit(2) */
	    .inherit = {{1, MODEL_COPY}, {2, MODEL_OMIT}, {3, MODEL_ZERO}},
	    .rlimit_core = 4,
	    .rlimit_memlock = 6,
	    .rlim_infinity = INT64_MAX,
	},
    [NETBSD] =
	{
	    .name = "NetBSD",
	    .page = 4096,
	    .map_anon = 0x1000, /* sys/mman.h 1.62; no flag about cores */
	    .map_no_reserve = 0x40,
	    /* PROT_MPROTECT(p) is p << 3; kern_pax.c: no right can come later
	     * that was neither asked for nor announced. */
	    .announce_shift = 3,
	    /* mlock(2): EAGAIN at RLIMIT_MEMLOCK or the system's maximum. */
	    .limit_error = EAGAIN,
	    .zero_limit_error = EAGAIN,
	    .closed_lock = MODEL_REFUSED,
	    /* uvm_map.c looks for a page that is not wired before it unwires
	     * any; uvm_mmap.c turns every such failure into ENOMEM. */
	    .unlocked_error = ENOMEM,
	    /* MAP_INHERIT_COPY, NONE, and ZERO, which is 4: minherit(2) */
	    .inherit = {{1, MODEL_COPY}, {2, MODEL_OMIT}, {4, MODEL_ZERO}},
	    .rlimit_core = 4,
	    .rlimit_memlock = 6,
	    .rlim_infinity = INT64_MAX,
	},
    [OPENBSD] =
	{
	    .name = "OpenBSD",
	    .page = 4096,
	    .map_anon = 0x1000,
	    .map_leave_out = 0x8000, /* MAP_CONCEAL, mmap(2) */
	    /* uvm_map.c, uvm_map_protect: taking all access unwires. */
	    .closing_unlocks = true,
	    /* mlock(2) */
	    .limit_error = EAGAIN,
	    .zero_limit_error = EAGAIN,
	    /* uvm_map.c, uvm_map_pageable: skips what has no access. */
	    .closed_lock = MODEL_IGNORED,
	    /* MAP_INHERIT_COPY, NONE, ZERO: minherit(2) */
	    .inherit = {{1, MODEL_COPY}, {2, MODEL_OMIT}, {3, MODEL_ZERO}},
	    /* uvm_map.c, uvm_map_inherit: EPERM. */
	    .inherit_zero_needs_write = true,
	    .rlimit_core = 4,
	    .rlimit_memlock = 6,
	    .rlim_infinity = INT64_MAX,
	},
    [MACOS] =
	{
	    .name = "macOS",
	    .page = 16384, /* as on Apple silicon; Intel has 4096 */
	    .map_anon = 0x1000,
	    .map_no_reserve = 0x40,
	    /* xnu, osfmk/vm/vm_map.c: wirings are counted. */
	    .locks_nest = true,
	    /* kern_mman.c */
	    .limit_error = EAGAIN,
	    .zero_limit_error = EAGAIN,
	    /* vm_map.c asks for no access; not known whether the rest then
	     * succeeds, so the model takes the worse. */
	    .closed_lock = MODEL_LOCKED,
	    .advice = {{6, MODEL_WIPE_AT_EXIT}}, /* MADV_ZERO_WIRED_PAGES */
	    /* VM_INHERIT_COPY, NONE: mach/vm_inherit.h; none for zeros */
	    .inherit = {{1, MODEL_COPY}, {2, MODEL_OMIT}},
	    .rlimit_core = 4,
	    .rlimit_memlock = 6,
	    .rlim_infinity = INT64_MAX,
	},
    [SOLARIS] =
	{
	    .name = "Solaris/illumos",
	    .page = 4096,
	    .map_anon = 0x100, /* sys/mman.h */
	    .map_no_reserve = 0x40,
	    /* mlock(3C): the privilege proc_lock_memory, EPERM without;
	     * unaligned EINVAL; over the cap of project or zone EAGAIN. That
	     * closing keeps the lock is not documented. */
	    .lock_needs_privilege = true,
	    .lock_needs_alignment = true,
	    .limit_error = EAGAIN,
	    .zero_limit_error = EAGAIN,
	    /* Not known: the model takes what hides an error. */
	    .closed_lock = MODEL_LOCKED,
	    .rlimit_core = 4, /* sys/resource.h */
	    .rlim_infinity = UINT64_MAX - 2,
	},
    [ILLUMOS] =
	{
	    .name = "Solaris/illumos",
	    .page = 4096,
	    .map_anon = 0x100,
	    .map_no_reserve = 0x40,
	    .lock_needs_privilege = true,
	    .lock_needs_alignment = true,
	    .limit_error = EAGAIN,
	    .zero_limit_error = EAGAIN,
	    .closed_lock = MODEL_LOCKED,
	    .memcntl_zero = 8, /* MC_INHERIT_ZERO, memcntl(2) of illumos */
	    .rlimit_core = 4,
	    .rlim_infinity = UINT64_MAX - 2,
	},
    [LINUX] = LINUX_WITH(4096, 0),
    /* Other page sizes of the same: arm64, ppc64, loongarch64. */
    [LINUX_16K] = LINUX_WITH(16384, 0),
    [LINUX_64K] = LINUX_WITH(65536, 0),
    /* x86-64 with protection keys: pkeys(7). */
    [LINUX_KEYS] = LINUX_WITH(4096, 15),
    /* Linux as some user-mode emulators give it: see madvise(2) there. */
    [EMULATOR] =
	{
	    .name = "Linux",
	    .page = 4096,
	    .map_anon = 0x20,
	    .map_no_reserve = 0x4000,
	    .privilege_lifts_limit = true,
	    .limit_error = ENOMEM,
	    .zero_limit_error = EPERM,
	    .closed_lock = MODEL_REFUSED_YET_DONE,
	    .accepts_any_advice = true,
	    .rlimit_core = 4,
	    .rlimit_memlock = 8,
	    .rlim_infinity = UINT64_MAX,
	},
};

const struct model_system *const model_system = &systems[MODEL_SYSTEM];
