/* SPDX-License-Identifier: MIT */
/*
 * What tests need to look at a process from outside, as another one of the
 * same user. Linux has readers; elsewhere they answer READER_UNTESTABLE.
 */
#ifndef MW_TESTS_SUPPORT_READER_H
#define MW_TESTS_SUPPORT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reader {
	BY_FILE,  /* /proc/PID/mem */
	BY_CALL,  /* process_vm_readv */
	BY_TRACE, /* ptrace */
	BY_TAKE   /* pidfd_getfd: a descriptor, not memory */
};

enum reader_sight {
	READER_UNTESTABLE,
	READER_GOT,     /* the bytes, or the descriptor */
	READER_REFUSED, /* the system said no */
	READER_OTHER    /* other bytes, or another error */
};

/* Root becomes an ordinary user, for good, who can be read like any other. */
bool support_become_ordinary(void);

/* Where Yama lets only named processes look, all are named. */
void support_let_look(void);

/*
 * Reads len bytes at an address of a process, from a new process that is a
 * child of the caller, and compares them. *error: errno, or 0.
 */
enum reader_sight support_look_at(long pid, enum reader reader,
    uint64_t address, const void *expected, size_t len, int *error);

/* Becomes this test program anew, as "--child NAME". Returns if it fails. */
void support_become_child(const char *name);

/* Turns merging of equal pages on for the process; false: no such thing. */
bool support_merge_all(void);
/* Whether the kernel may merge a page. *known: whether it tells. */
bool support_is_mergeable(const void *page, bool *known);

#endif
