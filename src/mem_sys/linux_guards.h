/* SPDX-License-Identifier: MIT */
/* Guard regions of Linux, for unix.c. */
#ifndef MW_MEM_SYS_LINUX_GUARDS_H
#define MW_MEM_SYS_LINUX_GUARDS_H

struct mw_posix_guards;

extern const struct mw_posix_guards mw_linux_guards;

#endif
