/* SPDX-License-Identifier: MIT */
/*
 * Functions that do not return, what wipes what they left, and what becomes
 * of stacks when everything is wiped or the process forks.
 */
#include "stack_cases.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The address sanitizer is told of each switch, and of none by a jump. */
static void need_jumps(void)
{
	need_switch();
	if (support_sanitizer() != NULL)
		TEST_SKIP("a sanitizer does not follow jumps between stacks");
}

static jmp_buf back;

static int jump_out(void *seen)
{
	(void)fill_and_tell(seen);
	longjmp(back, 1);
}

/* Calls a function that leaves by a jump; back here as if it had returned. */
static void leave_by_jump(memward_ward *ward, struct seen *seen)
{
	if (setjmp(back) == 0) {
		(void)call(ward, jump_out, seen);
		TEST_FAIL("it returned");
	}
	CHECK(seen->filled);
}

static int do_nothing(void *unused)
{
	(void)unused;
	return 0;
}

void a_jump_out_is_wiped_by_the_next_call(void)
{
	memward_ward *ward = new_ward(NULL);
	struct seen seen = {0};

	need_jumps();
	check_granted(call(ward, do_nothing, NULL));
	leave_by_jump(ward, &seen);
	/* It stands there still, and the ward is in use. */
	CHECK(!holds(seen.low, seen.len, 0));
	CHECK_CODE(memward_close(ward), MEMWARD_EWINDOW);
	/* Of any ward. */
	check_granted(call(NULL, do_nothing, NULL));
	CHECK(holds(seen.low, seen.len, 0));
	close_ward(ward);
}

static struct seen inner;

static int outlive_inner(void *ward)
{
	leave_by_jump(ward, &inner);
	return 0;
}

void a_jump_out_of_an_inner_call_is_wiped(void)
{
	memward_ward *ward = new_ward(NULL);

	need_jumps();
	check_granted(
	    memward_call_sized(ward, 8 * page_size(), outlive_inner, ward));
	CHECK(inner.filled);
	CHECK(holds(inner.low, inner.len, 0));
	close_ward(ward);
}

void a_jump_out_of_a_closed_ward_ends_its_window(void)
{
	memward_ward *ward = new_closed_ward();
	struct seen seen = {0};

	need_jumps();
	check_granted(call(ward, do_nothing, NULL));
	leave_by_jump(ward, &seen);
	CHECK_CODE(call(ward, do_nothing, NULL), 0);
	CHECK_CODE(memward_end(ward), MEMWARD_EWINDOW);
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
	CHECK(holds(seen.low, seen.len, 0));
	CHECK_CODE(memward_end(ward), 0);
	close_ward(ward);
}

struct ending {
	memward_ward *ward;
	struct seen seen;
};

static void end_after_jump(void *argument)
{
	struct ending *ending = argument;
	jmp_buf here;

	/* Each thread that jumps has a place of its own to come back to. */
	if (setjmp(here) == 0) {
		memcpy(back, here, sizeof(back));
		(void)memward_call_sized(
		    ending->ward, SMALL, jump_out, &ending->seen);
	}
}

void a_thread_that_ends_inside_leaves_nothing(void)
{
	struct ending ending = {new_ward(NULL), {0}};

	need_jumps();
	check_granted(call(ending.ward, do_nothing, NULL));
	CHECK(support_in_thread(end_after_jump, &ending));
	CHECK(ending.seen.filled);
	CHECK(holds(ending.seen.low, ending.seen.len, 0));
	close_ward(ending.ward);
}

static int be_cancelled(void *seen)
{
	(void)fill_and_tell(seen);
	(void)pthread_cancel(pthread_self());
	pthread_testcancel();
	return 0;
}

static void call_and_be_cancelled(void *argument)
{
	struct ending *ending = argument;

	(void)memward_call_sized(
	    ending->ward, SMALL, be_cancelled, &ending->seen);
	/* Not reached. */
	ending->seen.filled = false;
}

void a_thread_cancelled_inside_leaves_nothing(void)
{
	struct ending ending = {new_ward(NULL), {0}};

	need_jumps();
	check_granted(call(ending.ward, do_nothing, NULL));
	CHECK(support_in_thread(call_and_be_cancelled, &ending));
	CHECK(ending.seen.filled);
#ifdef __GLIBC__
	CHECK(holds(ending.seen.low, ending.seen.len, 0));
#else
	/* It may have ended there, and stood on the upper part. */
	CHECK(holds(ending.seen.low, ending.seen.len / 2, 0));
#endif
	close_ward(ending.ward);
}

int child_wipe_all_after_jump(void)
{
	struct seen seen = {0};
	memward_ward *ward = new_ward(NULL);

	check_granted(call(ward, do_nothing, NULL));
	leave_by_jump(ward, &seen);
	CHECK_INT(memward_wipe_all(), 0);
	CHECK(holds(seen.low, seen.len, 0));
	return 0;
}

void a_jump_out_is_wiped_by_wipe_all(void)
{
	need_jumps();
	expect_success("wipe_all_after_jump");
}

static size_t spared;
static unsigned char kept_byte;

static int wipe_inside(void *argument)
{
	volatile unsigned char local = FILLED;

	(void)fill_and_tell(argument);
	spared = memward_wipe_all();
	kept_byte = local;
	return 7;
}

static void check_spared(const struct seen *seen, int rc)
{
	CHECK_INT(rc, 7);
	CHECK_INT(kept_byte, FILLED);
	CHECK_INT(spared, seen->len);
	CHECK(holds(seen->low, seen->len, 0));
}

int child_wipe_all_inside(void)
{
	struct seen seen = {0};
	int rc = call(NULL, wipe_inside, &seen);

	check_granted(rc < 0 ? rc : 0);
	check_spared(&seen, rc);
	return 0;
}

void wipe_all_spares_a_running_function(void)
{
	need_switch();
	expect_success("wipe_all_inside");
}

static _Alignas(64) unsigned char signal_stack[256 * 1024];

static void wipe_in_handler(int number)
{
	(void)number;
	spared = memward_wipe_all();
}

static int be_interrupted(void *argument)
{
	volatile unsigned char local = FILLED;

	(void)fill_and_tell(argument);
	(void)raise(SIGUSR2);
	kept_byte = local;
	return 7;
}

int child_wipe_all_on_signal_stack(void)
{
	const stack_t stack = {
	    .ss_sp = signal_stack, .ss_size = sizeof(signal_stack)};
	struct sigaction action = {
	    .sa_handler = wipe_in_handler, .sa_flags = SA_ONSTACK};
	struct seen seen = {0};
	int rc;

	CHECK_INT(sigaltstack(&stack, NULL), 0);
	CHECK_INT(sigaction(SIGUSR2, &action, NULL), 0);
	rc = call(NULL, be_interrupted, &seen);
	check_granted(rc < 0 ? rc : 0);
	check_spared(&seen, rc);
	return 0;
}

void wipe_all_from_a_signal_stack_spares_it(void)
{
	need_switch();
	expect_success("wipe_all_on_signal_stack");
}

int child_call_after_wipe_all(void)
{
	memward_ward *ward = new_closed_ward();

	check_granted(call(ward, do_nothing, NULL));
	CHECK_INT(memward_wipe_all(), 0);
	CHECK_CODE(call(ward, do_nothing, NULL), MEMWARD_EWIPEDALL);
	return 0;
}

void wipe_all_forbids_further_calls(void)
{
	expect_success("call_after_wipe_all");
}

/* The exit status of a child; -1: it ended otherwise. */
static int status_of(pid_t pid)
{
	int status;

	if (pid <= 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static int fork_inside(void *argument)
{
	volatile unsigned char local = FILLED;
	pid_t *pid = argument;

	*pid = fork();
	return local == FILLED ? 3 : 4;
}

void a_function_may_fork(void)
{
	memward_ward *ward = new_ward(NULL);
	struct seen seen = {0};
	pid_t pid = -1;
	int rc;

	need_switch();
	check_granted(memward_call_sized(ward, 32768, do_nothing, NULL));
	rc = memward_call_sized(ward, 32768, fork_inside, &pid);
	if (pid == 0) {
		/* The child comes back as well, and can call again. */
		if (rc == 3)
			rc = memward_call_sized(
			    ward, 32768, fill_and_tell, &seen);
		_exit(rc == 0 && seen.filled && holds(seen.low, seen.len, 0) &&
			      memward_close(ward) == 0
			  ? 0
			  : 1);
	}
	CHECK_INT(rc, 3);
	CHECK_INT(status_of(pid), 0);
	close_ward(ward);
}

static atomic_int stage;

static int stay_filled(void *argument)
{
	int rc = fill_and_tell(argument);

	atomic_store(&stage, 1);
	while (atomic_load(&stage) != 2)
		support_pause();
	return rc;
}

static void stay_in_thread(void *argument)
{
	struct ending *ending = argument;

	if (memward_call_sized(
		ending->ward, SMALL, stay_filled, &ending->seen) != 0)
		atomic_store(&stage, 1);
}

void a_child_has_no_stacks_of_other_threads(void)
{
	struct ending ending = {new_ward(NULL), {0}};
	struct support_thread *thread;
	pid_t pid;

	need_switch();
	check_granted(call(ending.ward, do_nothing, NULL));
	atomic_store(&stage, 0);
	thread = support_start(stay_in_thread, &ending);
	while (atomic_load(&stage) != 1)
		support_pause();
	CHECK(ending.seen.filled);
	pid = fork();
	if (pid == 0)
		_exit(holds(ending.seen.low, ending.seen.len, 0) &&
			      memward_close(ending.ward) == 0
			  ? 0
			  : 1);
	CHECK_INT(status_of(pid), 0);
	/* The parent's is as it was. */
	CHECK(!holds(ending.seen.low, ending.seen.len, 0));
	atomic_store(&stage, 2);
	support_join(thread);
	CHECK(holds(ending.seen.low, ending.seen.len, 0));
	close_ward(ending.ward);
}
