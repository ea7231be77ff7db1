/* SPDX-License-Identifier: MIT */
/* Touches of guards and of what is closed, and one byte off them. */
#include "death_cases.h"

#include <stdint.h>

/* The guards of the run a packed secret is in, from one inside. */
static unsigned char *above(unsigned char *at)
{
	while (place_of(at) != MEMWARD_PLACE_GUARD)
		at++;
	return at;
}

static unsigned char *below(unsigned char *at)
{
	while (place_of(at) != MEMWARD_PLACE_GUARD)
		at--;
	return at;
}

static int read_at(const unsigned char *at)
{
	will_touch();
	(void)read_byte(at);
	return done_touching();
}

static int write_at(unsigned char *at)
{
	will_touch();
	write_byte(at, 1);
	return done_touching();
}

int child_read_above_packed(void)
{
	return read_at(above(new_secret(NULL, 32)));
}

int child_write_above_packed(void)
{
	return write_at(above(new_secret(NULL, 32)));
}

int child_read_below_packed(void)
{
	return read_at(below(new_secret(NULL, 32)));
}

int child_write_below_packed(void)
{
	return write_at(below(new_secret(NULL, 32)));
}

int child_read_last_of_guard_above(void)
{
	return read_at(above(new_secret(NULL, 32)) + page_size() - 1);
}

int child_touch_inside_packed(void)
{
	unsigned char *secret = new_secret(NULL, 32);
	unsigned char *last = above(secret) - 1;
	unsigned char *first = below(secret) + 1;

	will_touch();
	(void)read_byte(last);
	(void)read_byte(first);
	write_byte(secret, 1);
	write_byte(secret + 31, 1);
	memward_free(secret);
	return done_touching();
}

static unsigned char *page_of(unsigned char *secret)
{
	return secret - (uintptr_t)secret % page_size();
}

int child_read_behind_guarded(void)
{
	return read_at(new_guarded(NULL, 32, 1) + 32);
}

int child_write_behind_guarded(void)
{
	return write_at(new_guarded(NULL, 32, 1) + 32);
}

int child_read_before_guarded_page(void)
{
	return read_at(page_of(new_guarded(NULL, 32, 1)) - 1);
}

int child_write_before_guarded_page(void)
{
	return write_at(page_of(new_guarded(NULL, 32, 1)) - 1);
}

int child_touch_inside_guarded(void)
{
	unsigned char *secret = new_guarded(NULL, 32, 1);

	will_touch();
	write_byte(secret, 1);
	write_byte(secret + 31, 1);
	(void)read_byte(page_of(secret));
	memward_free(secret);
	return done_touching();
}

#define MANY 100000

int child_read_behind_own_pages(void)
{
	return read_at(new_guarded(NULL, MANY, 1) + MANY);
}

int child_write_before_own_pages(void)
{
	return write_at(page_of(new_guarded(NULL, MANY, 1)) - 1);
}

int child_touch_inside_own_pages(void)
{
	unsigned char *secret = new_guarded(NULL, MANY, 1);

	will_touch();
	write_byte(secret, 1);
	write_byte(secret + MANY - 1, 1);
	(void)read_byte(page_of(secret));
	memward_free(secret);
	return done_touching();
}

static unsigned char *trapped(size_t len)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	unsigned char *volatile secret;

	policy.require |= MEMWARD_TRAP_FREE;
	secret = new_guarded(new_ward(&policy), len, 1);
	memward_free(secret);
	return secret;
}

int child_read_trapped_first_byte(void)
{
	return read_at(trapped(32));
}

int child_write_trapped_last_byte(void)
{
	return write_at(trapped(32) + 31);
}

int child_read_trapped_own_pages(void)
{
	return read_at(trapped(MANY) + MANY / 2);
}

int child_read_closed_packed(void)
{
	return read_at(new_secret(new_closed_ward(), 32));
}

int child_write_closed_guarded(void)
{
	return write_at(new_guarded(new_closed_ward(), 32, 1));
}
