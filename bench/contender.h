/* SPDX-License-Identifier: MIT */
/*
 * What a library must supply to be measured. Each contender is a module of
 * its own, loaded by the process that measures it and by no other: some of
 * these libraries replace malloc, or set up a pool that is there for ever.
 */
#ifndef BENCH_CONTENDER_H
#define BENCH_CONTENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a pool is asked to be ready for; some must know at the start. */
struct contender_need {
	size_t count; /* secrets alive at once */
	size_t len;   /* bytes of each */
	size_t limit; /* bytes that may be locked; 0: as many as needed */
};

struct contender {
	const char *name;
	const char *calls; /* what is timed, for the table */
	bool guarded;      /* own pages for each secret: another contest */
	/* Sets the library up. False: *why says why not. */
	bool (*open)(const struct contender_need *need, const char **why);
	void *(*take)(size_t len);
	void (*give)(void *secret, size_t len);
	/* Frees, allocates and touches random ones; false: refused. */
	bool (*churn)(void **live, size_t count, size_t len, size_t steps,
	    uint64_t *seed);
	void (*wipe)(void *mem, size_t len); /* NULL: it has none */
};

/* The one name a module is looked up by. */
#define CONTENDER_SYMBOL "bench_contender"
extern __attribute__((visibility("default")))
const struct contender bench_contender;

#ifdef __cplusplus
}
#endif

#endif
