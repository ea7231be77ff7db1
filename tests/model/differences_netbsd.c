/* SPDX-License-Identifier: MIT */
/* NetBSD alone, on its model. */
#include "differences.h"

#include <errno.h>

/* The system says ENOMEM, the layer says that all is well. */
static void unlocking_the_unlocked_is_fine(void)
{
	void *mem;
	size_t at;

	model_fresh();
	mem = model_alloc(1);
	CHECK_CODE(memward_sys_unlock(mem, 1), 0);
	at = model_find(MODEL_MUNLOCK, 0);
	CHECK_INT(model_record(at)->err, ENOMEM);
	model_free(mem, 1);
}

/* PaX: what was not announced cannot come; the pages come back all the same. */
static void closed_pages_open_again(void)
{
	void *mem;

	model_fresh();
	mem = model_alloc(1);
	CHECK_CODE(memward_sys_protect(mem, 1, MEMWARD_NO_ACCESS), 0);
	CHECK_CODE(memward_sys_protect(mem, 1, MEMWARD_READ_WRITE), 0);
	CHECK_INT(model_protection(mem), 3);
	model_free(mem, 1);
}

const struct test_case model_own_cases[] = {
    TEST_CASE(unlocking_the_unlocked_is_fine),
    TEST_CASE(closed_pages_open_again),
};
const size_t model_own_count = TEST_COUNT(model_own_cases);

const struct child_entry model_own_children[] = {{NULL, NULL}};
const size_t model_own_child_count = 0;
