/* SPDX-License-Identifier: MIT */
/* Threads and a handler, on every Unix. */
#if defined(__sun)
#define __EXTENSIONS__
#endif

#include "peek_elsewhere.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

struct work {
	int (*function)(void *);
	void *argument;
	int answer;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct work *waiting; /* under the lock, for the second thread */

static void *do_work(void *argument)
{
	struct work *work = argument;

	work->answer = work->function(work->argument);
	return NULL;
}

/* For as long as the victim lives. */
static void *wait_for_work(void *unused)
{
	(void)unused;
	(void)pthread_mutex_lock(&lock);
	for (;;) {
		while (waiting == NULL)
			(void)pthread_cond_wait(&changed, &lock);
		(void)do_work(waiting);
		waiting = NULL;
		(void)pthread_cond_broadcast(&changed);
	}
	return NULL;
}

static bool start(pthread_t *thread, void *(*function)(void *), void *argument)
{
	int err = pthread_create(thread, NULL, function, argument);

	errno = err;
	return err == 0;
}

bool peek_second_thread(void)
{
	pthread_t thread;

	return start(&thread, wait_for_work, NULL);
}

bool peek_in_second_thread(int (*function)(void *), void *argument)
{
	struct work work = {function, argument, -1};

	(void)pthread_mutex_lock(&lock);
	waiting = &work;
	(void)pthread_cond_broadcast(&changed);
	while (waiting != NULL)
		(void)pthread_cond_wait(&changed, &lock);
	(void)pthread_mutex_unlock(&lock);
	return work.answer == 0;
}

bool peek_in_new_thread(int (*function)(void *), void *argument)
{
	struct work work = {function, argument, -1};
	pthread_t thread;

	return start(&thread, do_work, &work) &&
	       pthread_join(thread, NULL) == 0 && work.answer == 0;
}

/* Atomic: raise(3) is not taken for a call that comes back to this file. */
static int (*_Atomic on_signal_function)(void *);
static void *_Atomic on_signal_argument;
static atomic_int on_signal_answer;

static void on_signal(int number)
{
	int (*function)(void *) = atomic_load(&on_signal_function);

	(void)number;
	atomic_store(
	    &on_signal_answer, function(atomic_load(&on_signal_argument)));
}

bool peek_in_handler(int (*function)(void *), void *argument)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	atomic_store(&on_signal_function, function);
	atomic_store(&on_signal_argument, argument);
	atomic_store(&on_signal_answer, -1);
	return sigaction(SIGUSR2, &action, NULL) == 0 && raise(SIGUSR2) == 0 &&
	       atomic_load(&on_signal_answer) == 0;
}
