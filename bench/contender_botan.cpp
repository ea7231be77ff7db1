/* SPDX-License-Identifier: MIT */
/* Botan's locking allocator, as its secure_vector uses it. C++ for its sake. */
#include "contender.h"

#include <botan/mem_ops.h>
#include <cstdlib>
#include <new>

static bool start(const struct contender_need *need, const char **why)
{
	/* Its pool is made when it is loaded: see bench_load(). */
	(void)need;
	(void)why;
	return true;
}

static void *take(size_t len)
{
	try {
		return Botan::allocate_memory(len, 1);
	} catch (const std::bad_alloc &) {
		return nullptr;
	}
}

static void give(void *secret, size_t len)
{
	/* Wipes first. */
	Botan::deallocate_memory(secret, len, 1);
}

#include "loops.h"

const struct contender bench_contender = {
    "Botan",
    "Botan::allocate_memory, Botan::deallocate_memory",
    false,
    start,
    take,
    give,
    churn,
    Botan::secure_scrub_memory,
};
