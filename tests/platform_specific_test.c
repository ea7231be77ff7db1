/* SPDX-License-Identifier: MIT */
/*
 * The contract of the platform layer, the same for every backend: it decides
 * by memward_sys_query() and by support.h, never by the system's name.
 */
#include "harness.h"

#include "memward/mem_sys.h"

static void alloc_gives_zeroed_pages(void)
{
	size_t page = memward_sys_page_size();
	void *mem = NULL;

	CHECK_CODE(memward_sys_alloc(1, &mem), 0);
	for (size_t i = 0; i < page; i++)
		CHECK_INT(((unsigned char *)mem)[i], 0);
	CHECK_CODE(memward_sys_free(mem, 1), 0);
}

static const struct test_case cases[] = {
    TEST_CASE(alloc_gives_zeroed_pages),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
