/* SPDX-License-Identifier: MIT */
/* Writes next to a secret, and writes after its free. */
#include "death_cases.h"

#include <stdint.h>

/* A secret with one byte written so far behind its end. */
static unsigned char *overrun(memward_ward *ward, size_t len, size_t behind)
{
	unsigned char *secret = new_secret(ward, len);

	secret[len + behind] ^= 1;
	return secret;
}

static unsigned char *overrun_by_zero(memward_ward *ward)
{
	unsigned char *secret = new_secret(ward, 20);

	secret[20] = 0;
	return secret;
}

int child_overrun_seen_at_free(void)
{
	memward_free(overrun(NULL, 20, 0));
	return 0;
}

int child_overrun_seen_at_check(void)
{
	memward_check(overrun(NULL, 20, 0));
	return 0;
}

int child_overrun_seen_in_ward(void)
{
	memward_ward *ward = new_ward(NULL);

	for (size_t i = 0; i < 50; i++)
		(void)new_secret(ward, i);
	(void)overrun(ward, 20, 0);
	/* Another ward is whole, and to check it finds nothing. */
	memward_free(new_secret(NULL, 1));
	CHECK_CODE(memward_check_ward(NULL), 0);
	return memward_check_ward(ward);
}

int child_overrun_seen_in_all(void)
{
	memward_ward *ward = new_ward(NULL);

	memward_free(new_secret(NULL, 1));
	(void)new_ward(NULL);
	(void)overrun(ward, 20, 0);
	return memward_check_all();
}

int child_overrun_by_zero_at_free(void)
{
	memward_free(overrun_by_zero(NULL));
	return 0;
}

int child_overrun_by_zero_at_check(void)
{
	memward_check(overrun_by_zero(NULL));
	return 0;
}

int child_overrun_by_zero_in_ward(void)
{
	memward_ward *ward = new_ward(NULL);

	(void)overrun_by_zero(ward);
	return memward_check_ward(ward);
}

int child_overrun_by_zero_in_all(void)
{
	(void)overrun_by_zero(NULL);
	return memward_check_all();
}

int child_overrun_seen_at_resize(void)
{
	void *secret = overrun(NULL, 20, 0);

	return memward_resize(&secret, 21);
}

int child_overrun_seen_at_moving_resize(void)
{
	void *secret = overrun(NULL, 20, 0);

	return memward_resize(&secret, 2000);
}

/* The slot is longer than secret and canary, so all 64 bytes are there. */
int child_overrun_by_63_at_free(void)
{
	memward_free(overrun(NULL, 250, 63));
	return 0;
}

int child_overrun_of_empty_secret(void)
{
	memward_free(overrun(NULL, 0, 0));
	return 0;
}

int child_overrun_of_longest_packed(void)
{
	memward_free(overrun(NULL, 15352, 7));
	return 0;
}

static unsigned char *overrun_in_window(memward_ward *ward)
{
	unsigned char *secret = new_secret(ward, 20);

	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	secret[20] ^= 1;
	CHECK_CODE(memward_end(ward), 0);
	return secret;
}

int child_overrun_in_closed_ward_at_free(void)
{
	memward_free(overrun_in_window(new_closed_ward()));
	return 0;
}

int child_overrun_in_closed_ward_at_check(void)
{
	memward_ward *ward = new_closed_ward();

	(void)overrun_in_window(ward);
	return memward_check_ward(ward);
}

static unsigned char *underrun(size_t before)
{
	unsigned char *secret = new_guarded(NULL, 100, 1);

	*(secret - before) ^= 1;
	return secret;
}

int child_underrun_of_guarded_at_free(void)
{
	memward_free(underrun(1));
	return 0;
}

int child_underrun_of_guarded_by_16(void)
{
	memward_free(underrun(16));
	return 0;
}

int child_underrun_of_guarded_at_check(void)
{
	memward_check(underrun(1));
	return 0;
}

/* 100 bytes at an alignment of 64 leave 28 before the guard. */
static unsigned char *slack_written(memward_ward *ward, size_t behind)
{
	unsigned char *secret = new_guarded(ward, 100, 64);

	secret[100 + behind] ^= 1;
	return secret;
}

int child_slack_written_first_byte(void)
{
	memward_free(slack_written(NULL, 0));
	return 0;
}

int child_slack_written_last_byte(void)
{
	memward_free(slack_written(NULL, 27));
	return 0;
}

int child_slack_written_by_zero(void)
{
	memward_ward *ward = new_ward(NULL);
	unsigned char *secret = new_guarded(ward, 100, 64);

	secret[100] = 0;
	return memward_check_ward(ward);
}

int child_slack_of_closed_secret(void)
{
	unsigned char *secret = slack_written(NULL, 5);

	CHECK_CODE(memward_protect(secret, MEMWARD_NO_ACCESS), 0);
	return memward_check_all();
}

int child_slack_of_own_pages(void)
{
	unsigned char *secret = new_guarded(NULL, 100000, 64);

	secret[100000] ^= 1;
	memward_free(secret);
	return 0;
}

/* A freed secret written to, which the next one would be given. */
static void write_late(memward_ward *ward, size_t len, size_t at)
{
	unsigned char *volatile secret = new_secret(ward, len);

	memward_free(secret);
	write_byte(secret + at, 1);
}

int child_late_write_first_byte(void)
{
	write_late(NULL, 24, 0);
	(void)new_secret(NULL, 24);
	return 0;
}

int child_late_write_last_byte(void)
{
	write_late(NULL, 24, 23);
	(void)new_secret(NULL, 1);
	return 0;
}

/* The slot of 24 bytes has 8 more, and all of them must stay zero. */
int child_late_write_into_canary(void)
{
	write_late(NULL, 24, 31);
	(void)new_secret(NULL, 1);
	return 0;
}

int child_late_write_seen_by_alloc(void)
{
	write_late(NULL, 24, 5);
	return memward_alloc(NULL, 24) == NULL;
}

int child_late_write_large_packed(void)
{
	write_late(NULL, 10000, 9999);
	(void)new_secret(NULL, 9000);
	return 0;
}

int child_late_write_after_flush(void)
{
	unsigned char *secrets[400];

	for (size_t i = 0; i < TEST_COUNT(secrets); i++)
		secrets[i] = new_secret(NULL, 32);
	for (size_t i = 0; i < TEST_COUNT(secrets); i++)
		memward_free(secrets[i]);
	write_byte(secrets[0], 1);
	for (size_t i = 0; i < TEST_COUNT(secrets); i++)
		(void)new_secret(NULL, 32);
	return 0;
}

int child_late_write_seen_by_resize(void)
{
	void *secret = new_secret(NULL, 100);

	write_late(NULL, 24, 3);
	return memward_resize(&secret, 20);
}

static unsigned char *freed_guarded(size_t len, size_t align)
{
	unsigned char *volatile secret = new_guarded(NULL, len, align);

	memward_free(secret);
	return secret;
}

int child_late_write_into_guarded(void)
{
	write_byte(freed_guarded(100, 1), 1);
	(void)new_guarded(NULL, 100, 1);
	return 0;
}

int child_late_write_into_guarded_slack(void)
{
	write_byte(freed_guarded(100, 64) + 127, 1);
	(void)new_guarded(NULL, 10, 64);
	return 0;
}

/* Where the short one never was, and the long one will be. */
int child_late_write_far_in_front(void)
{
	unsigned char *secret = freed_guarded(10, 1);

	write_byte(secret - (uintptr_t)secret % page_size(), 1);
	(void)new_guarded(NULL, page_size(), 1);
	return 0;
}

int child_late_write_by_alloc_guarded(void)
{
	write_byte(freed_guarded(100, 1), 1);
	return memward_alloc_guarded(NULL, 100, 1) == NULL;
}

/* Inside a window, as memory of a closed ward cannot be written otherwise. */
int child_late_write_in_closed_ward(void)
{
	memward_ward *ward = new_closed_ward();
	unsigned char *volatile secret = new_secret(ward, 24);

	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	memward_free(secret);
	write_byte(secret, 1);
	CHECK_CODE(memward_end(ward), 0);
	(void)new_secret(ward, 24);
	return 0;
}
