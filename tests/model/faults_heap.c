/* SPDX-License-Identifier: MIT */
/* The heap that the record of locks stands on fails. */
#include "faults.h"

#include "harness.h"
#include "model.h"

#include "memward/mem_sys.h"

#include <errno.h>
#include <string.h>

#define FILL 0x5a
#define MANY 64

static int protect_page(char *page, memward_access access)
{
	return memward_sys_protect(page, 1, access);
}

/* One call that may need heap, without any; then with it. */
static size_t without_heap(
    int (*call)(char *page, memward_access access), char *page, int argument)
{
	unsigned locks = model_lock_count(page);
	int prot = model_protection(page);
	size_t failures = 0;
	int code;

	model_fresh();
	model_fail_all(MODEL_REALLOC, ENOMEM);
	code = call(page, (memward_access)argument);
	if (model_has_failed()) {
		CHECK_CODE(code, MEMWARD_ENOMEM);
		CHECK_INT(model_lock_count(page), locks);
		CHECK_INT(model_protection(page), prot);
		failures = 1;
		model_fresh();
		code = call(page, (memward_access)argument);
	}
	CHECK_CODE(code, 0);
	return failures;
}

static int lock_page(char *page, memward_access unused)
{
	(void)unused;
	return memward_sys_lock(page, 1);
}

static int unlock_page(char *page, memward_access unused)
{
	(void)unused;
	return memward_sys_unlock(page, 1);
}

/*
 * The record of locks grows with every range that stands alone, here every
 * second page; what is unlocked in the middle splits a range.
 */
void the_heap_is_exhausted(void)
{
	size_t page = model_page_size();
	size_t failures = 0;
	void *mem = NULL;
	char *at;

	model_fresh();
	CHECK_CODE(memward_sys_alloc(MANY * page, &mem), 0);
	memset(mem, FILL, MANY * page);
	for (at = mem; at < (char *)mem + MANY * page; at += 2 * page)
		failures += without_heap(lock_page, at, 0);
	for (at = mem; at < (char *)mem + MANY * page; at += 2 * page)
		failures += without_heap(protect_page, at, MEMWARD_NO_ACCESS);
	for (at = mem; at < (char *)mem + MANY * page; at += 2 * page)
		failures += without_heap(protect_page, at, MEMWARD_READ_WRITE);
	for (at = mem; at < (char *)mem + MANY * page; at += page)
		CHECK_INT(at[0], FILL);
	for (at = mem; at < (char *)mem + MANY * page; at += 2 * page)
		failures += without_heap(unlock_page, at, 0);
	CHECK_CODE(memward_sys_free(mem, MANY * page), 0);
	if (failures == 0)
		TEST_SKIP("this backend needs no heap");
}
