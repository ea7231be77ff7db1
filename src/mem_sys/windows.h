/* SPDX-License-Identifier: MIT */
/* Between windows.c, windows_store.c and windows_harden.c. */
#ifndef MW_MEM_SYS_WINDOWS_H
#define MW_MEM_SYS_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Leaves a mapping out of Windows Error Reporting dumps, and takes it in
 * again. 0, EDUMPLIMIT, or EUNSUPPORTED where the system lacks it.
 */
int mw_sys_exclude_from_reports(char *mem, size_t len);
void mw_sys_include_in_reports(char *mem, size_t len);

/* What mw_sys_disable_core_dumps() sets, read back. */
bool mw_sys_core_dumps_disabled(void);

/*
 * Calls drop(), which takes the pages of a range and thereby their locks; the
 * record of locks and the working set follow.
 */
int mw_sys_drop(void *mem, size_t len, int (*drop)(void *mem, size_t len));

#endif
