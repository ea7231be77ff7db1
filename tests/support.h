/* SPDX-License-Identifier: MIT */
/*
 * What tests need of the operating system, so that the tests themselves have
 * no knowledge of it. support_posix.c or support_windows.c supplies all of
 * it, but for support_is_locked(), which on Unix is in support_account.c
 * (so that a model of a system can have an account of its own), and for
 * support_children(), which is in harness.c.
 */
#ifndef MW_TESTS_SUPPORT_H
#define MW_TESTS_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>

enum child_end {
	CHILD_EXITED,  /* by itself */
	CHILD_FAULTED, /* SIGSEGV, SIGBUS or an access violation */
	CHILD_KILLED   /* by another signal or exception */
};

struct child_result {
	enum child_end end;
	int code;          /* exit status, signal or exception code */
	char output[4096]; /* standard output and error, cut, terminated */
};

/* A function that runs in a process of its own; the result is its status. */
struct child_entry {
	const char *name;
	int (*run)(void);
};

/* Registers the children of this program; to be called before test_main. */
void support_children(const struct child_entry *entries, size_t count);

/* test_main calls it first, with argv[0]: remembers the program's path. */
void support_begin(const char *program);

/*
 * Starts the program anew with "--child NAME" and waits for its end. A child
 * that cannot be started fails the case (test_fail). The child must write no
 * core file, unless support_core_of() starts it, and open no dialogue.
 */
struct child_result support_run_child(const char *name);

/*
 * Whether a page is locked, by the kernel's own account. *known is false
 * where there is none; then the result is false.
 */
bool support_is_locked(const void *page, bool *known);

enum fork_view {
	FORK_UNTESTABLE, /* the system has no fork */
	FORK_SAME,       /* every byte as in the parent */
	FORK_ZEROS,      /* every byte 0 */
	FORK_FAULTED,    /* a touch faults: no mapping */
	FORK_OTHER       /* none of these */
};

/*
 * Forks and looks at len bytes from mem, all of which are `filled`, not 0, in
 * the parent; generations 1 looks from the child, 2 from the grandchild.
 */
enum fork_view support_fork_view(
    const void *mem, size_t len, unsigned char filled, int generations);

enum core_outcome {
	CORE_UNTESTABLE, /* see reason */
	CORE_ELSEWHERE,  /* one was written, out of reach: see reason */
	CORE_NONE,       /* the child died and left no core file */
	CORE_LACKS,      /* there is a core file, without the pattern */
	CORE_HOLDS       /* there is a core file, and the pattern is in it */
};

struct core_result {
	enum core_outcome outcome;
	char reason[256]; /* of the first two, terminated */
};

/*
 * Runs a child, which must end with support_crash(), with core files allowed
 * and in an empty folder, searches its core file for the pattern, and removes
 * it. A child that ends otherwise fails the case. CORE_NONE is an answer only
 * where a control child was seen to leave a core file.
 */
struct core_result support_core_of(
    const char *child, const unsigned char *pattern, size_t len);

/* Ends the process in a way for which the system writes a core file. */
_Noreturn void support_crash(void);

/*
 * Stands once in a program that touches freed secrets and canaries on purpose,
 * to see what memward and the kernel have to say: the address sanitizer would
 * speak first, so there it is not told which bytes are no secret's.
 */
#define SUPPORT_LOOKS_AT_FREED bool support_looks_at_freed = true;
extern bool support_looks_at_freed;

/* "address", "thread": the sanitizer built in, or NULL. */
const char *support_sanitizer(void);

#endif
