/* SPDX-License-Identifier: MIT */
/*
 * What functions leave on stacks and in registers, found first where nothing
 * prevents it; and the traces that are to be there, for who unwinds.
 */
#include "stack_cases.h"

#include "cli/aes_schedule.h"
#include "cpu/stack.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef MEMWARD_HAS_UNWINDER
#include <unwind.h>
#endif

#define PLAIN_STACK ((size_t)512 * 1024)
static _Alignas(64) unsigned char plain_stack[PLAIN_STACK];
static unsigned char *aes_key; /* a secret */

/* Where nobody else's frames come to lie: at the far end of much room. */
struct far_down {
	unsigned char schedule[AES_SCHEDULE];
	unsigned char room[4096];
};

static UNJUDGED int expand_key(void *unused)
{
	struct far_down local;

	(void)unused;
	aes_expand(aes_key, local.schedule);
	__asm__ __volatile__("" : : "r"(&local) : "memory");
	return 0;
}

static void expand_plainly(void *unused)
{
	(void)expand_key(unused);
}

static int called;

static void expand_in_call(void *ward)
{
	called = memward_call_sized(ward, 4 * page_size(), expand_key, NULL);
}

void expansion_is_that_of_fips_197(void)
{
	static const unsigned char last[] = {0x70, 0x6c, 0x63, 0x1e};
	static const unsigned char key[AES_KEY] = {0x60, 0x3d, 0xeb, 0x10, 0x15,
	    0xca, 0x71, 0xbe, 0x2b, 0x73, 0xae, 0xf0, 0x85, 0x7d, 0x77, 0x81,
	    0x1f, 0x35, 0x2c, 0x07, 0x3b, 0x61, 0x08, 0xd7, 0x2d, 0x98, 0x10,
	    0xa3, 0x09, 0x14, 0xdf, 0xf4};
	unsigned char schedule[AES_SCHEDULE];

	aes_expand(key, schedule);
	CHECK(memcmp(schedule + AES_SCHEDULE - 4, last, 4) == 0);
}

void an_aes_key_schedule_is_left_nowhere(void)
{
	memward_ward *ward = new_ward(NULL);

	need_switch();
	aes_key = new_secret(ward, AES_KEY);
	CHECK_CODE(memward_random(aes_key, AES_KEY), 0);
	/* The control: half a key is enough to be found. */
	on_plain_stack(plain_stack, PLAIN_STACK, expand_plainly, NULL);
	CHECK(finds(plain_stack, PLAIN_STACK, aes_key, AES_KEY / 2));
	on_plain_stack(plain_stack, PLAIN_STACK, expand_in_call, ward);
	check_granted(called);
	CHECK(!finds(plain_stack, PLAIN_STACK, aes_key, 8));
	close_ward(ward);
}

/* Registers, as the kernel lays them down for a signal handler. */
static unsigned char mark[64];
static _Alignas(64) unsigned char copy[64];
static _Alignas(64) unsigned char signal_stack[256 * 1024];

static void look_at_registers(int number)
{
	const unsigned char *here = HERE;
	size_t above = (size_t)(signal_stack + sizeof(signal_stack) - here);

	(void)number;
	/* This function's own traces of the mark lie below. */
	_Exit(finds(here, above, mark, 16) ? 10 : 0);
}

static int pass_through_registers(void *unused)
{
	void *(*volatile unknown)(void *, const void *, size_t) = memcpy;

	(void)unused;
	unknown(copy, mark, sizeof(copy));
	return 0;
}

static void trap_into_handler(void)
{
	const stack_t stack = {
	    .ss_sp = signal_stack, .ss_size = sizeof(signal_stack)};
	struct sigaction action = {
	    .sa_handler = look_at_registers, .sa_flags = SA_ONSTACK};

	if (support_sanitizer() != NULL)
		child_cannot("a sanitizer's own copies would be found");
	CHECK_CODE(memward_random(mark, sizeof(mark)), 0);
	CHECK_INT(sigaltstack(&stack, NULL), 0);
	CHECK_INT(sigaction(SIGILL, &action, NULL), 0);
	CHECK_INT(sigaction(SIGTRAP, &action, NULL), 0);
}

/*
 * Without what memward_call() does before and after: its own wipe would clear
 * the very registers that a copy is in.
 */
int child_registers_after_call(void)
{
	trap_into_handler();
	(void)mw_cpu_call_on(
	    plain_stack + PLAIN_STACK, pass_through_registers, NULL);
	__builtin_trap();
}

int child_registers_after_function(void)
{
	trap_into_handler();
	(void)pass_through_registers(NULL);
	__builtin_trap();
}

void registers_are_cleared(void)
{
	struct child_result control =
	    support_run_child("registers_after_function");

	need_switch();
	skip_if_cannot(&control);
	CHECK_INT(control.end, CHILD_EXITED);
	if (control.code != 10)
		TEST_SKIP("this memcpy leaves nothing in registers");
	expect_success("registers_after_call");
}

static unsigned hit; /* how often the handler below ran */
static bool hit_on_stack;

static void note_where(int number)
{
	(void)number;
	hit++;
	hit_on_stack = stack_here().place == MEMWARD_PLACE_SECRET;
}

static int raise_inside(void *seen)
{
	return raise(SIGUSR2) != 0 ? 1 : fill_and_tell(seen);
}

void signal_handlers_run_on_it(void)
{
	struct sigaction action = {.sa_handler = note_where};
	memward_ward *ward = new_ward(NULL);
	struct seen seen = {0};

	need_switch();
	CHECK_INT(sigaction(SIGUSR2, &action, NULL), 0);
	check_granted(memward_call_sized(ward, 32768, raise_inside, &seen));
	CHECK_INT(hit, 1);
	CHECK(hit_on_stack);
	check_left_nothing(&seen);
	close_ward(ward);
}

#ifndef MEMWARD_HAS_UNWINDER
void unwinding_reaches_the_caller(void)
{
	TEST_SKIP("what links these programs has no unwinder");
}
#else
static _Unwind_Reason_Code look_for_caller(
    struct _Unwind_Context *context, void *found)
{
	void *start =
	    _Unwind_FindEnclosingFunction((void *)(_Unwind_GetIP(context) - 1));

	if (start == (void *)(uintptr_t)unwinding_reaches_the_caller)
		*(bool *)found = true;
	return _URC_NO_REASON;
}

static int unwind(void *found)
{
	(void)_Unwind_Backtrace(look_for_caller, found);
	return 0;
}

void unwinding_reaches_the_caller(void)
{
	bool found = false;

	need_switch();
	/* The control, without the switch. */
	(void)unwind(&found);
	if (!found)
		TEST_SKIP("this build cannot be unwound at all");
	found = false;
	check_granted(
	    memward_call_sized(NULL, 4 * page_size(), unwind, &found));
	CHECK(found);
}
#endif

/* What a reader from outside is answered: bytes, or -1 and errno. */
struct outside {
	int fd;
	ssize_t got;
	int err;
};

static int read_own_stack(void *argument)
{
	struct outside *outside = argument;
	unsigned char byte;

	outside->got = pread(outside->fd, &byte, 1, (off_t)(uintptr_t)HERE);
	outside->err = errno;
	return 0;
}

/* The control is the stack of an ordinary ward, read in the same way. */
void a_hidden_ward_has_hidden_stacks(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	struct outside outside = {0};
	memward_ward *ward;

	need_switch();
	CHECK_CODE(memward_sys_query(&info), 0);
	if ((info.granted & MEMWARD_SYS_HIDDEN) == 0)
		TEST_SKIP("no hidden memory here");
	outside.fd = open("/proc/self/mem", O_RDONLY);
	if (outside.fd < 0)
		TEST_SKIP("/proc/self/mem cannot be opened");
	ward = new_ward(NULL);
	check_granted(call(ward, read_own_stack, &outside));
	CHECK_INT(outside.got, 1);
	close_ward(ward);
	policy.require |= MEMWARD_HIDDEN;
	policy.fork = MEMWARD_FORK_OMIT;
	ward = new_ward(&policy);
	check_granted(call(ward, read_own_stack, &outside));
	CHECK_INT(outside.got, -1);
	CHECK_INT(outside.err, EIO);
	close_ward(ward);
	CHECK_INT(close(outside.fd), 0);
}
