/* SPDX-License-Identifier: MIT */
/* illumos: sys/priv.h, and priv.h's prototype. */
#ifndef MW_MODEL_PRIV_H
#define MW_MODEL_PRIV_H

#include "redirect.h"

#define __PROC_PROTECT 8

int setpflags(unsigned flag, unsigned value);

#endif
