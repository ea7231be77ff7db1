/* SPDX-License-Identifier: MIT */
/* Secrets on their way in. */
#include "input_cases.h"

static const struct test_case cases[] = {
/* clang-format off */
#define INPUT_CASE(name) TEST_CASE(name),
    INPUT_READ_CASES(INPUT_CASE)
    INPUT_FILE_CASES(INPUT_CASE)
    INPUT_TAKE_CASES(INPUT_CASE)
    /* clang-format on */
};

#define INPUT_CHILD(name) {#name, child_##name},
static const struct child_entry children[] = {INPUT_CHILDREN(INPUT_CHILD)};

int main(int argc, char **argv)
{
	int result;

	support_children(children, TEST_COUNT(children));
	result = test_main(argc, argv, cases, TEST_COUNT(cases));
	/* What a case that was left at once did not remove. */
	remove_file();
	return result;
}
