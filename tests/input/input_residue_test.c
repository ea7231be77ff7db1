/* SPDX-License-Identifier: MIT */
/*
 * Nothing is left of what was read and freed, in all memory of this process.
 * The secret comes from a child; here it is only known in another form. And a
 * secret that is long. A program of its own, as both take some time.
 */
#include "input_cases.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of so many hex digits, or of what they stand for, 16 bytes are a trace. */
#define TRACE 64
#define BLOCK 16
#define STEP  ((size_t)1 << 16)

/* A digit is the lower half. */
struct trace {
	unsigned char hidden[TRACE];
};

static const char digits[] = "0123456789abcdef";

/* One character of the secret, and one byte of what it is the hex of. */
static unsigned char text_at(const struct trace *trace, size_t at)
{
	return (unsigned char)digits[trace->hidden[at] & 15];
}

static unsigned char plain_at(const struct trace *trace, size_t at)
{
	return (unsigned char)((trace->hidden[2 * at] & 15) << 4 |
			       (trace->hidden[2 * at + 1] & 15));
}

static void new_trace(struct trace *trace)
{
	CHECK_CODE(memward_random(trace->hidden, TRACE), 0);
}

static void need_search(void)
{
	if (support_sanitizer() != NULL)
		TEST_SKIP("a sanitizer keeps what is freed");
	if (access("/proc/self/mem", R_OK) != 0)
		TEST_SKIP("this system has no /proc/self/mem");
}

/* Forks a child that writes it to a descriptor, then a text. */
static void write_trace(const struct trace *trace, int fd, const char *then)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		char text[TRACE];
		size_t len = strlen(then);
		ssize_t n;

		for (size_t i = 0; i < TRACE; i++)
			text[i] = (char)text_at(trace, i);
		n = write(fd, text, TRACE);
		n += write(fd, then, len);
		_exit(n == (ssize_t)(TRACE + len) ? 0 : 1);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK_INT(status, 0);
}

static bool is_block(const struct trace *trace, const unsigned char *at,
    size_t block, unsigned char (*byte)(const struct trace *trace, size_t at))
{
	size_t i = 0;

	while (i < BLOCK && at[i] == byte(trace, block + i))
		i++;
	return i == BLOCK;
}

/*
 * A step, and what a block needs that begins at the end of it: one more, and
 * that which begins with the next step would count twice. These bytes are not
 * searched themselves.
 */
static unsigned char buffer[STEP + BLOCK - 1];

static size_t find_here(const struct trace *trace, size_t len)
{
	size_t found = 0;

	for (size_t at = 0; at + BLOCK <= len; at++) {
		for (size_t b = 0; b < TRACE; b += BLOCK)
			found += is_block(trace, buffer + at, b, text_at);
		for (size_t b = 0; b < TRACE / 2; b += BLOCK)
			found += is_block(trace, buffer + at, b, plain_at);
	}
	return found;
}

static size_t find_between(
    const struct trace *trace, int memory, uintptr_t from, uintptr_t to)
{
	size_t found = 0;

	for (; from < to; from += STEP) {
		size_t len =
		    to - from < sizeof(buffer) ? to - from : sizeof(buffer);
		ssize_t n = pread(memory, buffer, len, (off_t)from);

		if (n > 0)
			found += find_here(trace, (size_t)n);
	}
	memward_wipe(buffer, sizeof(buffer));
	return found;
}

/* The same beside the buffer, wherever that lies. */
static size_t find_around(
    const struct trace *trace, int memory, uintptr_t from, uintptr_t to)
{
	const uintptr_t own = (uintptr_t)buffer;
	const uintptr_t behind = own + sizeof(buffer);

	/* Of what ends before it begins nothing is read. */
	return find_between(trace, memory, from, to < own ? to : own) +
	       find_between(trace, memory, from > behind ? from : behind, to);
}

/* In how many places of this process such a run stands. */
static size_t find_trace(const struct trace *trace)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	int memory = open("/proc/self/mem", O_RDONLY);
	unsigned long from;
	unsigned long to;
	size_t found = 0;
	char line[512];
	char mode[8];

	CHECK(maps != NULL && memory >= 0);
	while (fgets(line, sizeof(line), maps) != NULL) {
		CHECK_INT(sscanf(line, "%lx-%lx %7s", &from, &to, mode), 3);
		if (mode[0] != 'r' || strstr(line, "[v") != NULL)
			continue;
		found += find_around(trace, memory, from, to);
	}
	(void)fclose(maps);
	CHECK_INT(close(memory), 0);
	return found;
}

/* A pipe in which the secret stands, with a line end. */
static int pipe_of(const struct trace *trace)
{
	int ends[2];

	CHECK_INT(pipe(ends), 0);
	write_trace(trace, ends[1], "\n");
	CHECK_INT(close(ends[1]), 0);
	return ends[0];
}

/* What is wiped by the program is not what stdio has. */
static void stdio_leaves_copies(void)
{
	struct trace trace;
	char line[TRACE + 2];
	FILE *from;

	need_search();
	new_trace(&trace);
	CHECK_INT(find_trace(&trace), 0);
	from = fdopen(pipe_of(&trace), "r");
	CHECK(from != NULL);
	CHECK(fgets(line, sizeof(line), from) != NULL);
	/* More than the line, which is one copy. */
	CHECK(find_trace(&trace) > TRACE / BLOCK);
	memward_wipe(line, sizeof(line));
	CHECK_INT(fclose(from), 0);
	if (find_trace(&trace) == 0)
		TEST_SKIP("stdio of this C library leaves nothing behind");
}

/* It stands in one place, and then in none. */
static void expect_gone(const struct trace *trace, void *secret, size_t len)
{
	CHECK_INT(memward_size(secret), len);
	CHECK_INT(find_trace(trace), TRACE / BLOCK);
	memward_free(secret);
	CHECK_INT(find_trace(trace), 0);
}

static void read_until(int until, size_t len)
{
	struct trace trace;
	void *secret = NULL;
	int fd;

	need_search();
	new_trace(&trace);
	fd = pipe_of(&trace);
	CHECK_CODE(memward_read_fd(NULL, fd, until, 1000, &secret), 0);
	CHECK_INT(close(fd), 0);
	expect_gone(&trace, secret, len);
}

static void reading_to_the_end_leaves_none(void)
{
	read_until(MEMWARD_TO_END, TRACE + 1);
}

static void reading_a_line_leaves_none(void)
{
	read_until('\n', TRACE);
}

/* Beginning with room that is too small, as a pipe tells no size. */
static void growing_leaves_none(void)
{
	struct trace trace;
	char rest[3000];
	void *secret = NULL;
	int ends[2];

	need_search();
	new_trace(&trace);
	memset(rest, '.', sizeof(rest) - 1);
	rest[sizeof(rest) - 1] = '\0';
	CHECK_INT(pipe(ends), 0);
	write_trace(&trace, ends[1], rest);
	CHECK_INT(close(ends[1]), 0);
	CHECK_CODE(
	    memward_read_fd(NULL, ends[0], MEMWARD_TO_END, 5000, &secret), 0);
	CHECK_INT(close(ends[0]), 0);
	expect_gone(&trace, secret, TRACE + sizeof(rest) - 1);
}

static void reading_a_file_leaves_none(void)
{
	struct trace trace;
	const char *path;
	void *secret = NULL;
	int fd;

	need_search();
	new_trace(&trace);
	path = file_with("", 0, 0600);
	fd = open(path, O_WRONLY);
	CHECK(fd >= 0);
	write_trace(&trace, fd, "");
	CHECK_INT(close(fd), 0);
	CHECK_CODE(
	    memward_read_file(NULL, path, MEMWARD_FILE_PRIVATE, 100, &secret),
	    0);
	remove_file();
	expect_gone(&trace, secret, TRACE);
}

static void decoding_leaves_none(void)
{
	struct trace trace;
	void *text = NULL;
	void *secret = NULL;
	int fd;

	need_search();
	if (memward_seal_cipher() == NULL)
		TEST_SKIP("this memward was built without libsodium");
	new_trace(&trace);
	fd = pipe_of(&trace);
	CHECK_CODE(memward_read_fd(NULL, fd, '\n', 100, &text), 0);
	CHECK_INT(close(fd), 0);
	CHECK_CODE(memward_decode(NULL, MEMWARD_HEX, text, TRACE, &secret), 0);
	CHECK_INT(memward_size(secret), TRACE / 2);
	CHECK_INT(find_trace(&trace), TRACE / BLOCK + TRACE / 2 / BLOCK);
	memward_free(text);
	memward_free(secret);
	CHECK_INT(find_trace(&trace), 0);
}

#define NAME "MEMWARD_INPUT_TRACE"
#define KEY  "MEMWARD_INPUT_KEY"

/* What its parent put into the environment, in the other form. */
static struct trace inherited_trace(void)
{
	const char *key = getenv(KEY);
	struct trace trace;

	CHECK(key != NULL && strlen(key) == TRACE);
	for (size_t i = 0; i < TRACE; i++)
		trace.hidden[i] = (unsigned char)(key[i] - 'A');
	return trace;
}

static int child_input_traced_getenv(void)
{
	const struct trace trace = inherited_trace();

	CHECK(getenv(NAME) != NULL);
	CHECK_INT(unsetenv(NAME), 0);
	CHECK(find_trace(&trace) > 0);
	return 0;
}

static int child_input_traced(void)
{
	const struct trace trace = inherited_trace();
	void *secret = NULL;

	CHECK_CODE(memward_take_environment(NULL, NAME, &secret), 0);
	expect_gone(&trace, secret, TRACE);
	return 0;
}

static void a_variable_is_left_nowhere(void)
{
	struct trace trace;
	char text[TRACE + 1] = "";
	char key[TRACE + 1] = "";

	need_search();
	new_trace(&trace);
	for (size_t i = 0; i < TRACE; i++) {
		text[i] = (char)text_at(&trace, i);
		key[i] = (char)('A' + (trace.hidden[i] & 15));
	}
	CHECK_INT(setenv(NAME, text, 1), 0);
	CHECK_INT(setenv(KEY, key, 1), 0);
	expect_success("input_traced_getenv");
	expect_success("input_traced");
	CHECK_INT(unsetenv(NAME), 0);
	CHECK_INT(unsetenv(KEY), 0);
}

static void a_secret_of_64_mib_is_read(void)
{
	const size_t len = (size_t)64 << 20;
	const memward_policy policy = unlocked_policy();
	memward_ward *ward = new_ward(&policy);
	struct feeder feeder = {0};
	unsigned char *much = malloc(len);
	void *secret = NULL;
	int fd;

	CHECK(much != NULL);
	fill(much, len, 1);
	fd = feed(&feeder, much, len, len);
	CHECK_CODE(memward_read_fd(ward, fd, MEMWARD_TO_END, len, &secret), 0);
	fed(&feeder);
	CHECK_INT(close(fd), 0);
	free(much);
	expect_pattern(secret, len, 1);
	close_ward(ward);
}

static const struct test_case cases[] = {
    TEST_CASE(stdio_leaves_copies),
    TEST_CASE(reading_to_the_end_leaves_none),
    TEST_CASE(reading_a_line_leaves_none),
    TEST_CASE(growing_leaves_none),
    TEST_CASE(reading_a_file_leaves_none),
    TEST_CASE(decoding_leaves_none),
    TEST_CASE(a_variable_is_left_nowhere),
    TEST_CASE(a_secret_of_64_mib_is_read),
};

static const struct child_entry children[] = {
    {"input_traced", child_input_traced},
    {"input_traced_getenv", child_input_traced_getenv},
};

int main(int argc, char **argv)
{
	int result;

	support_children(children, TEST_COUNT(children));
	result = test_main(argc, argv, cases, TEST_COUNT(cases));
	/* What a case that was left at once did not remove. */
	remove_file();
	return result;
}
