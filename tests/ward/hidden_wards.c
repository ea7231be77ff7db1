/* SPDX-License-Identifier: MIT */
#define HIDDEN_WARDS_THEMSELVES
#include "hidden_wards.h"

#include "harness.h"

#include <errno.h>

/* Stands in for the default ward, which has another fork rule. */
static memward_ward *standing;

/* A policy that asks for hidden memory and nothing that is at odds with it. */
static memward_policy hide(const memward_policy *policy)
{
	memward_policy hidden = MEMWARD_POLICY_INIT;

	if (policy != NULL)
		hidden = *policy;
	if ((hidden.flags & MEMWARD_NEVER_HIDDEN) != 0)
		return hidden;
	hidden.require |= MEMWARD_HIDDEN;
	if (hidden.fork == MEMWARD_FORK_KEEP)
		hidden.fork = MEMWARD_FORK_OMIT;
	return hidden;
}

/* ward_util.c looks for the first word. */
static void need_hidden(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	/* Where not even that can be had, the call itself will say so. */
	if (memward_sys_query(&info) != 0)
		return;
	if (info.reason[7] == MEMWARD_EUNSUPPORTED ||
	    info.reason[7] == MEMWARD_EPERM)
		TEST_SKIP("cannot: there is no hidden memory here: %s, %d",
		    memward_error_name(info.reason[7]), info.system_error[7]);
}

_Static_assert(MEMWARD_SYS_HIDDEN == 1 << 7, "the place of its reason");

/* Hidden memory is locked, also where a test asks for no lock. */
static void skip_at_the_limit(int rc)
{
	if (rc == MEMWARD_ELOCKLIMIT)
		TEST_SKIP("cannot: hidden memory needs locks, and the limit "
			  "is reached");
}

int hidden_open(const memward_policy *policy, memward_ward **ward)
{
	memward_policy hidden;
	int rc;

	need_hidden();
	if (policy != NULL && policy->size < sizeof(*policy))
		return memward_open(policy, ward);
	hidden = hide(policy);
	rc = memward_open(&hidden, ward);
	if ((hidden.require & MEMWARD_LOCKED) == 0)
		skip_at_the_limit(rc);
	return rc;
}

static int resolve(memward_ward **ward)
{
	memward_policy policy = hide(NULL);

	if (*ward != NULL)
		return 0;
	if (standing == NULL) {
		int rc;

		need_hidden();
		rc = memward_open(&policy, &standing);
		skip_at_the_limit(rc);
		if (rc != 0)
			return rc;
	}
	*ward = standing;
	return 0;
}

void hidden_let_go(void)
{
	memward_ward *ward = standing;

	standing = NULL;
	if (ward != NULL)
		CHECK_CODE(memward_close(ward), 0);
}

int hidden_new(memward_ward *ward, size_t len, void **secret)
{
	int rc = resolve(&ward);

	return rc != 0 ? rc : memward_new(ward, len, secret);
}

int hidden_new_guarded(
    memward_ward *ward, size_t len, size_t align, void **secret)
{
	int rc = resolve(&ward);

	return rc != 0 ? rc : memward_new_guarded(ward, len, align, secret);
}

void *hidden_alloc(memward_ward *ward, size_t len)
{
	return resolve(&ward) == 0 ? memward_alloc(ward, len) : NULL;
}

void *hidden_alloc_guarded(memward_ward *ward, size_t len, size_t align)
{
	if (resolve(&ward) == 0)
		return memward_alloc_guarded(ward, len, align);
	errno = EAGAIN;
	return NULL;
}

memward_ward *hidden_ward_of(const void *secret)
{
	memward_ward *ward = memward_ward_of(secret);

	return ward == standing ? NULL : ward;
}

int hidden_check_ward(memward_ward *ward)
{
	int rc = resolve(&ward);

	return rc != 0 ? rc : memward_check_ward(ward);
}

int hidden_begin(memward_ward *ward, memward_access access)
{
	int rc = resolve(&ward);

	return rc != 0 ? rc : memward_begin(ward, access);
}

int hidden_end(memward_ward *ward)
{
	int rc = resolve(&ward);

	return rc != 0 ? rc : memward_end(ward);
}

int hidden_with(memward_ward *ward, memward_access access,
    int (*function)(void *), void *argument)
{
	int rc = resolve(&ward);

	return rc != 0 ? rc : memward_with(ward, access, function, argument);
}

int hidden_explain_address(const void *address, memward_address *what)
{
	int rc = memward_explain_address(address, what);

	if (rc == 0 && what->ward == standing)
		what->ward = NULL;
	return rc;
}

int hidden_report_ward(memward_ward *ward, memward_report *report)
{
	int rc = resolve(&ward);

	return rc != 0 ? rc : memward_report_ward(ward, report);
}

int hidden_budget(memward_ward *ward, size_t size, memward_budget_info *info)
{
	int rc = resolve(&ward);

	return rc != 0 ? rc : memward_budget(ward, size, info);
}

int hidden_reserve(memward_ward *ward, size_t count, size_t size)
{
	int rc = resolve(&ward);

	return rc != 0 ? rc : memward_reserve(ward, count, size);
}
