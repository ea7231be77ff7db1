/* SPDX-License-Identifier: MIT */
/* OpenSSL's secure heap and what stands in for it, one in each child. */
#ifndef MW_TESTS_SHIM_OPENSSL_PAIR_H
#define MW_TESTS_SHIM_OPENSSL_PAIR_H

#include "harness.h"
#include "shim_util.h"

#include <openssl/crypto.h>

/* After OpenSSL's: the compiler then compares its declarations with ours. */
#include "shim/openssl.h"

struct heap {
	__typeof__(&CRYPTO_secure_malloc_init) init;
	__typeof__(&CRYPTO_secure_malloc_done) done;
	__typeof__(&CRYPTO_secure_malloc_initialized) initialized;
	__typeof__(&CRYPTO_secure_malloc) malloc;
	__typeof__(&CRYPTO_secure_zalloc) zalloc;
	__typeof__(&CRYPTO_secure_free) free;
	__typeof__(&CRYPTO_secure_clear_free) clear_free;
	__typeof__(&CRYPTO_secure_allocated) allocated;
	__typeof__(&CRYPTO_secure_used) used;
	__typeof__(&CRYPTO_secure_actual_size) actual_size;
};

/* The heap that the parent chose for this child. */
const struct heap *heap(void);

/* openssl_heap.c */
#define HEAP_CHILDREN(X)     \
	X(without_init)      \
	X(from_init_to_done) \
	X(sizes_that_fail)   \
	X(sizes_that_do)     \
	X(all_locked)        \
	X(not_all_locked)    \
	X(many_threads)      \
	X(odd_size)          \
	X(odd_unit)          \
	X(freed_twice)       \
	X(more_than_size)    \
	X(lock_refused)      \
	X(always)            \
	X(unknown_word)

#define HEAP_CHILD(name) int child_##name(void);
HEAP_CHILDREN(HEAP_CHILD)
#undef HEAP_CHILD

#endif
