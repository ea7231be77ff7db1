/* SPDX-License-Identifier: MIT */
/*
 * The secret once more, read in from where programs have secrets from: by
 * memward's calls, or as it is usually done. It is freed at once, and so is
 * the first one: what is found then was left by the reading.
 */
#include "peek_input.h"
#include "victim.h"

static int by_memward(
    const struct victim *victim, struct peek_source *source, void **copy)
{
	switch (source->origin) {
	case FROM_FILE:
		return memward_read_file(victim->ward, source->name,
		    MEMWARD_FILE_PRIVATE, source->len, copy);
	case FROM_PIPE:
		return memward_read_fd(victim->ward, source->fd, MEMWARD_TO_END,
		    source->len, copy);
	case FROM_VARIABLE:
		return memward_take_environment(
		    victim->ward, source->name, copy);
	default:
		return memward_read_tty(
		    victim->ward, source->fd, PEEK_PROMPT, source->len, copy);
	}
}

static bool read_in(struct victim *victim, struct peek_source *source)
{
	const unsigned char *part = victim->secret + source->from;
	void *copy = NULL;

	if (victim->hold.own_input) {
		if (!victim_check(
			"reading in", by_memward(victim, source, &copy)))
			return false;
	} else {
		if (!victim_check("memward_new",
			memward_new(victim->ward, source->len, &copy)))
			return false;
		if (!peek_source_read(source, copy))
			return victim_unable("reading in", "", peek_error());
	}
	if (victim_fingerprint(copy, source->len) !=
	    victim_fingerprint(part, source->len))
		return victim_unable("reading in", "", "other bytes came");
	memward_free(copy);
	return true;
}

static bool read_from(struct victim *victim, enum peek_origin origin)
{
	struct peek_source source;
	bool done;

	if (!peek_source_open(&source, origin, victim->secret, victim->len))
		return victim_unable("a source", "", peek_error());
	done = read_in(victim, &source);
	peek_source_close(&source);
	return done && victim_done();
}

bool input_file(struct victim *victim)
{
	return read_from(victim, FROM_FILE);
}

bool input_pipe(struct victim *victim)
{
	return read_from(victim, FROM_PIPE);
}

bool input_variable(struct victim *victim)
{
	return read_from(victim, FROM_VARIABLE);
}

bool input_terminal(struct victim *victim)
{
	return read_from(victim, FROM_TERMINAL);
}
