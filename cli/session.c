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

/*
 * What memward says before it ends a process, to standard error, which such a
 * victim has joined to its answers. No answer is as long as these letters
 * taken for a length.
 */
static const char own_name[] = "memward: ";

static bool are_words(const struct message_head *head)
{
	return memcmp(head, own_name, sizeof(head->len)) == 0;
}

/* The rest of the line, without the name. */
static char take_words(
    struct session *session, const struct message_head *head, size_t *len)
{
	size_t skipped = sizeof(own_name) - 1;
	char *text = (char *)session->attempt->buffer;

	*len = sizeof(*head) - skipped;
	memcpy(text, (const char *)head + skipped, *len);
	while (*len < 200 && peek_child_read(&session->child, text + *len, 1) &&
	       text[*len] != '\n')
		++*len;
	text[*len] = '\0';
	return SAYS_WORDS;
}

char session_answer(struct session *session, size_t *len)
{
	struct message_head head;
	unsigned char *buffer = session->attempt->buffer;

	*len = 0;
	if (!peek_child_read(&session->child, &head, sizeof(head)))
		return 0;
	if (are_words(&head))
		return take_words(session, &head, len);
	if (head.len >= PEEK_BUFFER ||
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
	attempt->hold.drop_user = attempt->row->as == AS_SAME_USER;
	hold_to_letters(&attempt->hold, letters);
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

/* Says what bytes that are not the secret are. */
static void describe_bytes(
    struct glimpse *glimpse, const unsigned char *bytes, size_t len)
{
	size_t zeros = 0;

	while (zeros < len && bytes[zeros] == 0)
		zeros++;
	glimpse_set(glimpse, SIGHT_NONE,
	    zeros == len ? "found zeros in its place"
			 : "found other bytes in its place");
}

void session_sees_bytes(struct session *session, const char *who, size_t len)
{
	struct attempt *attempt = session->attempt;

	if (session_sees(session, len)) {
		glimpse_set(&attempt->glimpse, SIGHT_SEEN, "%s reads it", who);
		return;
	}
	/* What was seen earlier stays seen. */
	if (attempt->glimpse.sight != SIGHT_SEEN)
		describe_bytes(&attempt->glimpse, attempt->buffer, len);
}
