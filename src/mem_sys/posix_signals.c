/* SPDX-License-Identifier: MIT */
/*
 * Signals that wipe, on Unix. Below the handler here lies the one that was
 * there before: it is called with the same arguments, under the flags and the
 * mask that it had asked for.
 */
#if defined(__sun) && !defined(__EXTENSIONS__)
#define __EXTENSIONS__
#endif

#include "ends.h"

#include "posix.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>

#if defined(_WIN32)
#error "posix_signals.c is for Unix systems"
#endif

/* More than any system has. */
#define SIGNALS 130

const int mw_sys_signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGILL, SIGABRT,
    SIGBUS, SIGFPE, SIGSEGV, SIGSYS, SIGXCPU, SIGXFSZ};
const size_t mw_sys_signal_count =
    sizeof(mw_sys_signals) / sizeof(mw_sys_signals[0]);

/* By default these stop the process, let it go on, or do nothing. */
static const int harmless[] = {SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN,
    SIGTTOU, SIGURG,
#ifdef SIGWINCH
    SIGWINCH,
#endif
#ifdef SIGINFO
    SIGINFO,
#endif
    SIGKILL};

enum use {
	FREE,    /* the handler here is nobody's */
	PASSING, /* somebody may still call it: it wipes no more */
	WIPING
};

static struct taken {
	_Atomic int use;
	struct sigaction below; /* what is done after the wipe */
	/*
	 * What was below first. A handler that was set over the one here, and
	 * over which that was set again, calls it in its turn: then this
	 * follows.
	 */
	struct sigaction first;
} taken[SIGNALS];

static void (*wipe_function)(void);

/* What the calling thread is passing on: for handlers in a ring. */
static MW_THREAD_LOCAL volatile sig_atomic_t passing;

/*
 * The way the process would have ended. The signal waits until the handlers
 * return, so that a core file shows where it struck, and not this. To return
 * without it would not do: the wipe has opened the page that was touched.
 */
static void end_by(int signal)
{
	struct sigaction usual = {.sa_handler = SIG_DFL};

	/* None of these fails for a signal that had a handler. */
	(void)sigemptyset(&usual.sa_mask);
	(void)sigaction(signal, &usual, NULL);
	(void)raise(signal);
}

/* musl has an unsigned constant on some processors. */
static bool takes_information(const struct sigaction *action)
{
	return ((unsigned)action->sa_flags & (unsigned)SA_SIGINFO) != 0;
}

static void pass_on(
    const struct sigaction *next, int signal, siginfo_t *info, void *context)
{
	if (takes_information(next))
		next->sa_sigaction(signal, info, context);
	else if (next->sa_handler == SIG_DFL)
		end_by(signal);
	else if (next->sa_handler != SIG_IGN)
		next->sa_handler(signal);
}

static void handle(int signal, siginfo_t *info, void *context)
{
	struct taken *t = &taken[signal];
	sig_atomic_t outer = passing;
	int err = errno;

	if (atomic_load(&t->use) == WIPING)
		wipe_function();
	passing = signal;
	errno = err;
	pass_on(outer == signal ? &t->first : &t->below, signal, info, context);
	passing = outer;
}

static bool is_own(const struct sigaction *action)
{
	return takes_information(action) && action->sa_sigaction == handle;
}

static bool is(const struct sigaction *action, void (*usual)(int))
{
	return !takes_information(action) && action->sa_handler == usual;
}

int mw_sys_signal_check(int signal)
{
	struct sigaction now;

	if (signal <= 0 || signal >= SIGNALS ||
	    sigaction(signal, NULL, &now) != 0)
		return MEMWARD_EVALUE;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++) {
		if (signal == harmless[i])
			return MEMWARD_EVALUE;
	}
	return 0;
}

int mw_sys_signal_take(int signal, void (*wipe)(void))
{
	struct taken *t = &taken[signal];
	struct sigaction action;
	int before = atomic_load(&t->use);

	wipe_function = wipe;
	if (sigaction(signal, NULL, &action) != 0)
		return mw_posix_error(errno);
	if (is(&action, SIG_IGN))
		return 0;
	if (!is_own(&action)) {
		t->below = action;
		if (before == FREE)
			t->first = action;
		if (is(&action, SIG_DFL))
			action.sa_flags = SA_ONSTACK;
		action.sa_flags |= SA_SIGINFO;
		action.sa_sigaction = handle;
	}
	atomic_store(&t->use, WIPING);
	if (sigaction(signal, &action, NULL) == 0)
		return 0;
	atomic_store(&t->use, before);
	return mw_posix_error(errno);
}

static void leave(int signal)
{
	struct taken *t = &taken[signal];
	struct sigaction now;

	/* Neither call fails for what was taken. */
	if (sigaction(signal, NULL, &now) == 0 && is_own(&now))
		(void)sigaction(signal, &t->below, NULL);
	atomic_store(&t->use, PASSING);
	t->below = t->first;
}

void mw_sys_signals_leave(void)
{
	for (int signal = 1; signal < SIGNALS; signal++) {
		if (atomic_load(&taken[signal].use) == WIPING)
			leave(signal);
	}
}

bool mw_sys_signal_wipes(int signal)
{
	struct sigaction now;

	return signal > 0 && signal < SIGNALS &&
	       atomic_load(&taken[signal].use) == WIPING &&
	       sigaction(signal, NULL, &now) == 0 && is_own(&now);
}

bool mw_sys_signal_ends(int signal)
{
	struct sigaction now;

	if (sigaction(signal, NULL, &now) != 0)
		return false;
	return is(&now, SIG_DFL) ||
	       (is_own(&now) && is(&taken[signal].below, SIG_DFL));
}
