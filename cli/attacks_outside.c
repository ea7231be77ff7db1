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

/* Whether the victim took all steps of the row, if there are any. */
static bool take_steps(struct session *session)
{
	const char *steps = session->attempt->row->steps;
	size_t len;
	char answer;

	for (; steps != NULL && *steps != '\0'; steps++) {
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
		bool prepared = take_steps(&session);
		bool asked = prepared && session_do(&session, DO_CRASH);
		struct glimpse core;

		target = target_of(&session, session.child.id);
		session_close(&session, &end);
		peek_core_search(folder, &target, &core);
		if (prepared)
			attempt->glimpse = core;
		if (prepared && (!asked || end.kind != ENDED_FAULT))
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

/* What the handler gets is not to be seen; that there is something is. */
void attack_core_handler(struct attempt *attempt)
{
	struct session session;
	struct peek_end end;
	bool asked;

	if (!peek_core_handler(&attempt->glimpse))
		return;
	attempt->hold.cores = true;
	if (!session_open(&session, attempt, NULL))
		return;
	asked = session_do(&session, DO_CRASH);
	session_close(&session, &end);
	if (!asked || end.kind != ENDED_FAULT)
		glimpse_set(&attempt->glimpse, SIGHT_UNABLE,
		    "the victim did not crash: %s", end.text);
	else if (end.dumped)
		glimpse_set(&attempt->glimpse, SIGHT_SEEN,
		    "the system made a core of it");
	else
		glimpse_set(&attempt->glimpse, SIGHT_NONE,
		    "the system made no core of it");
}

/* The feature that is taken away, in words and in the kernel's account. */
static const char *denied_name(const struct hold *hold)
{
	return hold->deny_no_dump ? "left out of dumps" : "locked";
}

static bool has_feature(struct session *session, uint64_t address, bool *marked)
{
	const struct attempt *attempt = session->attempt;

	return peek_is_marked(session->child.id, address,
	    attempt->hold.deny_no_dump ? PAGE_NOT_DUMPED : PAGE_LOCKED, marked,
	    &session->attempt->glimpse);
}

/* What the kernel and memward say of the last secret that was handed out. */
static void judge_account(
    struct session *session, const struct fill_account *account)
{
	const struct hold *hold = &session->attempt->hold;
	struct glimpse *glimpse = &session->attempt->glimpse;
	bool required = hold->deny_no_dump ? hold->cores : hold->locked;
	bool has;

	if (!has_feature(session, account->address, &has))
		return;
	if (has && account->code == 0)
		glimpse_set(glimpse, SIGHT_UNABLE, "%s",
		    hold->deny_locks || hold->deny_no_dump
			? "the filter refuses nothing here"
			: "this user may lock memory without a limit");
	else if (has)
		glimpse_set(glimpse, SIGHT_NONE, "refused: %s",
		    memward_error_name((int)account->code));
	else if (account->told > 0 && !required)
		glimpse_set(glimpse, SIGHT_NONE,
		    "given, and reported as not %s: %u bytes",
		    denied_name(hold), (unsigned)account->told);
	else
		glimpse_set(glimpse, SIGHT_SEEN,
		    "given as if it were %s; the kernel says it is not",
		    denied_name(hold));
}

static void ask_for_too_much(struct session *session)
{
	struct glimpse *glimpse = &session->attempt->glimpse;
	struct fill_account account;
	size_t len;
	char answer;
	bool has;

	if (!has_feature(session, session->address, &has))
		return;
	if (!has) {
		glimpse_set(glimpse, SIGHT_UNABLE, "%s",
		    session->attempt->hold.deny_no_dump
			? "no memory is left out of dumps here"
			: "this user may lock nothing at all; see memward "
			  "doctor");
		return;
	}
	answer =
	    session_do(session, DO_FILL) ? session_answer(session, &len) : '\0';
	if (answer == SAYS_ACCOUNT && len == sizeof(account)) {
		memcpy(&account, session->attempt->buffer, sizeof(account));
		judge_account(session, &account);
	} else {
		glimpse_set(glimpse, SIGHT_UNABLE, "%s",
		    answer == SAYS_UNABLE
			? (const char *)session->attempt->buffer
			: "the victim ended before it had told what it has");
	}
}

void attack_locks(struct attempt *attempt)
{
	struct session session;
	struct peek_end end;

	if (!session_open(&session, attempt, NULL))
		return;
	ask_for_too_much(&session);
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
