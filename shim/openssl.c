/* SPDX-License-Identifier: MIT */
/*
 * OpenSSL's secure heap over packed secrets. It has no fixed size; for the
 * rest crypto/mem_sec.c of OpenSSL 3 and OPENSSL_secure_malloc(3) say what the
 * calls do.
 *
 * Nothing here calls another of its exported names: a program may have bound
 * it to OpenSSL's own.
 */
#include "openssl.h"

#include "setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Of the libcrypto that is in the process. Not linked with: any one will do,
 * and a process that was given this library may have none.
 */
#define IF_THERE __attribute__((weak))
IF_THERE void *CRYPTO_malloc(size_t num, const char *file, int line);
IF_THERE void CRYPTO_free(void *ptr, const char *file, int line);
IF_THERE void ERR_new(void);
IF_THERE void ERR_set_debug(const char *file, int line, const char *function);
IF_THERE void ERR_set_error(int library, int reason, const char *format, ...);

/* ERR_LIB_CRYPTO, CRYPTO_R_SECURE_MALLOC_FAILURE */
#define LIBRARY 15
#define REASON  111

/* What OpenSSL's own heap needs of its arguments. */
#define LEAST_UNIT  16
#define LEAST_UNITS 4

static _Atomic(memward_ward *) the_ward;
static atomic_bool initialized; /* by CRYPTO_secure_malloc_init() */
static atomic_bool always;      /* by the environment */
static atomic_size_t used;      /* bytes of all that lives */

static atomic_size_t taken; /* for the report: how often */
static atomic_size_t most;  /* and the largest `used` */

static void report(void)
{
	memward_report now = MEMWARD_REPORT_INIT;
	memward_ward *ward = atomic_load(&the_ward);

	if (ward != NULL && memward_report_ward(ward, &now) != 0)
		now.pages_unlocked = SIZE_MAX;
	(void)fprintf(stderr,
	    "memward: OpenSSL's secure heap: %zu allocations, at most %zu "
	    "bytes at once, %zu bytes of pages not locked\n",
	    atomic_load(&taken), atomic_load(&most), now.pages_unlocked);
}

/* Also where nobody ever calls: then the report says so. */
__attribute__((constructor)) static void start(void)
{
	unsigned chosen;

	if (!mw_openssl_words(&chosen))
		return;
	atomic_store(&always, (chosen & MW_OPENSSL_ALWAYS) != 0);
	if ((chosen & MW_OPENSSL_REPORT) != 0 && atexit(report) != 0)
		(void)fputs("memward: no report at exit\n", stderr);
}

static bool is_power_of_2(size_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/* Whether so many bytes could all be locked now. */
static bool can_be_locked(memward_ward *ward, size_t size)
{
	memward_budget_info info = {.size = sizeof(info)};

	return memward_budget(ward, LEAST_UNIT, &info) == 0 &&
	       info.limit - info.locked >= size;
}

int CRYPTO_secure_malloc_init(size_t sz, size_t minsize)
{
	memward_ward *ward;
	bool before = false;

	if (minsize < LEAST_UNIT)
		minsize = LEAST_UNIT;
	if (!is_power_of_2(sz) || !is_power_of_2(minsize) ||
	    sz / minsize < LEAST_UNITS)
		return 0;
	ward = mw_openssl_ward(&the_ward);
	if (ward == NULL ||
	    !atomic_compare_exchange_strong(&initialized, &before, true))
		return 0;
	return can_be_locked(ward, sz) ? 1 : 2;
}

int CRYPTO_secure_malloc_done(void)
{
	if (atomic_load(&used) != 0)
		return 0;
	atomic_store(&initialized, false);
	return 1;
}

static bool is_started(void)
{
	return atomic_load(&initialized) || atomic_load(&always);
}

int CRYPTO_secure_malloc_initialized(void)
{
	return is_started();
}

static void count(size_t len)
{
	size_t now = atomic_fetch_add(&used, len) + len;
	size_t before = atomic_load(&most);

	while (
	    before < now && !atomic_compare_exchange_weak(&most, &before, now))
		;
	atomic_fetch_add(&taken, 1);
}

static void raise_error(const char *file, int line)
{
	if ((file == NULL && line == 0) || ERR_new == NULL ||
	    ERR_set_debug == NULL || ERR_set_error == NULL)
		return;
	ERR_new();
	ERR_set_debug(file, line, NULL);
	ERR_set_error(LIBRARY, REASON, NULL);
}

/* As OpenSSL does without a secure heap. */
static void *allocate_plainly(size_t num, const char *file, int line)
{
	if (CRYPTO_malloc != NULL)
		return CRYPTO_malloc(num, file, line);
	return num == 0 ? NULL : malloc(num);
}

static void *allocate(size_t num, const char *file, int line)
{
	memward_ward *ward;
	void *secret;

	if (!is_started())
		return allocate_plainly(num, file, line);
	ward = mw_openssl_ward(&the_ward);
	/* Something is allocated even for nothing, and counts as in use. */
	if (num == 0)
		num = 1;
	secret = ward == NULL ? NULL : memward_alloc(ward, num);
	if (secret == NULL)
		raise_error(file, line);
	else
		count(num);
	return secret;
}

void *CRYPTO_secure_malloc(size_t num, const char *file, int line)
{
	return allocate(num, file, line);
}

void *CRYPTO_secure_zalloc(size_t num, const char *file, int line)
{
	void *mem = allocate(num, file, line);

	if (mem != NULL)
		memset(mem, 0, num);
	return mem;
}

/* Whether an address is in the heap; what is freed is in it too. */
static bool find(const void *address, memward_address *what)
{
	memward_ward *ward = atomic_load(&the_ward);

	return ward != NULL && memward_explain_address(address, what) == 0 &&
	       what->place != MEMWARD_PLACE_FOREIGN && what->ward == ward;
}

/* The length of what begins there, 0 for anything else. */
static size_t length_of(const memward_address *what)
{
	return what->place == MEMWARD_PLACE_SECRET && what->offset == 0
		   ? what->len
		   : 0;
}

/* What is of the plain heap is wiped so far before it goes back there. */
static void give_back(void *ptr, size_t num, const char *file, int line)
{
	memward_address what;

	if (ptr == NULL)
		return;
	if (find(ptr, &what)) {
		/* Whatever has no length, this ends the process. */
		atomic_fetch_sub(&used, length_of(&what));
		memward_free(ptr);
		return;
	}
	memward_wipe(ptr, num);
	if (CRYPTO_free != NULL)
		CRYPTO_free(ptr, file, line);
	else
		free(ptr);
}

void CRYPTO_secure_free(void *ptr, const char *file, int line)
{
	give_back(ptr, 0, file, line);
}

void CRYPTO_secure_clear_free(void *ptr, size_t num, const char *file, int line)
{
	give_back(ptr, num, file, line);
}

int CRYPTO_secure_allocated(const void *ptr)
{
	memward_address what;

	return is_started() && find(ptr, &what);
}

size_t CRYPTO_secure_used(void)
{
	return atomic_load(&used);
}

size_t CRYPTO_secure_actual_size(void *ptr)
{
	memward_address what;

	return find(ptr, &what) ? length_of(&what) : 0;
}
