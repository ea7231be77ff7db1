/* SPDX-License-Identifier: MIT */
/* Keys at faults and in signal handlers. */
#include "keyed_list.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* si_code of a fault by a key: asm-generic/siginfo.h. */
#define BY_KEY 4

/* How a child says that the fault it expected came, by the key. */
#define FAULTED_BY_KEY 7

static unsigned char *_Atomic target;

static void on_fault(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	_exit(info->si_code == BY_KEY &&
		      info->si_addr == (void *)atomic_load(&target)
		  ? FAULTED_BY_KEY
		  : 1);
}

static void handle(int number, void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = handler;
	action.sa_flags = SA_SIGINFO;
	CHECK_INT(sigaction(number, &action, NULL), 0);
}

static void expect_fault_by_key(const char *child)
{
	struct child_result result;

	need_keys();
	result = support_run_child(child);
	skip_if_cannot(&result);
	if (result.end != CHILD_EXITED || result.code != FAULTED_BY_KEY)
		TEST_FAIL(
		    "%s ended by %d: %s", child, result.code, result.output);
}

static pthread_barrier_t meeting;

static void read_when_told(void *unused)
{
	(void)unused;
	(void)pthread_barrier_wait(&meeting);
	(void)read_byte(atomic_load(&target));
}

/* The first thread reads the secret in its window; the second one cannot. */
int child_read_in_second_thread(void)
{
	memward_ward *ward = new_keyed_ward();
	struct support_thread *thread;

	atomic_store(&target, new_secret(ward, 32));
	CHECK_INT(pthread_barrier_init(&meeting, NULL, 2), 0);
	thread = support_start(read_when_told, NULL);
	CHECK(thread != NULL);
	handle(SIGSEGV, on_fault);
	begin(ward, MEMWARD_READ_WRITE);
	write_byte(atomic_load(&target), 1);
	CHECK_INT(read_byte(atomic_load(&target)), 1);
	(void)pthread_barrier_wait(&meeting);
	support_join(thread);
	return 0;
}

void a_second_threads_stray_read_faults_by_its_key(void)
{
	expect_fault_by_key("read_in_second_thread");
}

static atomic_int seen;

static void look(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	(void)context;
	atomic_store(&seen, (int)probe(atomic_load(&target)));
}

/* A handler begins with all keys closed, and gives back what was open. */
void a_handler_is_held_out(void)
{
	memward_ward *ward = new_keyed_ward();
	unsigned char *secret = new_secret(ward, 32);

	atomic_store(&target, secret);
	handle(SIGUSR2, look);
	begin(ward, MEMWARD_READ_WRITE);
	secret[0] = 3;
	atomic_store(&seen, 0);
	CHECK_INT(raise(SIGUSR2), 0);
	CHECK_INT(atomic_load(&seen), MEMWARD_NO_ACCESS);
	CHECK_INT(secret[0], 3);
	CHECK_INT(probe(secret), MEMWARD_READ_WRITE);
	end(ward);
	CHECK_INT(probe(secret), MEMWARD_NO_ACCESS);
	close_ward(ward);
}

static void read_target(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	(void)context;
	(void)read_byte(atomic_load(&target));
}

int child_read_in_handler(void)
{
	memward_ward *ward = new_keyed_ward();

	atomic_store(&target, new_secret(ward, 32));
	handle(SIGUSR2, read_target);
	handle(SIGSEGV, on_fault);
	begin(ward, MEMWARD_READ_WRITE);
	write_byte(atomic_load(&target), 1);
	CHECK_INT(raise(SIGUSR2), 0);
	return 0;
}

void a_handlers_stray_read_faults_by_its_key(void)
{
	const char *sanitizer = support_sanitizer();

	if (sanitizer != NULL && strcmp(sanitizer, "thread") == 0)
		TEST_SKIP("under the thread sanitizer a handler has all "
			  "signals blocked");
	expect_fault_by_key("read_in_handler");
}

static atomic_size_t left = 1;

static void wipe(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	(void)context;
	atomic_store(&left, memward_wipe_all());
	atomic_store(&seen, (int)probe(atomic_load(&target)));
}

/* In a window on one ward; another is closed. The handler opens them itself. */
int child_wipe_in_handler(void)
{
	memward_ward *wards[] = {new_keyed_ward(), new_keyed_ward()};
	unsigned char *packed[2];
	unsigned char *guarded[2];

	for (int i = 0; i < 2; i++) {
		packed[i] = new_secret(wards[i], 32);
		guarded[i] = new_guarded(wards[i], 10000, 1);
		begin(wards[i], MEMWARD_READ_WRITE);
		memset(packed[i], FILLED, 32);
		memset(guarded[i], FILLED, 10000);
		if (i == 1)
			end(wards[i]);
	}
	CHECK_CODE(memward_protect(guarded[1], MEMWARD_NO_ACCESS), 0);
	atomic_store(&target, packed[1]);
	handle(SIGUSR2, wipe);
	CHECK_INT(raise(SIGUSR2), 0);
	CHECK_INT(atomic_load(&left), 0);
	CHECK_INT(atomic_load(&seen), MEMWARD_NO_ACCESS);
	CHECK_INT(probe(packed[1]), MEMWARD_NO_ACCESS);
	begin(wards[1], MEMWARD_READ_ONLY);
	for (int i = 0; i < 2; i++) {
		CHECK(holds(packed[i], 32, 0));
		CHECK(holds(guarded[i], 10000, 0));
	}
	end(wards[1]);
	end(wards[0]);
	return 0;
}

void a_handler_can_wipe_keyed_wards(void)
{
	need_keys();
	expect_success("wipe_in_handler");
}

static sigjmp_buf way_out;

static void jump(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	(void)context;
	siglongjmp(way_out, 1);
}

/* The window is still counted; the next call that has to do with it opens. */
void a_jump_out_of_a_handler_closes(void)
{
	memward_ward *ward = new_keyed_ward();
	unsigned char *volatile secret = new_secret(ward, 32);

	handle(SIGUSR2, jump);
	begin(ward, MEMWARD_READ_WRITE);
	if (sigsetjmp(way_out, 1) == 0) {
		(void)raise(SIGUSR2);
		TEST_FAIL("the handler did not jump");
	}
	CHECK_INT(probe(secret), MEMWARD_NO_ACCESS);
	begin(ward, MEMWARD_READ_ONLY);
	CHECK_INT(probe(secret), MEMWARD_READ_WRITE);
	end(ward);
	CHECK_INT(probe(secret), MEMWARD_READ_WRITE);
	end(ward);
	CHECK_INT(probe(secret), MEMWARD_NO_ACCESS);
	close_ward(ward);
}
