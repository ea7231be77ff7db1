/* SPDX-License-Identifier: MIT */
/* Linux alone, on its model: what this machine cannot be made to show. */
#include "differences.h"

#include "mem_sys/store.h"

#include <errno.h>
#include <string.h>

static void core_handlers_decide_the_limit(void)
{
	static const struct {
		const char *handler; /* NULL: cannot be read */
		uint64_t limit;
		int code;
	} rows[] = {
	    {"core", 0, 0},
	    {"/var/cores/%e", 0, 0},
	    {"|/usr/lib/systemd/systemd-coredump %P", 1, 0},
	    {NULL, 1, 0},
	    {"", 1, 0},
	    {"@/run/handler", 0, MEMWARD_ECORESOCKET},
	};
	uint64_t soft;
	uint64_t hard;

	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		model_fresh();
		model_set_core_handler(rows[i].handler);
		CHECK_CODE(memward_sys_disable_core_dumps(), rows[i].code);
		model_get_core_limit(&soft, &hard);
		CHECK_INT(soft, rows[i].limit);
		CHECK_INT(hard, rows[i].limit);
		CHECK_INT(model_open_files(), 0);
	}
}

/* With a hard limit of 0 only privilege gets to the 1 that stops a pipe. */
static void a_pipe_and_a_hard_limit_of_zero(void)
{
	uint64_t soft;
	uint64_t hard;

	model_fresh();
	model_set_core_handler("|/bin/handler");
	model_set_core_limit(0, 0);
	model_set_privileged(false);
	CHECK_CODE(memward_sys_disable_core_dumps(), MEMWARD_ECOREPIPE);
	model_set_core_handler("core");
	CHECK_CODE(memward_sys_disable_core_dumps(), 0);
	model_set_core_handler("|/bin/handler");
	model_set_privileged(true);
	CHECK_CODE(memward_sys_disable_core_dumps(), 0);
	model_get_core_limit(&soft, &hard);
	CHECK_INT(soft, 1);
	CHECK_INT(hard, 1);
}

/* A closed page is marked as locked by a lock that fails: it is undone. */
static void a_failed_lock_leaves_no_mark(void)
{
	size_t page = model_page_size();
	char *mem;
	size_t at;

	model_fresh();
	mem = model_alloc(2);
	CHECK_CODE(memward_sys_protect(mem, page, MEMWARD_NO_ACCESS), 0);
	CHECK_CODE(memward_sys_lock(mem, 2 * page), MEMWARD_EINACCESSIBLE);
	at = model_find(MODEL_MLOCK, 0);
	CHECK(model_find(MODEL_MUNLOCK, at) < model_count());
	CHECK_INT(model_locked_pages(), 0);
	model_free(mem, 2);
}

/* What older kernels, or kernels built without it, refuse. */
static void advice_may_be_missing(void)
{
	static const struct {
		int advice;
		uint32_t lost;
	} rows[] = {
	    {16, MEMWARD_SYS_NO_DUMP}, /* MADV_DONTDUMP */
	    /* No merging, no huge pages: nothing is lost by that. */
	    {13, 0},                     /* MADV_UNMERGEABLE */
	    {15, 0},                     /* MADV_NOHUGEPAGE */
	    {10, MEMWARD_SYS_FORK_OMIT}, /* MADV_DONTFORK */
	    {18, MEMWARD_SYS_FORK_WIPE}, /* MADV_WIPEONFORK */
	    {447, MEMWARD_SYS_HIDDEN},   /* memfd_secret */
	    {102, MEMWARD_SYS_GUARDS},   /* MADV_GUARD_INSTALL */
	};
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	void *mem;

	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		model_fresh();
		model_refuse(rows[i].advice);
		mem = model_alloc(1);
		CHECK_CODE(memward_sys_query(&info), 0);
		CHECK_INT(
		    info.granted, model_expected->granted & ~rows[i].lost);
		model_free(mem, 1);
	}
}

static const struct mw_sys_kind hidden_kind = {
    .fork = MEMWARD_FORK_OMIT, .hidden = true};

/* Made and filled elsewhere, then moved to its place, with no file left. */
static void hidden_pages_come_complete(void)
{
	static const enum model_name steps[] = {MODEL_SECRET, MODEL_TRUNCATE,
	    MODEL_MMAP, MODEL_CLOSE, MODEL_MADVISE, MODEL_MADVISE, MODEL_RANDOM,
	    MODEL_RANDOM, MODEL_MREMAP};
	size_t page = model_page_size();
	void *space;
	char *mem;

	model_fresh();
	CHECK_CODE(mw_sys_reserve(4 * page, &space), 0);
	mem = (char *)space + page;
	model_fresh();
	CHECK_CODE(mw_sys_commit(mem, 2 * page, &hidden_kind), 0);
	CHECK_INT(model_count(), TEST_COUNT(steps));
	for (size_t i = 0; i < TEST_COUNT(steps); i++)
		CHECK_INT(model_record(i)->name, steps[i]);
	CHECK_INT(model_open_files(), 0);
	CHECK(model_is_hidden(mem) && model_is_hidden(mem + page));
	CHECK(!model_is_hidden(mem - page));
	CHECK(!model_is_hidden(mem + 2 * page));
	CHECK_INT(model_child_finds(mem), MODEL_OMIT);
	for (size_t i = 0; i < 2 * page; i++)
		CHECK_INT(mem[i], 0);
	CHECK_CODE(mw_sys_decommit(mem, 2 * page), 0);
	CHECK(!model_is_hidden(mem));
	CHECK_INT(model_locked_pages(), 0);
	CHECK_INT(model_protection(mem), 0);
	mw_sys_unreserve(space, 4 * page);
}

/* Over the limit, and at any failure, the reservation is as it was. */
static void refused_hidden_pages_leave_no_hole(void)
{
	size_t page = model_page_size();
	void *space;
	char *mem;
	int rc;

	model_fresh();
	CHECK_CODE(mw_sys_reserve(4 * page, &space), 0);
	mem = (char *)space + page;
	model_set_privileged(false);
	model_set_lock_limit(page);
	CHECK_CODE(
	    mw_sys_commit(mem, 2 * page, &hidden_kind), MEMWARD_ELOCKLIMIT);
	CHECK_INT(model_mapped_pages(), 4);
	for (size_t nth = 0; nth < 9; nth++) {
		model_fresh();
		model_fail(nth, ENOMEM, false);
		rc = mw_sys_commit(mem, 2 * page, &hidden_kind);
		/* What a close that fails leaves, it leaves closed. */
		CHECK((rc == 0) == (model_record(nth)->name == MODEL_CLOSE));
		CHECK_INT(model_open_files(), 0);
		if (rc == 0)
			CHECK_CODE(mw_sys_decommit(mem, 2 * page), 0);
		CHECK_INT(model_mapped_pages(), 4);
		CHECK_INT(model_locked_pages(), 0);
		CHECK_INT(model_protection(mem), 0);
	}
	mw_sys_unreserve(space, 4 * page);
}

/* How the pages of a reservation can be had that the limit has no room for. */
static int commit_too_much(char *mem, size_t nth)
{
	size_t page = model_page_size();

	model_fresh();
	model_lock_hidden_late(true);
	model_set_privileged(false);
	model_set_lock_limit(page);
	model_fail(nth, EFAULT, false);
	return mw_sys_commit(mem, 2 * page, &hidden_kind);
}

/* Linux 7.2: the limit is met as pages are filled in, as memory may be. */
static void the_limit_of_hidden_pages_may_come_late(void)
{
	const size_t page = model_page_size();
	const size_t plain = 9; /* the call that asks for a plain page */
	void *space;
	char *mem;

	model_fresh();
	CHECK_CODE(mw_sys_reserve(4 * page, &space), 0);
	mem = (char *)space + page;
	CHECK_CODE(commit_too_much(mem, SIZE_MAX / 2), MEMWARD_ELOCKLIMIT);
	CHECK_INT(errno, EFAULT);
	CHECK_INT(model_record(plain)->name, MODEL_MMAP);
	CHECK_INT(model_record(plain + 1)->name, MODEL_RANDOM);
	CHECK_INT(model_record(plain + 2)->name, MODEL_MUNMAP);
	/* No plain page either: it is memory that is lacking. */
	CHECK_CODE(commit_too_much(mem, plain), MEMWARD_ENOMEM);
	CHECK_CODE(commit_too_much(mem, plain + 1), MEMWARD_ENOMEM);
	CHECK_INT(model_mapped_pages(), 4);
	CHECK_INT(model_locked_pages(), 0);
	CHECK_INT(model_open_files(), 0);
	/* What has room is had, and without a limit it cannot be the limit. */
	CHECK_CODE(mw_sys_commit(mem, page, &hidden_kind), 0);
	CHECK_INT(model_locked_pages(), 1);
	CHECK_CODE(mw_sys_decommit(mem, page), 0);
	model_fresh();
	model_fail(plain - 2, EFAULT, false);
	CHECK_CODE(mw_sys_commit(mem, 2 * page, &hidden_kind), MEMWARD_ENOMEM);
	mw_sys_unreserve(space, 4 * page);
}

static void rules_may_be_missing(void)
{
	void *mem;

	model_fresh();
	mem = model_alloc(1);
	model_refuse(18); /* before Linux 4.14 there is no MADV_WIPEONFORK */
	CHECK_CODE(memward_sys_set_fork_rule(mem, 1, MEMWARD_FORK_WIPE),
	    MEMWARD_EUNSUPPORTED);
	model_refuse(19); /* and no MADV_KEEPONFORK */
	CHECK_CODE(memward_sys_set_fork_rule(mem, 1, MEMWARD_FORK_KEEP), 0);
	model_free(mem, 1);
}

const struct test_case model_own_cases[] = {
    TEST_CASE(core_handlers_decide_the_limit),
    TEST_CASE(a_pipe_and_a_hard_limit_of_zero),
    TEST_CASE(a_failed_lock_leaves_no_mark),
    TEST_CASE(advice_may_be_missing),
    TEST_CASE(rules_may_be_missing),
    TEST_CASE(hidden_pages_come_complete),
    TEST_CASE(refused_hidden_pages_leave_no_hole),
    TEST_CASE(the_limit_of_hidden_pages_may_come_late),
};
const size_t model_own_count = TEST_COUNT(model_own_cases);

const struct child_entry model_own_children[] = {{NULL, NULL}};
const size_t model_own_child_count = 0;
