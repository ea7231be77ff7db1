/* SPDX-License-Identifier: MIT */
/* The numbers are those of x86-64; only the model reads them. */
#ifndef MW_MODEL_SYSCALL_H
#define MW_MODEL_SYSCALL_H

#define SYS_mlock         149
#define SYS_munlock       150
#define SYS_membarrier    324
#define SYS_mlock2        325
#define SYS_pkey_mprotect 329
#define SYS_pkey_alloc    330
#define SYS_pkey_free     331
#define SYS_pidfd_open    434

#endif
