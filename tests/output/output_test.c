/* SPDX-License-Identifier: MIT */
/* Writing secrets to descriptors: whole, or an error that says how far. */
#include "output_cases.h"
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void expect_arrival(
    memward_ward *ward, struct pair pair, size_t len, bool blocking)
{
	unsigned char *secret = pattern_of(ward, len);
	struct reader reader;
	size_t written = 1;

	if (!blocking)
		set_non_blocking(pair.out);
	start_reader(&reader, pair.in, 0, SEED);
	CHECK_CODE(memward_write_fd(secret, len, pair.out, &written), 0);
	CHECK_INT(written, len);
	end_reader(&reader, &pair.out, len);
	close_pair(&pair);
	memward_free(secret);
}

static void expect_every_length(memward_ward *ward)
{
	const size_t page = page_size();
	const size_t lengths[] = {
	    0, 1, 32, page - 1, page, page + 1, 100001, 300000};

	for (size_t i = 0; i < TEST_COUNT(lengths); i++) {
		expect_arrival(ward, new_pipe(), lengths[i], true);
		expect_arrival(ward, new_pipe(), lengths[i], false);
		expect_arrival(
		    ward, new_sockets(SOCK_STREAM), lengths[i], true);
		expect_arrival(
		    ward, new_sockets(SOCK_STREAM), lengths[i], false);
	}
}

static void every_length_arrives(void)
{
	expect_every_length(plain_ward());
}

static void it_comes_from_closed_wards(void)
{
	expect_every_length(new_plain_closed_ward());
}

/* Where the machine cannot, the reason of memward itself is the skip's. */
static memward_ward *ward_with(
    uint32_t feature, memward_sys_feature needs, memward_fork_rule fork)
{
	memward_policy policy = unlocked_policy();
	memward_ward *ward = NULL;
	int rc;

	policy.require |= feature;
	policy.rest = MEMWARD_NO_ACCESS;
	policy.fork = fork;
	rc = memward_open(&policy, &ward);
	if (!has_feature(rc, needs))
		TEST_SKIP("cannot: %s", memward_error_text(rc));
	return ward;
}

static void it_comes_from_hidden_wards(void)
{
	expect_every_length(
	    ward_with(MEMWARD_HIDDEN, MEMWARD_SYS_HIDDEN, MEMWARD_FORK_OMIT));
}

static void it_comes_from_keyed_wards(void)
{
	expect_every_length(
	    ward_with(MEMWARD_KEYED, MEMWARD_SYS_KEYS, MEMWARD_FORK_KEEP));
}

/* Once. */
static void sixty_four_mib_arrive(void)
{
	expect_arrival(
	    new_plain_closed_ward(), new_pipe(), (size_t)64 << 20, true);
}

static void a_part_can_be_written(void)
{
	unsigned char *secret = pattern_of(NULL, 100);
	struct pair pair = new_pipe();
	unsigned char got[100];

	CHECK_CODE(memward_write_fd(secret, 60, pair.out, NULL), 0);
	CHECK(read_exactly(pair.in, got, 60));
	CHECK(is_filled(got, 60, SEED));
	set_non_blocking(pair.in);
	CHECK_INT(read(pair.in, got, 1), -1);
	memward_free(secret);
	close_pair(&pair);
}

static void a_datagram_is_one(void)
{
	unsigned char *secret = pattern_of(NULL, 10000);
	struct pair pair = new_sockets(SOCK_DGRAM);
	unsigned char got[10001];

	CHECK_CODE(memward_write_fd(secret, 10000, pair.out, NULL), 0);
	CHECK_INT(read(pair.in, got, sizeof(got)), 10000);
	CHECK(is_filled(got, 10000, SEED));
	memward_free(secret);
	close_pair(&pair);
}

/* While it waits nobody can read the secret; then it goes on. */
static void it_waits_for_room_with_the_ward_closed(void)
{
	memward_ward *ward = new_plain_closed_ward();
	const size_t len = page_size() + 1000;
	struct pair pair = new_pipe();
	struct job job = {
	    .secret = pattern_of(ward, len), .len = len, .fd = pair.out};
	size_t zeros;
	size_t part;
	struct support_thread *writer =
	    write_a_part(&job, pair.in, &zeros, &part);
	struct reader reader;

	/* The window in which it wrote a page may not have ended yet. */
	CHECK(probe_closes((void *)job.secret));
	for (int i = 0; i < 500; i++) {
		CHECK_INT(probe((void *)job.secret), MEMWARD_NO_ACCESS);
		support_pause();
	}
	CHECK(!atomic_load(&job.ended));
	start_reader(&reader, pair.in, zeros, SEED);
	support_join(writer);
	CHECK_CODE(job.rc, 0);
	CHECK_INT(job.written, len);
	CHECK_INT(probe((void *)job.secret), MEMWARD_NO_ACCESS);
	end_reader(&reader, &pair.out, len);
	close_pair(&pair);
	close_ward(ward);
}

static void ignore(int signal)
{
	(void)signal;
}

/* Calls do not go on by themselves after this handler. */
static void catch_usr1(void)
{
	struct sigaction action = {.sa_handler = ignore};

	CHECK_INT(sigemptyset(&action.sa_mask), 0);
	CHECK_INT(sigaction(SIGUSR1, &action, NULL), 0);
}

static pthread_t writer_id;
static atomic_bool has_id;

static void do_job_with_id(void *argument)
{
	writer_id = pthread_self();
	atomic_store(&has_id, true);
	do_job(argument);
}

static void signals_in_the_middle_do_no_harm(void)
{
	enum { LEN = 2 << 20 }; /* more than any pipe has room for */

	struct pair pair = new_pipe();
	struct job job = {
	    .secret = pattern_of(NULL, LEN), .len = LEN, .fd = pair.out};
	struct support_thread *writer;
	unsigned char *got = new_secret(plain_ward(), LEN);

	catch_usr1();
	writer = support_start(do_job_with_id, &job);
	CHECK(writer != NULL);
	while (!atomic_load(&has_id))
		support_pause();
	for (size_t at = 0; at < LEN; at += 2048) {
		CHECK_INT(pthread_kill(writer_id, SIGUSR1), 0);
		CHECK(read_exactly(pair.in, got + at, 2048));
	}
	support_join(writer);
	CHECK_CODE(job.rc, 0);
	CHECK_INT(job.written, LEN);
	CHECK(is_filled(got, LEN, SEED));
	memward_free(got);
	memward_free((void *)job.secret);
	close_pair(&pair);
}

static void it_tells_how_far_it_came(void)
{
	enum { LEN = 2 << 20 }; /* more than any pipe has room for */

	struct pair pair = new_pipe();
	struct job job = {
	    .secret = pattern_of(NULL, LEN), .len = LEN, .fd = pair.out};
	struct support_thread *writer = support_start(do_job, &job);
	static unsigned char got[10000];

	CHECK(writer != NULL);
	CHECK(read_exactly(pair.in, got, sizeof(got)));
	CHECK(is_filled(got, sizeof(got), SEED));
	CHECK_INT(close(pair.in), 0);
	pair.in = -1;
	support_join(writer);
	CHECK_CODE(job.rc, MEMWARD_ESYSTEM);
	CHECK_INT(job.err, EPIPE);
	CHECK(job.written >= sizeof(got) && job.written < LEN);
	memward_free((void *)job.secret);
	close_pair(&pair);
}

static void expect_errno(int fd, int err)
{
	unsigned char *secret = pattern_of(NULL, 100);
	size_t written = 1;

	errno = 0;
	CHECK_CODE(
	    memward_write_fd(secret, 100, fd, &written), MEMWARD_ESYSTEM);
	CHECK_INT(errno, err);
	CHECK_INT(written, 0);
	memward_free(secret);
}

static void descriptors_that_cannot_be_written_to(void)
{
	struct pair pair = new_pipe();
	int in = pair.in;

	expect_errno(-1, EBADF);
	expect_errno(in, EBADF);
	close_pair(&pair);
	expect_errno(in, EBADF);
}

static void a_full_device_is_an_error(void)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		TEST_SKIP("there is no /dev/full");
	expect_errno(fd, ENOSPC);
	CHECK_INT(close(fd), 0);
}

static void bad_arguments_write_nothing(void)
{
	struct pair pair = new_pipe();
	unsigned char *packed = pattern_of(NULL, 100);
	unsigned char *guarded = new_guarded(plain_ward(), 100, 1);
	size_t written = 1;

	CHECK_CODE(
	    memward_write_fd(NULL, 0, pair.out, &written), MEMWARD_ENULL);
	CHECK_INT(written, 0);
	CHECK_CODE(
	    memward_write_fd(packed, 101, pair.out, NULL), MEMWARD_EVALUE);
	CHECK_CODE(memward_protect(guarded, MEMWARD_NO_ACCESS), 0);
	CHECK_CODE(
	    memward_write_fd(guarded, 100, pair.out, NULL), MEMWARD_ECLOSED);
	set_non_blocking(pair.in);
	CHECK_INT(read(pair.in, &written, 1), -1);
	CHECK_CODE(memward_protect(guarded, MEMWARD_READ_ONLY), 0);
	CHECK_CODE(memward_write_fd(guarded, 100, pair.out, NULL), 0);
	memward_free(packed);
	memward_free(guarded);
	close_pair(&pair);
}

static void a_child_without_the_secret_says_so(void)
{
	memward_policy policy = unlocked_policy();
	unsigned char *secret;
	int status;
	pid_t pid;

	policy.fork = MEMWARD_FORK_OMIT;
	secret = pattern_of(new_ward(&policy), 100);
	(void)fflush(NULL);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		int rc = memward_write_fd(secret, 100, 1, NULL);

		_exit(rc == MEMWARD_EUNMAPPED ? 0 : 1);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
}

static const struct test_case cases[] = {
    TEST_CASE(every_length_arrives),
    TEST_CASE(it_comes_from_closed_wards),
    TEST_CASE(it_comes_from_hidden_wards),
    TEST_CASE(it_comes_from_keyed_wards),
    TEST_CASE(sixty_four_mib_arrive),
    TEST_CASE(a_part_can_be_written),
    TEST_CASE(a_datagram_is_one),
    TEST_CASE(it_waits_for_room_with_the_ward_closed),
    TEST_CASE(signals_in_the_middle_do_no_harm),
    TEST_CASE(nobody_reads_is_an_error_and_no_signal),
    TEST_CASE(a_signal_that_waits_is_left_alone),
    TEST_CASE(it_tells_how_far_it_came),
    TEST_CASE(descriptors_that_cannot_be_written_to),
    TEST_CASE(a_full_device_is_an_error),
    TEST_CASE(bad_arguments_write_nothing),
    TEST_CASE(a_child_without_the_secret_says_so),
    TEST_CASE(what_was_wiped_is_not_written),
    TEST_CASE(what_is_wiped_meanwhile_is_not_written),
    TEST_CASE(what_is_no_secret_ends_the_process),
    TEST_CASE(a_child_reads_what_is_in_the_pipe),
    TEST_CASE(a_larger_pipe_is_asked_for),
    TEST_CASE(what_no_pipe_holds_is_an_error),
    TEST_CASE(a_started_child_is_fed),
    TEST_CASE(a_child_takes_hidden_memory),
    TEST_CASE(what_was_taken_is_wiped_for_all),
    TEST_CASE(only_hidden_memory_is_taken),
    TEST_CASE(bad_arguments_hand_nothing),
};

#define CHILD(name)                 \
	{                           \
#name, child_##name \
	}

static const struct child_entry children[] = {
    CHILD(nobody_reads),
    CHILD(bare_write),
    CHILD(keep_waiting_signal),
    CHILD(write_wiped),
    CHILD(wipe_while_waiting),
    CHILD(write_foreign),
    CHILD(read_pipe),
    CHILD(take_hidden),
};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
