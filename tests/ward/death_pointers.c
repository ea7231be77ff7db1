/* SPDX-License-Identifier: MIT */
/* Pointers that are not, or no longer, to a secret. */
#include "death_cases.h"

#include <stdint.h>
#include <stdlib.h>

static int foreign_object;

/* A pointer that the compiler knows nothing about. */
static void *opaque(void *pointer)
{
	void *volatile hidden = pointer;

	return hidden;
}

static int free_twice(void *secret)
{
	memward_free(secret);
	memward_free(opaque(secret));
	return 0;
}

int child_free_packed_twice(void)
{
	return free_twice(new_secret(NULL, 32));
}

int child_free_large_packed_twice(void)
{
	return free_twice(new_secret(NULL, 10000));
}

int child_free_guarded_twice(void)
{
	return free_twice(new_guarded(NULL, 32, 1));
}

/* Its pages are no longer anybody's. */
int child_free_own_pages_twice(void)
{
	return free_twice(new_guarded(NULL, 24 * page_size(), 1));
}

static void free_it(void *secret)
{
	memward_free(secret);
}

int child_free_twice_in_threads(void)
{
	void *secret = new_secret(NULL, 32);

	CHECK(support_in_thread(free_it, secret));
	memward_free(opaque(secret));
	return 0;
}

int child_free_guarded_twice_in_threads(void)
{
	void *secret = new_guarded(NULL, 32, 1);

	memward_free(secret);
	CHECK(support_in_thread(free_it, opaque(secret)));
	return 0;
}

/* The slot has gone from the thread's cache to the ward's store. */
int child_free_twice_after_flush(void)
{
	void *secrets[400];

	for (size_t i = 0; i < TEST_COUNT(secrets); i++)
		secrets[i] = new_secret(NULL, 32);
	for (size_t i = 0; i < TEST_COUNT(secrets); i++)
		memward_free(secrets[i]);
	memward_free(opaque(secrets[0]));
	return 0;
}

int child_free_twice_in_closed_ward(void)
{
	return free_twice(new_secret(new_closed_ward(), 32));
}

int child_free_guarded_twice_in_closed_ward(void)
{
	return free_twice(new_guarded(new_closed_ward(), 32, 1));
}

int child_free_trapped_twice(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;

	policy.require |= MEMWARD_TRAP_FREE;
	return free_twice(new_guarded(new_ward(&policy), 32, 1));
}

static void *freed(void)
{
	void *secret = new_secret(NULL, 32);

	memward_free(secret);
	return opaque(secret);
}

int child_size_of_freed(void)
{
	return memward_size(freed()) != 0;
}

int child_ward_of_freed(void)
{
	return memward_ward_of(freed()) != NULL;
}

int child_check_freed(void)
{
	memward_check(freed());
	return 0;
}

int child_resize_freed(void)
{
	void *secret = freed();

	return memward_resize(&secret, 10);
}

int child_protect_freed(void)
{
	return memward_protect(freed(), MEMWARD_READ_ONLY);
}

int child_report_freed(void)
{
	memward_report report = MEMWARD_REPORT_INIT;

	return memward_report_secret(freed(), &report);
}

int child_free_stack(void)
{
	int on_stack = 0;

	memward_free(new_secret(NULL, 32));
	memward_free(opaque(&on_stack));
	return 0;
}

int child_free_heap(void)
{
	void *on_heap = malloc(32);

	CHECK(on_heap != NULL);
	memward_free(new_secret(NULL, 32));
	memward_free(opaque(on_heap));
	free(on_heap);
	return 0;
}

static int free_foreign(void *pointer)
{
	memward_free(new_secret(NULL, 32));
	memward_free(opaque(pointer));
	return 0;
}

int child_free_static(void)
{
	return free_foreign(&foreign_object);
}

int child_free_small_number(void)
{
	return free_foreign((void *)(uintptr_t)1);
}

int child_free_largest_number(void)
{
	return free_foreign((void *)UINTPTR_MAX);
}

/* Nothing has been set up yet: there are no secrets at all. */
int child_free_before_anything(void)
{
	memward_free(opaque(&foreign_object));
	return 0;
}

int child_size_of_foreign(void)
{
	return memward_size(opaque(&foreign_object)) != 0;
}

int child_ward_of_foreign(void)
{
	return memward_ward_of(opaque(&foreign_object)) != NULL;
}

int child_check_foreign(void)
{
	memward_check(opaque(&foreign_object));
	return 0;
}

int child_resize_foreign(void)
{
	void *secret = opaque(&foreign_object);

	return memward_resize(&secret, 10);
}

int child_protect_foreign(void)
{
	return memward_protect(opaque(&foreign_object), MEMWARD_READ_ONLY);
}

int child_report_foreign(void)
{
	memward_report report = MEMWARD_REPORT_INIT;

	return memward_report_secret(opaque(&foreign_object), &report);
}

static unsigned char *page_of(unsigned char *secret)
{
	return secret - (uintptr_t)secret % page_size();
}

int child_free_guard_before_packed(void)
{
	unsigned char *at = page_of(new_secret(NULL, 32));

	while (place_of(at) != MEMWARD_PLACE_GUARD)
		at -= page_size();
	memward_free(opaque(at));
	return 0;
}

int child_free_guard_before_guarded(void)
{
	unsigned char *first = NULL;

	/* The first slot of a run: the guard before it is the run's own. */
	for (int i = 0; i < 8; i++) {
		unsigned char *secret = new_guarded(NULL, 32, 1);

		first = first == NULL || secret < first ? secret : first;
	}
	memward_free(opaque(page_of(first) - page_size()));
	return 0;
}

int child_free_guard_behind_guarded(void)
{
	memward_free(opaque(new_guarded(NULL, 32, 1) + 32));
	return 0;
}

/* Reserved for later, and far behind what is in use. */
int child_free_unused_space(void)
{
	memward_free(opaque(new_secret(NULL, 32) + 512 * page_size()));
	return 0;
}

/* In the run, on a page that no secret has needed so far. */
int child_free_page_never_used(void)
{
	unsigned char *secret = new_secret(NULL, 32);

	memward_free(opaque(page_of(secret) + 12 * page_size()));
	return 0;
}

int child_check_interior(void)
{
	memward_check(new_secret(NULL, 64) + 16);
	return 0;
}

int child_resize_interior(void)
{
	void *secret = new_secret(NULL, 64) + 16;

	return memward_resize(&secret, 10);
}

int child_size_of_interior(void)
{
	return memward_size(new_guarded(NULL, 64, 1) + 16) != 0;
}

int child_free_packed_at_offset(void)
{
	memward_free(opaque(new_secret(NULL, 100) + parameter()));
	return 0;
}

int child_free_guarded_at_offset(void)
{
	memward_free(opaque(new_guarded(NULL, 100, 16) + parameter()));
	return 0;
}

static void *stale(bool guarded)
{
	memward_ward *ward = new_ward(NULL);
	void *secret =
	    guarded ? new_guarded(ward, 32, 1) : new_secret(ward, 32);

	close_ward(ward);
	return opaque(secret);
}

int child_free_after_close(void)
{
	memward_free(stale(false));
	return 0;
}

int child_free_guarded_after_close(void)
{
	memward_free(stale(true));
	return 0;
}

int child_size_after_close(void)
{
	return memward_size(stale(false)) != 0;
}

int child_touch_after_close(void)
{
	void *secret = stale(false);

	will_touch();
	(void)read_byte(secret);
	return done_touching();
}

int child_touch_guarded_after_close(void)
{
	void *secret = stale(true);

	will_touch();
	write_byte(secret, 1);
	return done_touching();
}
