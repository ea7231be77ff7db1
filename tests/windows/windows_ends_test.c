/* SPDX-License-Identifier: MIT */
/* Writing secrets, and ends of the process, as far as Windows has them. */
#include "harness.h"

#include "memward.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define LEN 10000

/* A secret of bytes that differ, in a ward that is closed at rest. */
static unsigned char *new_secret(memward_ward **ward)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	unsigned char *secret;
	void *mem = NULL;

	policy.require = 0;
	policy.rest = MEMWARD_NO_ACCESS;
	CHECK_CODE(memward_open(&policy, ward), 0);
	CHECK_CODE(memward_new(*ward, LEN, &mem), 0);
	CHECK_CODE(memward_begin(*ward, MEMWARD_READ_WRITE), 0);
	secret = mem;
	for (size_t i = 0; i < LEN; i++)
		secret[i] = (unsigned char)(i * 7 + (i >> 8));
	CHECK_CODE(memward_end(*ward), 0);
	return secret;
}

static void a_pipe_gets_all_of_it(void)
{
	static unsigned char got[LEN];
	size_t written = 0;
	size_t read_in = 0;
	memward_ward *ward;
	unsigned char *secret = new_secret(&ward);
	int ends[2];

	CHECK_INT(_pipe(ends, 2 * LEN, _O_BINARY), 0);
	CHECK_CODE(memward_write_fd(secret, LEN, ends[1], &written), 0);
	CHECK_INT(written, LEN);
	while (read_in < LEN) {
		int n =
		    _read(ends[0], got + read_in, (unsigned)(LEN - read_in));

		CHECK(n > 0);
		read_in += (size_t)n;
	}
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
	CHECK(memcmp(got, secret, LEN) == 0);
	CHECK_CODE(memward_end(ward), 0);
	CHECK_CODE(memward_close(ward), 0);
	CHECK_INT(_close(ends[0]), 0);
	CHECK_INT(_close(ends[1]), 0);
}

static void expect_errno(int fd, int err)
{
	size_t written = 1;
	memward_ward *ward;
	unsigned char *secret = new_secret(&ward);

	errno = 0;
	CHECK_CODE(
	    memward_write_fd(secret, LEN, fd, &written), MEMWARD_ESYSTEM);
	CHECK_INT(errno, err);
	CHECK_INT(written, 0);
	CHECK_CODE(memward_close(ward), 0);
}

static void nobody_reads_is_an_error(void)
{
	int ends[2];

	CHECK_INT(_pipe(ends, 4096, _O_BINARY), 0);
	CHECK_INT(_close(ends[0]), 0);
	expect_errno(ends[1], EPIPE);
	CHECK_INT(_close(ends[1]), 0);
	expect_errno(-1, EBADF);
}

static void what_is_not_there_is_said(void)
{
	static const int signals[] = {SIGTERM};
	memward_ward *ward;
	unsigned char *secret = new_secret(&ward);
	void *taken = NULL;
	int fd = -7;

	CHECK_CODE(memward_hand_pipe(secret, LEN, &fd), MEMWARD_EUNSUPPORTED);
	CHECK_CODE(memward_hand_hidden(secret, LEN, &fd), MEMWARD_EUNSUPPORTED);
	CHECK_CODE(memward_take_hidden(ward, 0, &taken), MEMWARD_EUNSUPPORTED);
	CHECK(fd == -7 && taken == NULL);
	CHECK_CODE(memward_wipe_on_signals(NULL, 0), MEMWARD_EUNSUPPORTED);
	CHECK_CODE(memward_wipe_on_signals(signals, 1), MEMWARD_EUNSUPPORTED);
	CHECK(!memward_wipes_on_signal(SIGTERM));
	memward_leave_signals();
	CHECK_CODE(memward_close(ward), 0);
}

static unsigned char *kept;

static void tell_at_exit(void)
{
	puts(kept[1] == 0 ? "gone" : "kept");
	(void)fflush(stdout);
}

static int child_exit_wiping(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_ward *ward;
	void *mem = NULL;

	policy.require = 0;
	CHECK_CODE(memward_open(&policy, &ward), 0);
	CHECK_CODE(memward_new(ward, 32, &mem), 0);
	kept = mem;
	memset(kept, 1, 32);
	CHECK_INT(atexit(tell_at_exit), 0);
	CHECK_CODE(memward_wipe_at_exit(true), 0);
	return 0;
}

static int child_panic(void)
{
	CHECK_INT(atexit(tell_at_exit), 0);
	memward_panic("over");
}

static void exit_wipes_when_asked(void)
{
	struct child_result result = support_run_child("exit_wiping");

	CHECK_INT(result.code, 0);
	CHECK(strncmp(result.output, "gone", 4) == 0);
}

static void panic_ends_without_more(void)
{
	struct child_result result = support_run_child("panic");

	CHECK_INT(result.code, 3);
	CHECK_STR(result.output, "memward: panic: over\n");
}

static const struct test_case cases[] = {
    TEST_CASE(a_pipe_gets_all_of_it),
    TEST_CASE(nobody_reads_is_an_error),
    TEST_CASE(what_is_not_there_is_said),
    TEST_CASE(exit_wipes_when_asked),
    TEST_CASE(panic_ends_without_more),
};

static const struct child_entry children[] = {
    {"exit_wiping", child_exit_wiping},
    {"panic", child_panic},
};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
