/* SPDX-License-Identifier: MIT */
/* OpenBSD 7.5: sys/resource.h. */
#ifndef MW_MODEL_RESOURCE_H
#define MW_MODEL_RESOURCE_H

#include "redirect.h"

#include <stdint.h>

typedef uint64_t rlim_t;

struct rlimit {
	rlim_t rlim_cur;
	rlim_t rlim_max;
};

#define RLIMIT_CORE    4
#define RLIMIT_MEMLOCK 6
#define RLIM_INFINITY  (((rlim_t)1 << 63) - 1)

int getrlimit(int resource, struct rlimit *limit);
int setrlimit(int resource, const struct rlimit *limit);

#endif
