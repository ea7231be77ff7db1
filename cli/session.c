/* SPDX-License-Identifier: MIT */
#include "session.h"
#include "cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void glimpse_set(
    struct glimpse *glimpse, enum sight sight, const char *format, ...)
{
	va_list args;

	glimpse->sight = sight;
	va_start(args, format);
	(void)vsnprintf(glimpse->detail, sizeof(glimpse->detail), format, args);
	va_end(args);
}

static bool victim_is_gone(struct session *session)
{
	glimpse_set(&session->attempt->glimpse, SIGHT_UNABLE,
	    "the victim ended before it was attacked");
	return false;
}

char session_answer(struct session *session, size_t *len)
{
	struct message_head head;
	unsigned char *buffer = session->attempt->buffer;

	*len = 0;
	if (!peek_child_read(&session->child, &head, sizeof(head)) ||
	    head.len >= PEEK_BUFFER ||
	    !peek_child_read(&session->child, buffer, (size_t)head.len))
		return 0;
	*len = (size_t)head.len;
	buffer[*len] = '\0';
	return head.tag;
}

static bool await_ready(struct session *session)
{
	size_t len;
	char tag = session_answer(session, &len);
	const unsigned char *buffer = session->attempt->buffer;

	if (tag == SAYS_READY && len == sizeof(session->address)) {
		memcpy(&session->address, buffer, len);
		return true;
	}
	if (tag != SAYS_UNABLE)
		return victim_is_gone(session);
	glimpse_set(&session->attempt->glimpse, SIGHT_UNABLE, "%s",
	    (const char *)buffer);
	return false;
}

static bool hand_over(struct session *session)
{
	const struct needle *needle = session->attempt->needle;
	uint64_t len = needle->len;

	/*
	 * An allocation that is refused ends the victim before it has read
	 * the secret; its own words are then the better ones.
	 */
	if (peek_child_write(&session->child, &len, sizeof(len)))
		(void)peek_child_write(
		    &session->child, needle->secret, needle->len);
	return await_ready(session);
}

bool session_open(
    struct session *session, struct attempt *attempt, const char *folder)
{
	char letters[HOLD_LETTERS_MAX];
	struct peek_end end;

	session->attempt = attempt;
	hold_to_letters(
	    &attempt->hold, attempt->row->as == AS_SAME_USER, letters);
	if (!peek_start(&session->child, CLI_VICTIM, letters, folder)) {
		glimpse_set(&attempt->glimpse, SIGHT_UNABLE,
		    "no victim could be started: %s", peek_error());
		return false;
	}
	if (hand_over(session))
		return true;
	session_close(session, &end);
	return false;
}

bool session_do(struct session *session, enum victim_command command)
{
	char byte = (char)command;

	return peek_child_write(&session->child, &byte, 1) ||
	       victim_is_gone(session);
}

void session_close(struct session *session, struct peek_end *end)
{
	peek_finish(&session->child, end);
}

bool session_sees(const struct session *session, size_t len)
{
	const struct attempt *attempt = session->attempt;

	return needle_found(attempt->needle, attempt->buffer, len);
}
