/* SPDX-License-Identifier: MIT */
/*
 * Threads that use ranges of their own at once, with forks in between. Above
 * all for the thread sanitizer, which sees a missing lock in any schedule.
 */
#include "harness.h"

#include "memward/mem_sys.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4
#define ROUNDS  60
#define FORKS   10
#define PAGES   3

/* The first error of any thread: checks belong to the case's own thread. */
static atomic_int first_error;
static atomic_uint done;
/* Whether this process may lock memory at all. */
static bool can_lock;

static void note(int rc, int also_fine)
{
	int none = 0;

	if (rc != 0 && rc != also_fine)
		(void)atomic_compare_exchange_strong(&first_error, &none, rc);
}

static bool is_filled(const unsigned char *mem, size_t len, int byte)
{
	while (len != 0 && *mem == byte) {
		mem++;
		len--;
	}
	return len == 0;
}

/* One life of a range. A low limit of locked memory is no failure here. */
static void use_range(int byte)
{
	size_t page = memward_sys_page_size();
	unsigned char *mem;
	void *got = NULL;
	int rc = memward_sys_alloc(PAGES * page, &got);

	note(rc, 0);
	if (rc != 0)
		return;
	mem = got;
	memset(mem, byte, PAGES * page);
	if (can_lock)
		note(memward_sys_lock(mem, PAGES * page), MEMWARD_ELOCKLIMIT);
	note(memward_sys_protect(mem + page, page, MEMWARD_NO_ACCESS), 0);
	note(memward_sys_protect(mem + page, page, MEMWARD_READ_ONLY), 0);
	if (can_lock)
		note(memward_sys_unlock(mem + page, page), 0);
	note(memward_sys_protect(mem, PAGES * page, MEMWARD_READ_WRITE), 0);
	if (!is_filled(mem, PAGES * page, byte))
		note(MEMWARD_EVALUE, 0);
	note(memward_sys_free(mem, PAGES * page), 0);
}

static void *work(void *argument)
{
	int byte = 1 + *(const int *)argument;

	for (int i = 0; i < ROUNDS; i++)
		use_range(byte);
	atomic_fetch_add(&done, 1);
	return NULL;
}

/* A child, forked while threads are at work, must be able to do as much. */
static int fork_and_use(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		atomic_store(&first_error, 0);
		use_range(99);
		_exit(-atomic_load(&first_error));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void threads_and_forks_do_not_disturb_each_other(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	pthread_t threads[THREADS];
	int numbers[THREADS];
	int worst = 0;

	CHECK_CODE(memward_sys_query(&info), 0);
	can_lock = (info.granted & MEMWARD_SYS_LOCK) != 0;
	atomic_store(&first_error, 0);
	for (int i = 0; i < THREADS; i++) {
		numbers[i] = i;
		CHECK_INT(
		    pthread_create(&threads[i], NULL, work, &numbers[i]), 0);
	}
	for (int i = 0; i < FORKS && worst == 0; i++)
		worst = fork_and_use();
	for (int i = 0; i < THREADS; i++)
		CHECK_INT(pthread_join(threads[i], NULL), 0);
	CHECK_CODE(atomic_load(&first_error), 0);
	CHECK_INT(atomic_load(&done), THREADS);
	CHECK_INT(worst, 0);
}

static void *ask(void *argument)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	(void)argument;
	for (int i = 0; i < ROUNDS; i++)
		note(memward_sys_query(&info), 0);
	return NULL;
}

static void queries_run_beside_each_other(void)
{
	pthread_t threads[THREADS];

	atomic_store(&first_error, 0);
	for (int i = 0; i < THREADS; i++)
		CHECK_INT(pthread_create(&threads[i], NULL, ask, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		CHECK_INT(pthread_join(threads[i], NULL), 0);
	CHECK_CODE(atomic_load(&first_error), 0);
}

static const struct test_case cases[] = {
    TEST_CASE(threads_and_forks_do_not_disturb_each_other),
    TEST_CASE(queries_run_beside_each_other),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
