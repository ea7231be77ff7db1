/* SPDX-License-Identifier: MIT */
/* The kernel's account of mappings on Linux, for unix.c. */
#ifndef MW_MEM_SYS_LINUX_ACCOUNT_H
#define MW_MEM_SYS_LINUX_ACCOUNT_H

#include "store.h"

/* As mw_sys_account(). */
int mw_linux_account(
    bool (*visit)(void *argument, const struct mw_sys_mapping *mapping),
    void *argument);

#endif
