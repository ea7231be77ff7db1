/* SPDX-License-Identifier: MIT */
/* The stand-in for OpenSSL's secure heap beside it. */
#ifdef WITH_LIBCRYPTO
#include "openssl_pair.h"

#include "memward/openssl.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define CHOICE "MEMWARD_TEST_OPENSSL"

static void load(struct heap *heap, void *handle)
{
	find_function(handle, "CRYPTO_secure_malloc_init", &heap->init);
	find_function(handle, "CRYPTO_secure_malloc_done", &heap->done);
	find_function(
	    handle, "CRYPTO_secure_malloc_initialized", &heap->initialized);
	find_function(handle, "CRYPTO_secure_malloc", &heap->malloc);
	find_function(handle, "CRYPTO_secure_zalloc", &heap->zalloc);
	find_function(handle, "CRYPTO_secure_free", &heap->free);
	find_function(handle, "CRYPTO_secure_clear_free", &heap->clear_free);
	find_function(handle, "CRYPTO_secure_allocated", &heap->allocated);
	find_function(handle, "CRYPTO_secure_used", &heap->used);
	find_function(handle, "CRYPTO_secure_actual_size", &heap->actual_size);
}

const struct heap *heap(void)
{
	static struct heap heap;
	const char *choice = getenv(CHOICE);
	void *handle = NULL;

	if (heap.init != NULL)
		return &heap;
	/* This program is linked with libcrypto and calls it by name. */
	if (choice == NULL || strcmp(choice, "real") != 0) {
		handle = dlopen(OPENSSL_OURS, RTLD_NOW | RTLD_LOCAL);
		if (handle == NULL)
			TEST_FAIL("%s", dlerror());
	}
	load(&heap, handle != NULL ? handle : RTLD_DEFAULT);
	return &heap;
}

static struct child_result run(
    const char *library, const char *words, const char *child)
{
	struct child_result result;

	CHECK(setenv(CHOICE, library, 1) == 0);
	CHECK(setenv("MEMWARD_OPENSSL", words, 1) == 0);
	result = support_run_child(child);
	CHECK(unsetenv("MEMWARD_OPENSSL") == 0);
	return result;
}

static void expect_with(const char *library, const char *words,
    const char *child, enum child_end end, int code)
{
	struct child_result result = run(library, words, child);

	if (result.end != end || result.code != code)
		TEST_FAIL("%s, %s: end %d, code %d: %s", child, library,
		    (int)result.end, result.code, result.output);
}

static void expect(const char *library, const char *child, int status)
{
	expect_with(library, "", child, CHILD_EXITED, status);
}

static void both(const char *child, int status)
{
	expect("real", child, status);
	expect("ours", child, status);
}

static void without_init_it_is_the_plain_heap(void)
{
	both("without_init", 0);
}

static void from_init_to_done_they_are_alike(void)
{
	need_lock_limit(65536);
	both("from_init_to_done", 0);
}

static void sizes_are_judged_alike(void)
{
	need_lock_limit(65536);
	both("sizes_that_fail", 0);
	both("sizes_that_do", 0);
}

/* mlock(2) is nothing under a sanitizer. */
static void what_cannot_be_locked_is_told(void)
{
	need_lock_limit(65536);
	if (support_sanitizer() != NULL)
		TEST_SKIP("the sanitizer puts nothing in the place of mlock");
	both("all_locked", 1);
	both("not_all_locked", 2);
}

static void threads_share_it(void)
{
	need_lock_limit(65536);
	both("many_threads", 0);
}

static void freeing_twice_ends_the_process(void)
{
	expect_with("real", "", "freed_twice", CHILD_KILLED, SIGABRT);
	expect_with("ours", "", "freed_twice", CHILD_KILLED, SIGABRT);
}

/* Here we are meant to differ. */
static void it_has_no_fixed_size(void)
{
	expect("real", "more_than_size", 0);
	expect("ours", "more_than_size", 1);
}

/* OpenSSL aborts on what the manual calls a failure. */
static void odd_sizes_are_failures(void)
{
	expect_with("real", "", "odd_size", CHILD_KILLED, SIGABRT);
	expect_with("real", "", "odd_unit", CHILD_KILLED, SIGABRT);
	expect("ours", "odd_size", 0);
	expect("ours", "odd_unit", 0);
}

static void words_of_the_variable(void)
{
	need_lock_limit(65536);
	expect_with("ours", "always", "always", CHILD_EXITED, 0);
	expect_with("ours", "alway", "unknown_word", CHILD_EXITED, 0);
	expect_with("ours", "report", "unknown_word", CHILD_EXITED, 1);
	if (support_sanitizer() != NULL)
		return;
	expect_with("ours", "", "lock_refused", CHILD_EXITED, 1);
	expect_with("ours", "require-locked", "lock_refused", CHILD_EXITED, 0);
}

/* What CRYPTO_realloc() answers is what the function set for it does. */
static void the_adapter_answers_as_openssl(void)
{
	void *handle = dlopen(OPENSSL_OURS, RTLD_NOW | RTLD_LOCAL);
	__typeof__(&memward_openssl_malloc) take;
	__typeof__(&memward_openssl_realloc) change;
	__typeof__(&memward_openssl_free) give;
	__typeof__(&memward_is_secret) is_secret;
	unsigned char *mem;

	CHECK(handle != NULL);
	find_function(handle, "memward_openssl_malloc", &take);
	find_function(handle, "memward_openssl_realloc", &change);
	find_function(handle, "memward_openssl_free", &give);
	find_function(handle, "memward_is_secret", &is_secret);
	CHECK(take(0, "", 1) == NULL);
	CHECK(change(NULL, 0, "", 1) == NULL);
	CHECK(take(SIZE_MAX / 2, "", 1) == NULL);
	mem = change(NULL, 100, "", 1);
	CHECK(is_secret(mem));
	memset(mem, 7, 100);
	CHECK(change(mem, SIZE_MAX / 2, "", 1) == NULL);
	mem = change(mem, 100000, "", 1);
	CHECK(is_secret(mem));
	for (size_t i = 0; i < 100000; i++)
		CHECK_INT(mem[i], i < 100 ? 7 : 0);
	CHECK(change(mem, 0, "", 1) == NULL);
	CHECK(!is_secret(mem));
	give(take(10, "", 1), "", 1);
	give(NULL, "", 1);
}

#define CHILD(name) {#name, child_##name},
static const struct child_entry children[] = {HEAP_CHILDREN(CHILD)};

static const struct test_case cases[] = {
    TEST_CASE(without_init_it_is_the_plain_heap),
    TEST_CASE(from_init_to_done_they_are_alike),
    TEST_CASE(sizes_are_judged_alike),
    TEST_CASE(what_cannot_be_locked_is_told),
    TEST_CASE(threads_share_it),
    TEST_CASE(freeing_twice_ends_the_process),
    TEST_CASE(it_has_no_fixed_size),
    TEST_CASE(odd_sizes_are_failures),
    TEST_CASE(words_of_the_variable),
    TEST_CASE(the_adapter_answers_as_openssl),
};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}

#else

#include "harness.h"

static void beside_openssl(void)
{
	TEST_SKIP("built without OpenSSL 3 to compare with");
}

static const struct test_case cases[] = {TEST_CASE(beside_openssl)};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}

#endif
