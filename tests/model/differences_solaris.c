/* SPDX-License-Identifier: MIT */
/* Oracle Solaris alone, on its model. */
#include "differences.h"

#include <errno.h>

static void locking_needs_the_privilege(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	void *mem;

	model_fresh();
	mem = model_alloc(1);
	model_set_privileged(false);
	CHECK_CODE(memward_sys_lock(mem, 1), MEMWARD_ELOCKPRIV);
	CHECK_CODE(memward_sys_unlock(mem, 1), MEMWARD_ELOCKPRIV);
	CHECK_CODE(memward_sys_query(&info), 0);
	CHECK((info.granted & MEMWARD_SYS_LOCK) == 0);
	CHECK_CODE(info.reason[0], MEMWARD_ELOCKPRIV);
	CHECK_INT(info.system_error[0], EPERM);
	model_free(mem, 1);
}

/* The cap of a project is no resource that a process could ask for. */
static void the_cap_is_not_a_limit_of_the_process(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	model_fresh();
	model_set_lock_limit(0);
	CHECK_CODE(memward_sys_query(&info), 0);
	CHECK_CODE(info.reason[0], MEMWARD_ELOCKLIMIT);
	CHECK(info.lock_limit == UINT64_MAX);
}

const struct test_case model_own_cases[] = {
    TEST_CASE(locking_needs_the_privilege),
    TEST_CASE(the_cap_is_not_a_limit_of_the_process),
};
const size_t model_own_count = TEST_COUNT(model_own_cases);

const struct child_entry model_own_children[] = {{NULL, NULL}};
const size_t model_own_child_count = 0;
