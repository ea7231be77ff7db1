/* SPDX-License-Identifier: MIT */
/* Attacks by the victim itself and by what descends from it. */
#include "session.h"

#include <stdint.h>
#include <string.h>

/* Takes in answers until a command is done with; true: it is not. */
static bool take_answer(struct session *session, const char *who)
{
	struct glimpse *glimpse = &session->attempt->glimpse;
	const char *text = (const char *)session->attempt->buffer;
	size_t len;

	switch (session_answer(session, &len)) {
	case SAYS_BYTES:
		session_sees_bytes(session, who, len);
		return true;
	case SAYS_FAULT:
		glimpse_set(glimpse, SIGHT_NONE, "%s dies of %s", who, text);
		return false;
	case SAYS_UNABLE:
		glimpse_set(glimpse, SIGHT_UNABLE, "%s", text);
		return false;
	default:
		return false;
	}
}

static void descend(
    struct attempt *attempt, enum victim_command command, const char *who)
{
	struct session session;
	struct peek_end end;

	if (!session_open(&session, attempt, NULL))
		return;
	glimpse_set(
	    &attempt->glimpse, SIGHT_UNABLE, "%s was not heard of", who);
	if (session_do(&session, command)) {
		while (take_answer(&session, who))
			;
	}
	session_close(&session, &end);
}

void attack_fork(struct attempt *attempt)
{
	descend(attempt, DO_FORK, "the child");
}

void attack_grandchild(struct attempt *attempt)
{
	descend(attempt, DO_GRANDCHILD, "the grandchild");
}

/* The heir has shown what it inherited; now for its memory. */
static void look_into_heir(struct session *session)
{
	struct attempt *attempt = session->attempt;
	struct peek_target target = {
	    .needle = attempt->needle,
	    .buffer = attempt->buffer,
	};
	struct glimpse memory;

	memcpy(&target.id, attempt->buffer, sizeof(target.id));
	peek_process(&target, attempt->row->method, AS_SELF, &memory);
	if (attempt->glimpse.sight == SIGHT_SEEN)
		return;
	if (memory.sight == SIGHT_UNABLE)
		glimpse_set(&attempt->glimpse, SIGHT_NONE,
		    "nothing inherited; its memory cannot be seen here");
	else if (memory.sight == SIGHT_SEEN)
		glimpse_set(&attempt->glimpse, SIGHT_SEEN,
		    "in the memory of the new program");
	else
		glimpse_set(&attempt->glimpse, SIGHT_NONE,
		    "not inherited, not in its memory");
}

void attack_exec(struct attempt *attempt)
{
	struct session session;
	struct peek_end end;
	size_t len;
	char answer;

	if (!session_open(&session, attempt, NULL))
		return;
	glimpse_set(&attempt->glimpse, SIGHT_UNABLE,
	    "the new program was not heard of");
	if (session_do(&session, DO_EXEC)) {
		while ((answer = session_answer(&session, &len)) == SAYS_BYTES)
			session_sees_bytes(&session, "the new program", len);
		if (answer == SAYS_READY)
			look_into_heir(&session);
		if (answer == SAYS_UNABLE)
			glimpse_set(&attempt->glimpse, SIGHT_UNABLE, "%s",
			    (const char *)attempt->buffer);
		else
			(void)session_do(&session, DO_GO_ON);
	}
	session_close(&session, &end);
}

/* Whether the victim lived to say that it is done, and how else it ended. */
static void access_memory(struct attempt *attempt, enum victim_command command)
{
	struct session session;
	struct peek_end end;
	struct glimpse *glimpse = &attempt->glimpse;
	size_t len = 0;
	bool read = false;
	char answer;

	if (!session_open(&session, attempt, NULL))
		return;
	if (!session_do(&session, command)) {
		session_close(&session, &end);
		return;
	}
	while ((answer = session_answer(&session, &len)) == SAYS_BYTES)
		read = read || session_sees(&session, len);
	session_close(&session, &end);
	if (answer == SAYS_DONE && command == DO_WRITE)
		glimpse_set(glimpse, SIGHT_SEEN, "the write is accepted");
	else if (read)
		glimpse_set(glimpse, SIGHT_SEEN, "the read gives it");
	else if (answer == 0 && end.kind == ENDED_FAULT)
		glimpse_set(
		    glimpse, SIGHT_NONE, "the process dies of %s", end.text);
	else
		glimpse_set(glimpse, SIGHT_UNABLE,
		    "the victim ended otherwise: %s", end.text);
}

void attack_read(struct attempt *attempt)
{
	access_memory(attempt, DO_READ);
}

void attack_write(struct attempt *attempt)
{
	access_memory(attempt, DO_WRITE);
}
