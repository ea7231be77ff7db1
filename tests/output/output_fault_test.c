/* SPDX-License-Identifier: MIT */
/*
 * Writing while calls of the system fail or do less than was asked: what came
 * is what is said to have come, the ward is closed, the mask of signals as it
 * was. The linker puts these functions in place of the C library's.
 */
#define _GNU_SOURCE

#include "output_util.h"
#include "probe.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <unistd.h>

#define LEN 10000

ssize_t __real_write(int fd, const void *mem, size_t len);
ssize_t __real_send(int fd, const void *mem, size_t len, int flags);
int __real_poll(struct pollfd *fds, nfds_t count, int patience);
int __real_pthread_sigmask(int how, const sigset_t *set, sigset_t *old);
int __real_fcntl(int fd, int command, ...);
int __real_pipe2(int ends[2], int flags);
long __real_syscall(long number, ...);
int __real_ftruncate(int fd, off_t len);
void *__real_mmap(
    void *at, size_t len, int prot, int flags, int fd, off_t from);
int __real_madvise(void *at, size_t len, int advice);
ssize_t __real_getrandom(void *mem, size_t len, unsigned flags);
int __real_fstatfs(int fd, struct statfs *kind);

ssize_t __wrap_write(int fd, const void *mem, size_t len);
ssize_t __wrap_send(int fd, const void *mem, size_t len, int flags);
int __wrap_poll(struct pollfd *fds, nfds_t count, int patience);
int __wrap_pthread_sigmask(int how, const sigset_t *set, sigset_t *old);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_pipe2(int ends[2], int flags);
long __wrap_syscall(long number, ...);
int __wrap_ftruncate(int fd, off_t len);
void *__wrap_mmap(
    void *at, size_t len, int prot, int flags, int fd, off_t from);
int __wrap_madvise(void *at, size_t len, int advice);
ssize_t __wrap_getrandom(void *mem, size_t len, unsigned flags);
int __wrap_fstatfs(int fd, struct statfs *kind);

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

int __wrap_pipe2(int ends[2], int flags)
{
	return fails(false) ? -1 : __real_pipe2(ends, flags);
}

/* As in the C library, more is taken than may have been given. */
#if defined(__clang__)
__attribute__((no_sanitize("address")))
#endif
long __wrap_syscall(long number, ...)
{
	va_list rest;
	long argument[6];

	va_start(rest, number);
	for (size_t i = 0; i < TEST_COUNT(argument); i++)
		argument[i] = va_arg(rest, long);
	va_end(rest);
	return fails(false)
		   ? -1
		   : __real_syscall(number, argument[0], argument[1],
			 argument[2], argument[3], argument[4], argument[5]);
}

int __wrap_ftruncate(int fd, off_t len)
{
	return fails(false) ? -1 : __real_ftruncate(fd, len);
}

void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t from)
{
	return fails(false) ? MAP_FAILED
			    : __real_mmap(at, len, prot, flags, fd, from);
}

int __wrap_madvise(void *at, size_t len, int advice)
{
	return fails(false) ? -1 : __real_madvise(at, len, advice);
}

ssize_t __wrap_getrandom(void *mem, size_t len, unsigned flags)
{
	return fails(true) && fail_with != EAGAIN
		   ? -1
		   : __real_getrandom(mem, len, flags);
}

int __wrap_fstatfs(int fd, struct statfs *kind)
{
	return fails(false) ? -1 : __real_fstatfs(fd, kind);
}

static bool blocks_pipe_signal(void)
{
	sigset_t set;

	CHECK_INT(pthread_sigmask(SIG_SETMASK, NULL, &set), 0);
	return sigismember(&set, SIGPIPE) == 1;
}

static void start_counting(void)
{
	calls = 0;
	failed = false;
	counting = true;
}

static void expect_what_is_said(const unsigned char *secret, struct pair pair)
{
	static unsigned char got[LEN];
	size_t written = 0;
	int rc;
	int err;

	start_counting();
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
	const unsigned char *secret = pattern_of(new_plain_closed_ward(), LEN);

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
	const unsigned char *secret = pattern_of(new_plain_closed_ward(), LEN);

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

/* Handed whole, or nothing is left of the attempt. */
static void expect_handed(const unsigned char *secret,
    int (*hand)(const void *, size_t, int *), bool hidden)
{
	int next = next_descriptor();
	static unsigned char got[LEN];
	void *taken = NULL;
	int fd = -7;
	int rc;

	start_counting();
	rc = hand(secret, LEN, &fd);
	counting = false;
	CHECK_INT(probe((void *)secret), MEMWARD_NO_ACCESS);
	if (rc != 0) {
		CHECK(failed && fd == -7);
		CHECK_INT(next_descriptor(), next);
		return;
	}
	if (hidden) {
		CHECK_CODE(memward_take_hidden(plain_ward(), fd, &taken), 0);
		CHECK(is_filled(taken, LEN, SEED));
		memward_free(taken);
	} else {
		CHECK(read_exactly(fd, got, LEN));
		CHECK(is_filled(got, LEN, SEED));
		CHECK_INT(close(fd), 0);
	}
	CHECK_INT(next_descriptor(), next);
}

/* It did come to the calls, of which few wait. */
static void expect_calls(void)
{
	CHECK(fail_at > 2 || fail_with == EINTR || fail_with == EAGAIN);
}

static void handing_fails_whole(void)
{
	static const int errors[] = {EINTR, EAGAIN, EMFILE, ENOMEM, EPERM};
	const unsigned char *secret = pattern_of(new_plain_closed_ward(), LEN);
	int fd = -1;
	int rc = memward_hand_hidden(secret, 1, &fd);
	bool hidden = has_feature(rc, MEMWARD_SYS_HIDDEN);

	for (size_t i = 0; i < TEST_COUNT(errors); i++) {
		fail_with = errors[i];
		for (fail_at = 0, failed = true; failed; fail_at++)
			expect_handed(secret, memward_hand_pipe, false);
		expect_calls();
		for (fail_at = 0, failed = hidden; failed; fail_at++)
			expect_handed(secret, memward_hand_hidden, true);
		if (hidden)
			expect_calls();
	}
	close_leftovers();
	if (!hidden)
		TEST_SKIP("pipes only: there is no hidden memory here");
	CHECK_INT(close(fd), 0);
}

/*
 * Whole or not at all; true: it was taken, and is no more to be had. Into a new
 * ward, as one that had room from the last time would make no calls.
 */
static bool take(int fd)
{
	const memward_policy policy = unlocked_policy();
	memward_ward *ward = new_ward(&policy);
	void *taken = NULL;
	int rc;

	start_counting();
	rc = memward_take_hidden(ward, fd, &taken);
	counting = false;
	CHECK((rc == 0) == (taken != NULL));
	CHECK(rc == 0 || failed);
	if (rc == 0) {
		CHECK_INT(memward_size(taken), LEN);
		CHECK(is_filled(taken, LEN, SEED));
		memward_free(taken);
	}
	close_ward(ward);
	return rc == 0;
}

/* After a failure it can be taken as before; some are none to it. */
static void taking_fails_whole(void)
{
	const unsigned char *secret = pattern_of(NULL, LEN);
	int next = next_descriptor();
	int fd = -1;
	int rc = memward_hand_hidden(secret, LEN, &fd);

	if (!has_feature(rc, MEMWARD_SYS_HIDDEN))
		TEST_SKIP("cannot: %s", memward_error_text(rc));
	fail_with = ENOMEM;
	for (fail_at = 0, failed = true; failed; fail_at++) {
		if (fd < 0)
			CHECK_CODE(memward_hand_hidden(secret, LEN, &fd), 0);
		if (take(fd))
			fd = -1;
	}
	CHECK(fail_at > 2);
	/* The last one was taken, as no call failed. */
	CHECK_INT(fd, -1);
	CHECK_INT(next_descriptor(), next);
}

static const struct test_case cases[] = {
    TEST_CASE(every_call_fails_in_turn),
    TEST_CASE(writes_may_take_less),
    TEST_CASE(handing_fails_whole),
    TEST_CASE(taking_fails_whole),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
