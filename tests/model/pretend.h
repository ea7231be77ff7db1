/* SPDX-License-Identifier: MIT */
/*
 * Included before anything else in a backend that is compiled for the model:
 * brings in the host's own headers while they still know what they run on,
 * then gives the macros of the system that MODEL_PRETEND_ names.
 */
#ifndef MW_TESTS_MODEL_PRETEND_H
#define MW_TESTS_MODEL_PRETEND_H

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#ifndef MODEL_PRETEND_LINUX
#undef __linux__
#undef __linux
#undef __gnu_linux__
#endif

#if defined(MODEL_PRETEND_FREEBSD)
#define __FreeBSD__ 14
#elif defined(MODEL_PRETEND_NETBSD)
#define __NetBSD__ 1
#elif defined(MODEL_PRETEND_OPENBSD)
#define __OpenBSD__ 1
#elif defined(MODEL_PRETEND_MACOS)
#define __APPLE__ 1
#elif defined(MODEL_PRETEND_SOLARIS)
#define __sun 1
#elif !defined(MODEL_PRETEND_LINUX)
#error "tell which system the model stands for"
#endif

/* Calls of those headers that can be made to fail, or pretend as well. */
#define secure_getenv       model_secure_getenv
#define pthread_atfork      model_pthread_atfork
#define pthread_key_create  model_pthread_key_create
#define pthread_setspecific model_pthread_setspecific

char *secure_getenv(const char *name);
int pthread_atfork(
    void (*before)(void), void (*parent)(void), void (*child)(void));
int pthread_key_create(pthread_key_t *key, void (*end)(void *));
int pthread_setspecific(pthread_key_t key, const void *value);

#endif
