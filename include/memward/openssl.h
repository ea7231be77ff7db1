/* SPDX-License-Identifier: MIT */
/*
 * Memory functions for OpenSSL: everything that libcrypto allocates, keys and
 * all, becomes packed secrets of one ward. Part of libmemward_openssl.
 *
 *	if (CRYPTO_set_mem_functions(memward_openssl_malloc,
 *		memward_openssl_realloc, memward_openssl_free) != 1)
 *		... something was allocated before; call it first of all
 *
 * The ward requires guards and canaries and prefers to be locked, since no
 * part of OpenSSL works without memory; memward_report_ward() tells what it
 * has, and `require-locked` in the environment variable MEMWARD_OPENSSL makes
 * allocations fail instead. All calls are safe in threads and after fork.
 */
#ifndef MEMWARD_OPENSSL_H
#define MEMWARD_OPENSSL_H

#include "memward.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * In the shape of CRYPTO_malloc_fn, CRYPTO_realloc_fn and CRYPTO_free_fn, and
 * with their results: NULL for a length of 0, and, with errno, for failures.
 * file and line are not used.
 */
MEMWARD_API void *memward_openssl_malloc(
    size_t num, const char *file, int line);
MEMWARD_API void *memward_openssl_realloc(
    void *addr, size_t num, const char *file, int line);
MEMWARD_API void memward_openssl_free(void *addr, const char *file, int line);

/* The ward, for reports; opened if need be. NULL: it cannot be opened. */
MEMWARD_API memward_ward *memward_openssl_ward(void);

#ifdef __cplusplus
}
#endif

#endif
