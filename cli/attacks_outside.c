/* SPDX-License-Identifier: MIT */
/* Attacks from outside the process, and on what it leaves behind. */
#include "session.h"

#include <stdint.h>
#include <string.h>

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

/* Whether the victim took all steps of the row. */
static bool take_steps(struct session *session)
{
	const char *steps = session->attempt->row->steps;
	size_t len;
	char answer;

	for (; *steps != '\0'; steps++) {
		if (!session_do(session, (enum victim_command) * steps))
			return false;
		answer = session_answer(session, &len);
		if (answer == SAYS_DONE)
			continue;
		glimpse_set(&session->attempt->glimpse, SIGHT_UNABLE, "%s",
		    answer == SAYS_UNABLE
			? (const char *)session->attempt->buffer
			: "the victim ended before it was searched");
		return false;
	}
	return true;
}

/* From outside, because a look from inside would itself leave copies. */
void attack_residue(struct attempt *attempt)
{
	struct session session;
	struct peek_target target;
	struct peek_end end;

	if (!session_open(&session, attempt, NULL))
		return;
	if (take_steps(&session)) {
		target = target_of(&session, session.child.id);
		peek_process(&target, attempt->row->method, attempt->row->as,
		    &attempt->glimpse);
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

/* What the kernel and memward say of the last secret that was handed out. */
static void judge_locks(
    struct session *session, const struct lock_account *account)
{
	struct glimpse *glimpse = &session->attempt->glimpse;
	bool locked;

	if (!peek_is_locked(
		session->child.id, account->address, &locked, glimpse))
		return;
	if (locked && account->code == 0)
		glimpse_set(glimpse, SIGHT_UNABLE,
		    "this user may lock memory without a limit");
	else if (locked)
		glimpse_set(glimpse, SIGHT_NONE, "refused: %s",
		    memward_error_name((int)account->code));
	else if (account->told > 0 && !session->attempt->hold.locked)
		glimpse_set(glimpse, SIGHT_NONE,
		    "given, and reported as not locked: %u bytes",
		    (unsigned)account->told);
	else
		glimpse_set(glimpse, SIGHT_SEEN,
		    "given as if it were locked; the kernel says it is not");
}

static void ask_for_too_many_locks(struct session *session)
{
	struct glimpse *glimpse = &session->attempt->glimpse;
	struct lock_account account;
	size_t len;
	char answer;
	bool locked;

	if (!peek_is_locked(
		session->child.id, session->address, &locked, glimpse))
		return;
	if (!locked) {
		glimpse_set(glimpse, SIGHT_UNABLE,
		    "this user may lock nothing at all; see memward doctor");
		return;
	}
	answer =
	    session_do(session, DO_FILL) ? session_answer(session, &len) : '\0';
	if (answer == SAYS_LOCKS && len == sizeof(account)) {
		memcpy(&account, session->attempt->buffer, sizeof(account));
		judge_locks(session, &account);
	} else {
		glimpse_set(glimpse, SIGHT_UNABLE, "%s",
		    answer == SAYS_UNABLE
			? (const char *)session->attempt->buffer
			: "the victim ended before it had told its locks");
	}
}

void attack_locks(struct attempt *attempt)
{
	struct session session;
	struct peek_end end;

	if (!session_open(&session, attempt, NULL))
		return;
	ask_for_too_many_locks(&session);
	session_close(&session, &end);
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
