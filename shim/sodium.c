/* SPDX-License-Identifier: MIT */
/*
 * libsodium's calls for secure memory, over guarded secrets and counted locks.
 *
 * Nothing here calls another exported name: a program may have bound it to
 * libsodium's own.
 */
#include "sodium.h"

#include "setup.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GARBAGE 0xdb /* what libsodium fills new memory with */

static const char *const words[] = {"no-trap_free", "require-locked", NULL};
#define NO_TRAP_FREE   1u
#define REQUIRE_LOCKED 2u

static _Atomic(memward_ward *) the_ward;

static memward_ward *open_ward(void)
{
	memward_policy policy;
	unsigned chosen;

	if (!mw_shim_words("MEMWARD_SODIUM", words, &chosen)) {
		errno = EINVAL;
		return NULL;
	}
	policy = mw_shim_policy((chosen & REQUIRE_LOCKED) != 0);
	if ((chosen & NO_TRAP_FREE) == 0)
		policy.require |= MEMWARD_TRAP_FREE;
	return mw_shim_ward(&the_ward, &policy);
}

/* Ends the process as libsodium does, even if the program handles that. */
static _Noreturn void die(const char *call)
{
	(void)fprintf(stderr,
	    "memward: %s: memory next to a secret was overwritten, or this is "
	    "none\n",
	    call);
	(void)raise(SIGSEGV);
	abort();
}

static void *allocate(size_t len)
{
	memward_ward *ward = atomic_load(&the_ward);
	unsigned char *secret;

	if (ward == NULL)
		ward = open_ward();
	if (ward == NULL)
		return NULL;
	secret = memward_alloc_guarded(ward, len, 1);
	if (secret == NULL)
		return NULL;
	memset(secret, GARBAGE, len);
	/* A touch of an empty one faults: the guard is one byte behind it. */
	return len == 0 ? secret + 1 : secret;
}

/* The empty secret that was handed out as the byte behind it, or NULL. */
static void *empty_secret(void *pointer)
{
	unsigned char *behind = pointer;

	if (behind == NULL || !memward_is_secret(behind - 1) ||
	    memward_size(behind - 1) != 0)
		return NULL;
	return behind - 1;
}

void *sodium_malloc(const size_t size)
{
	return allocate(size);
}

void *sodium_allocarray(size_t count, size_t size)
{
	if (count > 0 && size >= SIZE_MAX / count) {
		errno = ENOMEM;
		return NULL;
	}
	return allocate(count * size);
}

void sodium_free(void *ptr)
{
	if (ptr == NULL)
		return;
	if (!memward_is_intact(ptr)) {
		ptr = empty_secret(ptr);
		if (ptr == NULL || !memward_is_intact(ptr))
			die("sodium_free");
	}
	memward_free(ptr);
}

static int protect(const char *call, void *ptr, memward_access access)
{
	int rc;

	if (!memward_is_secret(ptr)) {
		ptr = empty_secret(ptr);
		if (ptr == NULL)
			die(call);
	}
	rc = memward_protect(ptr, access);
	if (rc == 0)
		return 0;
	errno = rc == MEMWARD_ENOMEM ? ENOMEM : EINVAL;
	return -1;
}

int sodium_mprotect_noaccess(void *ptr)
{
	return protect("sodium_mprotect_noaccess", ptr, MEMWARD_NO_ACCESS);
}

int sodium_mprotect_readonly(void *ptr)
{
	return protect("sodium_mprotect_readonly", ptr, MEMWARD_READ_ONLY);
}

int sodium_mprotect_readwrite(void *ptr)
{
	return protect("sodium_mprotect_readwrite", ptr, MEMWARD_READ_WRITE);
}

/* The living secret that an address lies in, or NULL. */
static const void *secret_at(const void *address)
{
	memward_address what;

	if (memward_explain_address(address, &what) != 0 ||
	    what.place != MEMWARD_PLACE_SECRET)
		return NULL;
	return what.secret;
}

/* Secrets are locked as they are made; here is only asked whether. */
static int lock_of(const void *secret)
{
	memward_report report = MEMWARD_REPORT_INIT;

	if (memward_report_secret(secret, &report) == 0 &&
	    report.pages_unlocked == 0)
		return 0;
	return MEMWARD_ENOMEM;
}

/* As mlock(2) has it; what the system itself refused is in errno already. */
static int as_errno(int rc)
{
	switch (rc) {
	case 0:
		return 0;
	case MEMWARD_ENULL:
	case MEMWARD_EUNMAPPED:
	case MEMWARD_EINACCESSIBLE:
	case MEMWARD_ENOMEM:
	case MEMWARD_EOVERFLOW:
		errno = ENOMEM;
		break;
	case MEMWARD_ELOCKFROZEN:
		errno = EPERM;
		break;
	default:
		break;
	}
	return -1;
}

/*
 * Locked memory is left out of core files, where the system can: every page
 * that begins in it. (libsodium asks for none if the first one does not.)
 */
static void set_dump(char *addr, size_t len, bool dumped)
{
	size_t page = memward_sys_page_size();
	size_t before = (page - (uintptr_t)addr % page) % page;
	int err = errno;
	int rc;

	if (before < len) {
		rc = memward_sys_set_dump(addr + before, len - before, dumped);
		(void)rc;
	}
	errno = err;
}

/*
 * Counted, and then locked in any case: what was locked there before may have
 * been unmapped since without a word, and other pages be in its place.
 */
static int lock_range(char *addr, size_t len)
{
	size_t before = (uintptr_t)addr % memward_sys_page_size();
	int rc = memward_lock_range(addr, len);
	int undone;

	if (rc != 0)
		return rc;
	rc = memward_sys_lock(addr - before, len + before);
	if (rc != 0) {
		undone = memward_unlock_range(addr, len);
		(void)undone;
	}
	return rc;
}

int sodium_mlock(void *const addr, const size_t len)
{
	const void *secret;

	if (len == 0)
		return 0;
	secret = secret_at(addr);
	if (secret != NULL)
		return as_errno(lock_of(secret));
	set_dump(addr, len, false);
	return as_errno(lock_range(addr, len));
}

/* Also what was locked by another call than ours, as libsodium does. */
static int unlock_each_page(char *addr, size_t len)
{
	size_t page = memward_sys_page_size();
	size_t before = (uintptr_t)addr % page;
	int rc = 0;

	for (size_t at = 0; at < before + len && rc == 0; at += page) {
		rc = memward_unlock_range(addr - before + at, 1);
		if (rc == MEMWARD_ENOTLOCKED)
			rc = memward_sys_unlock(addr - before + at, 1);
	}
	return rc;
}

int sodium_munlock(void *const addr, const size_t len)
{
	int rc;

	memward_wipe(addr, len);
	/* A secret stays locked until it is freed. */
	if (len == 0 || secret_at(addr) != NULL)
		return 0;
	set_dump(addr, len, true);
	rc = memward_unlock_range(addr, len);
	if (rc == MEMWARD_ENOTLOCKED)
		rc = unlock_each_page(addr, len);
	return as_errno(rc);
}

void sodium_memzero(void *const pnt, const size_t len)
{
	memward_wipe(pnt, len);
}

int sodium_memcmp(const void *const b1_, const void *const b2_, size_t len)
{
	return memward_equal(b1_, b2_, len) ? 0 : -1;
}

#if defined(__GNUC__)
/* Only one array is sure to leave no gap between frames unwiped. */
#pragma GCC diagnostic ignored "-Wvla"
#endif

void sodium_stackzero(const size_t len)
{
	if (len != 0) {
		unsigned char below[len];

		memward_wipe(below, len);
	}
}
