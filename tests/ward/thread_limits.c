/* SPDX-License-Identifier: MIT */
/* Limits, and what threads have in their caches when one is met. */
#include "thread_cases.h"

#include "support_ward.h"

#include <string.h>

/* Allocates until the ward says no; *first chains what it got. */
static unsigned fill_up(memward_ward *ward, void **first)
{
	unsigned count = 0;
	void *secret;
	int rc;

	*first = NULL;
	while ((rc = memward_new(ward, sizeof(void *), &secret)) == 0) {
		memcpy(secret, first, sizeof(*first));
		*first = secret;
		count++;
	}
	NOTE(rc == MEMWARD_ELIMIT);
	return count;
}

static void give_up(void *first)
{
	void *next;

	for (; first != NULL; first = next) {
		memcpy(&next, first, sizeof(next));
		memward_free(first);
	}
}

#define LIMIT_PAGES 20

static memward_ward *limited_ward(void)
{
	return open_ward(
	    0, MEMWARD_READ_WRITE, LIMIT_PAGES * memward_sys_page_size());
}

/* What a ward of that limit holds when one thread has it for itself. */
static unsigned capacity(void)
{
	memward_ward *ward = limited_ward();
	void *first;
	unsigned count = fill_up(ward, &first);

	give_up(first);
	CHECK_CODE(memward_close(ward), 0);
	CHECK(count > LIMIT_PAGES * 20);
	return count;
}

static void expect_empty_and_whole(memward_ward *ward, unsigned all)
{
	memward_budget_info info = {.size = sizeof(info)};
	void *first;

	CHECK_CODE(memward_budget(ward, sizeof(void *), &info), 0);
	CHECK_INT(info.live, 0);
	CHECK_INT(fill_up(ward, &first), all);
	CHECK_CODE(memward_budget(ward, sizeof(void *), &info), 0);
	CHECK_INT(info.live, all);
	give_up(first);
	CHECK_CODE(memward_check_ward(ward), 0);
}

/* Threads that meet. */
static pthread_barrier_t meeting;

static void meet(void)
{
	(void)pthread_barrier_wait(&meeting);
}

struct sharer {
	memward_ward *ward;
	void *first;
	unsigned got;
};

/* Fills its cache, waits while another fills the ward, and then does so. */
static void *cache_and_wait(void *argument)
{
	struct sharer *self = argument;
	void *secrets[BURST];

	for (int i = 0; i < BURST; i++)
		secrets[i] = memward_alloc(self->ward, sizeof(void *));
	for (int i = 0; i < BURST; i++)
		memward_free(secrets[i]);
	meet();
	meet();
	self->got = fill_up(self->ward, &self->first);
	give_up(self->first);
	return NULL;
}

void a_limit_is_met_only_when_all_caches_are_empty(void)
{
	const char *why = support_reach_threads();
	unsigned all = capacity();
	memward_ward *ward = limited_ward();
	struct sharer other = {ward, NULL, 0};
	pthread_t thread;

	if (why != NULL)
		TEST_SKIP("%s", why);
	CHECK_INT(pthread_barrier_init(&meeting, NULL, 2), 0);
	start(&thread, cache_and_wait, &other);
	meet();
	expect_empty_and_whole(ward, all);
	meet();
	CHECK_INT(pthread_join(thread, NULL), 0);
	CHECK_INT(other.got, all);
	expect_empty_and_whole(ward, all);
	expect_nothing_wrong();
	CHECK_CODE(memward_close(ward), 0);
}

static void *share(void *argument)
{
	struct sharer *self = argument;

	meet();
	self->got = fill_up(self->ward, &self->first);
	meet();
	give_up(self->first);
	return NULL;
}

/* All fight for the last slots: together they get all there are, each once. */
void threads_share_a_limit_to_the_last_slot(void)
{
	unsigned all = capacity();
	memward_ward *ward = limited_ward();
	struct sharer sharers[THREADS];
	pthread_t threads[THREADS];

	CHECK_INT(pthread_barrier_init(&meeting, NULL, THREADS), 0);
	for (unsigned turn = 0; turn < rounds(24); turn++) {
		unsigned sum = 0;

		for (int i = 0; i < THREADS; i++) {
			sharers[i] = (struct sharer){ward, NULL, 0};
			start(&threads[i], share, &sharers[i]);
		}
		for (int i = 0; i < THREADS; i++) {
			CHECK_INT(pthread_join(threads[i], NULL), 0);
			sum += sharers[i].got;
		}
		CHECK_INT(sum, all);
	}
	expect_empty_and_whole(ward, all);
	expect_nothing_wrong();
	CHECK_CODE(memward_close(ward), 0);
}

static void *pass_by(void *argument)
{
	memward_ward *ward = argument;
	void *secrets[32];

	for (size_t i = 0; i < TEST_COUNT(secrets); i++)
		secrets[i] = i % 8 == 0 ? memward_alloc_guarded(ward, 10, 1)
					: memward_alloc(ward, 16 * (i % 4));
	for (size_t i = 0; i < TEST_COUNT(secrets); i++)
		memward_free(secrets[i]);
	/* It ends with all of that in its cache. */
	return NULL;
}

void threads_that_end_give_back_what_they_cached(void)
{
	unsigned all = capacity();
	memward_ward *ward = limited_ward();
	pthread_t threads[THREADS];

	for (unsigned turn = 0; turn < rounds(80); turn++) {
		for (int i = 0; i < THREADS; i++)
			start(&threads[i], pass_by, ward);
		for (int i = 0; i < THREADS; i++)
			CHECK_INT(pthread_join(threads[i], NULL), 0);
	}
	expect_empty_and_whole(ward, all);
	expect_nothing_wrong();
	CHECK_CODE(memward_close(ward), 0);
}
