/* SPDX-License-Identifier: MIT */
/* What the tests of writing share: descriptors, and threads that read. */
#ifndef MW_TESTS_OUTPUT_UTIL_H
#define MW_TESTS_OUTPUT_UTIL_H

#include "ward_cases.h"

#include <stdatomic.h>

#define SEED 5

/* Wards whose pages need no lock, as nothing here is about locks. */
memward_ward *plain_ward(void); /* one for all; it stays */
memward_ward *new_plain_closed_ward(void);

/* A secret with fill(SEED), its ward closed if it closes; NULL: plain_ward. */
unsigned char *pattern_of(memward_ward *ward, size_t len);

/* A call of memward_write_fd(), for a thread of its own. */
struct job {
	const void *secret;
	size_t len;
	int fd;
	size_t written;
	int rc;
	int err;
	atomic_bool ended;
};

void do_job(void *argument);
void do_job_and_close(void *argument);

/*
 * Starts such a thread on a full pipe that has room for one page again, read
 * from `in`; returns when there is no more room, with so many bytes of the job
 * written: large pages have room for more than is written at once. So many
 * zeros come first. The pipe is left non-blocking.
 */
struct support_thread *write_a_part(
    struct job *job, int in, size_t *zeros, size_t *part);

struct pair {
	int in;  /* to read from */
	int out; /* to write to */
};

struct pair new_pipe(void);
struct pair new_sockets(int type);
void close_pair(struct pair *pair); /* what is not -1 */

/* Makes a descriptor non-blocking. */
void set_non_blocking(int fd);

/* Writes zeros until there is no room; how many. Leaves it non-blocking. */
size_t fill_up(int fd);

/* The descriptor that is the next to be used, if none is closed before. */
int next_descriptor(void);

/* Bytes that wait to be read. */
size_t bytes_in(int fd);

/* Reads exactly len bytes; false: they did not come. */
bool read_exactly(int fd, void *mem, size_t len);

/* A thread that reads to the end and compares with fill(seed). */
struct reader {
	int fd;
	size_t skip; /* bytes of zeros that come first */
	unsigned seed;
	size_t len; /* what came after these */
	bool right;
	struct support_thread *thread;
};

void start_reader(struct reader *reader, int fd, size_t skip, unsigned seed);

/* Closes the other end, and has all that came be len bytes as expected. */
void end_reader(struct reader *reader, int *out, size_t len);

#endif
