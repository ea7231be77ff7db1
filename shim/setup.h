/* SPDX-License-Identifier: MIT */
/* What the shims share: the words of their variables, and their wards. */
#ifndef MW_SHIM_SETUP_H
#define MW_SHIM_SETUP_H

#include "memward.h"

#include <stdatomic.h>

/*
 * Which of the known words (the last is NULL) stand in an environment
 * variable, with commas between: bit i for known[i]. False, and a line on the
 * standard error: another word stands there, and *chosen is not set.
 */
bool mw_shim_words(
    const char *variable, const char *const *known, unsigned *chosen);

/*
 * Guards and canaries required; to be locked, left out of dumps and of merging
 * preferred: the libraries stood in for go on without. locked: require that.
 */
memward_policy mw_shim_policy(bool locked);

/*
 * The ward of a shim, which the first caller opens with this policy and
 * everybody finds in *place. NULL, and errno: it cannot be opened.
 */
memward_ward *mw_shim_ward(
    _Atomic(memward_ward *) *place, const memward_policy *policy);

#endif
