/* SPDX-License-Identifier: MIT */
/*
 * Each attack and its control in words, for the page that reviewers read.
 * What a row shows and what it does not stands in memward-prove(1).
 */
#include "session.h"

#include <stddef.h>

/* Attacks that are functions of their own. */
static const struct {
	void (*run)(struct attempt *attempt);
	const char *how;
} attacks[] = {
    {attack_core,
	"The process that holds the secret crashes; the core file is searched "
	"for any 16 bytes of it."},
    {attack_core_handler,
	"The process crashes where the system hands cores to a program; "
	"whether it made one is what its parent is told."},
    {attack_fork,
	"The process forks, and the child reads what lies at the secret's "
	"address."},
    {attack_grandchild,
	"The process forks twice, by the bare system call, so that no "
	"library is told; the grandchild reads the secret's address."},
    {attack_exec,
	"The process forks and executes another program. That program reads "
	"every descriptor it inherited, and its memory is searched."},
    {attack_read, "A stray pointer reads the first byte of the secret."},
    {attack_write, "A stray pointer writes the first byte of the secret."},
    {attack_residue,
	"After these steps the secret should be gone. All memory of the "
	"process is searched for any 16 bytes of it, from outside."},
    {attack_swap,
	"The kernel is asked to move the pages to the swap device; its "
	"account of each page says whether it went."},
    {attack_inject,
	"A debugger attaches and turns the next system calls of the process "
	"into calls of its own: open the pages where they are closed, then "
	"write them to a pipe."},
    {attack_merge,
	"The process has asked that all its memory be merged with equal "
	"pages, as an administrator or a container may do for it; the "
	"kernel's account says whether it may merge the secret's page. How "
	"long a write takes tells others what a merged page holds."},
};

/* Bugs and calls of the program's own, by the step that matters. */
static const struct {
	enum victim_command step;
	const char *how;
} steps[] = {
    {DO_OVERRUN, "The program writes one byte past the end of the secret."},
    {DO_UNDERRUN, "The program writes the byte before the secret."},
    {DO_WALK_UP,
	"The program reads on, byte by byte, from the end of what lies below "
	"the secret."},
    {DO_WALK_DOWN,
	"The program reads back, byte by byte, from the beginning of what "
	"lies above the secret."},
    {DO_READ_LATE, "The program reads the secret through a stale pointer."},
    {DO_WRITE_LATE,
	"The program frees the secret, writes through the stale pointer, and "
	"allocates until the place is handed out again."},
    {DO_FREE_AGAIN, "The program frees the same secret twice."},
    {DO_PASS, "The program hands the secret's address to write(2)."},
    {DO_WRITE, "The program opens the ward to read, then writes."},
    {DO_READ_IN_SECOND_THREAD,
	"A second thread is started. Then the first opens the ward to read, "
	"and the second reads the secret."},
    {DO_READ_IN_NEW_THREAD,
	"A thread opens the ward to read, then starts another, which reads "
	"the secret."},
    {DO_READ_IN_HANDLER,
	"A thread opens the ward to read. A signal interrupts it, and the "
	"handler reads the secret."},
    {DO_UNDO_NO_DUMP,
	"Other code of the program takes back, by MADV_DODUMP, what leaves "
	"the secret's page out of core files; then the process crashes, and "
	"the core file is searched."},
    {DO_CALL,
	"A function copies the secret to a local variable, as a cipher does, "
	"uses it and returns. The secret is freed, and all memory of the "
	"process searched."},
    {DO_CALL_WIPED,
	"A function copies the secret to a local variable, uses it, wipes it "
	"with memward_wipe and returns. The secret is freed, and all memory "
	"of the process searched."},
    {DO_INPUT_FILE,
	"The program reads a file that holds the secret, and frees what it "
	"read. All memory of the process is searched."},
    {DO_INPUT_PIPE,
	"The program reads the secret from a pipe to its end, and frees what "
	"it read. All memory of the process is searched."},
    {DO_INPUT_VARIABLE,
	"The program takes the secret out of an environment variable, and "
	"frees it. All memory of the process is searched."},
    {DO_INPUT_TERMINAL,
	"The program asks for the secret at a terminal, where a child types "
	"it, and frees it. All memory of the process is searched."},
    {DO_INTERRUPT,
	"A signal interrupts the process just after it copied the secret; the "
	"kernel saves all registers in the signal's frame. Copy and secret "
	"are wiped, and all memory of the process is searched."},
    {DO_HAND_SPLICE,
	"The program moves the secret's page into a pipe; what comes out of "
	"the pipe is searched."},
    {DO_HAND_RING,
	"The program registers the secret's page with io_uring and has the "
	"kernel write from it; what comes is searched."},
    {DO_HAND_DIRECT,
	"The program writes the secret's page to a file past the cache, so "
	"that the disk's driver gets the page itself; the file is searched."},
};

static const char *how_by_outsider(const struct row *row)
{
	if (row->method == BY_TRACE)
		return "A debugger attaches and reads the secret's address "
		       "word by word.";
	return row->method == BY_FILE
		   ? "Another process opens the memory of this one as a file "
		     "and searches all of it."
		   : "Another process has the kernel copy the memory of this "
		     "one, and searches it.";
}

static const char *how_denied(const struct hold *hold)
{
	if (hold->deny_no_dump)
		return "A seccomp filter refuses MADV_DONTDUMP; then a ward is "
		       "opened and secrets are allocated. The kernel's account "
		       "says whether the last one is left out of dumps.";
	if (hold->deny_locks)
		return "A seccomp filter refuses mlock; then a ward is opened "
		       "and secrets are allocated. The kernel's account says "
		       "whether the last one is locked.";
	return "Secrets are allocated under a limit of locked memory that is "
	       "too small for them. The kernel's account says whether the "
	       "last one is locked.";
}

static const char *how_by_step(const struct row *row)
{
	for (const char *at = row->steps; at != NULL && *at != '\0'; at++) {
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
			if ((char)steps[i].step == *at)
				return steps[i].how;
		}
	}
	return NULL;
}

const char *row_how(const struct row *row)
{
	const char *how = how_by_step(row);

	if (row->hold.wiping)
		return "The process has asked that signals wipe everything "
		       "first. Other code takes back, by MADV_DODUMP, what "
		       "leaves the secret's page out of core files; then the "
		       "process crashes, and the core file is searched.";
	if (row->run == attack_outside)
		return how_by_outsider(row);
	if (row->run == attack_locks)
		return how_denied(&row->hold);
	for (size_t i = 0;
	     how == NULL && i < sizeof(attacks) / sizeof(*attacks); i++) {
		if (attacks[i].run == row->run)
			how = attacks[i].how;
	}
	return how != NULL ? how : "See memward-prove(1).";
}

const char *row_control(const struct row *row)
{
	const struct hold *control = &row->control;

	if (control->piped)
		return "The secret also waits in a pipe that is inherited.";
	if (control->shared)
		return "The secret also lies in shared memory whose descriptor "
		       "is inherited.";
	if (control->careless)
		return "The same with an allocator whose free list checks "
		       "nothing, as fast ones are.";
	if (row->hold.own_input)
		return "The same by stdio or getenv, which leave copies of "
		       "what they read in memory that is freed or forgotten.";
	if (row->run == attack_locks)
		return "The same by a program with plain malloc memory that "
		       "does not look whether its calls succeeded.";
	if (row->run == attack_misuse && row->decoy_control)
		return "The same with random bytes in plain malloc memory.";
	if (row->run == attack_misuse)
		return "The same in the middle of a block of plain malloc "
		       "memory.";
	if (row->decoy_control)
		return "The same with random bytes in plain malloc memory, "
		       "since they may be written to a disk.";
	return "The same with the secret in plain malloc memory.";
}
