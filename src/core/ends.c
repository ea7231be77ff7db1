/* SPDX-License-Identifier: MIT */
#include "ends.h"

#include "fatal.h"
#include "fork.h"
#include "ward.h"

#include "memward/ends.h"

#include "mem_sys/ends.h"

#include <stdlib.h>

static struct mw_mutex lock;
static bool hooked;
static atomic_bool wipes_at_exit;

void mw_ends_start(void)
{
	mw_mutex_init(&lock);
}

void mw_ends_hold(void)
{
	mw_mutex_lock(&lock);
}

void mw_ends_let_go(void)
{
	mw_mutex_unlock(&lock);
}

static int enter(void)
{
	int rc = mw_ward_start();

	if (rc == 0)
		mw_fork_check();
	return rc;
}

/* Nobody is left whom the bytes that stayed could be told. */
static void wipe(void)
{
	(void)memward_wipe_all();
}

static void end(void)
{
	if (atomic_load(&wipes_at_exit))
		wipe();
}

static int take(const int *signals, size_t count)
{
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++)
		rc = mw_sys_signal_check(signals[i]);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = mw_sys_signal_take(signals[i], wipe);
	return rc;
}

int memward_wipe_on_signals(const int *signals, size_t count)
{
	int rc;

	if (signals == NULL && count != 0)
		return MEMWARD_ENULL;
	if (signals == NULL) {
		signals = mw_sys_signals;
		count = mw_sys_signal_count;
	}
	rc = enter();
	if (rc != 0)
		return rc;
	mw_mutex_lock(&lock);
	rc = take(signals, count);
	mw_mutex_unlock(&lock);
	return rc;
}

void memward_leave_signals(void)
{
	/* If it cannot start, nothing was taken. */
	if (enter() != 0)
		return;
	mw_mutex_lock(&lock);
	mw_sys_signals_leave();
	mw_mutex_unlock(&lock);
}

bool memward_wipes_on_signal(int signal)
{
	return mw_sys_signal_wipes(signal);
}

int memward_wipe_at_exit(bool asked)
{
	int rc = enter();

	if (rc != 0)
		return rc;
	mw_mutex_lock(&lock);
	/* What was registered stays so; the other word decides. */
	if (asked && !hooked)
		hooked = atexit(end) == 0;
	if (asked && !hooked)
		rc = MEMWARD_ENOMEM;
	else
		atomic_store(&wipes_at_exit, asked);
	mw_mutex_unlock(&lock);
	return rc;
}

void memward_panic(const char *reason)
{
	wipe();
	mw_fatal_say(
	    "panic", reason == NULL ? "all secrets are wiped" : reason);
	mw_sys_end_without_core();
}
