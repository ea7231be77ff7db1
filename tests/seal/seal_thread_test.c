/* SPDX-License-Identifier: MIT */
/*
 * Threads that seal, open, begin and end windows, and change the key, while
 * others fork. Above all for the thread sanitizer.
 */
#include "harness.h"

#include "memward.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4
#define SHARED  8
#define LEN     48

static memward_ward *wards[3];
static memward_sealed *shared[SHARED];
static atomic_int wrong_line;

/* Checks belong to the case's own thread: others note a bad line. */
#define NOTE(condition) \
	((condition) ? (void)0 : atomic_store(&wrong_line, __LINE__))

static unsigned rounds(unsigned usual)
{
	return support_sanitizer() == NULL ? usual : usual / 8;
}

static bool is_all(const unsigned char *at, unsigned char byte)
{
	for (size_t i = 0; i < LEN; i++) {
		if (at[i] != byte)
			return false;
	}
	return true;
}

/* In a window of the caller's. */
static void open_shared(unsigned turn)
{
	const memward_sealed *sealed = shared[turn % SHARED];
	void *secret = NULL;

	NOTE(memward_unseal(sealed, &turn, 0, &secret) == 0);
	if (secret == NULL)
		return;
	NOTE(is_all(secret, (unsigned char)(turn % SHARED)));
	memward_free(secret);
}

static void seal_and_open(memward_ward *ward, unsigned turn)
{
	memward_sealed *sealed = NULL;
	void *secret = NULL;

	NOTE(memward_new(ward, LEN, &secret) == 0);
	if (secret == NULL)
		return;
	memset(secret, (int)turn & 0xff, LEN);
	NOTE(memward_seal(secret, &turn, sizeof(turn), &sealed) == 0);
	NOTE(is_all(secret, 0));
	NOTE(sealed != NULL &&
	     memward_unseal_into(sealed, &turn, sizeof(turn), secret) == 0);
	NOTE(is_all(secret, (unsigned char)turn));
	memward_sealed_free(sealed);
	memward_free(secret);
}

static void *work(void *argument)
{
	unsigned seed = *(const unsigned *)argument;

	for (unsigned i = 0; i < rounds(400); i++) {
		unsigned turn = i * THREADS + seed;
		memward_ward *ward = wards[turn % 3];

		NOTE(memward_begin(ward, MEMWARD_READ_WRITE) == 0);
		seal_and_open(ward, turn);
		NOTE(memward_end(ward) == 0);
		ward = wards[turn % SHARED % 3];
		NOTE(memward_begin(ward, MEMWARD_READ_ONLY) == 0);
		open_shared(turn);
		open_shared(turn);
		NOTE(memward_end(ward) == 0);
		/* Without a window of its own, on the ward that is open. */
		if (turn % 3 == 0)
			seal_and_open(wards[0], turn);
		if (turn % 64 == 0)
			NOTE(memward_rekey() == 0);
	}
	return NULL;
}

/* A child finds whatever the other threads were doing, and goes on. */
static void fork_once(void)
{
	int status = -1;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)alarm(60);
		for (unsigned i = 0; i < SHARED; i++) {
			(void)!memward_begin(wards[i % 3], MEMWARD_READ_ONLY);
			open_shared(i);
			(void)!memward_end(wards[i % 3]);
		}
		seal_and_open(wards[0], 7);
		_exit(atomic_load(&wrong_line) != 0);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 0);
}

static void open_wards(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;

	for (int i = 0; i < 3; i++) {
		policy.rest = i == 2 ? MEMWARD_NO_ACCESS : MEMWARD_READ_WRITE;
		CHECK_CODE(memward_open(&policy, &wards[i]), 0);
	}
	for (unsigned i = 0; i < SHARED; i++) {
		void *secret = NULL;

		CHECK_CODE(memward_begin(wards[i % 3], MEMWARD_READ_WRITE), 0);
		CHECK_CODE(memward_new(wards[i % 3], LEN, &secret), 0);
		memset(secret, (int)i, LEN);
		CHECK_CODE(memward_seal(secret, NULL, 0, &shared[i]), 0);
		memward_free(secret);
		CHECK_CODE(memward_end(wards[i % 3]), 0);
	}
}

static void threads_seal_open_and_fork(void)
{
	pthread_t threads[THREADS];
	unsigned seeds[THREADS];

	open_wards();
	for (unsigned i = 0; i < THREADS; i++) {
		seeds[i] = i;
		CHECK_INT(
		    pthread_create(&threads[i], NULL, work, &seeds[i]), 0);
	}
	for (int i = 0; i < 8; i++)
		fork_once();
	for (int i = 0; i < THREADS; i++)
		CHECK_INT(pthread_join(threads[i], NULL), 0);
	if (atomic_load(&wrong_line) != 0)
		TEST_FAIL("a thread saw something wrong at line %d",
		    atomic_load(&wrong_line));
	for (unsigned i = 0; i < SHARED; i++)
		memward_sealed_free(shared[i]);
	for (int i = 0; i < 3; i++)
		CHECK_CODE(memward_close(wards[i]), 0);
}

static const struct test_case cases[] = {
    TEST_CASE(threads_seal_open_and_fork),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
