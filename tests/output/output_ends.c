/* SPDX-License-Identifier: MIT */
/* Writing when nobody reads, and when all is wiped. */
#include "output_cases.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool pipe_signal_waits(void)
{
	sigset_t set;

	CHECK_INT(sigpending(&set), 0);
	return sigismember(&set, SIGPIPE) == 1;
}

static void expect_broken(struct pair pair)
{
	unsigned char *secret = pattern_of(NULL, 100);
	size_t written = 1;

	CHECK_INT(close(pair.in), 0);
	pair.in = -1;
	errno = 0;
	CHECK_CODE(
	    memward_write_fd(secret, 100, pair.out, &written), MEMWARD_ESYSTEM);
	CHECK_INT(errno, EPIPE);
	CHECK_INT(written, 0);
	CHECK(!pipe_signal_waits());
	memward_free(secret);
	close_pair(&pair);
}

/* In a process of its own, whose SIGPIPE is what it is by default. */
int child_nobody_reads(void)
{
	sigset_t set;

	(void)signal(SIGPIPE, SIG_DFL);
	CHECK_INT(sigemptyset(&set), 0);
	CHECK_INT(sigaddset(&set, SIGPIPE), 0);
	CHECK_INT(pthread_sigmask(SIG_UNBLOCK, &set, NULL), 0);
	expect_broken(new_pipe());
	expect_broken(new_sockets(SOCK_STREAM));
	return 0;
}

/* The control: a bare write to such a pipe is the end. */
int child_bare_write(void)
{
	struct pair pair = new_pipe();

	(void)signal(SIGPIPE, SIG_DFL);
	CHECK_INT(close(pair.in), 0);
	CHECK_INT(write(pair.out, "", 1), 1);
	return 0;
}

void nobody_reads_is_an_error_and_no_signal(void)
{
	struct child_result control = support_run_child("bare_write");

	CHECK_INT(control.end, CHILD_KILLED);
	CHECK_INT(control.code, SIGPIPE);
	expect_success("nobody_reads");
}

/* One that was raised and held back before is the program's own affair. */
int child_keep_waiting_signal(void)
{
	unsigned char *secret = pattern_of(NULL, 100);
	struct pair pair = new_pipe();
	sigset_t set;

	CHECK_INT(sigemptyset(&set), 0);
	CHECK_INT(sigaddset(&set, SIGPIPE), 0);
	CHECK_INT(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
	CHECK_INT(raise(SIGPIPE), 0);
	CHECK_INT(close(pair.in), 0);
	CHECK_CODE(
	    memward_write_fd(secret, 100, pair.out, NULL), MEMWARD_ESYSTEM);
	CHECK(pipe_signal_waits());
	return 0;
}

void a_signal_that_waits_is_left_alone(void)
{
	expect_success("keep_waiting_signal");
}

int child_write_wiped(void)
{
	struct pair pair = new_pipe();
	unsigned char *secret = pattern_of(NULL, 100);

	CHECK_INT(memward_wipe_all(), 0);
	CHECK_CODE(
	    memward_write_fd(secret, 100, pair.out, NULL), MEMWARD_EWIPEDALL);
	set_non_blocking(pair.in);
	CHECK_INT(read(pair.in, secret, 1), -1);
	return 0;
}

/* It waits for room, and meanwhile there is nothing left to write. */
int child_wipe_while_waiting(void)
{
	const size_t len = page_size() + 1000;
	struct pair pair = new_pipe();
	struct job job = {
	    .secret = pattern_of(NULL, len), .len = len, .fd = pair.out};
	size_t zeros;
	size_t part;
	struct support_thread *writer =
	    write_a_part(&job, pair.in, &zeros, &part);
	struct reader reader;

	CHECK_INT(memward_wipe_all(), 0);
	start_reader(&reader, pair.in, zeros, SEED);
	support_join(writer);
	CHECK_CODE(job.rc, MEMWARD_EWIPEDALL);
	CHECK_INT(job.written, part);
	end_reader(&reader, &pair.out, part);
	return 0;
}

void what_was_wiped_is_not_written(void)
{
	expect_success("write_wiped");
}

void what_is_wiped_meanwhile_is_not_written(void)
{
	const char *sanitizer = support_sanitizer();

	if (sanitizer != NULL && strcmp(sanitizer, "thread") == 0)
		TEST_SKIP("the thread sanitizer misses the lock that "
			  "wiping all must not take");
	expect_success("wipe_while_waiting");
}

int child_write_foreign(void)
{
	static char bytes[16];

	return memward_write_fd(bytes, 1, 1, NULL);
}

void what_is_no_secret_ends_the_process(void)
{
	struct child_result result = support_run_child("write_foreign");

	CHECK_INT(result.end, CHILD_KILLED);
	CHECK_INT(result.code, SIGABRT);
	CHECK_STR(result.output,
	    "memward: memward_write_fd: pointer is not to a secret of "
	    "memward\n");
}
