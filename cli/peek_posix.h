/* SPDX-License-Identifier: MIT */
/* What peek_posix.c leaves to the file of the system. */
#ifndef MEMWARD_CLI_PEEK_POSIX_H
#define MEMWARD_CLI_PEEK_POSIX_H

#include "peek.h"

#include <stdbool.h>
#include <sys/types.h>

/* One past the last descriptor worth closing or looking at. */
int mw_peek_descriptor_limit(void);

/*
 * Executes this program's own file without knowing its path, where the system
 * has a way; returns if not.
 */
int mw_peek_exec_self(char *const *arguments);

/* fork without the C library's handlers, where the system has a way. */
pid_t mw_peek_raw_fork(void);

/* A folder whose files are kept in memory; NULL if none is known. */
const char *mw_peek_memory_folder(void);

/*
 * Whether core files go elsewhere than to the folder a program runs in; then
 * the glimpse says where.
 */
bool mw_peek_cores_go_elsewhere(struct glimpse *glimpse);

/* Acts in a process of its own, of the given user; tells what it came to. */
typedef void mw_peek_act(void *argument, struct glimpse *glimpse);
void mw_peek_as_other(
    enum peek_as as, mw_peek_act *act, void *argument, struct glimpse *glimpse);

/*
 * Why a process cannot be looked at, by errno: it may not be, which is an
 * answer, or something else. Linux.
 */
void mw_peek_tell_unable(struct glimpse *glimpse, const char *what);

/*
 * A search through memory that comes in pieces: read into scan_space(), then
 * tell how much came. A run that lies across two pieces is found as well.
 */
struct scan {
	const struct peek_target *target;
	size_t kept;
	bool found;
};
void mw_scan_begin(struct scan *scan, const struct peek_target *target);
unsigned char *mw_scan_space(struct scan *scan, size_t *size);
void mw_scan_came(struct scan *scan, size_t len);
/* What comes next does not follow on what came. */
void mw_scan_gap(struct scan *scan);

#endif
