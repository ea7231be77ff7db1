/* SPDX-License-Identifier: MIT */
/* Keys are few: taken, given back, inherited. */
#include "keyed_list.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* More than any processor has. */
#define MANY 40

static memward_policy few(uint32_t require, uint32_t prefer)
{
	memward_policy policy = unlocked_policy();

	policy.require |= require;
	policy.prefer |= prefer;
	policy.rest = MEMWARD_NO_ACCESS;
	return policy;
}

/* Opens wards that require keys until there are no more; how many. */
static unsigned take_all(memward_ward *wards[MANY], int *why)
{
	memward_policy policy = few(MEMWARD_KEYED, 0);
	unsigned count = 0;

	while (
	    count < MANY && (*why = memward_open(&policy, &wards[count])) == 0)
		count++;
	return count;
}

static void close_all(memward_ward *wards[MANY], unsigned count)
{
	while (count != 0)
		CHECK_CODE(memward_close(wards[--count]), 0);
}

/* Each in a process of its own: other cases have keys too. */
int child_take_keys(void)
{
	memward_ward *wards[MANY];
	unsigned char *secrets[MANY];
	int why = 0;
	unsigned count;

	need_keys();
	count = take_all(wards, &why);
	CHECK_CODE(why, MEMWARD_EKEYLIMIT);
	CHECK(count >= 2 && count < MANY);
	for (unsigned i = 0; i < count; i++)
		secrets[i] = new_secret(wards[i], 32);
	for (unsigned i = 0; i < count; i++) {
		begin(wards[i], MEMWARD_READ_WRITE);
		for (unsigned j = 0; j < count; j++)
			CHECK((probe(secrets[j]) == MEMWARD_READ_WRITE) ==
			      (i == j));
		end(wards[i]);
	}
	close_all(wards, count);
	return 0;
}

void wards_take_keys_until_there_are_none(void)
{
	need_keys();
	expect_success("take_keys");
}

/* By page protection then, and so for all threads. */
int child_prefer_without_keys(void)
{
	memward_policy policy = few(0, MEMWARD_KEYED);
	memward_ward *wards[MANY];
	memward_ward *ward = NULL;
	unsigned char *secret;
	memward_report report;
	int why = 0;
	unsigned count;

	need_keys();
	count = take_all(wards, &why);
	CHECK_CODE(memward_open(&policy, &ward), 0);
	report = report_of(ward);
	CHECK(report.requested & MEMWARD_KEYED);
	CHECK_INT(report.obtained & MEMWARD_KEYED, 0);
	CHECK_CODE(report.reason[5], MEMWARD_EKEYLIMIT);
	secret = new_secret(ward, 32);
	CHECK_INT(probe(secret), MEMWARD_NO_ACCESS);
	begin(ward, MEMWARD_READ_ONLY);
	CHECK_INT(probe(secret), MEMWARD_READ_ONLY);
	end(ward);
	CHECK_INT(probe(secret), MEMWARD_NO_ACCESS);
	CHECK_CODE(memward_close(ward), 0);
	/* One given back is one to be had. */
	CHECK_CODE(memward_close(wards[--count]), 0);
	CHECK_CODE(memward_open(&policy, &ward), 0);
	CHECK(report_of(ward).obtained & MEMWARD_KEYED);
	CHECK_CODE(memward_close(ward), 0);
	close_all(wards, count);
	return 0;
}

void a_preferred_key_that_is_not_to_be_had_is_recorded(void)
{
	need_keys();
	expect_success("prefer_without_keys");
}

/* Far more often than there are keys; and the next owner finds it closed. */
void closing_a_ward_gives_its_key_back(void)
{
	for (int i = 0; i < 3 * MANY; i++) {
		memward_ward *ward = new_keyed_ward();
		unsigned char *secret = new_secret(ward, 32);
		unsigned char *guarded = new_guarded(ward, 20000, 1);

		CHECK_INT(probe(secret), MEMWARD_NO_ACCESS);
		begin(ward, MEMWARD_READ_WRITE);
		secret[0] = 1;
		guarded[0] = 1;
		end(ward);
		close_ward(ward);
	}
}

/* Both at once: nobody outside, and nobody else inside. */
void hidden_memory_takes_a_key(void)
{
	memward_policy policy = few(MEMWARD_KEYED | MEMWARD_HIDDEN, 0);
	memward_ward *ward = NULL;
	unsigned char *secrets[2];
	int rc;

	need_keys();
	policy.fork = MEMWARD_FORK_OMIT;
	rc = memward_open(&policy, &ward);
	if (rc == MEMWARD_EUNSUPPORTED || rc == MEMWARD_EPERM)
		TEST_SKIP("cannot: no hidden memory here");
	check_granted(rc);
	CHECK_CODE(memward_close(ward), 0);
	ward = new_ward(&policy);
	secrets[0] = new_secret(ward, 32);
	secrets[1] = new_guarded(ward, 9000, 1);
	for (int i = 0; i < 2; i++) {
		CHECK_INT(probe(secrets[i]), MEMWARD_NO_ACCESS);
		begin(ward, MEMWARD_READ_ONLY);
		CHECK_INT(secrets[i][0], 0);
		CHECK_INT(probe(secrets[i]), MEMWARD_READ_ONLY);
		end(ward);
		CHECK_INT(probe(secrets[i]), MEMWARD_NO_ACCESS);
		memward_free(secrets[i]);
	}
	close_ward(ward);
}

/* Runs look(ward, secret) in a forked child; what fails there fails here. */
static void in_fork(void (*look)(memward_ward *ward, unsigned char *secret),
    memward_ward *ward, unsigned char *secret)
{
	int status;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		test_in_child();
		look(ward, secret);
		_exit(0);
	}
	CHECK(pid > 0);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void look_in_child(memward_ward *ward, unsigned char *secret)
{
	CHECK_INT(probe(secret), MEMWARD_READ_ONLY);
	CHECK_INT(secret[0], FILLED);
	CHECK_CODE(memward_end(ward), 0);
	CHECK_INT(probe(secret), MEMWARD_NO_ACCESS);
	CHECK_CODE(memward_end(ward), MEMWARD_EWINDOW);
	CHECK_CODE(memward_check_ward(ward), 0);
	memward_free(secret);
	memward_free(new_secret(ward, 3000));
	CHECK_CODE(memward_close(ward), 0);
}

struct opener {
	memward_ward *ward;
	int begun; /* atomic, as is the next */
	bool go_on;
	int ended;
};

static void hold_open(void *opener)
{
	struct opener *o = opener;

	__atomic_store_n(&o->begun,
	    memward_begin(o->ward, MEMWARD_READ_WRITE) == 0 ? 1 : -1,
	    __ATOMIC_RELEASE);
	while (!__atomic_load_n(&o->go_on, __ATOMIC_ACQUIRE))
		support_pause();
	o->ended = memward_end(o->ward);
}

static void look_without_window(memward_ward *ward, unsigned char *secret)
{
	CHECK_INT(probe(secret), MEMWARD_NO_ACCESS);
	CHECK_CODE(memward_end(ward), MEMWARD_EWINDOW);
	/* The other thread, and with it its window, is not in this process. */
	CHECK_CODE(memward_close(ward), 0);
}

void a_forked_child_keeps_its_own_windows_only(void)
{
	memward_ward *ward = new_keyed_ward();
	unsigned char *secret = new_secret(ward, 32);
	struct opener opener = {.ward = ward};
	struct support_thread *thread;

	begin(ward, MEMWARD_READ_WRITE);
	secret[0] = FILLED;
	end(ward);
	begin(ward, MEMWARD_READ_ONLY);
	in_fork(look_in_child, ward, secret);
	end(ward);
	thread = support_start(hold_open, &opener);
	CHECK(thread != NULL);
	while (__atomic_load_n(&opener.begun, __ATOMIC_ACQUIRE) == 0)
		support_pause();
	in_fork(look_without_window, ward, secret);
	CHECK_CODE(memward_close(ward), MEMWARD_EWINDOW);
	__atomic_store_n(&opener.go_on, true, __ATOMIC_RELEASE);
	support_join(thread);
	CHECK_INT(opener.begun, 1);
	CHECK_CODE(opener.ended, 0);
	close_ward(ward);
}

static memward_ward *new_keyed_ward_with(memward_fork_rule fork)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	memward_policy policy = keyed_policy();
	uint32_t rule = fork == MEMWARD_FORK_WIPE ? MEMWARD_SYS_FORK_WIPE
						  : MEMWARD_SYS_FORK_OMIT;

	need_keys();
	CHECK_CODE(memward_sys_query(&info), 0);
	if ((info.granted & rule) == 0)
		TEST_SKIP("cannot: this kernel does not have that fork rule");
	policy.fork = fork;
	return new_ward(&policy);
}

static void begin_anew(memward_ward *ward, unsigned char *secret)
{
	unsigned char *fresh = new_secret(ward, 32);

	memward_free(secret);
	CHECK_INT(probe(fresh), MEMWARD_NO_ACCESS);
	begin(ward, MEMWARD_READ_WRITE);
	fresh[0] = 1;
	end(ward);
	CHECK_INT(probe(fresh), MEMWARD_NO_ACCESS);
	CHECK_CODE(memward_close(ward), 0);
}

static void begin_anew_and_count(memward_ward *ward, unsigned char *secret)
{
	memward_ward *wards[MANY];
	int why;
	unsigned before = take_all(wards, &why);

	close_all(wards, before);
	begin_anew(ward, secret);
	/* Nothing carries the key of the ward that was closed. */
	CHECK_INT(take_all(wards, &why), before + 1);
}

void a_child_under_omit_begins_anew(void)
{
	memward_ward *ward = new_keyed_ward_with(MEMWARD_FORK_OMIT);

	in_fork(begin_anew_and_count, ward, new_secret(ward, 32));
	close_ward(ward);
}

/* Its pages, now zeros, are in the child still, and so is their key. */
int child_close_inherited(void)
{
	memward_ward *ward = new_keyed_ward_with(MEMWARD_FORK_WIPE);
	unsigned char *secret = new_secret(ward, 32);
	memward_ward *wards[MANY];
	int status;
	int why;
	pid_t pid = fork();
	unsigned before;

	if (pid == 0) {
		test_in_child();
		before = take_all(wards, &why);
		close_all(wards, before);
		begin_anew(ward, secret);
		CHECK_INT(take_all(wards, &why), before);
		CHECK_CODE(why, MEMWARD_EKEYLIMIT);
		_exit(0);
	}
	CHECK(pid > 0);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CHECK_CODE(memward_close(ward), 0);
	return 0;
}

void a_child_under_wipe_gives_no_key_back(void)
{
	need_keys();
	expect_success("close_inherited");
}
