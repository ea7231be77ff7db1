/* SPDX-License-Identifier: MIT */
/*
 * The victim: holds the secret as it was told to and does what attacks need
 * done from inside. The secret goes from the pipe straight to its place, and
 * from there straight to the pipe: no copy of it is ever anywhere else.
 */
#include "cli.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

/* A victim offends on purpose: it looks at what it freed, and ends without
 * giving back what others shall find.
 * NOLINTBEGIN(clang-analyzer-unix.Malloc) */

struct victim {
	struct hold hold;
	unsigned char *block; /* what free takes; the secret is inside */
	void *fence;          /* on the heap behind the block */
	unsigned char *secret;
	size_t len;
};

static bool say(char tag, const void *bytes, size_t len)
{
	struct message_head head = {.len = len, .tag = tag};

	return peek_write_all(&head, sizeof(head)) &&
	       peek_write_all(bytes, len);
}

static bool say_unable(const char *what, const char *name, const char *why)
{
	char text[400];

	(void)text_format(text, sizeof(text), "%s: %s%s%s", what, name,
	    name[0] != '\0' ? ", " : "", why);
	(void)say(SAYS_UNABLE, text, strlen(text));
	return false;
}

static bool check(const char *what, int code)
{
	return code == 0 || say_unable(what, memward_error_name(code),
				memward_error_text(code));
}

/* malloc's own records lie around a block, and in it once it is freed. */
#define MARGIN 64

static bool take_plain(struct victim *victim)
{
	victim->block = malloc(victim->len + 2 * (size_t)MARGIN);
	if (victim->block == NULL)
		return say_unable("malloc", "", peek_error());
	victim->secret = victim->block + MARGIN;
	/* What lies on top of the heap may be given back when it is freed. */
	victim->fence = malloc(MARGIN);
	return victim->fence != NULL || say_unable("malloc", "", peek_error());
}

static bool take_warded(struct victim *victim)
{
	const struct hold *hold = &victim->hold;
	void *mem;

	if (!check("memward_sys_alloc", memward_sys_alloc(victim->len, &mem)))
		return false;
	victim->block = mem;
	victim->secret = mem;
	if (hold->fork != 0 &&
	    !check("memward_sys_set_fork_rule",
		memward_sys_set_fork_rule(mem, victim->len, hold->fork)))
		return false;
	return !hold->locked ||
	       check("memward_sys_lock", memward_sys_lock(mem, victim->len));
}

/* What has to be done once the secret is in its place. */
static bool settle(struct victim *victim)
{
	const struct hold *hold = &victim->hold;

	if (hold->piped && !peek_leave_in_pipe(victim->secret, victim->len))
		return say_unable("a pipe", "", peek_error());
	if (hold->no_cores && !check("memward_sys_disable_core_dumps",
				  memward_sys_disable_core_dumps()))
		return false;
	return hold->access == 0 ||
	       check("memward_sys_protect", memward_sys_protect(victim->block,
						victim->len, hold->access));
}

static bool take(struct victim *victim)
{
	uint64_t len;
	uint64_t address;

	if (!peek_read_all(&len, sizeof(len)) || len > SECRET_MAX)
		return false;
	victim->len = (size_t)len;
	if (!(victim->hold.warded ? take_warded(victim) : take_plain(victim)))
		return false;
	if (!peek_read_all(victim->secret, victim->len) || !settle(victim))
		return false;
	address = (uint64_t)(uintptr_t)victim->secret;
	return say(SAYS_READY, &address, sizeof(address));
}

/* Touches the bytes as a program would, so that what is closed faults. */
static int look(void *argument)
{
	const struct victim *victim = argument;
	const volatile unsigned char *first = victim->secret;

	(void)*first;
	return say(SAYS_BYTES, victim->secret, victim->len) ? 0 : 1;
}

static bool do_read(struct victim *victim)
{
	return look(victim) == 0 && say(SAYS_DONE, "", 0);
}

static bool do_write(struct victim *victim)
{
	volatile unsigned char *first = victim->secret;

	*first = (unsigned char)(*first + 1);
	return say(SAYS_DONE, "", 0);
}

static bool do_free(struct victim *victim)
{
	if (victim->hold.warded) {
		if (!check("memward_sys_free",
			memward_sys_free(victim->block, victim->len)))
			return false;
	} else {
		free(victim->block);
		victim->block = NULL;
	}
	return say(SAYS_DONE, "", 0);
}

static bool say_child(const struct glimpse *glimpse, const struct peek_end *end)
{
	if (glimpse->sight == SIGHT_UNABLE)
		return say(
		    SAYS_UNABLE, glimpse->detail, strlen(glimpse->detail));
	return say(end->kind == ENDED_FAULT ? SAYS_FAULT : SAYS_ENDED,
	    end->text, strlen(end->text));
}

static bool do_fork(struct victim *victim, int generations)
{
	struct glimpse glimpse;
	struct peek_end end;

	peek_in_fork(generations, look, victim, &glimpse, &end);
	return say_child(&glimpse, &end);
}

static bool do_exec(void)
{
	struct glimpse glimpse;
	struct peek_end end;

	peek_exec_heir(&glimpse, &end);
	return say_child(&glimpse, &end);
}

static bool do_page_out(struct victim *victim)
{
	struct glimpse glimpse;

	peek_page_out(victim->secret, victim->len, &glimpse);
	return say(glimpse.sight == SIGHT_UNABLE ? SAYS_UNABLE : SAYS_DONE,
	    glimpse.detail, strlen(glimpse.detail));
}

static bool obey(struct victim *victim, char command)
{
	switch (command) {
	case DO_CRASH:
		peek_crash();
		return false;
	case DO_FREE:
		return do_free(victim);
	case DO_FORK:
		return do_fork(victim, 1);
	case DO_GRANDCHILD:
		return do_fork(victim, 2);
	case DO_EXEC:
		return do_exec();
	case DO_READ:
		return do_read(victim);
	case DO_WRITE:
		return do_write(victim);
	case DO_PAGE_OUT:
		return do_page_out(victim);
	default:
		return false;
	}
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
	bool drop;
	char command;

	if (argc != 2 || !hold_from_letters(argv[1], &victim.hold, &drop))
		return CLI_UNABLE;
	peek_begin_victim();
	if (drop && !peek_drop_user()) {
		(void)say_unable("becoming an ordinary user", "", peek_error());
		return CLI_UNABLE;
	}
	limit_cores(&victim.hold);
	if (!take(&victim))
		return CLI_UNABLE;
	while (peek_read_all(&command, 1) && command != DO_QUIT) {
		if (!obey(&victim, command))
			return CLI_UNABLE;
	}
	free(victim.fence);
	if (!victim.hold.warded)
		free(victim.block);
	return CLI_HELD;
}

static void show(const void *bytes, size_t len)
{
	(void)say(SAYS_BYTES, bytes, len);
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
	if (!say(SAYS_READY, &id, sizeof(id)))
		return CLI_UNABLE;
	/* It stays, so that it can be looked at. */
	(void)peek_read_all(&command, 1);
	return CLI_HELD;
}

/* NOLINTEND(clang-analyzer-unix.Malloc) */
