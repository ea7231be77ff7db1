/* SPDX-License-Identifier: MIT */
/* Hidden pages of Linux, for unix.c. */
#ifndef MW_MEM_SYS_LINUX_HIDDEN_H
#define MW_MEM_SYS_LINUX_HIDDEN_H

#include <stddef.h>

/*
 * Puts zeroed hidden pages into a part of a reservation: read-write, in memory,
 * locked, left out of dumps, omitted on fork. ELOCKLIMIT, ENOMEM; EUNSUPPORTED
 * and EPERM where the kernel or a filter of system calls has none.
 */
int mw_linux_commit_hidden(void *mem, size_t len);

/* For linux_hand.c: new ones with their descriptor, or those of one. */
int mw_linux_new_hidden(size_t len, int *fd, void **mem);
void *mw_linux_map_hidden(int fd, size_t len, int *rc);

/* Whether that could be had: 0 or why not. */
int mw_linux_try_hidden(void);

#endif
