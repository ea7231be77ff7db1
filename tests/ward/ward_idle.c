/* SPDX-License-Identifier: MIT */
/*
 * Pages that nobody uses go back to the system, but not so that allocating and
 * freeing at the end of a run asks for them again and again.
 */
#include "ward_list.h"

#include <stdlib.h>

/* More than a thread caches, so that runs empty. */
#define COUNT 1200
#define BATCH 80
#define TURNS 4

static void *secrets[COUNT];
static size_t live;

/* Of so many bytes that some fifteen, or sixty, of them fill a run. */
static size_t len(void)
{
	return page_size() > 16384 ? 15000 : 4000;
}

static size_t committed_by(memward_ward *ward)
{
	return budget_of(ward, len()).committed;
}

static void add(memward_ward *ward, size_t count)
{
	for (; count != 0; count--)
		secrets[live++] = new_secret(ward, len());
}

static void drop(size_t count)
{
	for (; count != 0; count--)
		memward_free(secrets[--live]);
}

/* Whether pages came or went since the last look. */
static bool has_moved(memward_ward *ward)
{
	static size_t last;
	size_t before = last;

	last = committed_by(ward);
	return last != before;
}

/* A batch goes and comes again, several times: how often pages moved. */
static size_t cycle_here(memward_ward *ward)
{
	size_t moves = 0;

	for (int turn = 0; turn < TURNS; turn++) {
		drop(BATCH);
		moves += has_moved(ward);
		add(ward, BATCH);
		moves += has_moved(ward);
	}
	return moves;
}

/*
 * At every number of secrets on the way down and up again: pages move as they
 * must on that way, and not at each turn.
 */
void idle_pages_go_back_with_hysteresis(void)
{
	memward_policy policy = unlocked_policy();
	memward_ward *ward = new_ward(&policy);
	size_t most;
	size_t moves = 0;

	live = 0;
	add(ward, COUNT);
	most = committed_by(ward);
	(void)has_moved(ward);
	for (; live > BATCH; drop(1))
		moves += cycle_here(ward);
	CHECK(committed_by(ward) < most / 2);
	CHECK(moves >= 4);
	for (; live < COUNT; add(ward, 1))
		moves += cycle_here(ward);
	/* Some 400; without a margin it would be one in three turns. */
	CHECK(moves < COUNT);
	drop(live);
	close_ward(ward);
}

static void forbid_calls(void)
{
	const char *why = support_forbid_calls();

	if (why != NULL)
		child_cannot(why);
}

static memward_ward *start(void)
{
	memward_policy policy = unlocked_policy();

	return new_ward(&policy);
}

static void turn(memward_ward *ward, size_t batch, bool guarded)
{
	for (size_t i = 1; i <= batch; i++)
		memward_free(secrets[live - i]);
	for (size_t i = batch; i != 0; i--) {
		void *secret = guarded ? memward_alloc_guarded(ward, 32, 1)
				       : memward_alloc(ward, len());

		/* Nothing is printed: that might need memory. */
		if (secret == NULL)
			_Exit(3);
		secrets[live - i] = secret;
	}
}

/* The first turns move what the way there has left; then each call kills. */
static void cycle_quietly(memward_ward *ward, size_t batch, bool guarded)
{
	for (int i = 0; i < TURNS; i++)
		turn(ward, batch, guarded);
	forbid_calls();
	for (int i = 0; i < 100; i++)
		turn(ward, batch, guarded);
	_Exit(0);
}

/* Frees until pages go back with the free of this very secret. */
static void drop_to_the_edge(memward_ward *ward)
{
	size_t before;

	do {
		CHECK(live != 0);
		before = committed_by(ward);
		drop(1);
	} while (committed_by(ward) == before);
}

int child_cycle_after_pages_went_back(void)
{
	memward_ward *ward = start();

	add(ward, COUNT);
	drop_to_the_edge(ward);
	cycle_quietly(ward, BATCH, false);
	return 1;
}

int child_cycle_after_pages_came(void)
{
	memward_ward *ward = start();
	size_t before;

	add(ward, COUNT / 2);
	do {
		CHECK(live != COUNT);
		before = committed_by(ward);
		add(ward, 1);
	} while (committed_by(ward) == before);
	cycle_quietly(ward, BATCH, false);
	return 1;
}

int child_cycle_after_guarded_went_back(void)
{
	memward_ward *ward = start();

	for (live = 0; live < COUNT; live++)
		secrets[live] = new_guarded(ward, 32, 1);
	drop_to_the_edge(ward);
	cycle_quietly(ward, BATCH, true);
	return 1;
}

/* The control: a batch of so many that pages have to move. */
int child_cycle_where_pages_move(void)
{
	memward_ward *ward = start();

	add(ward, COUNT);
	drop_to_the_edge(ward);
	cycle_quietly(ward, live, false);
	return 1;
}

void at_the_edge_no_system_call_is_made(void)
{
	struct child_result result =
	    support_run_child("cycle_where_pages_move");

	skip_if_cannot(&result);
	CHECK_INT(result.end, CHILD_KILLED);
	expect_success("cycle_after_pages_went_back");
	expect_success("cycle_after_pages_came");
	expect_success("cycle_after_guarded_went_back");
}
