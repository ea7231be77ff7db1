/* SPDX-License-Identifier: MIT */
/*
 * A debugger on Linux that lets its target make system calls of the
 * debugger's choice: ptrace(2). The target waits in read(2). Where that call
 * is about to enter the kernel, it is made another one; where it leaves, it
 * is made to look interrupted, so that the target reads again.
 */
#if !defined(__linux__)
#error "peek_inject_linux.c is for Linux"
#endif
#define _GNU_SOURCE

#include "cli.h"
#include "peek_leak.h"
#include "peek_posix.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

struct call {
	long number;
	uint64_t arguments[3];
};

/*
 * Registers by name differ with the processor; the build looked for those
 * whose names are known here.
 */
#if defined(MEMWARD_REGISTERS_ORIG_RAX)

typedef struct user_regs_struct registers;

static bool write_call(pid_t pid, const registers *at, const struct call *call)
{
	registers changed = *at;
	struct iovec all = {&changed, sizeof(changed)};

	changed.orig_rax = (unsigned long long)call->number;
	changed.rdi = call->arguments[0];
	changed.rsi = call->arguments[1];
	changed.rdx = call->arguments[2];
	return ptrace(PTRACE_SETREGSET, pid, (void *)NT_PRSTATUS, &all) == 0;
}

static int64_t result_of(const registers *after)
{
	return (int64_t)after->rax;
}

static void set_result(registers *to, int64_t result)
{
	to->rax = (unsigned long long)result;
	/* The call is over: the kernel must not try to make it again. */
	to->orig_rax = (unsigned long long)-1;
}

#define CAN_INJECT true

#elif defined(MEMWARD_REGISTERS_PSTATE)

typedef struct user_regs_struct registers;

static bool write_call(pid_t pid, const registers *at, const struct call *call)
{
	registers changed = *at;
	int number = (int)call->number;
	struct iovec all = {&changed, sizeof(changed)};
	struct iovec one = {&number, sizeof(number)};

	for (int i = 0; i < 3; i++)
		changed.regs[i] = call->arguments[i];
	return ptrace(PTRACE_SETREGSET, pid, (void *)NT_PRSTATUS, &all) == 0 &&
	       ptrace(PTRACE_SETREGSET, pid, (void *)NT_ARM_SYSTEM_CALL,
		   &one) == 0;
}

static int64_t result_of(const registers *after)
{
	return (int64_t)after->regs[0];
}

static void set_result(registers *to, int64_t result)
{
	to->regs[0] = (unsigned long long)result;
}

#define CAN_INJECT true

#else

typedef struct {
	char none;
} registers;

static bool write_call(pid_t pid, const registers *at, const struct call *call)
{
	(void)pid;
	(void)at;
	(void)call;
	return false;
}

static int64_t result_of(const registers *after)
{
	(void)after;
	return -ENOSYS;
}

static void set_result(registers *to, int64_t result)
{
	(void)to;
	(void)result;
}

#define CAN_INJECT false

#endif

static bool get_registers(pid_t pid, registers *to)
{
	struct iovec all = {to, sizeof(*to)};

	return ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &all) == 0;
}

static bool set_registers(pid_t pid, registers *from)
{
	struct iovec all = {from, sizeof(*from)};

	return ptrace(PTRACE_SETREGSET, pid, (void *)NT_PRSTATUS, &all) == 0;
}

/* Linux 5.3; not all C libraries name it, and their names differ. */
#define GET_SYSCALL_INFO 0x420e
enum stop { ENTERING = 1, LEAVING = 2 };

/* Goes on to where a system call enters the kernel, or where it leaves. */
static bool go_to(pid_t pid, enum stop stop)
{
	unsigned char what[256] = {0};
	int status;

	do {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) != 0 ||
		    waitpid(pid, &status, __WALL) != pid)
			return false;
		errno = ESRCH;
		if (!WIFSTOPPED(status) ||
		    ptrace((__typeof__(PTRACE_PEEKDATA))GET_SYSCALL_INFO, pid,
			(void *)sizeof(what), what) < 0)
			return false;
	} while (what[0] != stop);
	return true;
}

/* The target's next system call is this one instead. */
static bool make_call(pid_t pid, const struct call *call, int64_t *result)
{
	registers before;
	registers after;

	if (!go_to(pid, ENTERING) || !get_registers(pid, &before) ||
	    !write_call(pid, &before, call) || !go_to(pid, LEAVING) ||
	    !get_registers(pid, &after))
		return false;
	*result = result_of(&after);
	set_result(&before, -EINTR);
	return set_registers(pid, &before);
}

static bool attach(pid_t pid)
{
	int status;

	return ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACESYSGOOD) == 0 &&
	       ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) == 0 &&
	       waitpid(pid, &status, __WALL) == pid;
}

struct order {
	const struct peek_target *target;
	bool closed;
};

static struct call opening(const struct peek_target *target, size_t len)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t from = target->address & ~(page - 1);
	uint64_t to = (target->address + len + page - 1) & ~(page - 1);

	return (struct call){
	    SYS_mprotect, {from, to - from, PROT_READ | PROT_WRITE}};
}

/* In the attacker; the number that was written goes into the glimpse. */
static void inject(void *argument, struct glimpse *glimpse)
{
	const struct order *order = argument;
	const struct peek_target *target = order->target;
	pid_t pid = (pid_t)target->id;
	size_t len = target->needle->len < PEEK_HANDED_MAX ? target->needle->len
							   : PEEK_HANDED_MAX;
	struct call open = opening(target, len);
	struct call write = {SYS_write, {STDOUT_FILENO, target->address, len}};
	int64_t result = 0;

	if (!attach(pid)) {
		mw_peek_tell_unable(glimpse, "ptrace attach");
		return;
	}
	if ((order->closed && !make_call(pid, &open, &result)) ||
	    (result == 0 && !make_call(pid, &write, &result)))
		glimpse_set(glimpse, SIGHT_UNABLE, "ptrace: %s", peek_error());
	else if (result < 0)
		glimpse_set(
		    glimpse, SIGHT_NONE, "refused: %s", strerror((int)-result));
	else
		glimpse_set(glimpse, SIGHT_SEEN, "%" PRId64, result);
	(void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

void peek_inject(const struct peek_target *target, enum peek_as as, bool closed,
    size_t *got, struct glimpse *glimpse)
{
	struct order order = {target, closed};

	*got = 0;
	if (!CAN_INJECT) {
		glimpse_set(glimpse, SIGHT_UNABLE,
		    "written for the registers of x86-64 and arm64 only");
		return;
	}
	mw_peek_as_other(as, inject, &order, glimpse);
	if (glimpse->sight != SIGHT_SEEN)
		return;
	*got = (size_t)strtoul(glimpse->detail, NULL, 10);
	glimpse->sight = SIGHT_NONE;
}
