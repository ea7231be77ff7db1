/* SPDX-License-Identifier: MIT */
/*
 * Windows by protection key: of one thread, and nobody else's. The kernel
 * honours a thread's keys when it copies on its behalf, so probe() sees what
 * the calling thread may do.
 */
#include "keyed_list.h"

#include <pthread.h>
#include <string.h>

/* MEMWARD_SYS_KEYS in arrays. */
#define KEYS_BIT 9
_Static_assert(MEMWARD_SYS_KEYS == 1 << KEYS_BIT, "its bit number");

void need_keys(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	CHECK_CODE(memward_sys_query(&info), 0);
	if ((info.granted & MEMWARD_SYS_KEYS) == 0)
		TEST_SKIP("cannot: no protection keys (%s)",
		    memward_error_text(info.reason[KEYS_BIT]));
}

memward_policy keyed_policy(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;

	policy.require |= MEMWARD_KEYED;
	policy.rest = MEMWARD_NO_ACCESS;
	policy.flags |= MEMWARD_FIXED;
	return policy;
}

memward_ward *new_keyed_ward(void)
{
	memward_policy policy = keyed_policy();

	need_keys();
	return new_ward(&policy);
}

void begin(memward_ward *ward, memward_access access)
{
	CHECK_CODE(memward_begin(ward, access), 0);
}

void end(memward_ward *ward)
{
	CHECK_CODE(memward_end(ward), 0);
}

/* What this machine has, the query says, and an open says the same. */
void a_keyed_ward_opens_where_the_query_grants_keys(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	memward_policy policy = keyed_policy();
	memward_ward *ward = NULL;
	int rc;

	policy.require &= ~(uint32_t)MEMWARD_LOCKED;
	CHECK_CODE(memward_sys_query(&info), 0);
	rc = memward_open(&policy, &ward);
	CHECK_CODE(rc, info.reason[KEYS_BIT]);
	CHECK((rc == 0) == ((info.granted & MEMWARD_SYS_KEYS) != 0));
	if (rc == 0)
		CHECK_CODE(memward_close(ward), 0);
}

void a_ward_that_is_open_at_rest_takes_no_key(void)
{
	memward_policy policy = unlocked_policy();
	memward_ward *ward = NULL;
	memward_report report;

	policy.require |= MEMWARD_KEYED;
	CHECK_CODE(memward_open(&policy, &ward), MEMWARD_ENOTCLOSED);
	policy.require &= ~(uint32_t)MEMWARD_KEYED;
	policy.prefer |= MEMWARD_KEYED;
	ward = new_ward(&policy);
	report = report_of(ward);
	CHECK_INT(report.obtained & MEMWARD_KEYED, 0);
	CHECK_CODE(report.reason[5], MEMWARD_ENOTCLOSED);
	close_ward(ward);
}

void the_report_says_keyed(void)
{
	memward_ward *ward = new_keyed_ward();
	memward_report report = report_of(ward);

	CHECK(report.obtained & MEMWARD_KEYED);
	CHECK_CODE(report.reason[5], 0);
	close_ward(ward);
}

/* A second thread, there before any window, that looks when it is told. */
struct watcher {
	struct support_thread *thread;
	pthread_barrier_t meeting;
	memward_ward *ward;
	unsigned char *at;
	memward_access seen;
	void (*look)(struct watcher *w);
	bool stop;
};

static void meet(struct watcher *w)
{
	int rc = pthread_barrier_wait(&w->meeting);

	CHECK(rc == 0 || rc == PTHREAD_BARRIER_SERIAL_THREAD);
}

static void watch(void *watcher)
{
	struct watcher *w = watcher;

	for (;;) {
		(void)pthread_barrier_wait(&w->meeting);
		if (w->stop)
			return;
		w->look(w);
		(void)pthread_barrier_wait(&w->meeting);
	}
}

static void start_watcher(struct watcher *w)
{
	CHECK_INT(pthread_barrier_init(&w->meeting, NULL, 2), 0);
	w->stop = false;
	w->thread = support_start(watch, w);
	CHECK(w->thread != NULL);
}

static void have_watched(struct watcher *w, void (*look)(struct watcher *w))
{
	w->look = look;
	meet(w);
	meet(w);
}

static void stop_watcher(struct watcher *w)
{
	w->stop = true;
	meet(w);
	support_join(w->thread);
}

static void look_at_secret(struct watcher *w)
{
	w->seen = probe(w->at);
}

void a_window_is_its_threads_alone(void)
{
	struct watcher w = {.ward = new_keyed_ward()};
	unsigned char *guarded = new_guarded(w.ward, 100, 1);

	w.at = new_secret(w.ward, 32);
	start_watcher(&w);
	begin(w.ward, MEMWARD_READ_WRITE);
	memset(w.at, FILLED, 32);
	memset(guarded, FILLED, 100);
	have_watched(&w, look_at_secret);
	CHECK_INT(w.seen, MEMWARD_NO_ACCESS);
	CHECK_INT(probe(w.at), MEMWARD_READ_WRITE);
	w.at = guarded;
	have_watched(&w, look_at_secret);
	CHECK_INT(w.seen, MEMWARD_NO_ACCESS);
	end(w.ward);
	CHECK_INT(probe(w.at), MEMWARD_NO_ACCESS);
	stop_watcher(&w);
	close_ward(w.ward);
}

static void open_to_read(struct watcher *w)
{
	if (memward_begin(w->ward, MEMWARD_READ_ONLY) == 0)
		w->seen = probe(w->at);
}

static void close_again(struct watcher *w)
{
	if (memward_end(w->ward) == 0)
		w->seen = probe(w->at);
}

static void end_anothers(struct watcher *w)
{
	w->seen = memward_end(w->ward) == MEMWARD_EWINDOW ? MEMWARD_NO_ACCESS
							  : MEMWARD_READ_WRITE;
}

void threads_have_windows_of_their_own_at_once(void)
{
	struct watcher w = {.ward = new_keyed_ward()};

	w.at = new_secret(w.ward, 32);
	start_watcher(&w);
	begin(w.ward, MEMWARD_READ_WRITE);
	have_watched(&w, end_anothers);
	CHECK_INT(w.seen, MEMWARD_NO_ACCESS);
	have_watched(&w, open_to_read);
	CHECK_INT(w.seen, MEMWARD_READ_ONLY);
	CHECK_INT(probe(w.at), MEMWARD_READ_WRITE);
	end(w.ward);
	CHECK_INT(probe(w.at), MEMWARD_NO_ACCESS);
	have_watched(&w, look_at_secret);
	CHECK_INT(w.seen, MEMWARD_READ_ONLY);
	/* A window of any thread is in the way of closing for good. */
	CHECK_CODE(memward_close(w.ward), MEMWARD_EWINDOW);
	have_watched(&w, close_again);
	CHECK_INT(w.seen, MEMWARD_NO_ACCESS);
	stop_watcher(&w);
	close_ward(w.ward);
}

void keyed_windows_nest(void)
{
	memward_ward *ward = new_keyed_ward();
	unsigned char *secret = new_secret(ward, 32);

	begin(ward, MEMWARD_READ_ONLY);
	CHECK_INT(probe(secret), MEMWARD_READ_ONLY);
	begin(ward, MEMWARD_READ_WRITE);
	CHECK_INT(probe(secret), MEMWARD_READ_WRITE);
	begin(ward, MEMWARD_READ_ONLY);
	CHECK_INT(probe(secret), MEMWARD_READ_WRITE);
	end(ward);
	CHECK_INT(probe(secret), MEMWARD_READ_WRITE);
	end(ward);
	CHECK_INT(probe(secret), MEMWARD_READ_ONLY);
	end(ward);
	CHECK_INT(probe(secret), MEMWARD_NO_ACCESS);
	CHECK_CODE(memward_end(ward), MEMWARD_EWINDOW);
	close_ward(ward);
}

/* Two wards have two keys. */
void a_window_opens_no_other_ward(void)
{
	memward_ward *first = new_keyed_ward();
	memward_ward *second = new_keyed_ward();
	unsigned char *here = new_secret(first, 32);
	unsigned char *there = new_secret(second, 32);

	begin(first, MEMWARD_READ_WRITE);
	CHECK_INT(probe(here), MEMWARD_READ_WRITE);
	CHECK_INT(probe(there), MEMWARD_NO_ACCESS);
	begin(second, MEMWARD_READ_ONLY);
	end(first);
	CHECK_INT(probe(here), MEMWARD_NO_ACCESS);
	CHECK_INT(probe(there), MEMWARD_READ_ONLY);
	end(second);
	close_ward(first);
	close_ward(second);
}

static void inherit(void *watcher)
{
	struct watcher *w = watcher;

	w->seen = probe(w->at);
}

static void inherit_and_end(void *watcher)
{
	struct watcher *w = watcher;

	w->seen = MEMWARD_READ_WRITE;
	if (memward_end(w->ward) == MEMWARD_EWINDOW &&
	    memward_begin(w->ward, MEMWARD_READ_ONLY) == 0 &&
	    memward_end(w->ward) == 0)
		w->seen = probe(w->at);
}

/* As documented: the new thread has the rights, and no window to end. */
void a_thread_started_in_a_window_inherits_it(void)
{
	struct watcher w = {.ward = new_keyed_ward()};

	w.at = new_secret(w.ward, 32);
	begin(w.ward, MEMWARD_READ_WRITE);
	CHECK(support_in_thread(inherit, &w));
	CHECK_INT(w.seen, MEMWARD_READ_WRITE);
	/* Until it ends a window of its own. */
	CHECK(support_in_thread(inherit_and_end, &w));
	CHECK_INT(w.seen, MEMWARD_NO_ACCESS);
	CHECK_INT(probe(w.at), MEMWARD_READ_WRITE);
	end(w.ward);
	CHECK(support_in_thread(inherit, &w));
	CHECK_INT(w.seen, MEMWARD_NO_ACCESS);
	close_ward(w.ward);
}

static void leave_open(void *watcher)
{
	struct watcher *w = watcher;

	if (memward_begin(w->ward, MEMWARD_READ_WRITE) == 0 &&
	    memward_begin(w->ward, MEMWARD_READ_ONLY) == 0)
		w->seen = probe(w->at);
}

void a_thread_that_ends_leaves_no_window(void)
{
	struct watcher w = {.ward = new_keyed_ward()};

	w.at = new_secret(w.ward, 32);
	CHECK(support_in_thread(leave_open, &w));
	CHECK_INT(w.seen, MEMWARD_READ_WRITE);
	/* A window still open would refuse this. */
	close_ward(w.ward);
}

#define CASE_FUNCTION(name)           \
	static void case_##name(void) \
	{                             \
		close_leftovers();    \
		name();               \
	}
KEYED_CASES(CASE_FUNCTION)

#define CASE_ENTRY(name)  {#name, case_##name},
#define CHILD_ENTRY(name) {#name, child_##name},

static const struct test_case cases[] = {KEYED_CASES(CASE_ENTRY)};
static const struct child_entry children[] = {KEYED_CHILDREN(CHILD_ENTRY)};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
