/* SPDX-License-Identifier: MIT */
/* Windows on a closed ward beside bare mprotect calls. */
#define _GNU_SOURCE

#include "bench.h"
#include "memward.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define LEN 32

/* SECCOMP_MODE_STRICT of seccomp(2). */
#define STRICT 1

static const size_t counts[] = {1, 1, 1000, 1000, 100000, 100000};
static const char *const rows[] = {"1 secret, other core idle",
    "1 secret, busy", "1,000, idle", "1,000, busy", "100,000, idle",
    "100,000, busy"};

#define WARD    "memward window"
#define KEYED   "memward keyed window"
#define SAME    "mprotect, same mappings"
#define FLAT    "mprotect, one mapping"
#define SUBJECT 4
static const char *const subjects[SUBJECT] = {WARD, SAME, FLAT, KEYED};

/* A closed ward with secrets in it, and the mappings these lie in. */
struct closed {
	memward_ward *ward;
	struct bench_map *maps;
	size_t count;
	void *flat;
	size_t bytes;
};

static void explain(struct bench_outcome *result, int rc)
{
	(void)snprintf(
	    result->note, sizeof(result->note), "%s", memward_error_text(rc));
}

/* Keeps of all mappings those that hold secrets, by their rights at rest. */
static bool find_maps(struct closed *c, void *const *secrets, size_t count)
{
	size_t all;
	size_t kept = 0;
	struct bench_map *maps = bench_maps(&all);
	bool *holds = calloc(all + 1, sizeof(*holds));

	if (maps == NULL || holds == NULL) {
		free(holds);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		const struct bench_map *map =
		    bench_map_of(maps, all, secrets[i]);

		if (map != NULL)
			holds[map - maps] = true;
	}
	for (size_t i = 0; i < all; i++) {
		if (holds[i])
			maps[kept++] = maps[i];
	}
	free(holds);
	c->maps = maps;
	c->count = kept;
	for (size_t i = 0; i < kept; i++)
		c->bytes += maps[i].to - maps[i].from;
	return true;
}

static int fill(struct closed *c, void **secrets, size_t count)
{
	int rc = memward_begin(c->ward, MEMWARD_READ_WRITE);

	for (size_t i = 0; i < count && rc == 0; i++) {
		rc = memward_new(c->ward, LEN, &secrets[i]);
		if (rc == 0)
			memset(secrets[i], 1, LEN);
	}
	if (rc == 0 && !find_maps(c, secrets, count))
		rc = MEMWARD_ESYSTEM;
	return rc != 0 ? rc : memward_end(c->ward);
}

static int prepare(struct closed *c, size_t count, bool keyed)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	void **secrets = calloc(count, sizeof(*secrets));
	int rc;

	policy.rest = MEMWARD_NO_ACCESS;
	if (keyed)
		policy.require |= MEMWARD_KEYED;
	if (secrets == NULL)
		return MEMWARD_ENOMEM;
	rc = memward_open(&policy, &c->ward);
	if (rc == 0)
		rc = fill(c, secrets, count);
	free(secrets);
	return rc;
}

/* As many pages again, locked and undumped as the ward's, in one piece. */
static int prepare_flat(struct closed *c)
{
	void *mem;
	int rc = memward_sys_alloc(c->bytes, &mem);

	if (rc == 0)
		rc = memward_sys_lock(mem, c->bytes);
	c->flat = mem;
	return rc;
}

static bool open_ward(void *argument, size_t steps)
{
	struct closed *c = argument;
	int rc = 0;

	for (; steps != 0 && rc == 0; steps--) {
		rc = memward_begin(c->ward, MEMWARD_READ_WRITE);
		if (rc == 0)
			rc = memward_end(c->ward);
	}
	return rc == 0;
}

static bool set_maps(const struct closed *c, int rights)
{
	for (size_t i = 0; i < c->count; i++) {
		if (mprotect((void *)c->maps[i].from,
			c->maps[i].to - c->maps[i].from, rights) != 0)
			return false;
	}
	return true;
}

static bool open_maps(void *argument, size_t steps)
{
	struct closed *c = argument;

	for (; steps != 0; steps--) {
		if (!set_maps(c, PROT_READ | PROT_WRITE) ||
		    !set_maps(c, PROT_NONE))
			return false;
	}
	return true;
}

static bool open_flat(void *argument, size_t steps)
{
	struct closed *c = argument;

	for (; steps != 0; steps--) {
		if (mprotect(c->flat, c->bytes, PROT_READ | PROT_WRITE) != 0 ||
		    mprotect(c->flat, c->bytes, PROT_NONE) != 0)
			return false;
	}
	return true;
}

/* Keeps the other core in this process, so that it must be told as well. */
static void *spin(void *stop)
{
	bench_pin(1);
	while (!atomic_load_explicit((atomic_bool *)stop, memory_order_relaxed))
		;
	return NULL;
}

static double time_beside(
    bool busy, bool (*loop)(void *, size_t), struct closed *c)
{
	atomic_bool stop = false;
	pthread_t other;
	double ns;

	if (!busy)
		return bench_time(loop, c);
	if (bench_cores() < 2 || pthread_create(&other, NULL, spin, &stop) != 0)
		return (double)NAN;
	(void)usleep(1000);
	ns = bench_time(loop, c);
	atomic_store(&stop, true);
	(void)pthread_join(other, NULL);
	return ns;
}

static void work(const char *subject, size_t row, struct bench_outcome *result)
{
	struct closed c = {0};
	bool (*loop)(void *, size_t) = open_ward;
	int rc = prepare(&c, counts[row], strcmp(subject, KEYED) == 0);

	if (rc == 0 && strcmp(subject, FLAT) == 0) {
		loop = open_flat;
		rc = prepare_flat(&c);
	} else if (strcmp(subject, SAME) == 0) {
		loop = open_maps;
	}
	if (rc != 0) {
		explain(result, rc);
		return;
	}
	result->value = time_beside(row % 2 == 1, loop, &c);
	(void)snprintf(result->note, sizeof(result->note),
	    "%zu mappings, %zu KiB", loop == open_flat ? 1 : c.count,
	    c.bytes / 1024);
}

static const char *const nested_subjects[] = {WARD};
static const char *const nested_rows[] = {"ns"};

/*
 * Shows that a window inside a window makes no system call: from here on the
 * kernel ends this process at any but read, write and exit. It takes the
 * clock away as well, so the timing comes first.
 */
static const char *prove_no_call(struct closed *c)
{
	if (prctl(PR_SET_SECCOMP, STRICT) != 0)
		return "no proof: strict seccomp is refused";
	return open_ward(c, 10000) ? "no system call, under strict seccomp"
				   : "refuses";
}

static void nest(const char *subject, size_t row, struct bench_outcome *result)
{
	struct closed c = {0};
	int rc = prepare(&c, 1000, false);

	(void)subject;
	(void)row;
	if (rc == 0)
		rc = memward_begin(c.ward, MEMWARD_READ_WRITE);
	if (rc != 0) {
		explain(result, rc);
		return;
	}
	result->value = bench_time(open_ward, &c);
	(void)snprintf(
	    result->note, sizeof(result->note), "%s", prove_no_call(&c));
}

const struct bench_experiment bench_windows = {
    .name = "windows",
    .title = "Open and close all of a ward",
    .unit = "ns",
    .about = "begin + end on a closed ward of 32-byte secrets; the bare "
	     "calls open and close the very same mappings, or as many pages "
	     "in one mapping. A keyed window opens for one thread alone.",
    .rows = rows,
    .row_count = 6,
    .subjects = subjects,
    .subject_count = SUBJECT,
    .work = work,
    .bars = true,
};

const struct bench_experiment bench_nested = {
    .name = "nested",
    .title = "A window inside a window",
    .unit = "ns",
    .about = "begin + end while the ward is open already.",
    .rows = nested_rows,
    .row_count = 1,
    .subjects = nested_subjects,
    .subject_count = 1,
    .work = nest,
    .bars = true,
};
