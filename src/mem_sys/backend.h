/* SPDX-License-Identifier: MIT */
/*
 * What a backend supplies: one implementation per operating system of the
 * calls below. mem_sys.c has checked the arguments before it calls.
 *
 * Before each call: len is a non-zero multiple of the page size, mem begins a
 * page, mem + len does not overflow, and all of the range is mapped.
 * After a failure: nothing has changed unless the call says otherwise.
 * Results are 0 or a MEMWARD_E code; what a system cannot do is
 * MEMWARD_EUNSUPPORTED, never a success that did nothing.
 */
#ifndef MW_MEM_SYS_BACKEND_H
#define MW_MEM_SYS_BACKEND_H

#include "memward/mem_sys.h"

#include <stdbool.h>

/* A power of two. */
size_t mw_sys_page_size(void);

/* After: zeroed, open, not locked, left out of dumps where possible. */
int mw_sys_map(size_t len, void **mem);

/*
 * Opens, wipes, unmaps. Fails with the contents intact, or with
 * MEMWARD_EWIPED: wiped, open and still mapped.
 */
int mw_sys_release(void *mem, size_t len);

/* access is one of the three values. */
int mw_sys_protect(void *mem, size_t len, memward_access access);

/* After a failure that is not about a limit: no part is locked. */
int mw_sys_lock(void *mem, size_t len);

/* Unlocking what is not locked succeeds. */
int mw_sys_unlock(void *mem, size_t len);

/* rule is one of the three values. */
int mw_sys_set_fork_rule(void *mem, size_t len, memward_fork_rule rule);

/* Whether core files have these pages. EUNSUPPORTED: not to be changed. */
int mw_sys_set_dump(void *mem, size_t len, bool dumped);

int mw_sys_disable_core_dumps(void);

/*
 * Whether a MEMWARD_HARDEN_ item, named by its bit number, holds; if ask is
 * true it is asked for first. EUNSUPPORTED: the system lacks it or, without
 * asking, cannot tell. *system_error: errno or GetLastError() of a failure.
 */
int mw_sys_harden(unsigned bit, bool ask, int *system_error);

/* Whether every page of the range is mapped, in any state of access. */
bool mw_sys_is_mapped(void *mem, size_t len);

/*
 * Fills all of *info but its size and MEMWARD_SYS_HIDDEN. Tries features on a
 * page of its own.
 */
int mw_sys_query(memward_sys_info *info);

/*
 * For backends: records the outcome of a trial in *info. bit is one
 * MEMWARD_SYS_ feature; code 0 grants it.
 */
void mw_sys_record(
    memward_sys_info *info, uint32_t bit, int code, int system_error);

/* For backends: memward_sys_freeze_locks() was called. */
bool mw_sys_locks_frozen(void);

#endif
