/* SPDX-License-Identifier: MIT */
/* xnu 11417: sys/sysctl.h and sys/proc.h, as far as they are used. */
#ifndef MW_MODEL_SYSCTL_H
#define MW_MODEL_SYSCTL_H

#include "redirect.h"

#define CTL_KERN      1
#define KERN_PROC     14
#define KERN_PROC_PID 1
#define P_TRACED      0x800

/* Of these structs only the one member: the model fills in no other. */
struct extern_proc {
	int p_flag;
};

struct kinfo_proc {
	struct extern_proc kp_proc;
};

int sysctl(int *name, unsigned count, void *old, size_t *old_len,
    void *new_value, size_t new_len);

#endif
