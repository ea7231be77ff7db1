/* SPDX-License-Identifier: MIT */
/*
 * What was set once, another part of the program can undo: the kernel's own
 * account says what holds now. With the locks of the wards in question held.
 */
#ifndef MW_CORE_VERIFY_H
#define MW_CORE_VERIFY_H

#include "arena.h"

/* Features that the account tells of. */
#define MW_VERIFIED (MEMWARD_NO_DUMP | MEMWARD_UNMERGED)

/*
 * Looks at the pages of a ward (NULL: of all) between two addresses. False:
 * there is no account to be had. *undone: of MW_VERIFIED, what one of the
 * pages lacks.
 */
bool mw_verify(
    const memward_ward *ward, uintptr_t from, uintptr_t to, uint32_t *undone);

#endif
