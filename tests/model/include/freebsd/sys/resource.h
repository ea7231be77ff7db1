/* SPDX-License-Identifier: MIT */
/* FreeBSD 14: sys/resource.h; sizes are signed here. */
#ifndef MW_MODEL_RESOURCE_H
#define MW_MODEL_RESOURCE_H

#include "redirect.h"

#include <stdint.h>

typedef int64_t rlim_t;

struct rlimit {
	rlim_t rlim_cur;
	rlim_t rlim_max;
};

#define RLIMIT_CORE    4
#define RLIMIT_MEMLOCK 6
#define RLIM_INFINITY  INT64_MAX

int getrlimit(int resource, struct rlimit *limit);
int setrlimit(int resource, const struct rlimit *limit);

#endif
