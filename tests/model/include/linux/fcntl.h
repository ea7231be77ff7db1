/* SPDX-License-Identifier: MIT */
/* The one call of fcntl.h that the backend makes; flags are the host's. */
#ifndef MW_MODEL_FCNTL_H
#define MW_MODEL_FCNTL_H

#include "redirect.h"

#define O_RDONLY  0
#define O_CLOEXEC 02000000

int open(const char *path, int flags, ...);

#endif
