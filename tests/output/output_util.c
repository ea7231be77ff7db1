/* SPDX-License-Identifier: MIT */
#include "output_util.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

memward_ward *plain_ward(void)
{
	static memward_ward *ward;
	memward_policy policy = unlocked_policy();

	if (ward == NULL)
		CHECK_CODE(memward_open(&policy, &ward), 0);
	return ward;
}

memward_ward *new_plain_closed_ward(void)
{
	memward_policy policy = unlocked_policy();

	policy.rest = MEMWARD_NO_ACCESS;
	return new_ward(&policy);
}

unsigned char *pattern_of(memward_ward *ward, size_t len)
{
	unsigned char *secret;

	if (ward == NULL)
		ward = plain_ward();
	secret = new_secret(ward, len);
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	fill(secret, len, SEED);
	CHECK_CODE(memward_end(ward), 0);
	return secret;
}

void do_job(void *argument)
{
	struct job *job = argument;

	job->rc =
	    memward_write_fd(job->secret, job->len, job->fd, &job->written);
	job->err = errno;
	atomic_store(&job->ended, true);
}

void do_job_and_close(void *argument)
{
	struct job *job = argument;

	do_job(job);
	(void)close(job->fd);
}

struct pair new_pipe(void)
{
	int ends[2];

	CHECK_INT(pipe(ends), 0);
	return (struct pair){ends[0], ends[1]};
}

struct pair new_sockets(int type)
{
	int ends[2];

	CHECK_INT(socketpair(AF_UNIX, type, 0, ends), 0);
	return (struct pair){ends[0], ends[1]};
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

void close_pair(struct pair *pair)
{
	close_end(&pair->in);
	close_end(&pair->out);
}

void set_non_blocking(int fd)
{
	CHECK_INT(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK), 0);
}

size_t fill_up(int fd)
{
	static const char zeros[4096];
	size_t part = sizeof(zeros);
	size_t all = 0;

	set_non_blocking(fd);
	while (part != 0) {
		ssize_t n = write(fd, zeros, part);

		if (n > 0)
			all += (size_t)n;
		else
			part /= 2;
	}
	return all;
}

int next_descriptor(void)
{
	int fd = dup(STDERR_FILENO);

	CHECK(fd >= 0);
	CHECK_INT(close(fd), 0);
	return fd;
}

size_t bytes_in(int fd)
{
	int waiting = -1;

	CHECK_INT(ioctl(fd, FIONREAD, &waiting), 0);
	CHECK(waiting >= 0);
	return (size_t)waiting;
}

static bool has_room(int fd)
{
	struct pollfd poller = {.fd = fd, .events = POLLOUT};

	CHECK(poll(&poller, 1, 0) >= 0);
	return poller.revents != 0;
}

struct support_thread *write_a_part(
    struct job *job, int in, size_t *zeros, size_t *part)
{
	const size_t room = page_size();
	size_t all = fill_up(job->fd);
	void *page = malloc(room);
	struct support_thread *writer;

	CHECK(!has_room(job->fd));
	CHECK(page != NULL && read_exactly(in, page, room));
	free(page);
	CHECK(has_room(job->fd));
	*zeros = all - room;
	CHECK_INT(bytes_in(in), *zeros);
	writer = support_start(do_job, job);
	CHECK(writer != NULL);
	while (has_room(job->fd) && !atomic_load(&job->ended))
		support_pause();
	CHECK(!atomic_load(&job->ended));
	*part = bytes_in(in) - *zeros;
	CHECK(*part != 0 && *part < job->len);
	return writer;
}

bool read_exactly(int fd, void *mem, size_t len)
{
	char *at = mem;

	while (len != 0) {
		ssize_t n = read(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

/* fill() at an offset, which is the caller's. */
static bool is_right(
    const struct reader *reader, const unsigned char *bytes, size_t len)
{
	static unsigned char *expected;
	static size_t room;
	size_t end = reader->len + len;

	if (end >= room) {
		expected = realloc(expected, end * 2 + 1);
		room = end * 2 + 1;
		if (expected == NULL)
			abort();
		fill(expected, room, reader->seed);
	}
	return memcmp(bytes, expected + reader->len, len) == 0;
}

static void read_on(void *argument)
{
	static unsigned char bytes[65536];
	struct reader *reader = argument;
	size_t skip = reader->skip;
	ssize_t n;

	while ((n = read(reader->fd, bytes, sizeof(bytes))) != 0) {
		size_t zeros;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		zeros = skip < (size_t)n ? skip : (size_t)n;
		skip -= zeros;
		reader->right &= holds(bytes, zeros, 0);
		reader->right &=
		    is_right(reader, bytes + zeros, (size_t)n - zeros);
		reader->len += (size_t)n - zeros;
	}
}

void start_reader(struct reader *reader, int fd, size_t skip, unsigned seed)
{
	*reader = (struct reader){
	    .fd = fd, .skip = skip, .seed = seed, .right = true};
	reader->thread = support_start(read_on, reader);
	CHECK(reader->thread != NULL);
}

void end_reader(struct reader *reader, int *out, size_t len)
{
	close_end(out);
	support_join(reader->thread);
	CHECK_INT(reader->len, len);
	CHECK(reader->right);
}
