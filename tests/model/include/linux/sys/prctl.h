/* SPDX-License-Identifier: MIT */
/* include/uapi/linux/prctl.h. The last two are missing on purpose, as in old
 * headers: the backend has them itself. */
#ifndef MW_MODEL_PRCTL_H
#define MW_MODEL_PRCTL_H

#include "redirect.h"

#define PR_GET_DUMPABLE 3
#define PR_SET_DUMPABLE 4
#define PR_SET_PTRACER  0x59616d61

int prctl(int option, ...);

#endif
