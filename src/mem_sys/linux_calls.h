/* SPDX-License-Identifier: MIT */
/*
 * System calls of Linux that headers older than the kernel do not know. All
 * architectures number new calls in one order since Linux 5.0, though not all
 * from the same number (the syscall.tbl files of arch/): so what was there by
 * Linux 5.3 tells where the others are. A kernel that lacks them says ENOSYS.
 */
#ifndef MW_MEM_SYS_LINUX_CALLS_H
#define MW_MEM_SYS_LINUX_CALLS_H

#include <sys/syscall.h>

#ifdef SYS_pidfd_open /* 434 on most */
#ifndef SYS_memfd_secret
#define SYS_memfd_secret (SYS_pidfd_open + 13) /* Linux 5.14 */
#endif
#ifndef SYS_mseal
#define SYS_mseal (SYS_pidfd_open + 28) /* Linux 6.10 */
#endif
#endif

#endif
