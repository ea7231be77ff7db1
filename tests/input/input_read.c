/* SPDX-License-Identifier: MIT */
/* Descriptors: to the end, exactly, to a delimiter. */
#include "input_cases.h"
#include "ward/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LONGEST  ((size_t)100000)
#define NO_LIMIT SIZE_MAX

static unsigned char bytes[LONGEST + 1];

/* Around the edges of slots, pages, the first room and a pipe. */
static size_t length(unsigned i)
{
	const size_t page = page_size();
	const size_t lengths[] = {0, 1, 511, 512, 513, page - 1, page, page + 1,
	    15352, 15353, 65537, LONGEST};

	return i < TEST_COUNT(lengths) ? lengths[i] : NO_LIMIT;
}

static void read_sizes(memward_ward *ward, bool exactly)
{
	for (unsigned i = 0; length(i) != NO_LIMIT; i++) {
		struct feeder feeder = {.stays = exactly};
		size_t len = length(i);
		void *secret = NULL;
		int fd;

		if (len > LONGEST)
			continue;
		fill(bytes, len, i);
		/* What reading may need, before there is a thread to end. */
		check_granted(memward_new(ward, 3 * len, &secret));
		memward_free(secret);
		fd = feed(&feeder, bytes, len, len + 1);
		if (exactly)
			check_granted(memward_read_fd(
			    ward, fd, MEMWARD_EXACTLY, len, &secret));
		else
			check_granted(memward_read_fd(ward, fd, MEMWARD_TO_END,
			    i % 2 == 0 ? NO_LIMIT : len, &secret));
		fed(&feeder);
		CHECK_INT(close(fd), 0);
		expect_pattern(secret, len, i);
	}
}

static void read_to_ends(memward_ward *ward)
{
	read_sizes(ward, false);
}

static void read_exactly(memward_ward *ward)
{
	read_sizes(ward, true);
}

void every_size_comes_to_its_end(void)
{
	on_every_kind(read_to_ends);
}

void every_size_comes_exactly(void)
{
	on_every_kind(read_exactly);
}

void pieces_make_a_whole(void)
{
	static const size_t pieces[] = {1, 7, 511, 513};

	for (unsigned i = 0; i < TEST_COUNT(pieces); i++) {
		struct feeder feeder = {0};
		void *secret = NULL;
		int fd;

		fill(bytes, 3000, i);
		fd = feed(&feeder, bytes, 3000, pieces[i]);
		check_granted(memward_read_fd(
		    NULL, fd, MEMWARD_TO_END, NO_LIMIT, &secret));
		fed(&feeder);
		CHECK_INT(close(fd), 0);
		expect_pattern(secret, 3000, i);
	}
}

static void read_lines(memward_ward *ward)
{
	int fd = pipe_with("first\n\nthe third\nrest");
	char rest[8] = "";
	void *secret = NULL;

	CHECK_CODE(memward_read_fd(ward, fd, '\n', 5, &secret), 0);
	expect_text(secret, "first");
	CHECK_CODE(memward_read_fd(ward, fd, '\n', 100, &secret), 0);
	expect_text(secret, "");
	CHECK_CODE(memward_read_fd(ward, fd, '\n', NO_LIMIT, &secret), 0);
	expect_text(secret, "the third");
	/* All that follows is still there, for whoever reads next. */
	CHECK_INT(read(fd, rest, sizeof(rest)), 4);
	CHECK_STR(rest, "rest");
	CHECK_INT(close(fd), 0);
}

void what_follows_a_delimiter_stays(void)
{
	on_every_kind(read_lines);
}

void any_byte_may_delimit(void)
{
	static const char text[] = "one\0two\377three";
	struct feeder feeder = {0};
	int fd = feed(&feeder, text, sizeof(text) - 1, sizeof(text));
	void *secret = NULL;

	CHECK_CODE(memward_read_fd(NULL, fd, 0, 10, &secret), 0);
	expect_text(secret, "one");
	CHECK_CODE(memward_read_fd(NULL, fd, 255, 10, &secret), 0);
	expect_text(secret, "two");
	/* What has no delimiter ends with the input. */
	CHECK_CODE(memward_read_fd(NULL, fd, 0, 10, &secret), 0);
	expect_text(secret, "three");
	secret = NULL;
	CHECK_CODE(memward_read_fd(NULL, fd, 0, 10, &secret), MEMWARD_EEND);
	CHECK(secret == NULL);
	fed(&feeder);
	CHECK_INT(close(fd), 0);
}

static void end_early(memward_ward *ward)
{
	uint64_t live = budget_of(ward, 32).live;
	void *secret = NULL;
	int fd = pipe_with("short");

	CHECK_CODE(memward_read_fd(ward, fd, MEMWARD_EXACTLY, 6, &secret),
	    MEMWARD_EEND);
	CHECK(secret == NULL);
	CHECK_CODE(memward_read_fd(ward, fd, '\n', 6, &secret), MEMWARD_EEND);
	CHECK(secret == NULL);
	/* Nothing that is lost stays allocated. */
	CHECK_INT(budget_of(ward, 32).live, live);
	CHECK_INT(close(fd), 0);
}

void ends_before_their_time(void)
{
	on_every_kind(end_early);
}

static void read_too_much(memward_ward *ward, int until, const char *text)
{
	static const size_t limits[] = {0, 1, 4};
	uint64_t live = budget_of(ward, 32).live;

	for (size_t i = 0; i < TEST_COUNT(limits); i++) {
		int fd = pipe_with(text);
		void *secret = NULL;

		CHECK_CODE(memward_read_fd(ward, fd, until, limits[i], &secret),
		    MEMWARD_ETOOLONG);
		CHECK(secret == NULL);
		CHECK_INT(close(fd), 0);
	}
	CHECK_INT(budget_of(ward, 32).live, live);
}

static void read_too_long(memward_ward *ward)
{
	read_too_much(ward, MEMWARD_TO_END, "12345");
	read_too_much(ward, '\n', "12345\n");
}

void what_is_too_long_is_refused(void)
{
	int fd = open("/dev/zero", O_RDONLY);
	void *secret = NULL;

	on_every_kind(read_too_long);
	CHECK(fd >= 0);
	CHECK_CODE(memward_read_fd(NULL, fd, MEMWARD_TO_END, 5000, &secret),
	    MEMWARD_ETOOLONG);
	CHECK(secret == NULL);
	CHECK_INT(close(fd), 0);
}

/* Waits until all has been read that was written to a pipe. */
static void wait_for_reader(int in)
{
	int waiting = 1;

	while (ioctl(in, FIONREAD, &waiting) == 0 && waiting != 0)
		support_pause();
}

/* Each byte only when there is none, and the reader has had time to ask. */
static void feed_slowly(void *argument)
{
	const int *ends = argument;

	for (int i = 0; i < 50; i++) {
		for (int k = 0; k < 20; k++)
			support_pause();
		if (write(ends[1], "x", 1) != 1)
			break;
		wait_for_reader(ends[0]);
	}
	(void)close(ends[1]);
}

void a_descriptor_that_does_not_wait(void)
{
	/* The thread may still use them when this is left at once. */
	static int ends[2];
	struct support_thread *thread;
	void *secret = NULL;
	char byte;

	CHECK_INT(pipe(ends), 0);
	CHECK_INT(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	/* The control: it does not wait by itself. */
	CHECK(read(ends[0], &byte, 1) < 0 && errno == EAGAIN);
	thread = support_start(feed_slowly, ends);
	CHECK(thread != NULL);
	CHECK_CODE(
	    memward_read_fd(NULL, ends[0], MEMWARD_TO_END, 100, &secret), 0);
	CHECK_INT(memward_size(secret), 50);
	memward_free(secret);
	support_join(thread);
	CHECK_INT(close(ends[0]), 0);
}

static volatile sig_atomic_t interruptions;
static pthread_t reader;

static void count(int number)
{
	(void)number;
	interruptions++;
}

/* A byte only after a signal that was taken. */
static void interrupt_and_feed(void *argument)
{
	struct feeder *feeder = argument;

	for (int i = 0; i < 50; i++) {
		int before = interruptions;
		char byte = (char)('a' + i % 26);

		(void)pthread_kill(reader, SIGUSR1);
		while (interruptions == before)
			support_pause();
		if (write(feeder->fd, &byte, 1) != 1)
			break;
	}
	(void)close(feeder->fd);
}

void signals_do_not_end_a_reading(void)
{
	struct sigaction action = {.sa_handler = count};
	struct sigaction before;
	struct feeder feeder = {0};
	void *secret = NULL;
	int ends[2];

	CHECK_INT(pipe(ends), 0);
	CHECK_INT(sigaction(SIGUSR1, &action, &before), 0);
	reader = pthread_self();
	feeder.fd = ends[1];
	feeder.thread = support_start(interrupt_and_feed, &feeder);
	CHECK(feeder.thread != NULL);
	CHECK_CODE(
	    memward_read_fd(NULL, ends[0], MEMWARD_TO_END, 100, &secret), 0);
	support_join(feeder.thread);
	CHECK_INT(sigaction(SIGUSR1, &before, NULL), 0);
	CHECK_INT(memward_size(secret), 50);
	memward_free(secret);
	CHECK_INT(close(ends[0]), 0);
}

static void refuse(int fd, int err)
{
	static const int ways[] = {MEMWARD_TO_END, MEMWARD_EXACTLY, '\n'};

	for (size_t i = 0; i < TEST_COUNT(ways); i++) {
		void *secret = NULL;

		errno = 0;
		CHECK_CODE(memward_read_fd(NULL, fd, ways[i], 10, &secret),
		    MEMWARD_ESYSTEM);
		CHECK_INT(errno, err);
		CHECK(secret == NULL);
	}
}

void what_is_no_descriptor_is_refused(void)
{
	int ends[2];
	int folder;

	refuse(-1, EBADF);
	CHECK_INT(pipe(ends), 0);
	CHECK_INT(close(ends[0]), 0);
	refuse(ends[0], EBADF);
	/* One that is for writing alone. */
	refuse(ends[1], EBADF);
	CHECK_INT(close(ends[1]), 0);
	folder = open("/", O_RDONLY);
	CHECK(folder >= 0);
	refuse(folder, EISDIR);
	CHECK_INT(close(folder), 0);
}

static memward_ward *closed_ward;
static int silent[2];

static void read_in_thread(void *unused)
{
	void *secret = NULL;

	(void)unused;
	if (memward_read_fd(
		closed_ward, silent[0], MEMWARD_EXACTLY, 2, &secret) == 0)
		memward_free(secret);
}

/*
 * Touches a neighbour of what is being read, when one byte of two has come and
 * the window for it has ended: the thread waits for what never comes.
 */
static int touch_while_reading(bool window)
{
	unsigned char *neighbour;

	closed_ward = new_closed_ward();
	neighbour = new_secret(closed_ward, 2);
	CHECK_INT(pipe(silent), 0);
	CHECK(support_start(read_in_thread, NULL) != NULL);
	CHECK_INT(write(silent[1], "x", 1), 1);
	wait_for_reader(silent[0]);
	CHECK(probe_closes(neighbour));
	if (window)
		CHECK_CODE(memward_begin(closed_ward, MEMWARD_READ_ONLY), 0);
	will_touch();
	for (int i = 0; i < 100000; i++) {
		(void)read_byte(neighbour);
		support_pause();
	}
	(void)done_touching();
	/* The thread still reads. */
	_exit(0);
}

int child_input_waits(void)
{
	return touch_while_reading(false);
}

int child_input_waits_open(void)
{
	return touch_while_reading(true);
}

void a_ward_is_closed_while_nothing_comes(void)
{
	expect_no_fault("input_waits_open");
	expect_fault("input_waits");
}

void a_limit_is_an_error(void)
{
	memward_policy policy = unlocked_policy();
	struct feeder feeder = {0};
	memward_ward *ward;
	void *secret = NULL;
	char rest[256];
	int fd;

	policy.limit = LONGEST / 2;
	ward = new_ward(&policy);
	fd = feed(&feeder, bytes, LONGEST, LONGEST);
	CHECK_CODE(memward_read_fd(ward, fd, MEMWARD_TO_END, NO_LIMIT, &secret),
	    MEMWARD_ELIMIT);
	CHECK(secret == NULL);
	CHECK_INT(budget_of(ward, 32).live, 0);
	while (read(fd, rest, sizeof(rest)) > 0)
		continue;
	fed(&feeder);
	CHECK_INT(close(fd), 0);
	close_ward(ward);
}

static int wiped_fd[2];

static void wipe_and_feed(void *unused)
{
	(void)unused;
	while (budget_of(NULL, 2).live == 0)
		support_pause();
	(void)memward_wipe_all();
	(void)!write(wiped_fd[1], "ab", 2);
}

int child_input_after_wipe(void)
{
	struct support_thread *thread;
	void *secret = NULL;
	int rc;

	CHECK_INT(pipe(wiped_fd), 0);
	thread = support_start(wipe_and_feed, NULL);
	CHECK(thread != NULL);
	rc = memward_read_fd(NULL, wiped_fd[0], MEMWARD_EXACTLY, 2, &secret);
	CHECK_CODE(rc, MEMWARD_EWIPEDALL);
	CHECK(secret == NULL);
	support_join(thread);
	CHECK_CODE(memward_new_random(NULL, 8, &secret), MEMWARD_EWIPEDALL);
	return 0;
}

void after_wipe_all_nothing_is_read(void)
{
	expect_success("input_after_wipe");
}

void arguments_of_reading_are_checked(void)
{
	void *secret = NULL;

	CHECK_CODE(memward_read_fd(NULL, 0, '\n', 1, NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_read_fd(NULL, 0, -3, 1, &secret), MEMWARD_EVALUE);
	CHECK_CODE(memward_read_fd(NULL, 0, 256, 1, &secret), MEMWARD_EVALUE);
	CHECK_CODE(memward_read_fd(NULL, 0, MEMWARD_EXACTLY, SIZE_MAX, &secret),
	    MEMWARD_EOVERFLOW);
	CHECK(secret == NULL);
}
