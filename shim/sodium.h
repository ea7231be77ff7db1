/* SPDX-License-Identifier: MIT */
/*
 * The calls of libsodium that libmemward_sodium supplies, as libsodium's own
 * headers declare them. Programs include those, not this.
 */
#ifndef MW_SHIM_SODIUM_H
#define MW_SHIM_SODIUM_H

#include "memward/base.h"

MEMWARD_API void *sodium_malloc(const size_t size);
MEMWARD_API void *sodium_allocarray(size_t count, size_t size);
MEMWARD_API void sodium_free(void *ptr);
MEMWARD_API int sodium_mprotect_noaccess(void *ptr);
MEMWARD_API int sodium_mprotect_readonly(void *ptr);
MEMWARD_API int sodium_mprotect_readwrite(void *ptr);
MEMWARD_API int sodium_mlock(void *const addr, const size_t len);
MEMWARD_API int sodium_munlock(void *const addr, const size_t len);
MEMWARD_API void sodium_memzero(void *const pnt, const size_t len);
MEMWARD_API int sodium_memcmp(
    const void *const b1_, const void *const b2_, size_t len);
MEMWARD_API void sodium_stackzero(const size_t len);

#endif
