/* SPDX-License-Identifier: MIT */
/* illumos alone, on its model; the rest is as on Solaris. */
#include "differences.h"

#include <errno.h>
#include <string.h>

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

/* memcntl(2): the three arguments after the command must be 0. */
static void children_see_zeros(void)
{
	void *mem;
	size_t at;

	model_fresh();
	mem = model_alloc(1);
	memset(mem, 0x5a, model_page_size());
	CHECK_CODE(memward_sys_set_fork_rule(mem, 1, MEMWARD_FORK_WIPE), 0);
	at = model_find(MODEL_MEMCNTL, 0);
	CHECK_INT(model_record(at)->second, 0);
	CHECK_INT(
	    support_fork_view(mem, model_page_size(), 0x5a, 1), FORK_ZEROS);
	CHECK_INT(
	    support_fork_view(mem, model_page_size(), 0x5a, 2), FORK_ZEROS);
	model_free(mem, 1);
}

const struct test_case model_own_cases[] = {
    TEST_CASE(locking_needs_the_privilege),
    TEST_CASE(children_see_zeros),
};
const size_t model_own_count = TEST_COUNT(model_own_cases);

const struct child_entry model_own_children[] = {{NULL, NULL}};
const size_t model_own_child_count = 0;
