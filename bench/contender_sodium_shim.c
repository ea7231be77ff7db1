/* SPDX-License-Identifier: MIT */
/*
 * The stand-in for libsodium. Called through pointers: libsodium itself may be
 * in the process, and the names would be bound to that.
 */
#define _GNU_SOURCE

#include "contender.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#ifdef BENCH_TRAP_FREE
#define NAME  "sodium shim trap_free"
#define WORDS ""
#else
#define NAME  "sodium shim"
#define WORDS "no-trap_free"
#endif

static void *(*shim_malloc)(size_t);
static void (*shim_free)(void *);

static bool find(void *handle, const char *name, void *function)
{
	void *found = handle == NULL ? NULL : dlsym(handle, name);

	memcpy(function, &found, sizeof(found));
	return found != NULL;
}

static bool start(const struct contender_need *need, const char **why)
{
	void *handle = dlopen(BENCH_SHIM, RTLD_NOW | RTLD_LOCAL);

	(void)need;
	*why = "the shim does not load";
	return setenv("MEMWARD_SODIUM", WORDS, 1) == 0 &&
	       find(handle, "sodium_malloc", &shim_malloc) &&
	       find(handle, "sodium_free", &shim_free);
}

static void *take(size_t len)
{
	return shim_malloc(len);
}

static void give(void *secret, size_t len)
{
	(void)len;
	shim_free(secret);
}

#include "loops.h"

const struct contender bench_contender = {
    NAME,
    "its sodium_malloc, sodium_free",
    true,
    start,
    take,
    give,
    churn,
    NULL,
};
