/* SPDX-License-Identifier: MIT */
/* FreeBSD 14: sys/procctl.h, procctl(2). */
#ifndef MW_MODEL_PROCCTL_H
#define MW_MODEL_PROCCTL_H

#include "redirect.h"

#define PROC_TRACE_CTL              7
#define PROC_TRACE_STATUS           8
#define PROC_TRACE_CTL_DISABLE_EXEC 3

int procctl(int kind, id_t id, int command, void *argument);

#endif
