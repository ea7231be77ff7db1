/* SPDX-License-Identifier: MIT */
/*
 * What memward scan needs of an operating system: files that may be large and
 * sparse, a secret from standard input or a terminal, another process's
 * memory, and a program that is stopped at its end. What a system cannot do
 * is refused with a reason.
 */
#ifndef MEMWARD_CLI_PEEK_SCAN_H
#define MEMWARD_CLI_PEEK_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool peek_errors_to_terminal(void);
bool peek_input_is_terminal(void);

/*
 * All of standard input, at most max bytes, without a buffer in between.
 * False: *why is a sentence with static storage.
 */
bool peek_read_input(void *to, size_t max, size_t *len, const char **why);
/* A file of known size: a regular one, or a disk. */
struct peek_file {
	intptr_t handle;
	uint64_t size;
	uint64_t used; /* bytes of it that are not holes, about */
};
/* False: why not. */
bool peek_file_open(
    struct peek_file *file, const char *path, char *why, size_t size);
void peek_file_close(struct peek_file *file);
/* No byte comes at the end of the file. False: none can be read here. */
bool peek_file_read(const struct peek_file *file, uint64_t at, void *to,
    size_t len, size_t *came);
/* The next bytes at or behind *from that are not a hole. False: none. */
bool peek_file_data(const struct peek_file *file, uint64_t *from, uint64_t *to);

/* Another process's memory as a source. False: `why` says why not. */
struct source;
bool peek_source_process(
    struct source *source, uint64_t id, char *why, size_t size);

/* Why no program can be looked at on this system; NULL: it can. */
const char *peek_program_refusal(void);
/* When a program that was started is looked at. */
struct peek_moment {
	int signal;      /* when it gets this signal; 0: when it ends */
	uint64_t millis; /* or after so long; 0: however long it takes */
};
/* The number of "TERM" or "SIGTERM" or "15"; 0: there is none. */
int peek_signal(const char *name);

struct peek_program {
	intptr_t process;
	uint64_t id;
	char moment[96]; /* "as it ended with exit status 0" */
	bool quiet;      /* what it prints goes to standard error */
};
/*
 * Runs the program until that moment, and leaves it standing there. False:
 * `why` says why not; then nothing of it is left.
 */
bool peek_program_run(struct peek_program *program, char *const *arguments,
    const struct peek_moment *moment, char *why, size_t size);
/* Lets it go on if it is at its end, else ends it. */
void peek_program_end(struct peek_program *program);

#endif
