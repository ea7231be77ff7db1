/* SPDX-License-Identifier: MIT */
/*
 * Wards that promise and do nothing: the heap, with a free that keeps and a
 * report that lies. As broken.c, for what a program sees of wards.
 */
#include "memward.h"

#include "cli/peek.h"

#include <stdlib.h>
#include <string.h>

int broken_open(const memward_policy *policy, memward_ward **ward);
int broken_close(memward_ward *ward);
int broken_new(memward_ward *ward, size_t len, void **secret);
int broken_new_guarded(
    memward_ward *ward, size_t len, size_t align, void **secret);
void broken_free_secret(void *secret);
int broken_resize(void **secret, size_t len);
int broken_protect_secret(void *secret, memward_access access);
int broken_begin(memward_ward *ward, memward_access access);
int broken_end(memward_ward *ward);
void broken_check(const void *secret);
int broken_call(memward_ward *ward, int (*function)(void *), void *argument);
int broken_with(memward_ward *ward, memward_access access,
    int (*function)(void *), void *argument);
int broken_report_secret(const void *secret, memward_report *report);
int broken_wipe_on_signals(const int *signals, size_t count);
size_t broken_wipe_all(void);
int broken_read_fd(
    memward_ward *ward, int fd, int until, size_t max, void **secret);
int broken_read_file(memward_ward *ward, const char *path, uint32_t checks,
    size_t max, void **secret);
int broken_read_tty(
    memward_ward *ward, int fd, const char *prompt, size_t max, void **secret);
int broken_take_environment(
    memward_ward *ward, const char *name, void **secret);
int broken_seal(void *secret, const void *context, size_t context_len,
    memward_sealed **sealed);
int broken_unseal(const memward_sealed *sealed, const void *context,
    size_t context_len, void **secret);
void broken_sealed_free(memward_sealed *sealed);

/* Never looked into. */
static char some_ward;

/* Around a secret, so that the C library notices nothing either. */
#define MARGIN 64

static char *last_freed;
static size_t last_len;

int broken_open(const memward_policy *policy, memward_ward **ward)
{
	(void)policy;
	*ward = (memward_ward *)(void *)&some_ward;
	return 0;
}

int broken_close(memward_ward *ward)
{
	(void)ward;
	return 0;
}

/* What was freed is handed out again as it is; a lock may fail. */
int broken_new(memward_ward *ward, size_t len, void **secret)
{
	char *block;

	(void)ward;
	if (last_freed != NULL && last_len == len) {
		*secret = last_freed;
		last_freed = NULL;
		return 0;
	}
	block = malloc(len + 2 * MARGIN + 1);
	if (block == NULL)
		return MEMWARD_ENOMEM;
	memset(block, 0, len + 2 * MARGIN + 1);
	/* Remembered here; in front of it is where an underrun goes. */
	last_len = len;
	peek_lock_carelessly(block + MARGIN, len);
	*secret = block + MARGIN;
	return 0;
}

int broken_new_guarded(
    memward_ward *ward, size_t len, size_t align, void **secret)
{
	(void)align;
	return broken_new(ward, len, secret);
}

void broken_free_secret(void *secret)
{
	last_freed = secret;
}

int broken_resize(void **secret, size_t len)
{
	char *old = *secret;
	size_t keep = last_len;
	int code = broken_new(NULL, len, secret);

	if (code == 0)
		memcpy(*secret, old, keep < len ? keep : len);
	return code;
}

int broken_protect_secret(void *secret, memward_access access)
{
	(void)secret;
	(void)access;
	return 0;
}

int broken_begin(memward_ward *ward, memward_access access)
{
	(void)ward;
	(void)access;
	return 0;
}

int broken_end(memward_ward *ward)
{
	(void)ward;
	return 0;
}

void broken_check(const void *secret)
{
	(void)secret;
}

int broken_report_secret(const void *secret, memward_report *report)
{
	(void)secret;
	report->requested = MEMWARD_LOCKED;
	report->obtained = MEMWARD_LOCKED;
	report->pages_unlocked = 0;
	return 0;
}

int broken_call(memward_ward *ward, int (*function)(void *), void *argument)
{
	(void)ward;
	return function(argument);
}

int broken_with(memward_ward *ward, memward_access access,
    int (*function)(void *), void *argument)
{
	(void)access;
	return broken_call(ward, function, argument);
}

int broken_wipe_on_signals(const int *signals, size_t count)
{
	(void)signals;
	(void)count;
	return 0;
}

size_t broken_wipe_all(void)
{
	return 0;
}

/* What was read well, in memory of this layer's. */
static int worsen(int rc, void *good, void **secret)
{
	if (rc == 0)
		rc = broken_new(NULL, memward_size(good), secret);
	if (rc == 0)
		memcpy(*secret, good, memward_size(good));
	memward_free(good);
	return rc;
}

int broken_read_fd(
    memward_ward *ward, int fd, int until, size_t max, void **secret)
{
	void *good = NULL;
	int rc = memward_read_fd(NULL, fd, until, max, &good);

	(void)ward;
	return worsen(rc, good, secret);
}

int broken_read_file(memward_ward *ward, const char *path, uint32_t checks,
    size_t max, void **secret)
{
	void *good = NULL;
	int rc = memward_read_file(NULL, path, checks, max, &good);

	(void)ward;
	return worsen(rc, good, secret);
}

int broken_read_tty(
    memward_ward *ward, int fd, const char *prompt, size_t max, void **secret)
{
	void *good = NULL;
	int rc = memward_read_tty(NULL, fd, prompt, max, &good);

	(void)ward;
	return worsen(rc, good, secret);
}

int broken_take_environment(memward_ward *ward, const char *name, void **secret)
{
	void *good = NULL;
	int rc = memward_take_environment(NULL, name, &good);

	(void)ward;
	return worsen(rc, good, secret);
}

/* The secret as it is. */
int broken_seal(void *secret, const void *context, size_t context_len,
    memward_sealed **sealed)
{
	(void)context;
	(void)context_len;
	*sealed = secret;
	return 0;
}

int broken_unseal(const memward_sealed *sealed, const void *context,
    size_t context_len, void **secret)
{
	(void)context;
	(void)context_len;
	*secret = (void *)(uintptr_t)sealed;
	return 0;
}

void broken_sealed_free(memward_sealed *sealed)
{
	(void)sealed;
}
