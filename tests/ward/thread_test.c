/* SPDX-License-Identifier: MIT */
/*
 * Threads that hand secrets to each other while others check, count and fork;
 * limits that are reached with slots in the caches of other threads; threads
 * that end. Above all for the thread sanitizer.
 */
#include "thread_cases.h"

#include "probe.h"

#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define QUEUE 64
#define FORKS 12
#define HELD  24

/* The first place at which a thread saw what it must not see. */
static atomic_int wrong_line;
static const char *_Atomic wrong_file;

void note(const char *file, int line)
{
	int none = 0;

	if (atomic_compare_exchange_strong(&wrong_line, &none, line))
		atomic_store(&wrong_file, file);
}

void expect_nothing_wrong(void)
{
	if (atomic_load(&wrong_line) != 0)
		TEST_FAIL("a thread saw something wrong at %s:%d",
		    atomic_load(&wrong_file), atomic_load(&wrong_line));
}

unsigned rounds(unsigned usual)
{
	return test_rounds(usual);
}

struct item {
	unsigned char *at;
	size_t len;
	memward_ward *ward;
	unsigned char fill;
};

/* What one thread is given by the one before it. */
struct queue {
	pthread_mutex_t lock;
	struct item items[QUEUE];
	unsigned count;
};

enum { OPEN, TRAPPING, CLOSED, TIGHT, KINDS };

static memward_ward *wards[KINDS];
static struct queue queues[THREADS];
static struct item held[HELD];
static atomic_bool stop;

memward_ward *open_ward(uint32_t more, memward_access rest, size_t limit)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_ward *ward = NULL;

	policy.require |= more;
	policy.rest = rest;
	policy.limit = limit;
	CHECK_CODE(memward_open(&policy, &ward), 0);
	return ward;
}

static void open_wards(void)
{
	size_t page = memward_sys_page_size();

	wards[OPEN] = open_ward(0, MEMWARD_READ_WRITE, 0);
	wards[TRAPPING] = open_ward(MEMWARD_TRAP_FREE, MEMWARD_READ_WRITE, 0);
	wards[CLOSED] = open_ward(0, MEMWARD_NO_ACCESS, 0);
	wards[TIGHT] = open_ward(0, MEMWARD_READ_WRITE, 8 * page);
}

static void close_wards(void)
{
	memward_budget_info info = {.size = sizeof(info)};

	for (int i = 0; i < KINDS; i++) {
		CHECK_CODE(memward_budget(wards[i], 32, &info), 0);
		CHECK_INT(info.live, 0);
		CHECK_CODE(memward_close(wards[i]), 0);
	}
}

/* Uses an item inside a window, which on an open ward only counts. */
static bool touch(struct item *item, bool fill)
{
	bool same = true;

	if (memward_begin(
		item->ward, fill ? MEMWARD_READ_WRITE : MEMWARD_READ_ONLY) != 0)
		return false;
	for (size_t i = 0; i < item->len; i++) {
		if (fill)
			item->at[i] = item->fill;
		same = same && item->at[i] == item->fill;
	}
	return memward_end(item->ward) == 0 && same;
}

static bool make(struct item *item, unsigned turn)
{
	void *at;
	int rc;

	item->ward = wards[turn % KINDS];
	item->len = 1 + turn * 7 % (turn % 16 == 0 ? 3000 : 60);
	item->fill = (unsigned char)(1 + turn % 255);
	if (turn % 5 == 0)
		rc = memward_new_guarded(item->ward, item->len, 1, &at);
	else
		rc = memward_new(item->ward, item->len, &at);
	if (rc != 0) {
		/* One ward is tight, and the rest of them is not. */
		NOTE(rc == MEMWARD_ELIMIT && item->ward == wards[TIGHT]);
		return false;
	}
	item->at = at;
	NOTE(touch(item, true));
	return true;
}

static void change(struct item *item, unsigned turn)
{
	void *at = item->at;
	size_t len = 1 + turn * 11 % 90;
	int rc;

	if (turn % 3 != 0)
		return;
	rc = memward_resize(&at, len);
	NOTE(rc == 0 || (rc == MEMWARD_ELIMIT && item->ward == wards[TIGHT]));
	item->at = at;
	if (rc != 0)
		return;
	item->len = item->len < len ? item->len : len;
	NOTE(touch(item, false));
	item->len = len;
	NOTE(touch(item, true));
}

static void end(struct item *item)
{
	NOTE(memward_is_secret(item->at));
	NOTE(memward_size(item->at) == item->len);
	NOTE(memward_ward_of(item->at) == item->ward);
	NOTE(touch(item, false));
	memward_check(item->at);
	memward_free(item->at);
}

static bool hand_on(struct queue *queue, struct item *item)
{
	bool fits;

	(void)pthread_mutex_lock(&queue->lock);
	fits = queue->count < QUEUE;
	if (fits)
		queue->items[queue->count++] = *item;
	(void)pthread_mutex_unlock(&queue->lock);
	return fits;
}

static bool receive(struct queue *queue, struct item *item)
{
	bool any;

	(void)pthread_mutex_lock(&queue->lock);
	any = queue->count != 0;
	if (any)
		*item = queue->items[--queue->count];
	(void)pthread_mutex_unlock(&queue->lock);
	return any;
}

/* Makes secrets, hands half of them on, ends those of its own and others. */
static void *work(void *argument)
{
	unsigned self = *(const unsigned *)argument;
	unsigned turns = rounds(16000);
	struct item item;

	for (unsigned turn = self; turn < turns; turn++) {
		if (make(&item, turn)) {
			change(&item, turn);
			if (turn % 2 == 0 ||
			    !hand_on(&queues[(self + 1) % THREADS], &item))
				end(&item);
		}
		if (receive(&queues[self], &item))
			end(&item);
	}
	return NULL;
}

static void look_at(memward_ward *ward, size_t limit)
{
	memward_budget_info info = {.size = sizeof(info)};
	memward_report report = MEMWARD_REPORT_INIT;

	NOTE(memward_budget(ward, 40, &info) == 0);
	NOTE(info.live <= (uint64_t)THREADS * (QUEUE + 2) + HELD);
	NOTE(limit == 0 || info.committed <= limit);
	NOTE(memward_report_ward(ward, &report) == 0);
	NOTE(report.pages_unlocked == 0);
	NOTE(memward_check_ward(ward) == 0);
}

/* Checks, counts and reports while the others are at work. */
static void *watch(void *argument)
{
	size_t page = memward_sys_page_size();
	memward_report report = MEMWARD_REPORT_INIT;
	memward_address what;

	(void)argument;
	while (!atomic_load(&stop)) {
		for (int i = 0; i < KINDS; i++)
			look_at(wards[i], i == TIGHT ? 8 * page : 0);
		NOTE(memward_report_process(&report) == 0);
		NOTE(memward_check_all() == 0);
		for (int i = 0; i < HELD; i++) {
			NOTE(memward_is_secret(held[i].at));
			NOTE(memward_explain_address(held[i].at, &what) == 0);
			NOTE(what.place == MEMWARD_PLACE_SECRET);
		}
		(void)sched_yield();
	}
	return NULL;
}

/* Wards that come and go beside the others, with secrets in them. */
static void *come_and_go(void *argument)
{
	memward_policy policy = MEMWARD_POLICY_INIT;

	while (!atomic_load(&stop)) {
		memward_ward *ward;
		void *secret;

		NOTE(memward_open(&policy, &ward) == 0);
		for (int i = 0; i < 10; i++) {
			NOTE(memward_new(ward, 100, &secret) == 0);
			if (i % 2 == 0)
				memward_free(secret);
		}
		NOTE(memward_close(ward) == 0);
		(void)sched_yield();
	}
	return argument;
}

/* A child of all this has what its parent held, and can go on. */
static void child(void)
{
	struct item item;

	(void)alarm(60);
	atomic_store(&wrong_line, 0);
	for (int i = 0; i < HELD; i++)
		NOTE(touch(&held[i], false));
	NOTE(memward_check_all() == 0);
	for (unsigned turn = 0; turn < BURST; turn++) {
		if (make(&item, turn)) {
			change(&item, turn);
			end(&item);
		}
	}
	for (int i = 0; i < HELD; i++)
		end(&held[i]);
	NOTE(memward_check_all() == 0);
	if (atomic_load(&wrong_line) != 0)
		(void)fprintf(
		    stderr, "child: line %d\n", atomic_load(&wrong_line));
	_exit(atomic_load(&wrong_line) == 0 ? 0 : 1);
}

static void fork_once(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		child();
	NOTE(pid > 0 && waitpid(pid, &status, 0) == pid);
	NOTE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

void start(pthread_t *thread, void *(*function)(void *), void *argument)
{
	CHECK_INT(pthread_create(thread, NULL, function, argument), 0);
}

static void hold_some(void)
{
	for (unsigned i = 0; i < HELD; i++) {
		/* The tight ward stays for those who fight for it. */
		unsigned turn = i % KINDS == TIGHT ? i + 1 : i;

		CHECK(make(&held[i], turn));
	}
}

static void threads_pass_secrets_on_amid_checks_and_forks(void)
{
	static unsigned numbers[THREADS];
	pthread_t threads[THREADS + 2];
	struct item item;

	open_wards();
	hold_some();
	for (unsigned i = 0; i < THREADS; i++)
		CHECK_INT(pthread_mutex_init(&queues[i].lock, NULL), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		numbers[i] = i;
		start(&threads[i], work, &numbers[i]);
	}
	start(&threads[THREADS], watch, NULL);
	start(&threads[THREADS + 1], come_and_go, NULL);
	for (int i = 0; i < FORKS; i++)
		fork_once();
	for (int i = 0; i < THREADS; i++)
		CHECK_INT(pthread_join(threads[i], NULL), 0);
	atomic_store(&stop, true);
	CHECK_INT(pthread_join(threads[THREADS], NULL), 0);
	CHECK_INT(pthread_join(threads[THREADS + 1], NULL), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		while (receive(&queues[i], &item))
			end(&item);
	}
	for (int i = 0; i < HELD; i++)
		end(&held[i]);
	expect_nothing_wrong();
	close_wards();
}

struct keeper {
	memward_ward *ward;
	struct item item;
	unsigned number;
};

/* Windows of both kinds, nested, on one ward, beside those of others. */
static void *use_windows(void *argument)
{
	struct keeper *self = argument;
	memward_access outer =
	    self->number % 2 == 0 ? MEMWARD_READ_ONLY : MEMWARD_READ_WRITE;

	for (unsigned turn = 0; turn < rounds(4000); turn++) {
		self->item.fill = (unsigned char)turn;
		NOTE(memward_begin(self->ward, outer) == 0);
		NOTE(touch(&self->item, true));
		NOTE(touch(&self->item, false));
		NOTE(memward_end(self->ward) == 0);
		memward_check(self->item.at);
		/* One that is not this thread's own cannot be ended. */
		NOTE(memward_end(self->ward) == MEMWARD_EWINDOW);
	}
	/* A window left open ends with its thread. */
	NOTE(memward_begin(self->ward, MEMWARD_READ_WRITE) == 0);
	return NULL;
}

static void threads_have_windows_of_their_own(void)
{
	memward_ward *ward = open_ward(0, MEMWARD_NO_ACCESS, 0);
	struct keeper keepers[THREADS];
	pthread_t threads[THREADS];

	for (unsigned i = 0; i < THREADS; i++) {
		struct keeper *k = &keepers[i];

		*k = (struct keeper){ward, {NULL, 40, ward, 0}, i};
		k->item.at = i == 0 ? memward_alloc_guarded(ward, 40, 1)
				    : memward_alloc(ward, 40);
		CHECK(k->item.at != NULL);
		CHECK_INT(probe(k->item.at), MEMWARD_NO_ACCESS);
	}
	for (int i = 0; i < THREADS; i++)
		start(&threads[i], use_windows, &keepers[i]);
	for (int i = 0; i < THREADS; i++)
		CHECK_INT(pthread_join(threads[i], NULL), 0);
	for (int i = 0; i < THREADS; i++) {
		CHECK_INT(probe(keepers[i].item.at), MEMWARD_NO_ACCESS);
		CHECK(touch(&keepers[i].item, false));
		memward_free(keepers[i].item.at);
	}
	expect_nothing_wrong();
	CHECK_CODE(memward_close(ward), 0);
}

/* The same slots over and over, packed and guarded. */
static void *churn(void *ward)
{
	while (!atomic_load(&stop)) {
		void *packed = memward_alloc(ward, 32);
		void *guarded = memward_alloc_guarded(ward, 32, 1);

		NOTE(packed != NULL && guarded != NULL);
		memward_free(packed);
		memward_free(guarded);
	}
	return NULL;
}

/* What is being made or freed has no canary yet, or no more. */
static void a_check_mistakes_no_secret_in_change(void)
{
	memward_ward *ward = open_ward(0, MEMWARD_READ_WRITE, 0);
	pthread_t threads[2];

	atomic_store(&stop, false);
	for (size_t i = 0; i < TEST_COUNT(threads); i++)
		start(&threads[i], churn, ward);
	for (unsigned turn = 0; turn < rounds(400000); turn++)
		CHECK_CODE(memward_check_ward(ward), 0);
	atomic_store(&stop, true);
	for (size_t i = 0; i < TEST_COUNT(threads); i++)
		CHECK_INT(pthread_join(threads[i], NULL), 0);
	atomic_store(&stop, false);
	expect_nothing_wrong();
	CHECK_CODE(memward_close(ward), 0);
}

static atomic_uint coming;

static void *make_the_first_call(void *unused)
{
	unsigned char *secret;

	(void)unused;
	atomic_fetch_sub(&coming, 1);
	while (atomic_load(&coming) != 0)
		(void)sched_yield();
	secret = memward_alloc(NULL, 32);
	NOTE(secret != NULL);
	memward_free(secret);
	return NULL;
}

/* The first case, so that memward has yet to begin. */
static void threads_make_the_first_call_at_once(void)
{
	pthread_t threads[THREADS];

	atomic_store(&coming, THREADS);
	for (size_t i = 0; i < THREADS; i++)
		start(&threads[i], make_the_first_call, NULL);
	for (size_t i = 0; i < THREADS; i++)
		CHECK_INT(pthread_join(threads[i], NULL), 0);
	expect_nothing_wrong();
}

static const struct test_case cases[] = {
    TEST_CASE(threads_make_the_first_call_at_once),
    TEST_CASE(a_limit_is_met_only_when_all_caches_are_empty),
    TEST_CASE(threads_share_a_limit_to_the_last_slot),
    TEST_CASE(threads_that_end_give_back_what_they_cached),
    TEST_CASE(threads_have_windows_of_their_own),
    TEST_CASE(a_check_mistakes_no_secret_in_change),
    TEST_CASE(threads_pass_secrets_on_amid_checks_and_forks),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
