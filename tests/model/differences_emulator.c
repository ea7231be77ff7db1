/* SPDX-License-Identifier: MIT */
/* Linux as an emulator that accepts any advice and does nothing gives it. */
#include "differences.h"

static void accepted_advice_is_not_believed(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	model_fresh();
	CHECK_CODE(memward_sys_query(&info), 0);
	CHECK_INT(info.granted, MEMWARD_SYS_LOCK);
	for (size_t i = 1; i < MEMWARD_SYS_FEATURE_COUNT; i++)
		CHECK_CODE(info.reason[i], MEMWARD_EUNSUPPORTED);
}

const struct test_case model_own_cases[] = {
    TEST_CASE(accepted_advice_is_not_believed),
};
const size_t model_own_count = TEST_COUNT(model_own_cases);

const struct child_entry model_own_children[] = {{NULL, NULL}};
const size_t model_own_child_count = 0;
