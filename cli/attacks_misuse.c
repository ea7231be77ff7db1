/* SPDX-License-Identifier: MIT */
/* Bugs of the victim's own: steps it takes until something stops it. */
#include "session.h"

#include <string.h>

struct course {
	struct session session;
	enum victim_command step; /* the one it is at */
	bool told;                /* the glimpse says what it saw */
	bool edge;                /* it came as far as the edge */
	bool failed;
	char words[200]; /* memward's last */
};

/* A fault in a call would be memward's own, and nothing to be proud of. */
static bool is_offence(enum victim_command step)
{
	switch (step) {
	case DO_OVERRUN:
	case DO_UNDERRUN:
	case DO_WALK_UP:
	case DO_WALK_DOWN:
	case DO_READ_LATE:
	case DO_WRITE_LATE:
	case DO_PASS:
	case DO_WRITE:
	case DO_READ_IN_SECOND_THREAD:
	case DO_READ_IN_NEW_THREAD:
	case DO_READ_IN_HANDLER:
		return true;
	default:
		return false;
	}
}

/* Takes in one answer; true: the step may have more. */
static bool take_answer(struct course *course, bool *done)
{
	struct attempt *attempt = course->session.attempt;
	const char *text = (const char *)attempt->buffer;
	size_t len;

	switch (session_answer(&course->session, &len)) {
	case SAYS_EDGE:
		course->edge = true;
		return true;
	case SAYS_BYTES:
		session_sees_bytes(&course->session, "the process", len);
		course->told = true;
		return true;
	case SAYS_REFUSED:
		glimpse_set(&attempt->glimpse, SIGHT_NONE, "refused: %s", text);
		course->told = true;
		return true;
	case SAYS_DONE:
		*done = true;
		return false;
	case SAYS_WORDS:
		memcpy(course->words, text, sizeof(course->words) - 1);
		return false;
	case SAYS_UNABLE:
		glimpse_set(&attempt->glimpse, SIGHT_UNABLE, "%s", text);
		course->failed = true;
		return false;
	default:
		return false;
	}
}

/* False: it was stopped, or something failed. */
static bool take_steps(struct course *course)
{
	const char *steps = course->session.attempt->row->steps;

	for (; *steps != '\0'; steps++) {
		bool done = false;

		course->step = (enum victim_command) * steps;
		if (!session_do(&course->session, course->step)) {
			course->failed = true;
			return false;
		}
		while (take_answer(course, &done))
			;
		if (!done)
			return false;
	}
	return true;
}

/* Whether these are the words that the row expects. */
static bool are_expected(const struct course *course)
{
	const struct row *row = course->session.attempt->row;

	return !is_offence(course->step) &&
	       ((row->words != NULL &&
		    strcmp(course->words, row->words) == 0) ||
		   (row->or_words != NULL &&
		       strcmp(course->words, row->or_words) == 0));
}

/* It was stopped: by what should stop it? */
static void judge(struct course *course, const struct peek_end *end)
{
	struct attempt *attempt = course->session.attempt;
	struct glimpse *glimpse = &attempt->glimpse;

	if (end->kind == ENDED_ABORT && are_expected(course))
		glimpse_set(glimpse, SIGHT_NONE, "stopped: %s", course->words);
	else if (course->words[0] != '\0')
		glimpse_set(glimpse, SIGHT_UNABLE,
		    "stopped with other words: %s (%s)", course->words,
		    end->text);
	else if (end->kind != ENDED_FAULT || !is_offence(course->step))
		glimpse_set(glimpse, SIGHT_UNABLE,
		    "the victim ended otherwise: %s", end->text);
	else if (course->edge)
		glimpse_set(glimpse, SIGHT_NONE, "fine up to the edge, then %s",
		    end->text);
	else
		glimpse_set(
		    glimpse, SIGHT_NONE, "the process dies of %s", end->text);
}

void attack_misuse(struct attempt *attempt)
{
	struct course course = {0};
	struct peek_end end;
	bool all;

	if (!session_open(&course.session, attempt, NULL))
		return;
	all = take_steps(&course);
	session_close(&course.session, &end);
	if (all && !course.told)
		glimpse_set(&attempt->glimpse, SIGHT_SEEN, "nothing stops it");
	else if (!all && !course.failed && attempt->glimpse.sight != SIGHT_SEEN)
		judge(&course, &end);
}
