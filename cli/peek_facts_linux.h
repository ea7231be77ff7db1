/* SPDX-License-Identifier: MIT */
/* What the files for doctor on Linux share. */
#ifndef MEMWARD_CLI_PEEK_FACTS_LINUX_H
#define MEMWARD_CLI_PEEK_FACTS_LINUX_H

#include "peek_facts.h"

/* The first line of a small file, without its end; false: *why. */
bool mw_read_line(const char *path, char *line, size_t size, const char **why);

/* The value of a line "Name:\tvalue" of /proc/self/status. */
bool mw_status_value(const char *name, char *value, size_t size);

/* A fact that could not be seen, and why. */
struct fact *mw_add_unseen(
    struct doctor *doctor, const char *name, const char *path, const char *why);

/* prctl(2)'s word on this process, asked by a child; -1: refused. */
int mw_get_dumpable(void);

/* Container, control group, systemd unit: peek_place_linux.c. */
void mw_facts_of_place(struct doctor *doctor);
/* Swap, hibernation, hidden memory in use: peek_disk_linux.c. */
void mw_facts_of_disk(struct doctor *doctor);
/* Core files, debuggers, page merging: peek_readers_linux.c. */
void mw_facts_of_readers(struct doctor *doctor);

#endif
