/* SPDX-License-Identifier: MIT */
/* FreeBSD 14: sys/wait.h, as far as procctl(2) needs it. */
#ifndef MW_MODEL_WAIT_H
#define MW_MODEL_WAIT_H

#define P_PID 0

#endif
