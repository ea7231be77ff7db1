/* SPDX-License-Identifier: MIT */
/*
 * Address space on the model of one Unix: reserved, filled, emptied, and made
 * permanent; what older kernels lack, and every call failing in turn.
 */
#include "harness.h"
#include "model.h"

#include "mem_sys/store.h"
#include "memward.h"

#include <errno.h>
#include <string.h>

#define PAGES  8
#define CLOSED 0
#define OPEN   3

static const struct mw_sys_kind kept = {.fork = MEMWARD_FORK_KEEP};

static char *space;

static char *page_at(size_t i)
{
	return space + i * model_page_size();
}

static void reserve(void)
{
	void *mem = NULL;

	model_fresh();
	CHECK_CODE(mw_sys_reserve(PAGES * model_page_size(), &mem), 0);
	space = mem;
}

static void give_back(void)
{
	model_fresh();
	mw_sys_unreserve(space, PAGES * model_page_size());
}

/* Two pages in the middle. */
static int commit(void)
{
	return mw_sys_commit(page_at(3), 2 * model_page_size(), &kept);
}

static int commit_plain(void)
{
	return mw_sys_commit_plain(page_at(3), 2 * model_page_size());
}

static int decommit(void)
{
	return mw_sys_decommit(page_at(3), 2 * model_page_size());
}

static void check_middle(int protection)
{
	for (size_t i = 0; i < PAGES; i++)
		CHECK_INT(model_protection(page_at(i)),
		    i == 3 || i == 4 ? protection : CLOSED);
}

static void check_zeros(void)
{
	for (size_t i = 0; i < 2 * model_page_size(); i++)
		CHECK_INT(page_at(3)[i], 0);
}

static void pages_come_and_go(void)
{
	int (*const commits[])(void) = {commit, commit_plain};

	reserve();
	check_middle(CLOSED);
	for (size_t i = 0; i < TEST_COUNT(commits); i++) {
		CHECK_CODE(commits[i](), 0);
		check_middle(OPEN);
		check_zeros();
		memset(page_at(3), 0x5a, 2 * model_page_size());
		CHECK_CODE(decommit(), 0);
		check_middle(CLOSED);
	}
	give_back();
}

/* Of these, the first two are undone and the last changes nothing. */
static bool fail_one(int (*act)(void), size_t nth, int err)
{
	bool filled = act == decommit;
	bool failed;
	int code;

	reserve();
	if (filled)
		CHECK_CODE(commit(), 0);
	model_fail(nth, err, false);
	code = act();
	failed = model_has_failed();
	model_fail_no_more();
	CHECK(code <= 0);
	check_middle(filled == (code == 0) ? CLOSED : OPEN);
	if (code != 0)
		CHECK_CODE(act(), 0);
	give_back();
	return failed;
}

static void every_call_fails_in_turn(void)
{
	static const int errors[] = {ENOMEM, EPERM, EINVAL};
	int (*const acts[])(void) = {commit, commit_plain, decommit};

	for (size_t a = 0; a < TEST_COUNT(acts); a++) {
		for (size_t e = 0; e < TEST_COUNT(errors); e++) {
			for (size_t nth = 0; fail_one(acts[a], nth, errors[e]);
			     nth++)
				continue;
		}
	}
}

/* Only OpenBSD has it; Linux has an answer of its own. */
static void permanence_is_told(void)
{
	reserve();
	CHECK_CODE(mw_sys_make_permanent(page_at(0), model_page_size()),
	    MEMWARD_EUNSUPPORTED);
	CHECK(!model_is_permanent(page_at(0)));
	give_back();
}

/* FreeBSD: nothing opens what holds no page, not even by mistake. */
static void a_reservation_holds_no_pages(void)
{
	size_t mapped;

	reserve();
	mapped = model_find(MODEL_MMAP, 0);
	CHECK_INT(model_record(mapped)->second, 0x2000); /* MAP_GUARD alone */
	for (size_t i = 0; i < PAGES; i++)
		CHECK(model_is_space(page_at(i)));
	CHECK_CODE(mw_sys_expose(page_at(3), model_page_size()), 0);
	check_middle(CLOSED);
	CHECK_CODE(commit(), 0);
	CHECK(!model_is_space(page_at(3)) && model_is_left_out(page_at(3)));
	CHECK(model_is_space(page_at(2)) && model_is_space(page_at(5)));
	CHECK_CODE(decommit(), 0);
	CHECK(model_is_space(page_at(3)));
	give_back();
}

/* Before FreeBSD 11.1: closed pages, as elsewhere. */
static void an_older_kernel_reserves_closed_pages(void)
{
	const size_t len = PAGES * model_page_size();
	void *mem = NULL;

	model_fresh();
	model_refuse(0x2000);
	CHECK_CODE(mw_sys_reserve(len, &mem), 0);
	space = mem;
	CHECK(!model_is_space(page_at(0)));
	check_middle(CLOSED);
	CHECK_CODE(commit(), 0);
	check_middle(OPEN);
	CHECK_CODE(decommit(), 0);
	CHECK(!model_is_space(page_at(3)));
	check_middle(CLOSED);
	give_back();
}

/* mmap(2) of FreeBSD: PROT_MAX. */
static void no_page_can_ever_be_executed(void)
{
	size_t at = 0;

	reserve();
	CHECK_CODE(commit(), 0);
	for (at = model_find(MODEL_MMAP, 1); at < model_count();
	     at = model_find(MODEL_MMAP, at + 1))
		CHECK_INT(model_record(at)->first >> 16, 3);
	give_back();
}

static size_t count_permanent(void)
{
	size_t count = 0;

	for (size_t i = 0; i < model_count(); i++) {
		const struct model_record *r = model_record(i);

		if (r->name != MODEL_MIMMUTABLE || r->err != 0)
			continue;
		for (size_t at = 0; at < r->len; at += model_page_size()) {
			const void *page = (const void *)(r->mem + at);

			CHECK(model_is_permanent(page));
			CHECK_INT(model_protection(page), CLOSED);
			count++;
		}
	}
	return count;
}

/* Two around all records, three around those of the first arena. */
static void guards_of_records_are_permanent(void)
{
	void *secret;

	model_fresh();
	secret = memward_alloc(NULL, 32);
	CHECK(secret != NULL);
	CHECK_INT(count_permanent(), 5);
	memward_free(secret);
}

static void what_is_permanent_cannot_change(void)
{
	const size_t page = model_page_size();

	reserve();
	CHECK_CODE(mw_sys_make_permanent(page_at(3), page), 0);
	CHECK_CODE(commit(), MEMWARD_EPERM);
	CHECK_CODE(decommit(), MEMWARD_ENOMEM);
	CHECK_CODE(mw_sys_expose(page_at(3), page), MEMWARD_EPERM);
	check_middle(CLOSED);
	/* mimmutable(2): not together with zeros in a child. */
	CHECK_CODE(mw_sys_commit(page_at(5), page,
		       &(struct mw_sys_kind){.fork = MEMWARD_FORK_WIPE}),
	    0);
	CHECK_CODE(mw_sys_make_permanent(page_at(5), page), MEMWARD_EPERM);
	CHECK(!model_is_permanent(page_at(5)));
}

/* macOS: what is locked and open when the process dies, the kernel zeroes. */
static void locked_secrets_are_wiped_at_exit(void)
{
	char *secret;

	model_fresh();
	secret = memward_alloc(NULL, 32);
	CHECK(secret != NULL);
	secret -= (uintptr_t)secret % model_page_size();
	CHECK(model_lock_count(secret) != 0 && model_wipes_at_exit(secret));
}

#define EVERYWHERE (~0u)
#define ONLY(name) (1u << (name))

static const struct {
	unsigned systems;
	struct test_case test;
} known[] = {
    /* First: the library starts but once. */
    {ONLY(OPENBSD), TEST_CASE(guards_of_records_are_permanent)},
    {ONLY(MACOS), TEST_CASE(locked_secrets_are_wiped_at_exit)},
    {EVERYWHERE, TEST_CASE(pages_come_and_go)},
    {EVERYWHERE, TEST_CASE(every_call_fails_in_turn)},
    {~ONLY(OPENBSD), TEST_CASE(permanence_is_told)},
    {ONLY(FREEBSD), TEST_CASE(a_reservation_holds_no_pages)},
    {ONLY(FREEBSD), TEST_CASE(an_older_kernel_reserves_closed_pages)},
    {ONLY(FREEBSD), TEST_CASE(no_page_can_ever_be_executed)},
    {ONLY(OPENBSD), TEST_CASE(what_is_permanent_cannot_change)},
};

int main(int argc, char **argv)
{
	struct test_case cases[TEST_COUNT(known)];
	size_t count = 0;

	for (size_t i = 0; i < TEST_COUNT(known); i++) {
		if ((known[i].systems >> MODEL_SYSTEM & 1) != 0)
			cases[count++] = known[i].test;
	}
	return test_main(argc, argv, cases, count);
}
