/* SPDX-License-Identifier: MIT */
/*
 * Everything wiped, now and for good: each case in a process of its own,
 * since there is no way back.
 */
#include "ward_cases.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct sample {
	unsigned char *secret;
	size_t len;
};

static struct sample samples[64];
static size_t sample_count;

/* A filled secret; in a closed ward, inside the window that is open. */
static unsigned char *keep(unsigned char *secret, size_t len)
{
	CHECK(sample_count < TEST_COUNT(samples));
	memset(secret, FILLED, len);
	samples[sample_count++] = (struct sample){secret, len};
	return secret;
}

static void keep_all_kinds(memward_ward *ward)
{
	static const size_t sizes[] = {1, 32, 500, 5000, 15352, 100000};
	unsigned char *secret;

	for (size_t i = 0; i < TEST_COUNT(sizes); i++) {
		(void)keep(new_secret(ward, sizes[i]), sizes[i]);
		(void)keep(new_guarded(ward, sizes[i], 1), sizes[i]);
	}
	secret = keep(new_guarded(ward, 100, 16), 100);
	CHECK_CODE(memward_protect(secret, MEMWARD_NO_ACCESS), 0);
	secret = keep(new_guarded(ward, 100, 16), 100);
	CHECK_CODE(memward_protect(secret, MEMWARD_READ_ONLY), 0);
}

static memward_ward *closed_ward;

static void keep_everywhere(void)
{
	keep_all_kinds(NULL);
	keep_all_kinds(new_ward(NULL));
	closed_ward = new_closed_ward();
	CHECK_CODE(memward_begin(closed_ward, MEMWARD_READ_WRITE), 0);
	keep_all_kinds(closed_ward);
	CHECK_CODE(memward_end(closed_ward), 0);
}

/* Threads that were at work may have closed what was open a moment ago. */
static void open_all(void)
{
	for (size_t i = 0; i < sample_count; i++) {
		int rc = memward_protect(samples[i].secret, MEMWARD_READ_WRITE);

		CHECK(rc == 0 || rc == MEMWARD_EPACKED);
	}
	CHECK_CODE(memward_begin(closed_ward, MEMWARD_READ_ONLY), 0);
}

/* Pages under a key stay closed outside windows, and hold zeros there. */
static void open_keyed(void)
{
	if ((report_of(closed_ward).obtained & MEMWARD_KEYED) != 0)
		CHECK_CODE(memward_begin(closed_ward, MEMWARD_READ_ONLY), 0);
}

static void check_gone(void)
{
	for (size_t i = 0; i < sample_count; i++)
		CHECK(holds(samples[i].secret, samples[i].len, 0));
}

static int child_wipe_everything(void)
{
	keep_everywhere();
	CHECK_INT(memward_wipe_all(), 0);
	open_keyed();
	check_gone();
	return 0;
}

static void nothing_is_left_in_any_ward(void)
{
	expect_success("wipe_everything");
}

/* Inside a window as well, and the window can still be ended. */
static int child_wipe_in_window(void)
{
	keep_everywhere();
	CHECK_CODE(memward_begin(closed_ward, MEMWARD_READ_ONLY), 0);
	CHECK_INT(memward_wipe_all(), 0);
	check_gone();
	CHECK_CODE(memward_end(closed_ward), 0);
	return 0;
}

static void it_works_inside_a_window(void)
{
	expect_success("wipe_in_window");
}

static void check_refused(memward_ward *ward)
{
	void *secret = NULL;

	CHECK_CODE(memward_new(ward, 1, &secret), MEMWARD_EWIPEDALL);
	CHECK_CODE(memward_new(ward, 20000, &secret), MEMWARD_EWIPEDALL);
	CHECK_CODE(memward_new_guarded(ward, 1, 1, &secret), MEMWARD_EWIPEDALL);
	CHECK_CODE(memward_reserve(ward, 1, 1), MEMWARD_EWIPEDALL);
	CHECK(secret == NULL);
	errno = 0;
	CHECK(memward_alloc(ward, 1) == NULL);
	CHECK_INT(errno, ENOMEM);
	errno = 0;
	CHECK(memward_alloc_guarded(ward, 1, 1) == NULL);
	CHECK_INT(errno, ENOMEM);
	CHECK_CODE(memward_check_ward(ward), MEMWARD_EWIPEDALL);
}

static int child_allocate_after_wipe(void)
{
	memward_ward *later = NULL;
	memward_ward *ward = new_ward(NULL);
	void *secret = new_secret(ward, 32);
	void *before = secret;

	memward_free(new_secret(NULL, 32));
	CHECK_INT(memward_wipe_all(), 0);
	check_refused(ward);
	check_refused(NULL);
	CHECK_CODE(memward_resize(&secret, 40), MEMWARD_EWIPEDALL);
	CHECK(secret == before);
	CHECK_CODE(memward_check_all(), MEMWARD_EWIPEDALL);
	/* Whether or not there are new wards, they give no secrets. */
	if (memward_open(NULL, &later) == 0)
		check_refused(later);
	return 0;
}

static void later_allocation_says_why_not(void)
{
	expect_success("allocate_after_wipe");
}

/* What a program does with its secrets while it ends. */
static int child_free_after_wipe(void)
{
	keep_everywhere();
	CHECK_INT(memward_wipe_all(), 0);
	for (size_t i = 0; i < sample_count; i++) {
		memward_check(samples[i].secret);
		CHECK_INT(memward_size(samples[i].secret), samples[i].len);
		memward_free(samples[i].secret);
		memward_free(samples[i].secret);
	}
	memward_free(NULL);
	CHECK_CODE(memward_begin(closed_ward, MEMWARD_READ_WRITE), 0);
	CHECK_CODE(memward_end(closed_ward), 0);
	CHECK_CODE(memward_close(closed_ward), 0);
	return 0;
}

static void later_free_is_harmless(void)
{
	expect_success("free_after_wipe");
}

static int child_wipe_twice(void)
{
	keep_everywhere();
	CHECK_INT(memward_wipe_all(), 0);
	CHECK_INT(memward_wipe_all(), 0);
	open_keyed();
	check_gone();
	return 0;
}

static int child_wipe_nothing(void)
{
	CHECK_INT(memward_wipe_all(), 0);
	check_refused(NULL);
	return 0;
}

static void it_can_be_called_twice_and_before_anything(void)
{
	expect_success("wipe_twice");
	expect_success("wipe_nothing");
}

#define WORKERS 3

static atomic_int at_work;
static memward_ward *trapping_ward;

static bool is_wiped(int rc)
{
	if (rc != 0 && rc != MEMWARD_EWIPEDALL)
		abort();
	return rc != 0;
}

static bool use_packed(memward_ward *ward, size_t len)
{
	void *secret;

	if (is_wiped(memward_new(ward, len, &secret)))
		return false;
	memset(secret, FILLED, len);
	memward_free(secret);
	return true;
}

static bool use_guarded(memward_ward *ward, size_t len)
{
	void *secret;

	if (is_wiped(memward_new_guarded(ward, len, 16, &secret)))
		return false;
	memset(secret, FILLED, len);
	memward_free(secret);
	return true;
}

static bool use_closed(memward_ward *ward)
{
	void *secret;
	int rc = memward_new(ward, 32, &secret);

	if (is_wiped(rc) || memward_begin(ward, MEMWARD_READ_WRITE) != 0)
		return false;
	memset(secret, FILLED, 32);
	if (memward_end(ward) != 0)
		return false;
	memward_free(secret);
	return true;
}

/* Each loop holds many, so that pages come and go as well. */
static void work(void *unused)
{
	static _Thread_local void *many[1500];
	bool going = true;
	size_t count;

	(void)unused;
	atomic_fetch_add(&at_work, 1);
	while (going) {
		for (size_t i = 0; i < 100 && going; i++)
			going = use_packed(NULL, i * 7) &&
				use_guarded(trapping_ward, 100) &&
				use_guarded(NULL, 40000) &&
				use_closed(closed_ward);
		for (count = 0; count < TEST_COUNT(many); count++) {
			if (memward_new(NULL, 400, &many[count]) != 0)
				break;
			memset(many[count], FILLED, 400);
		}
		while (count != 0)
			memward_free(many[--count]);
	}
}

static atomic_size_t unwiped;

static void wipe_in_handler(void)
{
	atomic_fetch_add(&unwiped, memward_wipe_all());
}

/* The handler interrupts a thread anywhere in its calls, locks held too. */
static int child_wipe_in_handler(void)
{
	struct support_thread *threads[WORKERS];
	memward_policy policy = MEMWARD_POLICY_INIT;
	const char *why = support_on_interrupt(wipe_in_handler);

	if (why != NULL)
		child_cannot(why);
	keep_everywhere();
	policy.require |= MEMWARD_TRAP_FREE;
	trapping_ward = new_ward(&policy);
	for (size_t i = 0; i < WORKERS; i++) {
		threads[i] = support_start(work, NULL);
		CHECK(threads[i] != NULL);
	}
	while (atomic_load(&at_work) != WORKERS)
		support_pause();
	for (int i = 0; i < 200; i++)
		support_pause();
	CHECK(support_interrupt(threads[0]));
	for (size_t i = 0; i < WORKERS; i++)
		support_join(threads[i]);
	CHECK_INT(atomic_load(&unwiped), 0);
	open_all();
	check_gone();
	check_refused(NULL);
	return 0;
}

static void a_handler_may_call_it_at_any_moment(void)
{
	const char *sanitizer = support_sanitizer();

	if (sanitizer != NULL && strcmp(sanitizer, "thread") == 0)
		TEST_SKIP("it wipes without locks, which is a race by design");
	for (unsigned i = 0; i < test_rounds(40); i++)
		expect_success("wipe_in_handler");
}

static const struct test_case cases[] = {
    TEST_CASE(nothing_is_left_in_any_ward),
    TEST_CASE(it_works_inside_a_window),
    TEST_CASE(later_allocation_says_why_not),
    TEST_CASE(later_free_is_harmless),
    TEST_CASE(it_can_be_called_twice_and_before_anything),
    TEST_CASE(a_handler_may_call_it_at_any_moment),
};

#define CHILD(name)                 \
	{                           \
#name, child_##name \
	}

static const struct child_entry children[] = {
    CHILD(wipe_everything),
    CHILD(wipe_in_window),
    CHILD(allocate_after_wipe),
    CHILD(free_after_wipe),
    CHILD(wipe_twice),
    CHILD(wipe_nothing),
    CHILD(wipe_in_handler),
};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
