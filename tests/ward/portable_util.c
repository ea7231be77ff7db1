/* SPDX-License-Identifier: MIT */
#include "portable.h"

#include <string.h>

memward_policy portable_wishes(void)
{
	memward_policy policy = portable_policy();

	policy.require &= ~(uint32_t)MEMWARD_LOCKED;
	policy.prefer |= MEMWARD_LOCKED;
	return policy;
}

/* A system without a limit, or one that is far away. */
static bool has_room_for_locks(const memward_sys_info *info)
{
	return info->lock_limit >= 64 * info->page_size;
}

memward_policy portable_policy(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	CHECK_CODE(memward_sys_query(&info), 0);
	if ((info.granted & MEMWARD_SYS_NO_DUMP) == 0) {
		policy.require &= ~(uint32_t)MEMWARD_NO_DUMP;
		policy.prefer |= MEMWARD_NO_DUMP;
	}
	if ((info.granted & MEMWARD_SYS_LOCK) == 0 ||
	    !has_room_for_locks(&info)) {
		policy.require &= ~(uint32_t)MEMWARD_LOCKED;
		policy.prefer |= MEMWARD_LOCKED;
	}
	return policy;
}

memward_ward *portable_open(const memward_policy *policy)
{
	memward_ward *ward = NULL;

	CHECK_CODE(memward_open(policy, &ward), 0);
	CHECK(ward != NULL);
	return ward;
}

memward_ward *portable_closed(void)
{
	memward_policy policy = portable_policy();

	policy.rest = MEMWARD_NO_ACCESS;
	return portable_open(&policy);
}

void portable_close(memward_ward *ward)
{
	CHECK_CODE(memward_close(ward), 0);
}

static unsigned char pattern(size_t at, unsigned seed)
{
	return (unsigned char)(at * 37 + seed * 11 + (at >> 7) + 1);
}

void portable_fill(unsigned char *secret, size_t len, unsigned seed)
{
	for (size_t i = 0; i < len; i++)
		secret[i] = pattern(i, seed);
}

bool portable_is_filled(const unsigned char *secret, size_t len, unsigned seed)
{
	size_t i = 0;

	while (i < len && secret[i] == pattern(i, seed))
		i++;
	return i == len;
}

static unsigned char *fill_new(void *secret, size_t len, unsigned seed)
{
	unsigned char *at = secret;

	for (size_t i = 0; i < len; i++)
		CHECK_INT(at[i], 0);
	portable_fill(at, len, seed);
	return at;
}

unsigned char *portable_secret(memward_ward *ward, size_t len, unsigned seed)
{
	void *secret = NULL;

	CHECK_CODE(memward_new(ward, len, &secret), 0);
	CHECK((uintptr_t)secret % 16 == 0);
	return fill_new(secret, len, seed);
}

unsigned char *portable_guarded(memward_ward *ward, size_t len, unsigned seed)
{
	void *secret = NULL;

	CHECK_CODE(memward_new_guarded(ward, len, 1, &secret), 0);
	return fill_new(secret, len, seed);
}

size_t portable_committed(memward_ward *ward)
{
	memward_budget_info info = {.size = sizeof(info)};

	CHECK_CODE(memward_budget(ward, 32, &info), 0);
	return info.committed;
}

/* Bytes of the pages a secret lies on that the account has as not locked. */
static size_t unlocked_bytes(const void *secret, bool *known)
{
	size_t page = memward_sys_page_size();
	size_t len = memward_size(secret);
	uintptr_t at = (uintptr_t)secret / page * page;
	uintptr_t end = (uintptr_t)secret + (len == 0 ? 1 : len);
	size_t unlocked = 0;

	*known = true;
	for (; *known && at < end; at += page)
		unlocked +=
		    support_is_locked((const void *)at, known) ? 0 : page;
	return unlocked;
}

void portable_check_report(const void *secret)
{
	memward_report report = MEMWARD_REPORT_INIT;
	size_t unlocked;
	bool known;

	CHECK_CODE(memward_report_secret(secret, &report), 0);
	if ((report.requested & MEMWARD_LOCKED) == 0)
		return;
	CHECK_INT((report.obtained & MEMWARD_LOCKED) != 0,
	    report.pages_unlocked == 0);
	unlocked = unlocked_bytes(secret, &known);
	if (known)
		CHECK_INT(report.pages_unlocked == 0, unlocked == 0);
}

void portable_expect_fault(const char *child)
{
	struct child_result end = support_run_child(child);

	if (end.end != CHILD_FAULTED || strcmp(end.output, "now\n") != 0)
		TEST_FAIL("%s: no fault at the touch, status %d: %s", child,
		    end.code, end.output);
}

void portable_expect_misuse(const char *child, const char *line)
{
	struct child_result end = support_run_child(child);

	if (strstr(end.output, line) == NULL)
		TEST_FAIL("%s says: %s", child, end.output);
	CHECK(end.end != CHILD_EXITED || end.code != 0);
}
