/* SPDX-License-Identifier: MIT */
/* Secrets in malloc's memory, the control, and in pages of the layer. */
#include "cli.h"
#include "peek_leak.h"
#include "victim.h"

#include <stdlib.h>
#include <string.h>

/* A victim offends on purpose: it looks at what it freed, and ends without
 * giving back what others shall find.
 * NOLINTBEGIN(clang-analyzer-unix.Malloc) */

/* As allocators' fast paths are: the last freed comes first, unlooked at. */
static struct {
	unsigned char *blocks[4];
	size_t count;
} careless;

static void careless_free(unsigned char *block)
{
	careless.blocks[careless.count++] = block;
}

static unsigned char *careless_alloc(void)
{
	return careless.count == 0 ? NULL : careless.blocks[--careless.count];
}

/* What the victim took in plain_fill(). */
static unsigned char *filled[64];
#define FILLED (sizeof(filled) / sizeof(filled[0]))

/* As programs do that do not look whether it worked. */
static void protect_carelessly(
    const struct victim *victim, void *mem, size_t len)
{
	if (victim->hold.locked)
		peek_lock_carelessly(mem, len);
	if (victim->hold.deny_no_dump)
		peek_undump_carelessly(mem, len);
}

static bool take_malloc(struct victim *victim)
{
	victim->block = malloc(victim->len + 2 * MARGIN);
	if (victim->block == NULL)
		return victim_unable("malloc", "", peek_error());
	victim->secret = victim->block + MARGIN;
	victim->below = victim->block;
	victim->above = victim->secret + victim->len + MARGIN - 1;
	protect_carelessly(victim, victim->secret, victim->len);
	/* What lies on top of the heap may be given back when it is freed. */
	victim->fence = malloc(MARGIN);
	return victim->fence != NULL ||
	       victim_unable("malloc", "", peek_error());
}

static bool take_pages(struct victim *victim)
{
	const struct hold *hold = &victim->hold;
	void *mem;

	if (!victim_check(
		"memward_sys_alloc", memward_sys_alloc(victim->len, &mem)))
		return false;
	victim->block = mem;
	victim->secret = mem;
	if (hold->fork != 0 &&
	    !victim_check("memward_sys_set_fork_rule",
		memward_sys_set_fork_rule(mem, victim->len, hold->fork)))
		return false;
	return !hold->locked || victim_check("memward_sys_lock",
				    memward_sys_lock(mem, victim->len));
}

bool plain_take(struct victim *victim)
{
	return victim->hold.store == STORE_MALLOC ? take_malloc(victim)
						  : take_pages(victim);
}

bool plain_free(struct victim *victim)
{
	if (victim->hold.store == STORE_PAGES) {
		if (!victim_check("memward_sys_free",
			memward_sys_free(victim->block, victim->len)))
			return false;
	} else if (victim->hold.careless) {
		careless_free(victim->block);
	} else {
		free(victim->block);
		victim->block = NULL;
	}
	return victim_done();
}

bool plain_free_again(struct victim *victim)
{
	unsigned char *one;

	careless_free(victim->block);
	one = careless_alloc();
	/* That is the harm: two owners of one block. */
	if (one == NULL || one != careless_alloc())
		return victim_unable("the list", "", "it noticed");
	return victim_done();
}

bool plain_reuse(struct victim *victim)
{
	if (careless_alloc() != victim->block)
		return victim_unable("the list", "", "gave another block");
	return victim_done();
}

bool plain_resize(struct victim *victim)
{
	size_t len = 2 * (victim->len + 2 * MARGIN);
	uint64_t before = victim_fingerprint(victim->secret, victim->len);
	uintptr_t old = (uintptr_t)victim->block;
	unsigned char *moved = realloc(victim->block, len);

	if (moved == NULL)
		return victim_unable("realloc", "", peek_error());
	victim->block = moved;
	if ((uintptr_t)moved == old)
		return victim_unable("realloc", "", "it moved nothing");
	if (victim_fingerprint(moved + MARGIN, victim->len) != before)
		return victim_unable("realloc", "", "it lost bytes");
	memward_wipe(moved, len);
	return victim_done();
}

bool plain_fill(struct victim *victim)
{
	size_t page = memward_sys_page_size();
	size_t len = 2 * page;
	struct fill_account account = {0};

	if (!leak_take_away(victim))
		return false;
	for (size_t i = 0; i < FILLED; i++) {
		filled[i] = malloc(len);
		if (filled[i] == NULL)
			return victim_unable("malloc", "", peek_error());
		protect_carelessly(victim, filled[i], len);
		/* It need not begin a page; its middle is in none of others */
		account.address = (uintptr_t)(filled[i] + page);
	}
	return victim_say(SAYS_ACCOUNT, &account, sizeof(account)) &&
	       victim_done();
}

bool plain_interrupt(struct victim *victim)
{
	void *mem = malloc(victim->len);
	bool done;

	if (mem == NULL)
		return victim_unable("malloc", "", peek_error());
	done = leak_interrupt(victim, mem);
	free(mem);
	return done;
}

void plain_give(struct victim *victim)
{
	for (size_t i = 0; i < FILLED; i++)
		free(filled[i]);
	free(victim->fence);
	if (victim->hold.store == STORE_MALLOC)
		free(victim->block);
}

/* NOLINTEND(clang-analyzer-unix.Malloc) */
