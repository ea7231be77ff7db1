/* SPDX-License-Identifier: MIT */
/* output.h on Unix. */
#if defined(__linux__)
#define _GNU_SOURCE
#endif
#if defined(__sun) && !defined(__EXTENSIONS__)
#define __EXTENSIONS__
#endif
#if defined(__APPLE__) && !defined(_DARWIN_C_SOURCE)
#define _DARWIN_C_SOURCE
#endif

#include "output.h"

#include "posix.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(_WIN32)
#error "posix_output.c is for Unix systems"
#endif

/* Systems without it raise the signal, which is then taken away again. */
#ifdef MSG_NOSIGNAL
#define SEND_FLAGS (MSG_DONTWAIT | MSG_NOSIGNAL)
#else
#define SEND_FLAGS MSG_DONTWAIT
#endif

/* A pipe with any room has room for so much, and does not block. */
#ifdef PIPE_BUF
#define PIECE ((size_t)PIPE_BUF)
#else
#define PIECE ((size_t)_POSIX_PIPE_BUF)
#endif

int mw_sys_check_output(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return mw_posix_error(errno);
	if ((flags & O_ACCMODE) != O_RDONLY)
		return 0;
	errno = EBADF;
	return MEMWARD_ESYSTEM;
}

static int ask_for_room(int fd, int patience)
{
	struct pollfd room = {.fd = fd, .events = POLLOUT};

	return poll(&room, 1, patience);
}

int mw_sys_wait_for_room(int fd)
{
	while (ask_for_room(fd, -1) < 0) {
		if (errno != EINTR && errno != EAGAIN)
			return mw_posix_error(errno);
	}
	return 0;
}

bool mw_sys_has_room(int fd)
{
	return ask_for_room(fd, 0) > 0;
}

/*
 * A piece of a file or pipe; all of it to a socket, which takes what fits. The
 * calls for sockets of Solaris are in a library that nobody here links.
 */
static ssize_t put(int fd, const void *mem, size_t len)
{
#if !defined(__sun)
	ssize_t n = send(fd, mem, len, SEND_FLAGS);

	if (n >= 0 || errno != ENOTSOCK)
		return n;
#endif
	return write(fd, mem, len < PIECE ? len : PIECE);
}

#if defined(__APPLE__)

/* There the signal may go to another thread: it is not raised to begin with. */
static ssize_t put_silently(int fd, const void *mem, size_t len)
{
	int before = fcntl(fd, F_GETNOSIGPIPE);
	ssize_t n;
	int err;

	if (before < 0 || fcntl(fd, F_SETNOSIGPIPE, 1) != 0)
		return -1;
	n = put(fd, mem, len);
	err = errno;
	(void)fcntl(fd, F_SETNOSIGPIPE, before);
	errno = err;
	return n;
}

#else

/* The set of this one signal; its calls fail for no signal that exists. */
static sigset_t pipe_signal(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGPIPE);
	return set;
}

static bool is_pending(void)
{
	sigset_t set;

	return sigpending(&set) == 0 && sigismember(&set, SIGPIPE) == 1;
}

/*
 * The signal of a write is its thread's. It is held back there, and taken away
 * unless one was waiting before.
 */
static ssize_t put_silently(int fd, const void *mem, size_t len)
{
	sigset_t set = pipe_signal();
	sigset_t before;
	bool waited;
	ssize_t n;
	int taken;
	int err = pthread_sigmask(SIG_BLOCK, &set, &before);

	if (err != 0) {
		errno = err;
		return -1;
	}
	waited = is_pending();
	n = put(fd, mem, len);
	err = errno;
	if (n < 0 && err == EPIPE && !waited && is_pending())
		(void)sigwait(&set, &taken);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = err;
	return n;
}

#endif

int mw_sys_write(int fd, const void *mem, size_t len, size_t *written)
{
	ssize_t n = put_silently(fd, mem, len);

	*written = n > 0 ? (size_t)n : 0;
	if (n >= 0 || errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)
		return 0;
	return mw_posix_error(errno);
}

/* Without room for it, the rest is not written: the caller sees to that. */
static int make_room(int fd, size_t room)
{
#ifdef F_SETPIPE_SZ
	int has = fcntl(fd, F_GETPIPE_SZ);

	if (has >= 0 && (size_t)has >= room)
		return 0;
	/* EPERM: fs.pipe-max-size, or what one user's pipes may have. */
	if (room > INT_MAX || fcntl(fd, F_SETPIPE_SZ, (int)room) < 0)
		return MEMWARD_EPIPELIMIT;
#else
	(void)fd;
	(void)room;
#endif
	return 0;
}

/* macOS and older Solaris have no call that does both at once. */
static int make_pipe(int ends[2])
{
#if defined(__APPLE__) || defined(__sun)
	if (pipe(ends) != 0)
		return -1;
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	return 0;
#else
	return pipe2(ends, O_CLOEXEC);
#endif
}

int mw_sys_pipe(size_t room, int ends[2])
{
	int rc = 0;

	if (make_pipe(ends) != 0)
		return mw_posix_error(errno);
	if (fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0)
		rc = mw_posix_error(errno);
	if (rc == 0)
		rc = make_room(ends[1], room);
	if (rc == 0)
		return 0;
	mw_sys_close(ends[0]);
	mw_sys_close(ends[1]);
	return rc;
}
