/* SPDX-License-Identifier: MIT */
/* Linux has the one here; macOS, Solaris and illumos the other. */
#ifndef MW_MODEL_RANDOM_H
#define MW_MODEL_RANDOM_H

#include "redirect.h"

ssize_t getrandom(void *mem, size_t len, unsigned flags);
int getentropy(void *mem, size_t len);

#endif
