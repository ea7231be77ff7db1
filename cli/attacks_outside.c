/* SPDX-License-Identifier: MIT */
/* Attacks from outside the process, and on what it leaves behind. */
#include "session.h"

#include <stdint.h>

static struct peek_target target_of(const struct session *session, uint64_t id)
{
	return (struct peek_target){
	    .id = id,
	    .address = session->address,
	    .needle = session->attempt->needle,
	    .buffer = session->attempt->buffer,
	};
}

void attack_outside(struct attempt *attempt)
{
	struct session session;
	struct peek_target target;
	struct peek_end end;

	if (!session_open(&session, attempt, NULL))
		return;
	target = target_of(&session, session.child.id);
	peek_process(
	    &target, attempt->row->method, attempt->row->as, &attempt->glimpse);
	session_close(&session, &end);
}

/* From outside, because a look from inside would itself leave copies. */
void attack_residue(struct attempt *attempt)
{
	struct session session;
	struct peek_target target;
	struct peek_end end;
	size_t len;

	if (!session_open(&session, attempt, NULL))
		return;
	if (session_do(&session, DO_FREE) &&
	    session_answer(&session, &len) == SAYS_DONE) {
		target = target_of(&session, session.child.id);
		peek_process(&target, attempt->row->method, attempt->row->as,
		    &attempt->glimpse);
	} else {
		glimpse_set(&attempt->glimpse, SIGHT_UNABLE,
		    "the victim could not free its memory");
	}
	session_close(&session, &end);
}

void attack_core(struct attempt *attempt)
{
	struct session session;
	struct peek_target target;
	struct peek_end end;
	char folder[512];

	if (!peek_core_folder(folder, sizeof(folder), &attempt->glimpse))
		return;
	attempt->hold.cores = true;
	if (session_open(&session, attempt, folder)) {
		bool asked = session_do(&session, DO_CRASH);

		target = target_of(&session, session.child.id);
		session_close(&session, &end);
		peek_core_search(folder, &target, &attempt->glimpse);
		if (!asked || end.kind != ENDED_FAULT)
			glimpse_set(&attempt->glimpse, SIGHT_UNABLE,
			    "the victim did not crash: %s", end.text);
	} else {
		struct glimpse unused;

		/* Only takes the empty folder away. */
		target = (struct peek_target){
		    .needle = attempt->needle, .buffer = attempt->buffer};
		peek_core_search(folder, &target, &unused);
	}
}

void attack_swap(struct attempt *attempt)
{
	struct session session;
	struct peek_end end;
	size_t len;
	char answer;

	peek_swap_exists(&attempt->glimpse);
	if (attempt->glimpse.sight == SIGHT_UNABLE ||
	    !session_open(&session, attempt, NULL))
		return;
	answer = session_do(&session, DO_PAGE_OUT)
		     ? session_answer(&session, &len)
		     : '\0';
	if (answer == SAYS_DONE)
		peek_swapped(session.child.id, session.address,
		    attempt->needle->len, &attempt->glimpse);
	else
		glimpse_set(&attempt->glimpse, SIGHT_UNABLE,
		    "the victim could not ask for its pages to be moved");
	session_close(&session, &end);
}
