/* SPDX-License-Identifier: MIT */
/* OpenBSD 7.5: sys/sysctl.h. */
#ifndef MW_MODEL_SYSCTL_H
#define MW_MODEL_SYSCTL_H

#include "redirect.h"

#define CTL_KERN           1
#define KERN_GLOBAL_PTRACE 81

int sysctl(const int *name, unsigned count, void *old, size_t *old_len,
    void *new_value, size_t new_len);

#endif
