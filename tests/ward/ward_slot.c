/* SPDX-License-Identifier: MIT */
/*
 * What a slot holds, to its last byte: the secret, its canary, zeros. A record
 * of memward's own there would be one more thing that an overrun can change
 * and a stray read can tell.
 */
#include "ward_list.h"

#include <stddef.h>
#include <string.h>

/* Bytes of a canary: each has its top bit, and every eighth is the same. */
#define LEAST 8
#define MOST  64
#define FRONT 16

#define WIDE ((size_t)4096) /* no page is smaller */

/* Classes begin and end between them; from 15353 on they are guarded. */
static const size_t sizes[] = {0, 1, 8, 24, 25, 40, 41, 100, 247, 248, 249, 600,
    1000, 4000, 4088, 4089, 9000, 15352, 15353, 20000};

static bool is_slack_of(const unsigned char *at, const unsigned char *secret)
{
	memward_address what;

	CHECK_CODE(memward_explain_address(at, &what), 0);
	return what.place == MEMWARD_PLACE_SLACK && what.secret == secret;
}

/*
 * How many bytes of slack there are in one direction: by leaps, as they are in
 * one piece, and with large pages many.
 */
static size_t count_slack(
    const unsigned char *first, ptrdiff_t step, const unsigned char *secret)
{
	ptrdiff_t count = 0;
	ptrdiff_t leap = 1;

	while (is_slack_of(first + step * (count + leap - 1), secret)) {
		count += leap;
		leap *= 2;
	}
	for (; leap != 0; leap /= 2) {
		if (is_slack_of(first + step * (count + leap - 1), secret))
			count += leap;
	}
	return (size_t)count;
}

static size_t slack_behind(const unsigned char *secret, size_t len)
{
	return count_slack(secret + len, 1, secret);
}

static size_t slack_before(const unsigned char *secret)
{
	return count_slack(secret - 1, -1, secret);
}

/* So many bytes of canary stand there, and not one more. */
static size_t canary_at(const unsigned char *at, size_t most)
{
	size_t count = 0;

	while (count < most && at[count] >= 0x80 &&
	       (count < LEAST || at[count] == at[count - LEAST]))
		count++;
	return count;
}

static void check_packed(const unsigned char *secret, size_t len)
{
	size_t slack = slack_behind(secret, len);
	size_t canary = canary_at(secret + len, slack);

	CHECK_INT(slack_before(secret), 0);
	CHECK(slack >= LEAST);
	CHECK_INT(canary, slack < MOST ? slack : MOST);
	CHECK(holds(secret + len + canary, slack - canary, 0));
}

static void check_guarded(const unsigned char *secret, size_t len)
{
	size_t slack = slack_behind(secret, len);
	size_t before = slack_before(secret);
	size_t front = before < FRONT ? 0 : FRONT;

	CHECK_INT((uintptr_t)(secret - before) % page_size(), 0);
	CHECK_INT((uintptr_t)(secret + len + slack) % page_size(), 0);
	CHECK_INT(canary_at(secret - front, front), front);
	CHECK(holds(secret - before, before - front, 0));
	CHECK_INT(canary_at(secret + len, slack), slack);
}

static bool is_guarded(void *secret)
{
	return memward_protect(secret, MEMWARD_READ_WRITE) == 0;
}

static void check_slot(unsigned char *secret, size_t len, unsigned seed)
{
	CHECK(is_filled(secret, len, seed));
	if (is_guarded(secret))
		check_guarded(secret, len);
	else
		check_packed(secret, len);
}

/* The whole slot is zeros; it stays in this thread's cache meanwhile. */
static void free_slot(unsigned char *secret, size_t len)
{
	size_t before = slack_before(secret);
	size_t all = before + len + slack_behind(secret, len);

	memward_free(secret);
	CHECK_INT(place_of(secret), MEMWARD_PLACE_FREED);
	CHECK(holds(secret - before, all, 0));
}

static void try_slot(void *secret, size_t len, size_t later)
{
	fill(secret, len, 1);
	check_slot(secret, len, 1);
	check_granted(memward_resize(&secret, later));
	fill(secret, later, 2);
	check_slot(secret, later, 2);
	free_slot(secret, later);
}

void a_slot_holds_secret_canary_and_zeros(void)
{
	memward_ward *ward = new_ward(NULL);

	for (size_t i = 0; i < TEST_COUNT(sizes); i++) {
		for (size_t j = 0; j < TEST_COUNT(sizes); j++)
			try_slot(
			    new_secret(ward, sizes[i]), sizes[i], sizes[j]);
	}
	close_ward(ward);
}

/* Alignment moves the secret away from its guard, and canary fills the gap. */
void a_guarded_slot_holds_no_more(void)
{
	static const size_t aligns[] = {1, 16, 64, WIDE};
	memward_ward *ward = new_ward(NULL);

	for (size_t i = 0; i < TEST_COUNT(sizes); i++) {
		for (size_t j = 0; j < TEST_COUNT(aligns); j++)
			try_slot(new_guarded(ward, sizes[i], aligns[j]),
			    sizes[i], sizes[(i * 7 + j) % TEST_COUNT(sizes)]);
	}
	close_ward(ward);
}
