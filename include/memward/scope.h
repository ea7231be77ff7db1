/* SPDX-License-Identifier: MIT */
/*
 * memward: conveniences of C. Typed secrets; and secrets, wards and windows
 * that end with their scope, however it is left.
 *
 * What ends with a scope needs the attribute `cleanup` of GCC, Clang and their
 * kin. Elsewhere these macros are not defined: there is no form of them that
 * `return` and `goto` do not leave open. C++ has memward.hpp instead.
 */
#ifndef MEMWARD_SCOPE_H
#define MEMWARD_SCOPE_H

#include "memward/base.h"
#include "memward/mem_sys.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct memward_ward;

/*
 * A secret for count objects of size bytes, zeroed and aligned to align: packed
 * where that aligns enough (16), else guarded. Answers in the shape of malloc,
 * as memward_alloc(): NULL and errno, ENOMEM for a product that overflows too.
 */
MEMWARD_API void *memward_alloc_array(
    struct memward_ward *ward, size_t count, size_t size, size_t align);

/* A window as the macros below keep it. */
typedef struct memward_window {
	struct memward_ward *ward;
	int code; /* what memward_begin() has answered */
	int past; /* whether the body has begun */
} memward_window;

/* What the macros below call, and nobody else has to. They never fail. */
MEMWARD_API memward_window memward_window_begin(
    struct memward_ward *ward, memward_access access);
MEMWARD_API void memward_window_end(memward_window *window);
MEMWARD_API void memward_free_at_end(void *pointer);
MEMWARD_API void memward_close_at_end(struct memward_ward **ward);

#ifdef __cplusplus
}
#else

/*
 *	struct key *key = MEMWARD_NEW(ward, struct key);
 *	uint32_t *words = MEMWARD_NEW_ARRAY(ward, uint32_t, 12);
 */
#define MEMWARD_NEW(ward, type) MEMWARD_NEW_ARRAY((ward), type, 1)
#define MEMWARD_NEW_ARRAY(ward, type, count) \
	((type *)memward_alloc_array(        \
	    (ward), (count), sizeof(type), _Alignof(type)))

#if defined(__GNUC__)

/*
 * For a variable that points to a secret, NULL or no: what it points to at the
 * end of its scope is freed. Who hands the secret on sets the variable to NULL.
 *
 *	MEMWARD_FREE_AT_END struct key *key = MEMWARD_NEW(ward, struct key);
 *
 * And for a ward, which is closed after all variables declared behind it. One
 * with a window open, in whatever thread, cannot be closed: it is left as it
 * is, for good.
 *
 * Both have to be initialised. Not reached: longjmp, thread exit, exit.
 */
#define MEMWARD_FREE_AT_END  __attribute__((cleanup(memward_free_at_end)))
#define MEMWARD_CLOSE_AT_END __attribute__((cleanup(memward_close_at_end)))

/*
 * A window for the statement that follows, and no longer, whether that ends,
 * or is left by break, continue (both leave this statement, no loop around
 * it), return or goto:
 *
 *	MEMWARD_READ(ward) {
 *		use(key);
 *	} else {
 *		there is no window: memward_begin() tells why
 *	}
 *
 * It is an `if`: a window that cannot be had is the else; without one, nothing
 * is done. A window left by longjmp stays open until the thread ends.
 */
#define MEMWARD_READ(ward)   MEMWARD_WINDOW(ward, MEMWARD_READ_ONLY, __LINE__)
#define MEMWARD_WRITE(ward)  MEMWARD_WINDOW(ward, MEMWARD_READ_WRITE, __LINE__)

/* A name by line, so that windows within windows shadow nothing. */
#define MEMWARD_WINDOW(ward, access, line) \
	MEMWARD_WINDOW_NAMED(ward, access, line)
#define MEMWARD_WINDOW_NAMED(ward, access, line)            \
	for (memward_window memward_window_##line           \
	     __attribute__((cleanup(memward_window_end))) = \
		 memward_window_begin((ward), (access));    \
	     memward_window_##line.past++ == 0;)            \
		if (memward_window_##line.code == 0)

#endif /* __GNUC__ */
#endif /* C */

#endif
