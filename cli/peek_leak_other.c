/* SPDX-License-Identifier: MIT */
/* What systems answer for which peek_leak.h has not been written. */
#include "peek_leak.h"

#define UNWRITTEN "this attack has not been written for this system"

void peek_hand_out(enum peek_way way, const void *mem, size_t len,
    unsigned char *copy, size_t *got, struct glimpse *glimpse)
{
	(void)way;
	(void)mem;
	(void)len;
	(void)copy;
	*got = 0;
	glimpse_set(glimpse, SIGHT_UNABLE, UNWRITTEN);
}

void peek_inject(const struct peek_target *target, enum peek_as as, bool closed,
    size_t *got, struct glimpse *glimpse)
{
	(void)target;
	(void)as;
	(void)closed;
	*got = 0;
	glimpse_set(glimpse, SIGHT_UNABLE, UNWRITTEN);
}

bool peek_undo_no_dump(void *mem, size_t len)
{
	(void)mem;
	(void)len;
	return peek_unwritten();
}

void peek_undump_carelessly(void *mem, size_t len)
{
	(void)mem;
	(void)len;
}

bool peek_deny(enum peek_denied what)
{
	(void)what;
	return peek_unwritten();
}

bool peek_merge_all(void)
{
	return peek_unwritten();
}

bool peek_leave_in_shared(const void *mem, size_t len)
{
	(void)mem;
	(void)len;
	return peek_unwritten();
}
