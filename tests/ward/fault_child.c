/* SPDX-License-Identifier: MIT */
/* What happens once in a process: its start, a fork, wiping all. */
#include "faults.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs function in a child, which ends well, or says what is wrong. */
static void in_fork(
    void (*function)(size_t nth, int err), size_t nth, int err, bool *failed)
{
	int status = 0;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		fault_in_child();
		function(nth, err);
		_exit(model_has_failed() ? 2 : 0);
	}
	DEMAND(pid > 0 && waitpid(pid, &status, 0) == pid);
	DEMAND(WIFEXITED(status));
	DEMAND(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 2);
	*failed = WEXITSTATUS(status) == 2;
}

/* The very first call of a process; nothing of memward was used before. */
static void start_failing(size_t nth, int err)
{
	const struct act nothing = {"start", NULL, NULL, NULL};
	memward_ward *ward = NULL;
	memward_policy policy;
	struct scene s;
	bool failed;
	int code;

	model_fresh();
	policy = fault_policy_of(MEMWARD_READ_WRITE);
	model_fresh();
	model_fail(nth, err, false);
	code = memward_open(&policy, &ward);
	failed = model_has_failed();
	model_fail_no_more();
	DEMAND(fault_is_an_answer(code));
	DEMAND((code == 0) == (ward != NULL));
	fault_set_scene(&s, &nothing);
	fault_check_after(&s, &nothing, 0);
	fault_end_scene(&s);
	/* For in_fork(): model_fresh() has forgotten. */
	_exit(failed ? 2 : 0);
}

void the_start_can_be_repeated(void)
{
	bool failed = true;

	for (size_t e = 0; e < fault_error_count(); e++) {
		failed = true;
		for (size_t nth = 0; failed; nth++) {
			(void)snprintf(fault_where, sizeof(fault_where),
			    "start, call %zu fails: %s", nth,
			    strerror(fault_error_of(e, nth)));
			in_fork(start_failing, nth, fault_error_of(e, nth),
			    &failed);
		}
	}
}

static struct scene inherited;

/* What the child cannot have again it must not claim. */
static void live_as_child(size_t nth, int err)
{
	bool failed = model_has_failed();

	(void)nth;
	(void)err;
	model_fail_no_more();
	/* Locks are not inherited, those of nobody neither. */
	inherited.strays = 0;
	for (size_t i = 0; i < KEPT; i++)
		fault_check_kept(&inherited, &inherited.kept[i]);
	fault_check_account(&inherited);
	fault_check_works(&inherited);
	fault_end_scene(&inherited);
	_exit(failed ? 2 : 0);
}

void a_child_that_cannot_lock_says_so(void)
{
	const struct act nothing = {"fork", NULL, NULL, NULL};
	bool failed;

	if (fault_are_hidden())
		TEST_SKIP("a child has nothing of hidden wards");

	for (size_t e = 0; e < fault_error_count(); e++) {
		failed = true;
		for (size_t nth = 0; failed; nth++) {
			(void)snprintf(fault_where, sizeof(fault_where),
			    "fork, call %zu in the child fails: %s", nth,
			    strerror(fault_error_of(e, nth)));
			fault_set_scene(&inherited, &nothing);
			model_fail(nth, fault_error_of(e, nth), false);
			in_fork(live_as_child, nth, fault_error_of(e, nth),
			    &failed);
			model_fail_no_more();
			fault_check_after(&inherited, &nothing, 0);
			fault_end_scene(&inherited);
		}
	}
}

/* Pages of a kept secret that still hold some of it, in bytes. */
static size_t left_of(const struct kept *kept)
{
	const size_t page = model_page_size();
	size_t left = 0;

	for (size_t i = 0; i < kept->len;) {
		unsigned char *at = kept->at + i;
		unsigned char *start = at - (uintptr_t)at % page;
		size_t end = i + (size_t)(start + page - at);
		bool any = false;

		/* What could not be opened then can be now. */
		if ((model_protection(at) & 1) == 0)
			DEMAND(memward_sys_protect(
				   start, page, MEMWARD_READ_ONLY) == 0);
		for (; i < end && i < kept->len; i++)
			any = any || kept->at[i] != 0;
		left += any ? page : 0;
	}
	return left;
}

/* What still stands somewhere is at most what the call has told. */
static void wipe_all_failing(size_t nth, int err, bool onward)
{
	const struct act nothing = {"wipe all", NULL, NULL, NULL};
	void *secret = NULL;
	struct scene s;
	size_t found = 0;
	size_t told;
	bool failed;

	fault_set_scene(&s, &nothing);
	model_fail(nth, err, onward);
	told = memward_wipe_all();
	failed = model_has_failed();
	model_fail_no_more();
	/* By a key they are closed again. */
	DEMAND(memward_begin(s.closed, MEMWARD_READ_ONLY) == 0);
	for (size_t i = 0; i < KEPT; i++)
		found += left_of(&s.kept[i]);
	DEMAND(found <= told);
	DEMAND(failed || told == 0);
	DEMAND(memward_new(s.open, 40, &secret) == MEMWARD_EWIPEDALL);
	for (size_t i = 0; i < KEPT; i++)
		memward_free(s.kept[i].at);
	_exit(failed ? 2 : 0);
}

static void wipe_all_failing_once(size_t nth, int err)
{
	wipe_all_failing(nth, err, false);
}

static void wipe_all_failing_on(size_t nth, int err)
{
	wipe_all_failing(nth, err, true);
}

void wiping_all_tells_what_it_could_not_wipe(void)
{
	for (size_t e = 0; e < 2 * fault_error_count(); e++) {
		bool failed = true;

		for (size_t nth = 0; failed; nth++) {
			int err = fault_error_of(e / 2, nth);

			(void)snprintf(fault_where, sizeof(fault_where),
			    "wipe all, call %zu fails%s: %s", nth,
			    e % 2 == 0 ? "" : " and all after it",
			    strerror(err));
			in_fork(e % 2 == 0 ? wipe_all_failing_once
					   : wipe_all_failing_on,
			    nth, err, &failed);
		}
	}
}

/* A ward of one guarded secret and a packed one that no child gets. */
static memward_ward *omitted_ward(void)
{
	memward_policy policy = fault_policy_of(MEMWARD_READ_WRITE);
	memward_ward *ward = NULL;
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	void *secret = NULL;

	DEMAND(memward_sys_query(&info) == 0);
	if ((info.granted & MEMWARD_SYS_FORK_OMIT) == 0)
		TEST_SKIP("no pages are left out of children here");
	policy.fork = MEMWARD_FORK_OMIT;
	DEMAND(memward_open(&policy, &ward) == 0);
	DEMAND(memward_new(ward, 40, &secret) == 0);
	DEMAND(memward_new_guarded(ward, 40, 1, &secret) == 0);
	return ward;
}

static void wipe_all_as_child(size_t nth, int err)
{
	(void)nth;
	(void)err;
	DEMAND(memward_wipe_all() == 0);
}

/* There may be something else by then where those pages were. */
void what_a_ward_lost_is_not_wiped_in_a_child(void)
{
	memward_ward *ward = omitted_ward();
	bool failed;

	model_fail(0, ENOMEM, true);
	DEMAND(memward_close(ward) == 0);
	DEMAND(model_has_failed()); /* so something was lost */
	model_fail_no_more();
	in_fork(wipe_all_as_child, 0, 0, &failed);
}
