/* SPDX-License-Identifier: MIT */
/*
 * Everything the tool needs of an operating system beyond memward itself:
 * starting victims, talking to them, and looking at them from outside.
 * peek_posix.c has what every Unix can do, peek_linux.c what Linux adds,
 * peek_other.c what other Unixes answer in its place; peek_windows.c stands
 * alone. What a system cannot do is answered with SIGHT_UNABLE and a reason.
 */
#ifndef MEMWARD_CLI_PEEK_H
#define MEMWARD_CLI_PEEK_H

#include "search.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an attack came to see. */
enum sight {
	SIGHT_SEEN,  /* the secret, or the write was accepted */
	SIGHT_NONE,  /* the attack ran and did not see it */
	SIGHT_UNABLE /* the attack could not be run */
};

struct glimpse {
	enum sight sight;
	char detail[240]; /* what was observed, or why it could not run */
};

/* Fills in both; returns nothing, so that it can be the last statement. */
void glimpse_set(
    struct glimpse *glimpse, enum sight sight, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* This program and this system. */

/* Call first. */
void peek_init(const char *argv0);
/* "Linux 6.1.0 x86_64" and the like. */
void peek_describe_system(char *text, size_t size);
/* What else tells one machine from another; "" if nothing is known. */
void peek_describe_machine(char *text, size_t size);
bool peek_is_privileged(void);
/* Whether standard output is a terminal that understands colour codes. */
bool peek_colour_terminal(void);
/* Whether standard output is a pipe that nobody reads any more. */
bool peek_reader_gone(void);
/* Unpredictable bytes from the system; false if it has none. */
bool peek_random(void *to, size_t len);
/* Whether the user has asked the program to stop. */
bool peek_interrupted(void);
/* The system's sentence for the last error. */
const char *peek_error(void);

/*
 * Reads a whole file straight into memory, at most max bytes. False: *why is
 * a sentence with static storage.
 */
bool peek_read_file(
    const char *path, void *to, size_t max, size_t *len, const char **why);

/* The prover's side of a child process: a copy of this program. */

struct peek_child {
	intptr_t process; /* process id or handle */
	intptr_t in;      /* what the child reads */
	intptr_t out;     /* what the child writes */
	uint64_t id;      /* the process id */
};

enum peek_end_kind { ENDED_EXIT, ENDED_FAULT, ENDED_ABORT, ENDED_OTHERWISE };

struct peek_end {
	enum peek_end_kind kind;
	bool dumped;   /* the system made a core, for a file or a handler */
	char text[64]; /* "exit status 0", "SIGSEGV" */
};

/*
 * Starts this program anew with two arguments, its standard input and output
 * joined to ours, no other descriptor inherited. folder: where it starts, or
 * NULL. False if it could not be started.
 */
bool peek_start(struct peek_child *child, const char *argument1,
    const char *argument2, const char *folder);
/* All of len, or false. A child that says nothing for 20 seconds is given up.
 */
bool peek_child_write(struct peek_child *child, const void *from, size_t len);
bool peek_child_read(struct peek_child *child, void *to, size_t len);
/* Closes the pipes and waits; a child that is still running is ended. */
void peek_finish(struct peek_child *child, struct peek_end *end);

/* The victim's side. */

/* Call first: a fault shall end the victim, whatever a runtime has set up. */
void peek_begin_victim(void);
/* Standard input and output, without any buffer of their own. */
bool peek_read_all(void *to, size_t len);
bool peek_write_all(const void *from, size_t len);
/* From now on standard error goes where standard output goes. */
bool peek_join_errors(void);
/* Becomes the same ordinary user that outside attackers become. */
bool peek_drop_user(void);
void peek_allow_core_file(void);
/* Ends as by a wild pointer, so that the system writes a core file. */
void peek_crash(void);
/* An inherited descriptor from which len bytes of mem can be read. */
bool peek_leave_in_pipe(const void *mem, size_t len);
/*
 * Runs the function in a forked child (generations: 2 for a grandchild, made
 * without the C library's fork) and tells how the child ended. UNABLE where
 * there is no fork.
 */
void peek_in_fork(int generations, int (*function)(void *), void *argument,
    struct glimpse *glimpse, struct peek_end *end);
/* Replaces a forked child by this program anew; everything inherited stays. */
void peek_exec_heir(struct glimpse *glimpse, struct peek_end *end);
/* Calls the function with what can be read of inherited descriptors. */
void peek_inherited(void (*function)(const void *bytes, size_t len));
uint64_t peek_own_id(void);
/* Asks the system to move the pages to the swap device. */
void peek_page_out(void *mem, size_t len, struct glimpse *glimpse);

/* The attackers. */

enum peek_method { BY_FILE, BY_CALL, BY_TRACE };
enum peek_as { AS_SELF, AS_SAME_USER, AS_ROOT };

/* "/proc/PID/mem" and the like; NULL if this system has no such thing. */
const char *peek_method_name(enum peek_method method);

/*
 * Looks for the needle in a process, from a process of the given user. By
 * trace only at address; else in all memory that can be read. buffer is for
 * what is read and holds at least PEEK_BUFFER bytes.
 */
#define PEEK_BUFFER ((size_t)256 * 1024)
struct peek_target {
	uint64_t id;
	uint64_t address; /* where the victim says the secret is */
	const struct needle *needle;
	unsigned char *buffer;
};
void peek_process(const struct peek_target *target, enum peek_method method,
    enum peek_as as, struct glimpse *glimpse);

/*
 * A new, empty folder of our own for a core file, in memory where possible;
 * UNABLE if the system would write the core file elsewhere.
 */
bool peek_core_folder(char *path, size_t size, struct glimpse *glimpse);
/*
 * Whether cores go where they cannot be searched, to a handler for one; else
 * UNABLE.
 */
bool peek_core_handler(struct glimpse *glimpse);
/* Searches all files in the folder, overwrites and removes them and it. */
void peek_core_search(const char *path, const struct peek_target *target,
    struct glimpse *glimpse);

/* UNABLE where nothing can be swapped; NONE if something could be. */
void peek_swap_exists(struct glimpse *glimpse);
/* SEEN if one of the pages is on the swap device. */
void peek_swapped(
    uint64_t id, uint64_t address, size_t len, struct glimpse *glimpse);

/* Lowers the limit of locked memory; false where there is none. */
bool peek_limit_locks(size_t bytes);
/* Locks the pages, and does not ask whether it worked. */
void peek_lock_carelessly(void *mem, size_t len);
/* What the kernel's own account says of a page; else UNABLE, and false. */
enum peek_mark { PAGE_LOCKED, PAGE_NOT_DUMPED, PAGE_MERGEABLE };
bool peek_is_marked(uint64_t id, uint64_t address, enum peek_mark mark,
    bool *marked, struct glimpse *glimpse);

/*
 * For doctor: adds the facts that only this system has. The first comes
 * before anything of memward is called, tries in children what it calls, and
 * answers false, having said why, if that would end this process.
 */
struct doctor;
bool peek_facts_of_kernel(struct doctor *doctor);
void peek_facts(struct doctor *doctor);

#endif
