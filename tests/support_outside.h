/* SPDX-License-Identifier: MIT */
/* On Linux: ways of reading a process from outside, and its account. */
#ifndef MW_TESTS_SUPPORT_OUTSIDE_H
#define MW_TESTS_SUPPORT_OUTSIDE_H

#include <stdbool.h>
#include <stddef.h>

enum outside_way {
	OUTSIDE_FILE,   /* /proc/PID/mem, by another process */
	OUTSIDE_CALL,   /* process_vm_readv, by another process */
	OUTSIDE_TRACE,  /* ptrace, by another process */
	OUTSIDE_SPLICE, /* vmsplice: the page itself goes into a pipe */
	OUTSIDE_DIRECT, /* a write that bypasses the page cache */
	OUTSIDE_COPY    /* an ordinary write, copied by the kernel */
};

/* Reads len bytes of this process. 0, or the errno of the refusal. */
int outside_read(enum outside_way way, const void *at, void *to, size_t len);

/* Descriptors open in this process. */
size_t outside_descriptors(void);

/* Mappings of this process. */
size_t outside_mappings(void);

/* Mappings of hidden memory in this process. */
size_t outside_hidden_mappings(void);

/*
 * Sealed mappings by the kernel's account; none are known where *can is false:
 * a page that is sealed on trial is not shown as such.
 */
size_t outside_sealed_mappings(bool *can);

/* For good: memfd_secret fails with err. NULL, or why it cannot be done. */
const char *outside_forbid_hidden(int err);

/* For good: a madvise with this advice fails with err. */
const char *outside_forbid_advice(int advice, int err);

#endif
