/* SPDX-License-Identifier: MIT */
/*
 * The register in which a thread has its rights to the pages of each
 * protection key. Changing it is no system call, and is felt by the calling
 * thread alone. But for mw_cpu_has_keys(), only where the system has handed
 * out a key: elsewhere the instructions are unknown to the processor.
 */
#ifndef MW_CPU_KEYS_H
#define MW_CPU_KEYS_H

#include "memward/mem_sys.h"

#include <stdbool.h>

/* Whether the processor has keys and the system has turned them on. */
bool mw_cpu_has_keys(void);

/* The calling thread's rights to all keys, in the register's own form. */
uint64_t mw_cpu_rights(void);

/* Sets them. No access to memory moves across, in either direction. */
void mw_cpu_set_rights(uint64_t rights);

/* The same rights, but for one key. */
uint64_t mw_cpu_rights_with(uint64_t rights, int key, memward_access access);

#endif
