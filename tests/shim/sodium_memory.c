/* SPDX-License-Identifier: MIT */
/* sodium_malloc and its like, as long as nobody does wrong. */
#include "sodium_pair.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

static size_t page(void)
{
	return memward_sys_page_size();
}

static bool holds(const unsigned char *mem, size_t len, unsigned char value)
{
	for (size_t i = 0; i < len; i++) {
		if (mem[i] != value)
			return false;
	}
	return true;
}

static void check_one(const struct sodium *library, size_t len)
{
	unsigned char *mem = library->malloc(len);

	CHECK(mem != NULL);
	CHECK_INT(((uintptr_t)mem + len) % page(), 0);
	CHECK(holds(mem, len, 0xdb));
	memset(mem, 1, len);
	library->free(mem);
}

void memory_is_filled_and_ends_at_its_page(void)
{
	const size_t sizes[] = {0, 1, 15, 16, 17, 32, 1000, page() - 17,
	    page() - 16, page() - 15, page() - 1, page(), page() + 1,
	    3 * page() + 5, 9 * page(), 100000, 1 << 20};

	/* Twice: memory that was used before is as good. */
	for (size_t i = 0; i < 2 * TEST_COUNT(sizes); i++) {
		check_one(real(), sizes[i / 2]);
		check_one(ours(), sizes[i / 2]);
	}
	ours()->free(NULL);
	real()->free(NULL);
}

static int malloc_most(const struct sodium *library)
{
	return outcome_of(library->malloc(SIZE_MAX));
}

static int malloc_nearly_most(const struct sodium *library)
{
	return outcome_of(library->malloc(SIZE_MAX - 8 * page()));
}

static int malloc_half(const struct sodium *library)
{
	return outcome_of(library->malloc(SIZE_MAX / 2));
}

void impossible_sizes_are_refused(void)
{
	CHECK_BOTH(malloc_most, ENOMEM);
	CHECK_BOTH(malloc_nearly_most, ENOMEM);
	CHECK_BOTH(malloc_half, ENOMEM);
}

static int array_overflows(const struct sodium *library)
{
	return outcome_of(library->allocarray(SIZE_MAX / 2, 3));
}

static int array_overflows_by_1(const struct sodium *library)
{
	return outcome_of(library->allocarray(2, SIZE_MAX / 2 + 1));
}

static int array_is_huge(const struct sodium *library)
{
	return outcome_of(library->allocarray(1, SIZE_MAX));
}

static int array_of(const struct sodium *library, size_t count, size_t size)
{
	unsigned char *mem = library->allocarray(count, size);
	bool whole;

	if (mem == NULL)
		return errno;
	whole = holds(mem, count * size, 0xdb) &&
		((uintptr_t)mem + count * size) % page() == 0;
	library->free(mem);
	return whole ? 0 : -1;
}

static int array_of_none(const struct sodium *library)
{
	return array_of(library, 0, SIZE_MAX);
}

static int array_of_empty(const struct sodium *library)
{
	return array_of(library, 1000, 0);
}

static int array_of_some(const struct sodium *library)
{
	return array_of(library, 33, 1001);
}

void arrays_are_counted(void)
{
	CHECK_BOTH(array_overflows, ENOMEM);
	CHECK_BOTH(array_overflows_by_1, ENOMEM);
	CHECK_BOTH(array_is_huge, ENOMEM);
	CHECK_BOTH(array_of_none, 0);
	CHECK_BOTH(array_of_empty, 0);
	CHECK_BOTH(array_of_some, 0);
}

/* Every change from every state; what is in it stays. */
static int change_access(const struct sodium *library, size_t len)
{
	int (*const calls[])(void *) = {library->mprotect_noaccess,
	    library->mprotect_readonly, library->mprotect_readwrite};
	unsigned char *mem = library->malloc(len);

	CHECK(mem != NULL);
	memset(mem, 7, len);
	for (int from = 0; from < 3; from++) {
		for (int to = 0; to < 3; to++) {
			if (calls[from](mem) != 0 || calls[to](mem) != 0)
				return errno;
		}
	}
	CHECK(holds(mem, len, 7));
	library->free(mem);
	return 0;
}

static int change_some(const struct sodium *library)
{
	return change_access(library, 100);
}

static int change_empty(const struct sodium *library)
{
	return change_access(library, 0);
}

static int change_long(const struct sodium *library)
{
	return change_access(library, 100000);
}

void access_changes_alike(void)
{
	CHECK_BOTH(change_some, 0);
	CHECK_BOTH(change_empty, 0);
	CHECK_BOTH(change_long, 0);
}

static void free_in_any_state(const struct sodium *library, size_t len)
{
	int (*const calls[])(void *) = {library->mprotect_noaccess,
	    library->mprotect_readonly, library->mprotect_readwrite};

	for (int i = 0; i < 3; i++) {
		unsigned char *mem = library->malloc(len);

		CHECK(mem != NULL);
		CHECK_INT(calls[i](mem), 0);
		library->free(mem);
		/* Whatever takes its place is open. */
		check_one(library, len);
	}
}

void memory_is_freed_in_any_state(void)
{
	const size_t sizes[] = {0, 100, 100000};

	for (size_t i = 0; i < TEST_COUNT(sizes); i++) {
		free_in_any_state(real(), sizes[i]);
		free_in_any_state(ours(), sizes[i]);
	}
}

static int look_from_child(const struct sodium *library)
{
	unsigned char *mem = library->malloc(5000);
	enum fork_view view;

	CHECK(mem != NULL);
	memset(mem, 0x5a, 5000);
	view = support_fork_view(mem, 5000, 0x5a, 1);
	library->free(mem);
	return (int)view;
}

void memory_survives_fork(void)
{
	CHECK_BOTH(look_from_child, FORK_SAME);
}

#define THREADS 8
#define ROUNDS  50

static void *use_memory(void *unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		unsigned char *mem = ours()->malloc(33);

		if (mem == NULL || !holds(mem, 33, 0xdb))
			return "not as it should be";
		memset(mem, i, 33);
		if (!holds(mem, 33, (unsigned char)i))
			return "another thread wrote to it";
		ours()->free(mem);
	}
	return NULL;
}

void first_calls_of_many_threads(void)
{
	pthread_t threads[THREADS];
	const char *wrong = NULL;

	(void)ours();
	for (int i = 0; i < THREADS; i++)
		CHECK_INT(
		    pthread_create(&threads[i], NULL, use_memory, NULL), 0);
	for (int i = 0; i < THREADS; i++) {
		void *answer;

		CHECK_INT(pthread_join(threads[i], &answer), 0);
		wrong = answer != NULL ? answer : wrong;
	}
	if (wrong != NULL)
		TEST_FAIL("%s", wrong);
}

/* The exit status is 0 or errno. */
int child_malloc_once(void)
{
	return outcome_of(chosen()->malloc(100));
}

/* More than may be locked. */
int child_malloc_unlocked(void)
{
	const struct sodium *library = chosen();

	become_user(65536);
	return outcome_of(library->malloc(1 << 20));
}

static void expect_status(const struct sodium *library, const char *words,
    const char *child, int status, const char *text)
{
	struct child_result result = run_with(library, words, child);

	if (result.end != CHILD_EXITED || result.code != status ||
	    strstr(result.output, text) == NULL)
		TEST_FAIL("%s with \"%s\": end %d, code %d: %s", child, words,
		    (int)result.end, result.code, result.output);
}

void words_of_the_variable(void)
{
	need_lock_limit(65536);
	expect_status(ours(), "", "malloc_once", 0, "");
	expect_status(
	    ours(), "no-trap_free,require-locked,", "malloc_once", 0, "");
	expect_status(ours(), "no-trap_fre", "malloc_once", EINVAL,
	    "memward: MEMWARD_SODIUM: unknown word; known are: no-trap_free "
	    "require-locked\n");
	/* A lock that is refused. */
	expect_status(real(), "", "malloc_unlocked", 0, "");
	expect_status(ours(), "", "malloc_unlocked", 0, "");
	expect_status(ours(), "require-locked", "malloc_unlocked", EAGAIN, "");
}
