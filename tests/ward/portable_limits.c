/* SPDX-License-Identifier: MIT */
/* Limits, reserves, the caller's own memory, children. */
#include "forked.h"
#include "portable.h"

#include <string.h>

#define MOST 4000

/* Allocates until it is refused; all that was had is whole. */
static int fill_up(memward_ward *ward, unsigned char **secrets, size_t *count)
{
	void *secret = NULL;
	int rc = 0;

	for (*count = 0; *count < MOST; ++*count) {
		rc = memward_new(ward, 1000, &secret);
		if (rc != 0)
			break;
		secrets[*count] = secret;
		portable_fill(secret, 1000, (unsigned)*count);
	}
	return rc;
}

static void free_all(unsigned char **secrets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		CHECK(portable_is_filled(secrets[i], 1000, (unsigned)i));
		memward_free(secrets[i]);
	}
}

void a_limit_is_met_and_left(void)
{
	static unsigned char *secrets[MOST];
	memward_policy policy = portable_wishes();
	size_t limit = 16 * memward_sys_page_size();
	memward_ward *ward;
	size_t first;
	size_t count;

	policy.limit = limit;
	ward = portable_open(&policy);
	CHECK_CODE(fill_up(ward, secrets, &first), MEMWARD_ELIMIT);
	CHECK(first >= limit / 1000 * 3 / 4);
	CHECK(portable_committed(ward) <= limit);
	free_all(secrets, first);
	CHECK_CODE(fill_up(ward, secrets, &count), MEMWARD_ELIMIT);
	CHECK_INT(count, first);
	free_all(secrets, count);
	/* Empty pages of one kind are there for another. */
	memward_free(portable_guarded(ward, limit / 2, 1));
	portable_close(ward);
}

void a_lock_limit_is_met_and_left(void)
{
	static unsigned char *secrets[MOST];
	memward_policy policy = portable_policy();
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	memward_ward *ward;
	size_t first;
	size_t count;
	int rc;

	CHECK_CODE(memward_sys_query(&info), 0);
	if ((info.granted & MEMWARD_SYS_LOCK) == 0)
		TEST_SKIP("%s", memward_error_text(info.reason[0]));
	policy.require |= MEMWARD_LOCKED;
	ward = portable_open(&policy);
	rc = fill_up(ward, secrets, &first);
	if (rc == 0)
		TEST_SKIP("the lock limit is too high to be met");
	CHECK_CODE(rc, MEMWARD_ELOCKLIMIT);
	for (size_t i = 0; i < first; i++)
		portable_check_report(secrets[i]);
	free_all(secrets, first);
	CHECK_CODE(fill_up(ward, secrets, &count), MEMWARD_ELOCKLIMIT);
	CHECK_INT(count, first);
	free_all(secrets, count);
	portable_close(ward);
}

void a_reserve_is_there(void)
{
	memward_policy policy = portable_wishes();
	memward_ward *ward = portable_open(&policy);
	size_t before;

	CHECK_CODE(memward_reserve(ward, 200, 32), 0);
	before = portable_committed(ward);
	CHECK(before >= 200 * 32);
	for (unsigned i = 0; i < 200; i++)
		(void)portable_secret(ward, 32, i);
	CHECK_INT(portable_committed(ward), before);
	portable_close(ward);
	policy.reserve = 10000;
	ward = portable_open(&policy);
	CHECK(portable_committed(ward) >= 10000);
	portable_close(ward);
}

void empty_pages_go_back(void)
{
	static unsigned char *secrets[MOST];
	memward_policy policy = portable_wishes();
	memward_ward *ward = portable_open(&policy);
	size_t full;
	size_t count;

	CHECK_CODE(fill_up(ward, secrets, &count), 0);
	full = portable_committed(ward);
	free_all(secrets, count);
	CHECK(
	    portable_committed(ward) < full / 2 + 16 * memward_sys_page_size());
	CHECK_CODE(fill_up(ward, secrets, &count), 0);
	for (size_t i = 0; i < count; i += 100)
		portable_check_report(secrets[i]);
	portable_close(ward);
}

static void check_locked(const void *page, bool expected)
{
	bool known;
	bool locked = support_is_locked(page, &known);

	if (known)
		CHECK_INT(locked, expected);
}

void ranges_are_counted(void)
{
	size_t page = memward_sys_page_size();
	void *mem = NULL;
	char *at;
	int rc;

	CHECK_CODE(memward_sys_alloc(3 * page, &mem), 0);
	at = mem;
	rc = memward_lock_range(at + 10, page);
	if (rc == MEMWARD_ELOCKLIMIT || rc == MEMWARD_ELOCKPRIV) {
		check_locked(at, false);
		CHECK_CODE(memward_sys_free(mem, 3 * page), 0);
		TEST_SKIP("%s", memward_error_text(rc));
	}
	CHECK_CODE(rc, 0);
	CHECK_CODE(memward_lock_range(at + page - 1, 1), 0);
	check_locked(at, true);
	check_locked(at + page, true);
	check_locked(at + 2 * page, false);
	CHECK_CODE(memward_unlock_range(at + 10, page), 0);
	check_locked(at, true);
	check_locked(at + page, false);
	CHECK_CODE(memward_unlock_range(at, page + 1), MEMWARD_ENOTLOCKED);
	check_locked(at, true);
	CHECK_CODE(memward_unlock_range(at, 1), 0);
	check_locked(at, false);
	CHECK_CODE(memward_sys_free(mem, 3 * page), 0);
}

/* What a child is given, and what it answers with its exit status. */
struct given {
	memward_ward *ward;
	unsigned char *packed;
	unsigned char *guarded;
};

static bool is_reported_right(const void *secret)
{
	memward_report report = MEMWARD_REPORT_INIT;
	bool known;
	bool locked = support_is_locked(secret, &known);

	if (memward_report_secret(secret, &report) != 0)
		return false;
	return !known || locked == (report.pages_unlocked == 0);
}

static int use_as_own(void *argument)
{
	const struct given *given = argument;
	void *secret = NULL;

	if (memward_begin(given->ward, MEMWARD_READ_WRITE) != 0)
		return 1;
	if (!portable_is_filled(given->packed, 100, 1) ||
	    !portable_is_filled(given->guarded, 200, 2))
		return 2;
	if (!is_reported_right(given->packed) ||
	    !is_reported_right(given->guarded))
		return 3;
	if (memward_new(given->ward, 100, &secret) != 0)
		return 4;
	portable_fill(secret, 100, 3);
	memward_free(given->packed);
	memward_free(given->guarded);
	if (!portable_is_filled(secret, 100, 3) || !is_reported_right(secret))
		return 5;
	memward_free(secret);
	if (memward_end(given->ward) != 0)
		return 6;
	return memward_close(given->ward) == 0 ? 0 : 7;
}

static void fork_and_use(memward_ward *ward)
{
	struct given given = {.ward = ward};
	bool forked = false;
	int code;

	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	given.packed = portable_secret(ward, 100, 1);
	given.guarded = portable_guarded(ward, 200, 2);
	CHECK_CODE(memward_end(ward), 0);
	code = in_forked_child(use_as_own, &given, &forked);
	if (!forked) {
		portable_close(ward);
		TEST_SKIP("this system has no fork");
	}
	CHECK_INT(code, 0);
	/* The parent never notices. */
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	CHECK(portable_is_filled(given.packed, 100, 1));
	CHECK(portable_is_filled(given.guarded, 200, 2));
	portable_check_report(given.packed);
	CHECK_CODE(memward_end(ward), 0);
	memward_free(given.packed);
	memward_free(given.guarded);
	portable_close(ward);
}

void a_child_keeps_its_own(void)
{
	memward_policy policy = portable_wishes();

	fork_and_use(portable_open(&policy));
}

void a_child_of_a_closed_ward_keeps_its_own(void)
{
	fork_and_use(portable_closed());
}

static int use_nothing(void *argument)
{
	const struct given *given = argument;
	memward_report report = MEMWARD_REPORT_INIT;
	void *secret = NULL;

	if (memward_report_secret(given->packed, &report) != 0 ||
	    !report.orphaned || report.obtained != 0)
		return 1;
	memward_free(given->packed);
	memward_free(given->guarded);
	if (memward_new(given->ward, 100, &secret) != 0)
		return 2;
	if (secret == given->packed)
		return 3;
	portable_fill(secret, 100, 3);
	if (!is_reported_right(secret))
		return 4;
	memward_free(secret);
	return 0;
}

static void fork_under(memward_fork_rule rule)
{
	memward_policy policy = portable_wishes();
	struct given given;
	bool forked = false;
	int code;

	policy.fork = rule;
	given.ward = portable_open(&policy);
	given.packed = portable_secret(given.ward, 100, 1);
	given.guarded = portable_guarded(given.ward, 200, 2);
	code = in_forked_child(use_nothing, &given, &forked);
	if (forked)
		CHECK_INT(code, 0);
	CHECK(portable_is_filled(given.packed, 100, 1));
	CHECK(portable_is_filled(given.guarded, 200, 2));
	portable_close(given.ward);
	if (!forked)
		TEST_SKIP("this system has no fork");
}

void a_child_may_find_nothing(void)
{
	memward_policy policy = portable_wishes();
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	memward_ward *ward = NULL;

	CHECK_CODE(memward_sys_query(&info), 0);
	policy.fork = MEMWARD_FORK_WIPE;
	if ((info.granted & MEMWARD_SYS_FORK_WIPE) == 0)
		CHECK_CODE(memward_open(&policy, &ward), MEMWARD_EUNSUPPORTED);
	else
		fork_under(MEMWARD_FORK_WIPE);
	policy.fork = MEMWARD_FORK_OMIT;
	if ((info.granted & MEMWARD_SYS_FORK_OMIT) == 0)
		CHECK_CODE(memward_open(&policy, &ward), MEMWARD_EUNSUPPORTED);
	else
		fork_under(MEMWARD_FORK_OMIT);
}

int portable_wipe_all(void)
{
	memward_policy policy = portable_wishes();
	memward_ward *open = portable_open(&policy);
	memward_ward *closed = portable_closed();
	unsigned char *packed = portable_secret(open, 100, 1);
	unsigned char *guarded = portable_guarded(open, 100, 1);
	void *hidden = NULL;

	CHECK_CODE(memward_new(closed, 100, &hidden), 0);
	CHECK_CODE(memward_begin(closed, MEMWARD_READ_WRITE), 0);
	portable_fill(hidden, 100, 1);
	CHECK_CODE(memward_end(closed), 0);
	CHECK_CODE(memward_protect(guarded, MEMWARD_NO_ACCESS), 0);
	CHECK_INT(memward_wipe_all(), 0);
	for (size_t i = 0; i < 100; i++) {
		CHECK_INT(packed[i], 0);
		CHECK_INT(guarded[i], 0);
		CHECK_INT(((unsigned char *)hidden)[i], 0);
	}
	CHECK_CODE(memward_new(open, 10, &hidden), MEMWARD_EWIPEDALL);
	memward_free(packed);
	memward_free(guarded);
	return 0;
}

void everything_is_wiped(void)
{
	struct child_result end = support_run_child("portable_wipe_all");

	CHECK_STR(end.output, "");
	CHECK_INT(end.end, CHILD_EXITED);
	CHECK_INT(end.code, 0);
}
