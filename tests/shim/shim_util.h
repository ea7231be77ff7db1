/* SPDX-License-Identifier: MIT */
/* What tests of two libraries with the same names need. */
#ifndef MW_TESTS_SHIM_UTIL_H
#define MW_TESTS_SHIM_UTIL_H

#include <stddef.h>

/* Puts a library's function of that name into a pointer to such a function. */
void find_function(void *handle, const char *name, void *function);

/* Skips the case where a child cannot have such a limit of locks. */
void need_lock_limit(size_t limit);

/* In a child: an ordinary user from now on, with this limit of locks. */
void become_user(size_t limit);

#endif
