/* SPDX-License-Identifier: MIT */
/*
 * Ways in which a program itself lets a secret out of its place, by a call
 * that leaves something behind or by handing its pages to the kernel.
 */
#include "cli.h"
#include "peek_leak.h"
#include "victim.h"

#include <string.h>

/* Deep enough that what the victim calls later does not overwrite it. */
#define DEPTH ((size_t)32 * 1024)

#if defined(__GNUC__)
#define NOT_INLINED __attribute__((noinline))
#else
#define NOT_INLINED
#endif

/* As a cipher's key schedule: a copy in a local variable, and its use. */
NOT_INLINED static unsigned use_copy(
    const unsigned char *secret, size_t len, bool wiped)
{
	unsigned char local[PEEK_HANDED_MAX];
	volatile unsigned char *used = local;
	unsigned sum = 0;

	len = len < sizeof(local) ? len : sizeof(local);
	/*
	 * By the byte: memcpy leaves it in wide registers, which the dynamic
	 * linker may save on the stack when the next call is bound.
	 */
	for (size_t i = 0; i < len; i++) {
		used[i] = secret[i];
		sum += used[i];
	}
	if (wiped)
		memward_wipe(local, len);
	return sum;
}

/* The copy lies below this much of the stack, which is left alone. */
NOT_INLINED static unsigned descend(const struct victim *victim, bool wiped)
{
	volatile unsigned char depth[DEPTH];

	depth[0] = 0;
	return use_copy(victim->secret, victim->len, wiped) + depth[0];
}

bool leak_call(struct victim *victim)
{
	(void)descend(victim, false);
	return victim_done();
}

bool leak_call_wiped(struct victim *victim)
{
	(void)descend(victim, true);
	return victim_done();
}

struct copying {
	void *to;
	const void *from;
	size_t len;
};

/* Through the widest registers that the C library knows. */
static void copy(void *argument)
{
	const struct copying *copying = argument;

	memcpy(copying->to, copying->from, copying->len);
}

bool leak_interrupt(struct victim *victim, void *mem)
{
	struct copying copying = {mem, victim->secret, victim->len};

	if (!peek_interrupt_after(copy, &copying))
		return victim_unable("a signal", "", peek_error());
	memward_wipe(mem, victim->len);
	return victim_done();
}

static bool hand_out(struct victim *victim, enum peek_way way)
{
	static unsigned char bytes[2 * PEEK_HANDED_MAX];
	struct glimpse glimpse;
	size_t got;
	bool said;

	peek_hand_out(way, victim->secret, victim->len, bytes, &got, &glimpse);
	if (glimpse.sight == SIGHT_UNABLE)
		return victim_unable("handing it out", "", glimpse.detail);
	if (glimpse.sight == SIGHT_NONE) {
		/* The kernel's own words. */
		const char *why = strchr(glimpse.detail, ' ') + 1;

		return victim_say(SAYS_REFUSED, why, strlen(why)) &&
		       victim_done();
	}
	said = victim_say(SAYS_BYTES, bytes, got);
	memward_wipe(bytes, sizeof(bytes));
	return said && victim_done();
}

bool leak_direct(struct victim *victim)
{
	return hand_out(victim, BY_DIRECT_IO);
}

bool leak_splice(struct victim *victim)
{
	return hand_out(victim, BY_SPLICE);
}

bool leak_ring(struct victim *victim)
{
	return hand_out(victim, BY_RING);
}

bool leak_undo_no_dump(struct victim *victim)
{
	if (!peek_undo_no_dump(victim->secret, victim->len))
		return victim_unable("MADV_DODUMP", "", peek_error());
	return victim_done();
}

bool leak_take_away(const struct victim *victim)
{
	const struct hold *hold = &victim->hold;
	bool taken;

	if (hold->deny_locks || hold->deny_no_dump)
		taken = peek_deny(hold->deny_locks ? DENY_LOCKS : DENY_NO_DUMP);
	else
		taken = peek_limit_locks(memward_sys_page_size());
	return taken || victim_unable("taking it away", "", peek_error());
}
