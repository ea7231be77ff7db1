/* SPDX-License-Identifier: MIT */
/* What a process does with a secure heap; each of these is a child. */
#include "openssl_pair.h"

#include <openssl/cryptoerr.h>
#include <openssl/err.h>
#include <pthread.h>
#include <string.h>

#define PLACE "a file", 7

static void check_zero(const unsigned char *mem, size_t len)
{
	for (size_t i = 0; i < len; i++)
		CHECK_INT(mem[i], 0);
}

/* Then it is OpenSSL's plain heap. */
int child_without_init(void)
{
	unsigned char *mem = heap()->malloc(64, PLACE);
	unsigned char *zeros = heap()->zalloc(64, PLACE);

	CHECK_INT(heap()->initialized(), 0);
	CHECK(mem != NULL && zeros != NULL);
	check_zero(zeros, 64);
	CHECK(heap()->malloc(0, PLACE) == NULL);
	CHECK_INT(heap()->allocated(mem), 0);
	/* It came from there, so it may go back there. */
	OPENSSL_free(mem);
	heap()->clear_free(zeros, 64, PLACE);
	heap()->free(OPENSSL_malloc(10), PLACE);
	heap()->free(NULL, PLACE);
	heap()->clear_free(NULL, 10, PLACE);
	CHECK_INT(heap()->done(), 1);
	return 0;
}

int child_from_init_to_done(void)
{
	unsigned char *early = heap()->malloc(64, PLACE);
	unsigned char *a;
	unsigned char *b;
	int local = 0;

	CHECK_INT(heap()->init(4096, 32), 1);
	CHECK_INT(heap()->initialized(), 1);
	CHECK_INT(heap()->init(4096, 32), 0);
	CHECK_INT(heap()->used(), 0);
	a = heap()->malloc(64, PLACE);
	CHECK(a != NULL);
	CHECK_INT((size_t)a % 16, 0);
	CHECK_INT(heap()->allocated(a), 1);
	CHECK_INT(heap()->allocated(a + 63), 1);
	CHECK_INT(heap()->allocated(early), 0);
	CHECK_INT(heap()->allocated(&local), 0);
	CHECK_INT(heap()->allocated(NULL), 0);
	CHECK_INT(heap()->actual_size(a), 64);
	CHECK_INT(heap()->used(), 64);
	memset(a, 1, 64);
	b = heap()->zalloc(128, PLACE);
	CHECK(b != NULL);
	check_zero(b, 128);
	memset(b, 1, 128);
	CHECK_INT(heap()->used(), 192);
	heap()->free(a, PLACE);
	CHECK_INT(heap()->used(), 128);
	CHECK_INT(heap()->done(), 0);
	CHECK_INT(heap()->initialized(), 1);
	heap()->clear_free(b, 128, PLACE);
	CHECK_INT(heap()->used(), 0);
	heap()->free(early, PLACE);
	/* Nothing is something too. */
	a = heap()->malloc(0, PLACE);
	CHECK(a != NULL);
	CHECK_INT(heap()->done(), 0);
	heap()->free(a, PLACE);
	CHECK_INT(heap()->done(), 1);
	CHECK_INT(heap()->initialized(), 0);
	CHECK_INT(heap()->init(8192, 64), 1);
	CHECK_INT(heap()->done(), 1);
	return 0;
}

/* Fewer than four units. */
int child_sizes_that_fail(void)
{
	CHECK_INT(heap()->init(32, 16), 0);
	CHECK_INT(heap()->init(4096, 2048), 0);
	CHECK_INT(heap()->init(32, 0), 0);
	CHECK_INT(heap()->initialized(), 0);
	return 0;
}

int child_sizes_that_do(void)
{
	static const size_t sizes[][2] = {
	    {64, 16}, {64, 0}, {64, 1}, {64, 5}, {4096, 1024}, {65536, 16}};

	for (size_t i = 0; i < TEST_COUNT(sizes); i++) {
		CHECK_INT(heap()->init(sizes[i][0], sizes[i][1]), 1);
		CHECK_INT(heap()->done(), 1);
	}
	return 0;
}

int child_all_locked(void)
{
	(void)heap();
	become_user(65536);
	return heap()->init(16384, 32);
}

int child_not_all_locked(void)
{
	void *mem;
	int rc;

	(void)heap();
	become_user(65536);
	rc = heap()->init(1 << 20, 32);
	/* It is to be had all the same. */
	mem = heap()->malloc(100, PLACE);
	CHECK_INT(heap()->allocated(mem), 1);
	heap()->free(mem, PLACE);
	return rc;
}

static void *use_heap(void *unused)
{
	for (size_t i = 1; i < 500; i++) {
		unsigned char *mem = heap()->zalloc(i % 100 + 1, PLACE);

		if (mem == NULL || mem[i % 100] != 0)
			return "not as it should be";
		memset(mem, 0x5a, i % 100 + 1);
		heap()->clear_free(mem, i % 100 + 1, PLACE);
	}
	return unused;
}

int child_many_threads(void)
{
	pthread_t threads[4];
	void *wrong;

	CHECK_INT(heap()->init(65536, 32), 1);
	for (size_t i = 0; i < TEST_COUNT(threads); i++)
		CHECK_INT(pthread_create(&threads[i], NULL, use_heap, NULL), 0);
	for (size_t i = 0; i < TEST_COUNT(threads); i++) {
		CHECK_INT(pthread_join(threads[i], &wrong), 0);
		CHECK(wrong == NULL);
	}
	CHECK_INT(heap()->used(), 0);
	CHECK_INT(heap()->done(), 1);
	return 0;
}

int child_odd_size(void)
{
	return heap()->init(4097, 16);
}

int child_odd_unit(void)
{
	return heap()->init(4096, 48);
}

int child_freed_twice(void)
{
	void *mem;

	CHECK(heap()->init(4096, 32) != 0);
	mem = heap()->malloc(64, PLACE);
	heap()->free(mem, PLACE);
	heap()->free(mem, PLACE);
	return 0;
}

/* 1: to be had. 0: refused. OpenSSL 3.0 gives no reason, later ones do. */
static int got(void *mem)
{
	unsigned long error = ERR_get_error();

	if (mem != NULL) {
		CHECK_INT(error, 0);
		heap()->free(mem, PLACE);
		return 1;
	}
	if (error != 0) {
		CHECK_INT(ERR_GET_LIB(error), ERR_LIB_CRYPTO);
		CHECK_INT(
		    ERR_GET_REASON(error), CRYPTO_R_SECURE_MALLOC_FAILURE);
	}
	return 0;
}

int child_more_than_size(void)
{
	CHECK(heap()->init(4096, 32) != 0);
	return got(heap()->malloc(100000, PLACE));
}

int child_lock_refused(void)
{
	void *mem;

	(void)heap();
	become_user(65536);
	CHECK_INT(heap()->init(1 << 20, 32), 2);
	mem = heap()->malloc(1 << 20, PLACE);
	CHECK((mem == NULL) == (ERR_peek_error() != 0));
	return got(mem);
}

int child_always(void)
{
	void *mem = heap()->malloc(64, PLACE);

	CHECK_INT(heap()->initialized(), 1);
	CHECK_INT(heap()->allocated(mem), 1);
	/* Whoever asks for it must not be told that it failed. */
	CHECK_INT(heap()->init(4096, 32), 1);
	CHECK_INT(heap()->init(4096, 32), 0);
	CHECK_INT(heap()->done(), 0);
	heap()->free(mem, PLACE);
	CHECK_INT(heap()->done(), 1);
	return 0;
}

int child_unknown_word(void)
{
	/* Of OpenSSL's, 3.0 ends the process here. */
	CHECK_INT(heap()->used(), 0);
	CHECK_INT(heap()->actual_size(&(int){0}), 0);
	return heap()->init(4096, 32);
}
