/* SPDX-License-Identifier: MIT */
/* Solaris and illumos, 64 bit: sys/resource.h. Locked memory is no resource of
 * getrlimit(2) there, but a cap of the project. */
#ifndef MW_MODEL_RESOURCE_H
#define MW_MODEL_RESOURCE_H

#include "redirect.h"

#include <stdint.h>

typedef uint64_t rlim_t;

struct rlimit {
	rlim_t rlim_cur;
	rlim_t rlim_max;
};

#define RLIMIT_CORE   4
#define RLIM_INFINITY ((rlim_t)-3)

int getrlimit(int resource, struct rlimit *limit);
int setrlimit(int resource, const struct rlimit *limit);

#endif
