/* SPDX-License-Identifier: MIT */
/*
 * The calls of OpenSSL 3 that libmemward_openssl supplies, as OpenSSL's own
 * headers declare them. Programs include those, not this.
 */
#ifndef MW_SHIM_OPENSSL_H
#define MW_SHIM_OPENSSL_H

#include "memward.h"

#include <stdatomic.h>

MEMWARD_API int CRYPTO_secure_malloc_init(size_t sz, size_t minsize);
MEMWARD_API int CRYPTO_secure_malloc_done(void);
MEMWARD_API int CRYPTO_secure_malloc_initialized(void);
MEMWARD_API void *CRYPTO_secure_malloc(size_t num, const char *file, int line);
MEMWARD_API void *CRYPTO_secure_zalloc(size_t num, const char *file, int line);
MEMWARD_API void CRYPTO_secure_free(void *ptr, const char *file, int line);
MEMWARD_API void CRYPTO_secure_clear_free(
    void *ptr, size_t num, const char *file, int line);
MEMWARD_API int CRYPTO_secure_allocated(const void *ptr);
MEMWARD_API size_t CRYPTO_secure_used(void);
MEMWARD_API size_t CRYPTO_secure_actual_size(void *ptr);

/* Words of the environment variable MEMWARD_OPENSSL. */
#define MW_OPENSSL_ALWAYS 1u
#define MW_OPENSSL_LOCKED 2u
#define MW_OPENSSL_REPORT 4u

/* As mw_shim_words(). */
bool mw_openssl_words(unsigned *chosen);

/* The ward in *place, opened as the words say if need be. NULL, and errno. */
memward_ward *mw_openssl_ward(_Atomic(memward_ward *) *place);

#endif
