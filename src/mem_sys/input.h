/* SPDX-License-Identifier: MIT */
/*
 * Where bytes come from: descriptors, files, terminals, the environment. The
 * conventions are those of backend.h; after a failure of an unknown kind errno
 * or GetLastError() has its code.
 */
#ifndef MW_MEM_SYS_INPUT_H
#define MW_MEM_SYS_INPUT_H

#include <stdbool.h>
#include <stddef.h>

/* Answers that are no errors: no byte came, try once more ... */
#define MW_SYS_AGAIN 1
/* ... and no byte will: the wake-up descriptor has something to say. */
#define MW_SYS_WOKEN 2

/*
 * Waits until a descriptor has bytes, an end or an error to tell, which the
 * next reading then does. wake: another to wait for meanwhile, or -1. On
 * systems that cannot wait the reading does.
 */
int mw_sys_wait_for_input(int fd, int wake);

/* Reads some of len bytes, at least 1. *got is 0 at the end. */
int mw_sys_read(int fd, void *to, size_t len, size_t *got);

/* The bytes that a file still has, if that is known; else 0. */
size_t mw_sys_bytes_ahead(int fd);

/* What a file has to be: EUNSAFE if it is not. */
struct mw_file_checks {
	unsigned others_may_not; /* mode bits; 0: its kind, owner and mode are
				    not looked at */
	bool no_link;            /* the last part of the path is none */
};

/* Opens a file for reading. ENOTFOUND, EPERM, EUNSAFE, ... */
int mw_sys_open_file(
    const char *path, const struct mw_file_checks *checks, int *fd);

/* Whether a name is that of a file in a folder, and nowhere else. */
bool mw_sys_is_file_name(const char *name);

/* Whether what follows can be done: the environment is in reach. */
bool mw_sys_reaches_environment(void);

/* The value in the environment itself; NULL: there is no such variable. */
const char *mw_sys_environment_value(const char *name);

/* Overwrites the value, all of them if there are more, and removes them. */
void mw_sys_environment_wipe(const char *name);

/* A terminal that is being asked: what to wait for, and with. */
struct mw_terminal {
	int fd;
	int wake;
};

/*
 * Opens a terminal, given or -1 for the process's own, and makes ready to be
 * woken. One at a time: others wait. ENOTERMINAL: there is none.
 */
int mw_sys_terminal_open(int given, struct mw_terminal *terminal);

/*
 * Takes signals, hides what is typed, writes the prompt. The next call has to
 * be mw_sys_terminal_settle(), whatever the answer: it sets all back, and has
 * signals that came do what they do. MW_SYS_AGAIN: one of them stopped the
 * process, so ask again; EINTERRUPTED: one came otherwise.
 */
int mw_sys_terminal_ask(const struct mw_terminal *terminal, const char *prompt);
int mw_sys_terminal_settle(const struct mw_terminal *terminal);

/* Keeps errno. */
void mw_sys_terminal_close(const struct mw_terminal *terminal);

#endif
