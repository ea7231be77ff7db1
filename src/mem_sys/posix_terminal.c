/* SPDX-License-Identifier: MIT */
/*
 * A prompt on a terminal, on Unix. While it lasts signals only make a note,
 * and wake the waiting thread through a pipe: whichever thread they come to.
 * Once the terminal is as it was they are raised again.
 */
#if defined(__sun) && !defined(__EXTENSIONS__)
#define __EXTENSIONS__
#endif
#if defined(__APPLE__) && !defined(_DARWIN_C_SOURCE)
#define _DARWIN_C_SOURCE
#endif
#if defined(__NetBSD__) && !defined(_NETBSD_SOURCE)
#define _NETBSD_SOURCE
#endif

#include "input.h"

#include "ends.h"
#include "posix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#if defined(_WIN32)
#error "posix_terminal.c is for Unix systems"
#endif

/* What a signal does to a prompt, once its own action has returned. */
enum effect {
	ENDS,    /* it is given up */
	STOPS,   /* it is begun anew */
	DEFAULT, /* as ENDS, but a handler of the program's is left alone */
	CRASHES  /* the process ends there and then; likewise */
};

static const struct {
	int number;
	enum effect effect;
} signals[] = {
    {SIGTTOU, STOPS},
    {SIGALRM, ENDS},
    {SIGHUP, ENDS},
    {SIGINT, ENDS},
    {SIGPIPE, ENDS},
    {SIGQUIT, ENDS},
    {SIGTERM, ENDS},
    {SIGCONT, STOPS},
    {SIGTSTP, STOPS},
    {SIGTTIN, STOPS},
    {SIGUSR1, DEFAULT},
    {SIGUSR2, DEFAULT},
    {SIGVTALRM, DEFAULT},
    {SIGPROF, DEFAULT},
    {SIGXCPU, DEFAULT},
    {SIGXFSZ, DEFAULT},
    {SIGABRT, CRASHES},
    {SIGBUS, CRASHES},
    {SIGFPE, CRASHES},
    {SIGILL, CRASHES},
    {SIGSEGV, CRASHES},
    {SIGSYS, CRASHES},
    {SIGTRAP, CRASHES},
#ifdef SIGIO
    {SIGIO, DEFAULT},
#endif
#ifdef SIGPWR
    {SIGPWR, DEFAULT},
#endif
#ifdef SIGSTKFLT
    {SIGSTKFLT, DEFAULT},
#endif
};
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))
#define TTOU    0

/* The one prompt that there is at a time. */
static pthread_mutex_t asking = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction before[SIGNALS];
static bool taken[SIGNALS];
static atomic_int came[SIGNALS];
static atomic_int noting; /* handlers that run now */
static atomic_int owner;  /* the process that asks */
static int wake[2];       /* a pipe */
static int asked;         /* the terminal */
static struct termios shown;
static atomic_bool hidden; /* the terminal is not as `shown` has it */
static bool opened;        /* it is ours to close */

/* What was there before has it. Where the signal is blocked it waits. */
static void pass_on(size_t i)
{
	(void)sigaction(signals[i].number, &before[i], NULL);
	(void)raise(signals[i].number);
}

static void note(int number)
{
	int err = errno;
	ssize_t n;

	atomic_fetch_add(&noting, 1);
	for (size_t i = 0; i < SIGNALS; i++) {
		if (signals[i].number != number)
			continue;
		/* In a child of fork: the signal is not the prompt's. */
		if ((int)getpid() != atomic_load(&owner)) {
			pass_on(i);
			break;
		}
		atomic_store(&came[i], 1);
		/* If the pipe is full, it wakes all the same. */
		n = write(wake[1], "", 1);
		(void)n;
	}
	atomic_fetch_sub(&noting, 1);
	errno = err;
}

/*
 * A bug in another thread, or abort(): the terminal is set back right here. It
 * is of the calls that a handler may make.
 */
static void crash(int number)
{
	if ((int)getpid() == atomic_load(&owner) && hidden)
		(void)tcsetattr(asked, TCSANOW, &shown);
	for (size_t i = 0; i < SIGNALS; i++) {
		if (signals[i].number == number)
			pass_on(i);
	}
}

static bool has_come(void)
{
	for (size_t i = 0; i < SIGNALS; i++) {
		if (atomic_load(&came[i]) != 0)
			return true;
	}
	return false;
}

static bool is_to_take(size_t i)
{
	/* A handler with three arguments is in the same place as one of one. */
	if (before[i].sa_handler == SIG_IGN)
		return false;
	return signals[i].effect < DEFAULT ||
	       mw_sys_signal_ends(signals[i].number);
}

static bool take(size_t i)
{
	struct sigaction action = {.sa_handler = note, .sa_flags = SA_ONSTACK};

	(void)sigemptyset(&action.sa_mask);
	if (signals[i].effect == CRASHES) {
		action.sa_handler = crash;
		/* Blocked, it does not keep who is in the background away. */
		(void)sigaddset(&action.sa_mask, SIGTTOU);
	}
	/* Of numbers that exist no call fails. */
	return sigaction(signals[i].number, NULL, &before[i]) == 0 &&
	       is_to_take(i) &&
	       sigaction(signals[i].number, &action, NULL) == 0;
}

static void take_signals(void)
{
	atomic_store(&owner, (int)getpid());
	for (size_t i = 0; i < SIGNALS; i++) {
		atomic_store(&came[i], 0);
		taken[i] = take(i);
	}
}

static void leave_signals(void)
{
	for (size_t i = 0; i < SIGNALS; i++) {
		if (taken[i])
			(void)sigaction(signals[i].number, &before[i], NULL);
	}
	/* One that runs in another thread still has the pipe. */
	while (atomic_load(&noting) != 0)
		(void)sched_yield();
}

/* To this thread, so that it is done when this returns; if it can be. */
static void raise_again(int number)
{
	sigset_t blocked;

	if (pthread_sigmask(SIG_SETMASK, NULL, &blocked) == 0 &&
	    sigismember(&blocked, number) == 1)
		(void)kill(getpid(), number);
	else
		(void)raise(number);
}

/* The signals that came do what they were to do. */
static int raise_all(void)
{
	int rc = 0;

	for (size_t i = 0; i < SIGNALS; i++) {
		if (atomic_load(&came[i]) == 0)
			continue;
		raise_again(signals[i].number);
		if (signals[i].effect != STOPS)
			rc = MEMWARD_EINTERRUPTED;
		else if (rc == 0)
			rc = MW_SYS_AGAIN;
	}
	return rc;
}

static int open_wake(void)
{
	if (pipe(wake) != 0)
		return MEMWARD_ESYSTEM;
	for (int i = 0; i < 2; i++) {
		if (fcntl(wake[i], F_SETFD, FD_CLOEXEC) == 0 &&
		    fcntl(wake[i], F_SETFL, O_NONBLOCK) == 0)
			continue;
		mw_sys_close(wake[0]);
		mw_sys_close(wake[1]);
		return MEMWARD_ESYSTEM;
	}
	return 0;
}

static int open_terminal(int given, int *fd)
{
	opened = given < 0;
	*fd = given;
	while (*fd < 0) {
		*fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
		if (*fd < 0 && errno != EINTR)
			return MEMWARD_ENOTERMINAL;
	}
	return 0;
}

static int terminal_error(int err)
{
	return err == ENOTTY ? MEMWARD_ENOTERMINAL : mw_posix_error(err);
}

/* In the background SIGTTOU comes instead, which stops the process. */
static int set(int fd, const struct termios *how)
{
	/* What was typed before could be seen, so it is thrown away. */
	while (tcsetattr(fd, TCSAFLUSH, how) != 0) {
		if (errno != EINTR)
			return terminal_error(errno);
		if (has_come())
			return MW_SYS_WOKEN;
	}
	return 0;
}

static int hide(int fd)
{
	bool earlier = hidden;
	struct termios quiet;
	int rc;

	/* If it could not be set back, `shown` is still what it should be. */
	if (!hidden && tcgetattr(fd, &shown) != 0)
		return terminal_error(errno);
	quiet = shown;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	quiet.c_lflag |= ICANON;
	quiet.c_iflag |= ICRNL;
	/* Said first: a crash in another thread may come at any moment. */
	hidden = true;
	rc = set(fd, &quiet);
	if (rc != 0)
		hidden = earlier;
	return rc;
}

/*
 * A process that was put in the background leaves the terminal alone: it is
 * the shell's by now, which has set it for itself.
 */
static int show(int fd)
{
	int already = atomic_exchange(&came[TTOU], 0);
	int rc = 0;

	while (rc == 0 && atomic_load(&came[TTOU]) == 0) {
		if (tcsetattr(fd, TCSAFLUSH, &shown) == 0) {
			hidden = false;
			break;
		}
		if (errno != EINTR)
			rc = terminal_error(errno);
	}
	atomic_fetch_or(&came[TTOU], already);
	return rc;
}

static int say(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len != 0) {
		struct pollfd room = {.fd = fd, .events = POLLOUT};
		ssize_t n = write(fd, text, len);

		if (n >= 0) {
			text += n;
			len -= (size_t)n;
		} else if (has_come()) {
			return MW_SYS_WOKEN;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			(void)poll(&room, 1, -1);
		} else if (errno != EINTR) {
			return terminal_error(errno);
		}
	}
	return 0;
}

int mw_sys_terminal_open(int given, struct mw_terminal *terminal)
{
	int rc;

	(void)pthread_mutex_lock(&asking);
	hidden = false;
	rc = open_terminal(given, &terminal->fd);
	if (rc == 0) {
		rc = open_wake();
		if (rc == 0) {
			terminal->wake = wake[0];
			return 0;
		}
		if (opened)
			mw_sys_close(terminal->fd);
	}
	(void)pthread_mutex_unlock(&asking);
	return rc;
}

int mw_sys_terminal_ask(const struct mw_terminal *terminal, const char *prompt)
{
	int rc;

	asked = terminal->fd;
	take_signals();
	rc = hide(terminal->fd);
	return rc != 0 ? rc : say(terminal->fd, prompt);
}

/* What woke the last prompt is not to wake the next. */
static void drain_wake(void)
{
	char bytes[64];

	while (read(wake[0], bytes, sizeof(bytes)) > 0)
		;
}

int mw_sys_terminal_settle(const struct mw_terminal *terminal)
{
	int rc = 0;
	int raised;
	int err;

	if (hidden) {
		/* The line end that was not shown; nothing depends on it. */
		ssize_t n = write(terminal->fd, "\n", 1);

		(void)n;
		rc = show(terminal->fd);
	}
	err = errno;
	leave_signals();
	drain_wake();
	raised = raise_all();
	errno = err;
	return raised != 0 ? raised : rc;
}

void mw_sys_terminal_close(const struct mw_terminal *terminal)
{
	mw_sys_close(wake[0]);
	mw_sys_close(wake[1]);
	if (opened)
		mw_sys_close(terminal->fd);
	(void)pthread_mutex_unlock(&asking);
}
