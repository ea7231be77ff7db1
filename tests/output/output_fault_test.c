/* SPDX-License-Identifier: MIT */
/*
 * Writing while calls of the system fail or do less than was asked: what came
 * is what is said to have come, the ward is closed, the mask of signals as it
 * was. The linker puts these functions in place of the C library's.
 */
#include "output_util.h"
#include "probe.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LEN 10000

ssize_t __real_write(int fd, const void *mem, size_t len);
ssize_t __real_send(int fd, const void *mem, size_t len, int flags);
int __real_poll(struct pollfd *fds, nfds_t count, int patience);
int __real_pthread_sigmask(int how, const sigset_t *set, sigset_t *old);
int __real_fcntl(int fd, int command, ...);

ssize_t __wrap_write(int fd, const void *mem, size_t len);
ssize_t __wrap_send(int fd, const void *mem, size_t len, int flags);
int __wrap_poll(struct pollfd *fds, nfds_t count, int patience);
int __wrap_pthread_sigmask(int how, const sigset_t *set, sigset_t *old);
int __wrap_fcntl(int fd, int command, ...);

static bool counting;
static size_t calls;
static size_t fail_at;
static int fail_with;
static bool failed;
static size_t most = SIZE_MAX; /* bytes of a write */

/* Some wait, and may be told to come again. */
static bool fails(bool waits)
{
	if (!counting ||
	    (!waits && (fail_with == EINTR || fail_with == EAGAIN)))
		return false;
	if (calls++ != fail_at)
		return false;
	errno = fail_with;
	failed = true;
	return true;
}

static size_t cut(size_t len)
{
	return counting && len > most ? most : len;
}

ssize_t __wrap_write(int fd, const void *mem, size_t len)
{
	return fails(true) ? -1 : __real_write(fd, mem, cut(len));
}

ssize_t __wrap_send(int fd, const void *mem, size_t len, int flags)
{
	return fails(true) ? -1 : __real_send(fd, mem, cut(len), flags);
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int patience)
{
	return fails(true) ? -1 : __real_poll(fds, count, patience);
}

/* It has its error as its result; taking a mask back cannot fail. */
int __wrap_pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	if (how == SIG_BLOCK && fails(false))
		return fail_with;
	return __real_pthread_sigmask(how, set, old);
}

int __wrap_fcntl(int fd, int command, ...)
{
	va_list rest;
	long argument;

	va_start(rest, command);
	argument = va_arg(rest, long);
	va_end(rest);
	return fails(false) ? -1 : __real_fcntl(fd, command, argument);
}

static bool blocks_pipe_signal(void)
{
	sigset_t set;

	CHECK_INT(pthread_sigmask(SIG_SETMASK, NULL, &set), 0);
	return sigismember(&set, SIGPIPE) == 1;
}

static void expect_what_is_said(const unsigned char *secret, struct pair pair)
{
	static unsigned char got[LEN];
	size_t written = 0;
	int rc;
	int err;

	calls = 0;
	failed = false;
	counting = true;
	rc = memward_write_fd(secret, LEN, pair.out, &written);
	err = errno;
	counting = false;
	CHECK((rc == 0) == (written == LEN));
	/* These two are no reason to give up. */
	CHECK(rc == 0 || (failed && fail_with != EINTR && fail_with != EAGAIN));
	if (rc != 0)
		CHECK_INT(err, fail_with);
	CHECK(read_exactly(pair.in, got, written));
	CHECK(is_filled(got, written, SEED));
	set_non_blocking(pair.in);
	CHECK_INT(read(pair.in, got, 1), -1);
	CHECK(!blocks_pipe_signal());
	CHECK_INT(probe((void *)secret), MEMWARD_NO_ACCESS);
}

static void fail_each(struct pair (*make)(void))
{
	static const int errors[] = {EINTR, EAGAIN, EIO, ENOSPC, ENOMEM, EPERM};
	const unsigned char *secret = pattern_of(new_closed_ward(), LEN);

	for (size_t i = 0; i < TEST_COUNT(errors); i++) {
		fail_with = errors[i];
		fail_at = 0;
		do {
			struct pair pair = make();

			expect_what_is_said(secret, pair);
			close_pair(&pair);
			fail_at++;
		} while (failed);
		/* It did come to the calls. */
		CHECK(fail_at > 2);
	}
	close_leftovers();
}

static struct pair stream_sockets(void)
{
	return new_sockets(SOCK_STREAM);
}

static void every_call_fails_in_turn(void)
{
	fail_each(new_pipe);
	fail_each(stream_sockets);
}

static void writes_may_take_less(void)
{
	const unsigned char *secret = pattern_of(new_closed_ward(), LEN);

	fail_at = SIZE_MAX;
	for (most = 1; most < 5000; most = most * 3 + 1) {
		struct pair pair = new_pipe();

		expect_what_is_said(secret, pair);
		close_pair(&pair);
		/* A socket has room for few messages, however short. */
		if (most < 1000)
			continue;
		pair = stream_sockets();
		expect_what_is_said(secret, pair);
		close_pair(&pair);
	}
	most = SIZE_MAX;
	close_leftovers();
}

static const struct test_case cases[] = {
    TEST_CASE(every_call_fails_in_turn),
    TEST_CASE(writes_may_take_less),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
