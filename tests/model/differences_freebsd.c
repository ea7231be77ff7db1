/* SPDX-License-Identifier: MIT */
/* FreeBSD alone, on its model. */
#include "differences.h"

#include <errno.h>

/* security.bsd.unprivileged_mlock is 0: mlock(2). */
static void locking_can_be_forbidden(void)
{
	void *mem;

	model_fresh();
	mem = model_alloc(1);
	model_fail(1, EPERM, false); /* msync comes first */
	CHECK_CODE(memward_sys_lock(mem, 1), MEMWARD_ELOCKPRIV);
	CHECK(model_has_failed());
	CHECK_INT(model_locked_pages(), 0);
	model_free(mem, 1);
}

/* MADV_NOCORE refused: then there is no page, rather than one in cores. */
static void no_page_without_nocore(void)
{
	void *mem = &mem;

	model_fresh();
	model_refuse(8);
	CHECK_CODE(memward_sys_alloc(1, &mem), MEMWARD_EUNSUPPORTED);
	CHECK(mem == &mem);
	CHECK_INT(model_mapped_pages(), 0);
}

const struct test_case model_own_cases[] = {
    TEST_CASE(locking_can_be_forbidden),
    TEST_CASE(no_page_without_nocore),
};
const size_t model_own_count = TEST_COUNT(model_own_cases);

const struct child_entry model_own_children[] = {{NULL, NULL}};
const size_t model_own_child_count = 0;
