/* SPDX-License-Identifier: MIT */
/* The stand-in for libsodium beside libsodium: same calls, same outcomes. */
#include "sodium_pair.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CHOICE "MEMWARD_TEST_SODIUM"

/* Freed memory is looked at on purpose. */
SUPPORT_LOOKS_AT_FREED

void *volatile nowhere;

static void load(struct sodium *library, void *handle)
{
#define FIND(call) find_function(handle, "sodium_" #call, &library->call);
	SODIUM_CALLS(FIND)
#undef FIND
}

const struct sodium *real(void)
{
	static struct sodium library;
	void *handle;
	int (*init)(void);

	if (library.name != NULL)
		return &library;
	handle = dlopen(SODIUM_REAL, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL)
		TEST_SKIP("no libsodium to compare with: %s", dlerror());
	load(&library, handle);
	find_function(handle, "sodium_init", &init);
	CHECK(init() >= 0);
	library.name = "real";
	return &library;
}

const struct sodium *ours(void)
{
	static struct sodium library;
	void *handle;

	if (library.name != NULL)
		return &library;
	handle = dlopen(SODIUM_OURS, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL)
		TEST_FAIL("%s", dlerror());
	load(&library, handle);
	library.name = "ours";
	return &library;
}

int outcome(int rc)
{
	return rc == 0 ? 0 : errno;
}

int outcome_of(const void *pointer)
{
	return pointer != NULL ? 0 : errno;
}

const struct sodium *chosen(void)
{
	const char *choice = getenv(CHOICE);

	return choice != NULL && strcmp(choice, "real") == 0 ? real() : ours();
}

struct child_result run_with(
    const struct sodium *library, const char *words, const char *child)
{
	struct child_result result;

	CHECK(setenv(CHOICE, library->name, 1) == 0);
	CHECK(setenv("MEMWARD_SODIUM", words, 1) == 0);
	result = support_run_child(child);
	CHECK(unsetenv("MEMWARD_SODIUM") == 0);
	return result;
}

#define CHILD(name) {#name, child_##name},
static const struct child_entry children[] = {SODIUM_CHILDREN(CHILD)};

static const struct test_case cases[] = {
    TEST_CASE(both_die_alike),
    TEST_CASE(freed_memory_can_stay),
    TEST_CASE(memory_is_filled_and_ends_at_its_page),
    TEST_CASE(impossible_sizes_are_refused),
    TEST_CASE(arrays_are_counted),
    TEST_CASE(access_changes_alike),
    TEST_CASE(memory_is_freed_in_any_state),
    TEST_CASE(memory_survives_fork),
    TEST_CASE(first_calls_of_many_threads),
    TEST_CASE(words_of_the_variable),
    TEST_CASE(locks_answer_alike),
    TEST_CASE(unlocking_wipes),
    TEST_CASE(locks_are_counted),
    TEST_CASE(what_is_locked_is_left_out_of_cores),
    TEST_CASE(limits_answer_alike),
    TEST_CASE(pages_unmapped_meanwhile_do_not_count),
    TEST_CASE(locks_of_others_are_undone),
    TEST_CASE(memory_of_ours_stays_locked),
    TEST_CASE(wiping_and_comparing_are_alike),
    TEST_CASE(the_stack_is_wiped),
};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
