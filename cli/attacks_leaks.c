/* SPDX-License-Identifier: MIT */
/* Attacks that memward does not stop, and what it does about merging. */
#include "peek_leak.h"
#include "session.h"

/* The victim was made to write to its output what should be the secret. */
static void take_written(struct session *session, size_t len)
{
	struct attempt *attempt = session->attempt;

	if (!peek_child_read(&session->child, attempt->buffer, len))
		glimpse_set(&attempt->glimpse, SIGHT_UNABLE,
		    "what it was made to write did not come");
	else if (session_sees(session, len))
		glimpse_set(&attempt->glimpse, SIGHT_SEEN,
		    "the process itself writes it out");
	else
		glimpse_set(
		    &attempt->glimpse, SIGHT_NONE, "other bytes in its place");
}

void attack_inject(struct attempt *attempt)
{
	struct session session;
	struct peek_target target;
	struct peek_end end;
	size_t written;

	if (!session_open(&session, attempt, NULL))
		return;
	target = (struct peek_target){
	    .id = session.child.id,
	    .address = session.address,
	    .needle = attempt->needle,
	    .buffer = attempt->buffer,
	};
	peek_inject(&target, attempt->row->as, attempt->hold.closed, &written,
	    &attempt->glimpse);
	if (written > 0)
		take_written(&session, written);
	session_close(&session, &end);
}

/* Whether the kernel may merge its page with one of the same content. */
void attack_merge(struct attempt *attempt)
{
	struct session session;
	struct peek_end end;
	bool mergeable;

	if (!session_open(&session, attempt, NULL))
		return;
	if (peek_is_marked(session.child.id, session.address, PAGE_MERGEABLE,
		&mergeable, &attempt->glimpse))
		glimpse_set(&attempt->glimpse,
		    mergeable ? SIGHT_SEEN : SIGHT_NONE,
		    mergeable ? "the kernel may merge its page"
			      : "the kernel leaves its page alone");
	session_close(&session, &end);
}
