/* SPDX-License-Identifier: MIT */
/* Wards through their public interface, one purpose per case. */
#include "ward_list.h"

SUPPORT_LOOKS_AT_FREED

/* A case that was left at once keeps no locks from the next. */
#define CASE_FUNCTION(name)           \
	static void case_##name(void) \
	{                             \
		close_leftovers();    \
		name();               \
	}
WARD_CASES(CASE_FUNCTION)

#define CASE_ENTRY(name)  {#name, case_##name},
#define CHILD_ENTRY(name) {#name, child_##name},

static const struct test_case cases[] = {WARD_CASES(CASE_ENTRY)};
static const struct child_entry children[] = {WARD_CHILDREN(CHILD_ENTRY)};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
