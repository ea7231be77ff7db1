/* SPDX-License-Identifier: MIT */
/* Secrets handed to a child, which is a program started anew. */
#define _GNU_SOURCE

#include "output_cases.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HANDED                                                        \
	"MEMWARD_TEST_HANDED" /* descriptor and length, for the child \
			       */

static void read_handed(int *fd, size_t *len)
{
	const char *text = getenv(HANDED);
	char *end;

	if (text == NULL)
		TEST_FAIL("nothing was handed");
	*fd = (int)strtol(text, &end, 10);
	*len = strtoul(end, NULL, 10);
}

/* A child gets the descriptor, as after dup2(2), and does what it does. */
static void expect_child(const char *child, int fd, size_t len)
{
	char text[64];
	int inherited = dup(fd);

	CHECK(inherited >= 0);
	CHECK_INT(fcntl(fd, F_GETFD), FD_CLOEXEC);
	CHECK_INT(close(fd), 0);
	(void)snprintf(text, sizeof(text), "%d %zu", inherited, len);
	CHECK(support_set_environment(HANDED, text));
	expect_success(child);
	CHECK_INT(close(inherited), 0);
}

int child_read_pipe(void)
{
	unsigned char byte;
	unsigned char *got;
	size_t len;
	int fd;

	read_handed(&fd, &len);
	got = new_secret(plain_ward(), len);
	CHECK(read_exactly(fd, got, len));
	CHECK_INT(read(fd, &byte, 1), 0);
	CHECK(is_filled(got, len, SEED));
	return 0;
}

void a_child_reads_what_is_in_the_pipe(void)
{
	const size_t page = page_size();
	const size_t lengths[] = {0, 1, 32, page - 1, page, page + 1, 60000};
	memward_ward *ward = new_plain_closed_ward();

	for (size_t i = 0; i < TEST_COUNT(lengths); i++) {
		unsigned char *secret = pattern_of(ward, lengths[i]);
		int next = next_descriptor();
		int fd = -1;

		CHECK_CODE(memward_hand_pipe(secret, lengths[i], &fd), 0);
		memward_free(secret);
		expect_child("read_pipe", fd, lengths[i]);
		CHECK_INT(next_descriptor(), next);
	}
	close_ward(ward);
}

/* Asked without memward. */
static bool pipes_get_as_large_as(int len)
{
	bool large = false;
#ifdef F_SETPIPE_SZ
	struct pair pair = new_pipe();

	large = fcntl(pair.out, F_SETPIPE_SZ, len) >= len;
	close_pair(&pair);
#else
	(void)len;
#endif
	return large;
}

void a_larger_pipe_is_asked_for(void)
{
	unsigned char *secret = pattern_of(NULL, 300000);
	int fd = -1;
	int rc = memward_hand_pipe(secret, 300000, &fd);

	memward_free(secret);
	if (rc == MEMWARD_EPIPELIMIT && !pipes_get_as_large_as(300000))
		TEST_SKIP("pipes do not get so large here");
	CHECK_CODE(rc, 0);
	expect_child("read_pipe", fd, 300000);
}

void what_no_pipe_holds_is_an_error(void)
{
	enum { LEN = 8 << 20 };

	unsigned char *secret = pattern_of(NULL, LEN);
	int next = next_descriptor();
	int fd = -7;
	int rc = memward_hand_pipe(secret, LEN, &fd);

	if (rc == 0) {
		CHECK_INT(close(fd), 0);
		memward_free(secret);
		TEST_SKIP("pipes of this process may be that large");
	}
	CHECK_CODE(rc, MEMWARD_EPIPELIMIT);
	CHECK_INT(fd, -7);
	CHECK_INT(next_descriptor(), next);
	memward_free(secret);
}

/* As the header says: for what no pipe holds. */
void a_started_child_is_fed(void)
{
	enum { LEN = 2 << 20 };

	struct pair pair = new_pipe();
	struct job job = {
	    .secret = pattern_of(NULL, LEN), .len = LEN, .fd = pair.out};
	struct support_thread *writer;
	char text[64];

	/* Else the child would have its own end to write to, and wait. */
	CHECK_INT(fcntl(pair.out, F_SETFD, FD_CLOEXEC), 0);
	(void)snprintf(text, sizeof(text), "%d %d", pair.in, LEN);
	CHECK(support_set_environment(HANDED, text));
	writer = support_start(do_job_and_close, &job);
	CHECK(writer != NULL);
	expect_success("read_pipe");
	support_join(writer);
	CHECK_CODE(job.rc, 0);
	pair.out = -1;
	close_pair(&pair);
}

static void need_hidden(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	unsigned char *secret = pattern_of(NULL, 1);
	memward_ward *ward = NULL;
	int fd = -7;
	int rc;

	policy.require |= MEMWARD_HIDDEN;
	policy.fork = MEMWARD_FORK_OMIT;
	rc = memward_open(&policy, &ward);
	if (rc == 0) {
		CHECK_CODE(memward_close(ward), 0);
		memward_free(secret);
		return;
	}
	/* What is not there is refused here for the same reason. */
	CHECK_CODE(memward_hand_hidden(secret, 1, &fd), rc);
	CHECK_INT(fd, -7);
	memward_free(secret);
	if (!has_feature(rc, MEMWARD_SYS_HIDDEN))
		TEST_SKIP("cannot: %s", memward_error_text(rc));
}

int child_take_hidden(void)
{
	memward_ward *ward = new_plain_closed_ward();
	void *secret = NULL;
	size_t len;
	int fd;

	read_handed(&fd, &len);
	CHECK_CODE(memward_take_hidden(ward, fd, &secret), 0);
	CHECK_INT(memward_size(secret), len);
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
	CHECK(is_filled(secret, len, SEED));
	CHECK_CODE(memward_end(ward), 0);
	CHECK_INT(fcntl(fd, F_GETFD), -1);
	return 0;
}

void a_child_takes_hidden_memory(void)
{
	const size_t page = page_size();
	const size_t lengths[] = {1, 32, page - 1, page, page + 1};
	memward_ward *ward;

	need_hidden();
	ward = new_plain_closed_ward();
	for (size_t i = 0; i < TEST_COUNT(lengths); i++) {
		unsigned char *secret = pattern_of(ward, lengths[i]);
		int next = next_descriptor();
		int fd = -1;

		CHECK_CODE(memward_hand_hidden(secret, lengths[i], &fd), 0);
		memward_free(secret);
		expect_child("take_hidden", fd, lengths[i]);
		CHECK_INT(next_descriptor(), next);
	}
	close_ward(ward);
}

void what_was_taken_is_wiped_for_all(void)
{
	unsigned char *secret;
	void *got = NULL;
	int other;
	int fd = -1;

	need_hidden();
	secret = pattern_of(NULL, 100);
	CHECK_CODE(memward_hand_hidden(secret, 100, &fd), 0);
	other = dup(fd);
	CHECK_CODE(memward_take_hidden(plain_ward(), fd, &got), 0);
	CHECK(is_filled(got, 100, SEED));
	memward_free(got);
	CHECK_CODE(memward_take_hidden(plain_ward(), other, &got), 0);
	CHECK(holds(got, 100, 0));
	memward_free(got);
	memward_free(secret);
}

void only_hidden_memory_is_taken(void)
{
	struct pair pair = new_pipe();
	FILE *file = tmpfile();
	void *got = NULL;

	need_hidden();
	CHECK(file != NULL);
	CHECK_INT(fputs("swappable", file) >= 0 && fflush(file) == 0, 1);
	CHECK_CODE(memward_take_hidden(plain_ward(), fileno(file), &got),
	    MEMWARD_EVALUE);
	CHECK_CODE(
	    memward_take_hidden(plain_ward(), pair.in, &got), MEMWARD_EVALUE);
	CHECK_CODE(
	    memward_take_hidden(plain_ward(), -1, &got), MEMWARD_ESYSTEM);
	CHECK_CODE(
	    memward_take_hidden(plain_ward(), pair.in, NULL), MEMWARD_ENULL);
	CHECK(got == NULL);
	CHECK_INT(fcntl(pair.in, F_GETFD), 0);
	(void)fclose(file);
	close_pair(&pair);
}

void bad_arguments_hand_nothing(void)
{
	unsigned char *secret = pattern_of(NULL, 100);
	int next = next_descriptor();
	int fd = -7;

	CHECK_CODE(memward_hand_pipe(NULL, 1, &fd), MEMWARD_ENULL);
	CHECK_CODE(memward_hand_pipe(secret, 1, NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_hand_pipe(secret, 101, &fd), MEMWARD_EVALUE);
	CHECK_CODE(memward_hand_hidden(NULL, 1, &fd), MEMWARD_ENULL);
	CHECK_CODE(memward_hand_hidden(secret, 1, NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_hand_hidden(secret, 101, &fd), MEMWARD_EVALUE);
	CHECK_CODE(memward_hand_hidden(secret, 0, &fd), MEMWARD_EZERO);
	CHECK_INT(fd, -7);
	CHECK_INT(next_descriptor(), next);
	memward_free(secret);
}
