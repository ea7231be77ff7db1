/* SPDX-License-Identifier: MIT */
/* Offences against memory, as bugs commit them. */
#include "cli.h"
#include "peek_elsewhere.h"
#include "victim.h"

#include <string.h>

/* Sanitizers would stop what the victim shall get away with, or not. */
#if defined(__GNUC__)
#define UNCHECKED __attribute__((no_sanitize_address))
#else
#define UNCHECKED
#endif

/* Changes a byte. */
UNCHECKED static void offend(unsigned char *at)
{
	volatile unsigned char *byte = at;

	*byte = (unsigned char)(*byte ^ 0xff);
}

/* Touches a byte and leaves it as it was. */
UNCHECKED static void touch(unsigned char *at)
{
	volatile unsigned char *byte = at;

	*byte = *byte;
}

bool offend_overrun(struct victim *victim)
{
	touch(victim->secret + victim->len - 1);
	if (!victim_say(SAYS_EDGE, "", 0))
		return false;
	offend(victim->secret + victim->len);
	return victim_done();
}

bool offend_underrun(struct victim *victim)
{
	touch(victim->secret);
	if (!victim_say(SAYS_EDGE, "", 0))
		return false;
	offend(victim->secret - 1);
	return victim_done();
}

/* Reads each byte from one to the other, then shows what it came for. */
UNCHECKED static bool walk(
    struct victim *victim, const unsigned char *from, const unsigned char *to)
{
	const volatile unsigned char *at = from;

	while (at != to) {
		(void)*at;
		at += from < to ? 1 : -1;
	}
	return victim_say(SAYS_BYTES, victim->secret, victim->len) &&
	       victim_done();
}

bool offend_walk_up(struct victim *victim)
{
	return walk(victim, victim->below, victim->secret + victim->len - 1);
}

bool offend_walk_down(struct victim *victim)
{
	return walk(victim, victim->above, victim->secret);
}

/* Byte by byte, because sanitizers look at memcpy's arguments as well. */
UNCHECKED static void copy(
    unsigned char *to, const volatile unsigned char *from, size_t len)
{
	for (size_t i = 0; i < len; i++)
		to[i] = from[i];
}

bool offend_read_late(struct victim *victim)
{
	static unsigned char bytes[SECRET_MAX];
	bool said;

	copy(bytes, victim->secret, victim->len);
	said = victim_say(SAYS_BYTES, bytes, victim->len);
	memward_wipe(bytes, victim->len);
	return said && victim_done();
}

bool offend_write_late(struct victim *victim)
{
	offend(victim->secret);
	return victim_done();
}

bool offend_pass(struct victim *victim)
{
	struct message_head head = {.len = victim->len, .tag = SAYS_BYTES};
	static const unsigned char zeros[SECRET_MAX];
	char why[100];

	if (!peek_write_all(&head, sizeof(head)))
		return false;
	if (peek_write_all(victim->secret, victim->len))
		return victim_done();
	(void)text_format(why, sizeof(why), "%s", peek_error());
	/* The length was promised; the pages begin with what is refused. */
	return peek_write_all(zeros, victim->len) &&
	       victim_say(SAYS_REFUSED, why, strlen(why)) && victim_done();
}

static bool done_elsewhere(bool done)
{
	return done ? victim_done()
		    : victim_unable("reading elsewhere", "", peek_error());
}

bool offend_second_thread(struct victim *victim)
{
	(void)victim;
	return done_elsewhere(peek_second_thread());
}

bool offend_in_second_thread(struct victim *victim)
{
	return done_elsewhere(peek_in_second_thread(victim_look, victim));
}

bool offend_in_new_thread(struct victim *victim)
{
	return done_elsewhere(peek_in_new_thread(victim_look, victim));
}

bool offend_in_handler(struct victim *victim)
{
	return done_elsewhere(peek_in_handler(victim_look, victim));
}
