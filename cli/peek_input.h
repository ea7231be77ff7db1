/* SPDX-License-Identifier: MIT */
/* Where a victim's secret comes from, and how programs usually read it in. */
#ifndef MEMWARD_CLI_PEEK_INPUT_H
#define MEMWARD_CLI_PEEK_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum peek_origin { FROM_FILE, FROM_PIPE, FROM_VARIABLE, FROM_TERMINAL };

#define PEEK_PROMPT "Secret: "

struct peek_source {
	enum peek_origin origin;
	char name[64];    /* of the file or the variable */
	int fd;           /* of all but the variable */
	size_t from;      /* the part of the memory that it can have, */
	size_t len;       /* which is never empty */
	intptr_t process; /* whoever types */
};

/* Puts what can be of mem into a source, for once. False: peek_error(). */
bool peek_source_open(struct peek_source *source, enum peek_origin origin,
    const void *mem, size_t len);
/* Reads it by stdio or getenv(), into len bytes; false: peek_error(). */
bool peek_source_read(struct peek_source *source, void *to);
void peek_source_close(struct peek_source *source);

#endif
