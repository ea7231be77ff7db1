/* SPDX-License-Identifier: MIT */
/*
 * Single steps in another thread, while this one waits: it has bins of its own,
 * frees what this one allocated, and gives back what it cached when it ends.
 */
#include "ops.h"

#include <pthread.h>

/* Steps before the thread ends and another begins. */
#define LIFE 37

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	void (*step)(struct ops *ops); /* NULL: done, or to end */
	struct ops *ops;
	unsigned steps; /* so far; 0: there is no thread */
	bool ending;
} other = {
    .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* What it inherited of windows by key it gives up, with one of its own. */
static void give_up_inherited(struct ops *ops)
{
	for (unsigned i = 0; i < OPS_WARDS; i++) {
		if (!ops->wards[i].open || !ops->wards[i].keyed)
			continue;
		EXPECT(memward_begin(ops->wards[i].handle, MEMWARD_READ_ONLY) ==
		       0);
		EXPECT(memward_end(ops->wards[i].handle) == 0);
	}
}

static void *live(void *ops)
{
	give_up_inherited(ops);
	(void)pthread_mutex_lock(&other.lock);
	for (;;) {
		while (other.step == NULL && !other.ending)
			(void)pthread_cond_wait(&other.changed, &other.lock);
		if (other.ending)
			break;
		other.step(other.ops);
		other.step = NULL;
		(void)pthread_cond_broadcast(&other.changed);
	}
	(void)pthread_mutex_unlock(&other.lock);
	return NULL;
}

void ops_elsewhere_end(void)
{
	if (other.steps == 0)
		return;
	(void)pthread_mutex_lock(&other.lock);
	other.ending = true;
	(void)pthread_cond_broadcast(&other.changed);
	(void)pthread_mutex_unlock(&other.lock);
	EXPECT(pthread_join(other.thread, NULL) == 0);
	other.ending = false;
	other.steps = 0;
}

void ops_elsewhere(void (*step)(struct ops *ops), struct ops *ops)
{
	if (other.steps == 0)
		EXPECT(pthread_create(&other.thread, NULL, live, ops) == 0);
	ops->elsewhere = true;
	(void)pthread_mutex_lock(&other.lock);
	other.ops = ops;
	other.step = step;
	(void)pthread_cond_broadcast(&other.changed);
	while (other.step != NULL)
		(void)pthread_cond_wait(&other.changed, &other.lock);
	(void)pthread_mutex_unlock(&other.lock);
	ops->elsewhere = false;
	if (++other.steps == LIFE)
		ops_elsewhere_end();
}
