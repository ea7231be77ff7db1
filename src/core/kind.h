/* SPDX-License-Identifier: MIT */
/* Which kind of pages is used, and why not a stronger one, for reports. */
#ifndef MW_CORE_KIND_H
#define MW_CORE_KIND_H

#include "ward.h"

/*
 * Of one run, or with NULL the weakest of a ward's, if that is weaker than what
 * the report has; it begins with the strongest. Lock held.
 */
void mw_kind_report(
    memward_ward *ward, const struct mw_run *run, memward_report *report);

/* "pages", ...: the word in reports. */
const char *mw_kind_name(memward_store store);

#endif
