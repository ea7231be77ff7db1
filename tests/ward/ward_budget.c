/* SPDX-License-Identifier: MIT */
/*
 * What is left, and what happens when it is used up. Every limit is set in a
 * process of its own.
 */
#include "ward_list.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#define KIB64 ((size_t)64 << 10)

/* An ordinary user with 64 KiB to lock, in whom that limit binds. */
static void be_small(void)
{
	const char *why = support_be_user(KIB64);

	expect_the_limit();
	if (why != NULL)
		child_cannot(why);
	if (page_size() > KIB64 / 8)
		child_cannot("the pages are too large for so small a limit");
}

#define MOST 4000
static unsigned char *held[MOST];
static size_t holding;

/* As many as the budget promises; every one must be granted. */
static void take_promised(memward_ward *ward, size_t len)
{
	size_t more = budget_of(ward, len).more;

	for (; more != 0; more--) {
		CHECK(holding < MOST);
		held[holding] = new_secret(ward, len);
		fill(held[holding], len, (unsigned)holding);
		holding++;
	}
}

static void check_held(size_t len)
{
	for (size_t i = 0; i < holding; i++)
		CHECK(is_filled(held[i], len, (unsigned)i));
}

/* Takes all there is; *promised becomes what budgets foresaw of it. */
static void take_all(memward_ward *ward, size_t len, size_t *promised)
{
	void *secret = NULL;
	int rc;

	take_promised(ward, len);
	*promised = holding;
	while ((rc = memward_new(ward, len, &secret)) == 0) {
		CHECK(holding < MOST);
		held[holding] = secret;
		fill(secret, len, (unsigned)holding);
		holding++;
		take_promised(ward, len);
	}
	CHECK_CODE(rc, MEMWARD_ELOCKLIMIT);
}

static void free_all(void)
{
	while (holding != 0)
		memward_free(held[--holding]);
}

static void use_up(memward_ward *ward, size_t len)
{
	size_t first;
	size_t promised;
	uint64_t refused = budget_of(ward, len).refused;

	take_all(ward, len, &promised);
	first = holding;
	CHECK_INT(budget_of(ward, len).refused, refused + 1);
	CHECK_INT(budget_of(ward, len).more, 0);
	CHECK_INT(budget_of(ward, len).live, holding);
	CHECK_INT(report_of(ward).pages_unlocked, 0);
	CHECK_INT(report_of(ward).summary, MEMWARD_FULL);
	check_held(len);
	CHECK_CODE(memward_check_ward(ward), 0);
	/* A promise of nothing would be kept as well. */
	CHECK(promised >= first * 3 / 4);
	free_all();
	take_all(ward, len, &promised);
	CHECK_INT(holding, first);
	check_held(len);
	free_all();
}

int child_use_up_the_limit(void)
{
	static const size_t sizes[] = {32, 200, 440, 632, 1784, 4000, 15352};

	be_small();
	for (size_t i = 0; i < TEST_COUNT(sizes); i++) {
		memward_ward *ward = new_ward(NULL);

		use_up(ward, sizes[i]);
		close_ward(ward);
	}
	return 0;
}

void the_budget_is_kept_to_the_last_secret(void)
{
	expect_success("use_up_the_limit");
}

/* After all is free, another size of secret gets the pages. */
int child_use_up_by_turns(void)
{
	memward_ward *ward;
	size_t promised;
	size_t small;

	be_small();
	ward = new_ward(NULL);
	take_all(ward, 32, &promised);
	small = holding;
	free_all();
	take_all(ward, 500, &promised);
	free_all();
	take_all(ward, 32, &promised);
	CHECK_INT(holding, small);
	free_all();
	CHECK_CODE(memward_check_ward(ward), 0);
	close_ward(ward);
	return 0;
}

void freed_pages_serve_other_sizes(void)
{
	expect_success("use_up_by_turns");
}

int child_see_budget_of_closed_ward(void)
{
	memward_ward *ward;
	void *secret = NULL;
	void *refused = NULL;
	size_t more;
	int rc;

	be_small();
	ward = new_closed_ward();
	more = budget_of(ward, 32).more;
	CHECK(more >= 1000);
	for (size_t i = 0; i < more; i++)
		secret = new_secret(ward, 32);
	while ((rc = memward_new(ward, 32, &refused)) == 0)
		secret = refused;
	CHECK_CODE(rc, MEMWARD_ELOCKLIMIT);
	CHECK_CODE(memward_check_ward(ward), 0);
	memward_free(secret);
	CHECK_CODE(memward_new(ward, 32, &secret), 0);
	close_ward(ward);
	return 0;
}

void the_budget_of_a_closed_ward_is_kept(void)
{
	expect_success("see_budget_of_closed_ward");
}

/* Locks on the program's own memory leave less for secrets. */
int child_see_ranges_in_budget(void)
{
	static unsigned char mine[6 * 4096];
	memward_ward *ward;
	size_t promised;
	size_t before;

	be_small();
	ward = new_ward(NULL);
	before = budget_of(ward, 32).more;
	CHECK_CODE(memward_lock_range(mine, sizeof(mine)), 0);
	CHECK(budget_of(ward, 32).more < before);
	take_all(ward, 32, &promised);
	free_all();
	CHECK_CODE(memward_unlock_range(mine, sizeof(mine)), 0);
	take_all(ward, 32, &promised);
	CHECK(holding >= before);
	close_ward(ward);
	return 0;
}

void locked_ranges_count_against_the_budget(void)
{
	expect_success("see_ranges_in_budget");
}

struct idler {
	memward_ward *ward;
	atomic_int step;
};

static void cache_and_wait(void *argument)
{
	struct idler *idler = argument;
	void *secrets[40] = {NULL};

	for (size_t i = 0; i < TEST_COUNT(secrets); i++)
		secrets[i] = memward_alloc(idler->ward, 32);
	for (size_t i = 0; i < TEST_COUNT(secrets); i++)
		memward_free(secrets[i]);
	atomic_store(&idler->step, 1);
	while (atomic_load(&idler->step) != 2)
		support_pause();
}

/* What an idle thread caches is taken from it before the answer is no. */
int child_see_caches_emptied(void)
{
	struct idler idler;
	struct support_thread *thread;
	const char *why = support_reach_threads();
	size_t promised;
	size_t alone;

	if (why != NULL)
		child_cannot(why);
	be_small();
	idler.ward = new_ward(NULL);
	atomic_init(&idler.step, 0);
	take_all(idler.ward, 32, &promised);
	alone = holding;
	free_all();
	close_ward(idler.ward);
	idler.ward = new_ward(NULL);
	thread = support_start(cache_and_wait, &idler);
	CHECK(thread != NULL);
	while (atomic_load(&idler.step) != 1)
		support_pause();
	CHECK_INT(budget_of(idler.ward, 32).live, 0);
	take_all(idler.ward, 32, &promised);
	CHECK_INT(holding, alone);
	atomic_store(&idler.step, 2);
	support_join(thread);
	check_held(32);
	free_all();
	close_ward(idler.ward);
	return 0;
}

void the_limit_is_said_when_the_caches_are_empty(void)
{
	expect_success("see_caches_emptied");
}

static void check_container(memward_ward *ward, size_t made)
{
	memward_report report = report_of(ward);
	char text[2048];
	bool known;

	CHECK(report.pages_unlocked != 0);
	CHECK(report.pages_unlocked < report.pages);
	CHECK_INT(report.summary, MEMWARD_PARTIAL);
	CHECK_INT(report.obtained & MEMWARD_LOCKED, 0);
	CHECK_CODE(report.reason[0], MEMWARD_ELOCKLIMIT);
	CHECK(report.system_error[0] != 0);
	(void)memward_report_text(&report, text, sizeof(text));
	CHECK(strstr(text, memward_error_text(MEMWARD_ELOCKLIMIT)) != NULL);
	CHECK_INT(budget_of(ward, 32).refused, 0);
	CHECK_INT(budget_of(ward, 32).live, made);
	(void)support_locked_bytes(&known);
	if (known)
		CHECK_INT(support_locked_bytes(&known),
		    report.pages - report.pages_unlocked);
}

/* Each secret's own report agrees with the kernel's account of its page. */
static void check_each(memward_ward *ward, size_t *locked)
{
	memward_report report = MEMWARD_REPORT_INIT;
	bool known;

	*locked = 0;
	for (size_t i = 0; i < holding; i += 50) {
		bool is = support_is_locked(held[i], &known);

		CHECK(memward_ward_of(held[i]) == ward);
		CHECK_CODE(memward_report_secret(held[i], &report), 0);
		/* A slot may lie on two pages: locked is both of them. */
		if (known && report.pages == page_size())
			CHECK(is == (report.pages_unlocked == 0));
		CHECK((report.summary == MEMWARD_FULL) ==
		      (report.pages_unlocked == 0));
		*locked += report.pages_unlocked == 0;
	}
}

int child_prefer_locks(void)
{
	memward_policy policy = {.size = sizeof(policy)};
	memward_ward *ward;
	size_t locked;

	be_small();
	CHECK_CODE(memward_policy_preset(&policy, MEMWARD_CONTAINER), 0);
	ward = new_ward(&policy);
	for (holding = 0; holding < MOST; holding++)
		held[holding] = new_secret(ward, 32);
	check_container(ward, MOST);
	check_each(ward, &locked);
	CHECK(locked != 0 && locked < MOST / 50);
	free_all();
	CHECK_CODE(memward_check_ward(ward), 0);
	close_ward(ward);
	return 0;
}

void a_container_records_what_it_could_not_lock(void)
{
	NOT_FOR_HIDDEN_WARDS("what is required is not only recorded");
	expect_success("prefer_locks");
}

/* No lock to be had at all: a requirement says so before any secret. */
int child_require_locks_in_vain(void)
{
	const char *why = support_be_user(0);
	memward_policy policy = {.size = sizeof(policy)};
	memward_ward *ward = NULL;

	if (why != NULL)
		child_cannot(why);
	CHECK_CODE(memward_open(NULL, &ward), MEMWARD_ELOCKLIMIT);
	CHECK(ward == NULL);
	CHECK_CODE(memward_policy_preset(&policy, MEMWARD_CONTAINER), 0);
	ward = new_ward(&policy);
	(void)new_secret(ward, 32);
	CHECK_INT(report_of(ward).pages_unlocked, report_of(ward).pages);
	CHECK_CODE(report_of(ward).reason[0], MEMWARD_ELOCKLIMIT);
	CHECK_INT(report_of(ward).summary, MEMWARD_PARTIAL);
	return 0;
}

void a_limit_of_0_is_told_at_open(void)
{
	NOT_FOR_HIDDEN_WARDS("these always need locks");
	expect_success("require_locks_in_vain");
}

void counters_tell_sizes_apart(void)
{
	memward_ward *ward = new_ward(NULL);
	void *small = memward_alloc(ward, 32);
	void *also_small = memward_alloc(ward, 40);
	void *large = memward_alloc(ward, 1000);

	/* 32 and 40 bytes share the slots of 48. */
	CHECK_INT(budget_of(ward, 33).live_of_size, 2);
	CHECK_INT(budget_of(ward, 1000).live_of_size, 1);
	CHECK_INT(budget_of(ward, 200).live_of_size, 0);
	CHECK_INT(budget_of(ward, 32).live, 3);
	memward_free(small);
	memward_free(also_small);
	CHECK_INT(budget_of(ward, 32).live_of_size, 0);
	CHECK(budget_of(ward, 32).peak_of_size >= 2);
	CHECK_INT(budget_of(ward, 200).peak_of_size, 0);
	memward_free(large);
	close_ward(ward);
}
