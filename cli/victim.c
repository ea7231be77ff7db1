/* SPDX-License-Identifier: MIT */
/*
 * The victim: holds the secret as it was told to and does what attacks need
 * done from inside. The secret goes from the pipe straight to its place, and
 * from there straight to the pipe: no copy of it is ever anywhere else.
 */
#include "victim.h"
#include "cli.h"
#include "peek_leak.h"

#include <string.h>

bool victim_say(char tag, const void *bytes, size_t len)
{
	struct message_head head = {.len = len, .tag = tag};

	return peek_write_all(&head, sizeof(head)) &&
	       peek_write_all(bytes, len);
}

bool victim_done(void)
{
	return victim_say(SAYS_DONE, "", 0);
}

bool victim_unable(const char *what, const char *name, const char *why)
{
	char text[400];

	(void)text_format(text, sizeof(text), "%s: %s%s%s", what, name,
	    name[0] != '\0' ? ", " : "", why);
	(void)victim_say(SAYS_UNABLE, text, strlen(text));
	return false;
}

bool victim_check(const char *what, int code)
{
	return code == 0 || victim_unable(what, memward_error_name(code),
				memward_error_text(code));
}

/* FNV-1a; it tells nothing of a secret but whether it is the same. */
uint64_t victim_fingerprint(const unsigned char *bytes, size_t len)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static bool is_warded(const struct victim *victim)
{
	return victim->hold.store == STORE_PACKED ||
	       victim->hold.store == STORE_GUARDED ||
	       victim->hold.store == STORE_SEALED;
}

/* Systems have one or the other against readers. */
static bool harden(const struct hold *hold)
{
	memward_hardening got = MEMWARD_HARDENING_INIT;
	uint32_t wanted = hold->undumpable ? MEMWARD_HARDEN_NOT_DUMPABLE
					   : MEMWARD_HARDEN_NO_TRACE;
	int code;

	if (hold->unmerged &&
	    !victim_check("memward_harden",
		memward_harden(MEMWARD_HARDEN_NO_MERGE, NULL)))
		return false;
	if (!hold->undumpable && !hold->untraced)
		return true;
	code = memward_harden(
	    MEMWARD_HARDEN_NOT_DUMPABLE | MEMWARD_HARDEN_NO_TRACE, &got);
	return (got.obtained & wanted) == wanted ||
	       victim_check("memward_harden", code);
}

/* What has to be done once the secret is in its place. */
static bool settle(struct victim *victim)
{
	const struct hold *hold = &victim->hold;

	if (hold->piped && !peek_leave_in_pipe(victim->secret, victim->len))
		return victim_unable("a pipe", "", peek_error());
	if (hold->shared && !peek_leave_in_shared(victim->secret, victim->len))
		return victim_unable("shared memory", "", peek_error());
	if (hold->no_cores && !victim_check("memward_sys_disable_core_dumps",
				  memward_sys_disable_core_dumps()))
		return false;
	if (!harden(hold))
		return false;
	if (hold->wiping && !victim_check("memward_wipe_on_signals",
				memward_wipe_on_signals(NULL, 0)))
		return false;
	if (hold->store == STORE_SEALED)
		return seal_settle(victim);
	if (is_warded(victim))
		return ward_settle(victim);
	return hold->access == 0 || victim_check("memward_sys_protect",
					memward_sys_protect(victim->block,
					    victim->len, hold->access));
}

/* Straight from the pipe to its place. */
static bool take_secret(struct victim *victim)
{
	if (!is_warded(victim))
		return plain_take(victim) &&
		       peek_read_all(victim->secret, victim->len);
	return ward_take(victim) && ward_begin(victim) &&
	       peek_read_all(victim->secret, victim->len) && ward_end(victim);
}

static bool take(struct victim *victim)
{
	uint64_t len;
	uint64_t address;

	if (!peek_read_all(&len, sizeof(len)) || len > SECRET_MAX)
		return false;
	victim->len = (size_t)len;
	if (!take_secret(victim) || !settle(victim))
		return false;
	address = (uint64_t)(uintptr_t)victim->secret;
	return victim_say(SAYS_READY, &address, sizeof(address));
}

static bool do_crash(struct victim *victim)
{
	(void)victim;
	peek_crash();
	return false;
}

/* Touches the bytes as a program would, so that what is closed faults. */
int victim_look(void *argument)
{
	const struct victim *victim = argument;
	const volatile unsigned char *first = victim->secret;

	(void)*first;
	return victim_say(SAYS_BYTES, victim->secret, victim->len) ? 0 : 1;
}

static bool do_read(struct victim *victim)
{
	return victim_look(victim) == 0 && victim_done();
}

static bool do_write(struct victim *victim)
{
	volatile unsigned char *first = victim->secret;

	*first = (unsigned char)(*first + 1);
	return victim_done();
}

static bool say_child(const struct glimpse *glimpse, const struct peek_end *end)
{
	if (glimpse->sight == SIGHT_UNABLE)
		return victim_say(
		    SAYS_UNABLE, glimpse->detail, strlen(glimpse->detail));
	return victim_say(end->kind == ENDED_FAULT ? SAYS_FAULT : SAYS_ENDED,
	    end->text, strlen(end->text));
}

static bool fork_and_look(struct victim *victim, int generations)
{
	struct glimpse glimpse;
	struct peek_end end;

	peek_in_fork(generations, victim_look, victim, &glimpse, &end);
	return say_child(&glimpse, &end);
}

static bool do_fork(struct victim *victim)
{
	return fork_and_look(victim, 1);
}

static bool do_grandchild(struct victim *victim)
{
	return fork_and_look(victim, 2);
}

static bool do_exec(struct victim *victim)
{
	struct glimpse glimpse;
	struct peek_end end;

	(void)victim;
	peek_exec_heir(&glimpse, &end);
	return say_child(&glimpse, &end);
}

static bool do_page_out(struct victim *victim)
{
	struct glimpse glimpse;

	peek_page_out(victim->secret, victim->len, &glimpse);
	return victim_say(
	    glimpse.sight == SIGHT_UNABLE ? SAYS_UNABLE : SAYS_DONE,
	    glimpse.detail, strlen(glimpse.detail));
}

/* What memory without a ward answers to a call that only wards have. */
static bool do_nothing(struct victim *victim)
{
	(void)victim;
	return victim_done();
}

static const struct {
	enum victim_command command;
	victim_order *plain;
	victim_order *warded; /* NULL: the same */
} orders[] = {
    {DO_CRASH, do_crash, NULL},
    {DO_FORK, do_fork, NULL},
    {DO_GRANDCHILD, do_grandchild, NULL},
    {DO_EXEC, do_exec, NULL},
    {DO_READ, do_read, NULL},
    {DO_WRITE, do_write, NULL},
    {DO_PAGE_OUT, do_page_out, NULL},
    {DO_FREE, plain_free, ward_free},
    {DO_FREE_AGAIN, plain_free_again, ward_free},
    {DO_REUSE, plain_reuse, ward_reuse},
    {DO_RESIZE, plain_resize, ward_resize},
    {DO_CHECK, do_nothing, ward_check},
    {DO_CLOSE, plain_free, ward_close},
    {DO_WIPE_ALL, do_nothing, ward_wipe_all},
    {DO_OPEN_TO_READ, do_nothing, ward_open_to_read},
    {DO_USE, do_nothing, seal_use},
    {DO_FILL, plain_fill, ward_fill},
    {DO_OVERRUN, offend_overrun, NULL},
    {DO_UNDERRUN, offend_underrun, NULL},
    {DO_WALK_UP, offend_walk_up, NULL},
    {DO_WALK_DOWN, offend_walk_down, NULL},
    {DO_READ_LATE, offend_read_late, NULL},
    {DO_WRITE_LATE, offend_write_late, NULL},
    {DO_PASS, offend_pass, NULL},
    {DO_CALL, leak_call, NULL},
    {DO_EXPAND, stack_expand, NULL},
    {DO_INPUT_FILE, input_file, NULL},
    {DO_INPUT_PIPE, input_pipe, NULL},
    {DO_INPUT_VARIABLE, input_variable, NULL},
    {DO_INPUT_TERMINAL, input_terminal, NULL},
    /* What is wiped is memward's to show; the control is not. */
    {DO_CALL_WIPED, leak_call, leak_call_wiped},
    {DO_INTERRUPT, plain_interrupt, ward_interrupt},
    {DO_HAND_DIRECT, leak_direct, NULL},
    {DO_HAND_SPLICE, leak_splice, NULL},
    {DO_HAND_RING, leak_ring, NULL},
    {DO_UNDO_NO_DUMP, leak_undo_no_dump, NULL},
    {DO_SECOND_THREAD, offend_second_thread, NULL},
    {DO_READ_IN_SECOND_THREAD, offend_in_second_thread, NULL},
    {DO_READ_IN_NEW_THREAD, offend_in_new_thread, NULL},
    {DO_READ_IN_HANDLER, offend_in_handler, NULL},
};

static bool obey(struct victim *victim, char command)
{
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		if ((char)orders[i].command != command)
			continue;
		if (is_warded(victim) && orders[i].warded != NULL)
			return orders[i].warded(victim);
		return orders[i].plain(victim);
	}
	return false;
}

/* Most victims die of a fault; only those whose core is wanted may leave one */
static void limit_cores(const struct hold *hold)
{
	int code = 0;

	if (hold->cores)
		peek_allow_core_file();
	else
		code = memward_sys_disable_core_dumps();
	/* Where it is refused a core is left, as by any other program. */
	(void)code;
}

int victim_main(int argc, char **argv)
{
	struct victim victim = {0};
	char command;

	if (argc != 2 || !hold_from_letters(argv[1], &victim.hold))
		return CLI_UNABLE;
	peek_begin_victim();
	if (victim.hold.drop_user && !peek_drop_user()) {
		(void)victim_unable(
		    "becoming an ordinary user", "", peek_error());
		return CLI_UNABLE;
	}
	limit_cores(&victim.hold);
	if (victim.hold.merged && !peek_merge_all()) {
		(void)victim_unable(
		    "asking for all memory to be merged", "", peek_error());
		return CLI_UNABLE;
	}
	if (!take(&victim))
		return CLI_UNABLE;
	while (peek_read_all(&command, 1) && command != DO_QUIT) {
		if (!obey(&victim, command))
			return CLI_UNABLE;
	}
	plain_give(&victim);
	return CLI_HELD;
}

static void show(const void *bytes, size_t len)
{
	(void)victim_say(SAYS_BYTES, bytes, len);
}

/* What became of a victim's child after exec: shows what it inherited. */
int heir_main(int argc, char **argv)
{
	uint64_t id = peek_own_id();
	char command;

	(void)argv;
	if (argc != 2)
		return CLI_UNABLE;
	peek_inherited(show);
	if (!victim_say(SAYS_READY, &id, sizeof(id)))
		return CLI_UNABLE;
	/* It stays, so that it can be looked at. */
	(void)peek_read_all(&command, 1);
	return CLI_HELD;
}
