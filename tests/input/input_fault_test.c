/* SPDX-License-Identifier: MIT */
/*
 * Every system call of reading in fails in turn, in every operation: nothing
 * is handed out that is not whole, nothing stays allocated, open or hidden.
 */
#define IO_FAULTS_THEMSELVES

#include "input_cases.h"
#include "io_faults.h"
#include "terminal_cases.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Which call fails, counted from 0, and how; the thread that asks alone. */
static struct {
	unsigned next;
	unsigned nth;
	bool armed;
	bool failed;
	int err;
	const char *name; /* of the call that failed */
	const char *in;   /* the function that made it */
} fault;

const char *fault_caller;

static bool fails(const char *name)
{
	if (!fault.armed || fault.next++ != fault.nth)
		return false;
	fault.failed = true;
	fault.name = name;
	fault.in = fault_caller;
	errno = fault.err;
	return true;
}

int fault_open(const char *path, int flags)
{
	return fails("open") ? -1 : open(path, flags);
}

int fault_close(int fd)
{
	int rc = close(fd);

	return fails("close") ? -1 : rc;
}

int fault_pipe(int ends[2])
{
	return fails("pipe") ? -1 : pipe(ends);
}

int fault_fcntl(int fd, int command, ...)
{
	va_list more;
	int argument;

	va_start(more, command);
	argument = command == F_GETFL ? 0 : va_arg(more, int);
	va_end(more);
	return fails("fcntl") ? -1 : fcntl(fd, command, argument);
}

int fault_fstat(int fd, struct stat *about)
{
	return fails("fstat") ? -1 : fstat(fd, about);
}

off_t fault_lseek(int fd, off_t at, int from)
{
	return fails("lseek") ? -1 : lseek(fd, at, from);
}

int fault_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	return fails("poll") ? -1 : poll(fds, count, timeout);
}

ssize_t fault_read(int fd, void *to, size_t len)
{
	return fails("read") ? -1 : read(fd, to, len);
}

ssize_t fault_write(int fd, const void *from, size_t len)
{
	return fails("write") ? -1 : write(fd, from, len);
}

int fault_tcgetattr(int fd, struct termios *how)
{
	return fails("tcgetattr") ? -1 : tcgetattr(fd, how);
}

int fault_tcsetattr(int fd, int when, const struct termios *how)
{
	return fails("tcsetattr") ? -1 : tcsetattr(fd, when, how);
}

/* Operations: each reads the answer. */

static int fd; /* where the answer comes from */

static void set_pipe(void)
{
	fd = pipe_with(ANSWER "\n");
}

static int run_to_end(memward_ward *ward, void **secret)
{
	return memward_read_fd(ward, fd, MEMWARD_TO_END, 100, secret);
}

static int run_exactly(memward_ward *ward, void **secret)
{
	return memward_read_fd(
	    ward, fd, MEMWARD_EXACTLY, sizeof(ANSWER) - 1, secret);
}

static int run_line(memward_ward *ward, void **secret)
{
	return memward_read_fd(ward, fd, '\n', 100, secret);
}

static const char *path;

static void set_file(void)
{
	path = file_with(ANSWER "\n", sizeof(ANSWER), 0600);
	fd = dup(0);
}

static int run_file(memward_ward *ward, void **secret)
{
	return memward_read_file(ward, path,
	    MEMWARD_FILE_PRIVATE | MEMWARD_FILE_NO_LINK, 100, secret);
}

static int run_credential(memward_ward *ward, void **secret)
{
	return memward_read_credential(
	    ward, file_folder(), "secret", 100, secret);
}

/* Whoever sits there types once there is a prompt. */
static struct {
	int keyboard;
	atomic_bool leaves;
	struct termios before;
	struct support_thread *thread;
} typist;

static void type_when_asked(void *unused)
{
	struct pollfd more = {.fd = typist.keyboard, .events = POLLIN};
	char seen[64] = "";
	size_t len = 0;

	(void)unused;
	while (!atomic_load(&typist.leaves) && len < sizeof(seen) - 1) {
		ssize_t n = 0;

		if (poll(&more, 1, 1) > 0)
			n = read(typist.keyboard, seen + len,
			    sizeof(seen) - 1 - len);
		if (n < 0)
			break;
		len += (size_t)n;
		if (strstr(seen, PROMPT) == NULL)
			continue;
		(void)!write(typist.keyboard, ANSWER "\n", sizeof(ANSWER));
		break;
	}
}

static void set_terminal(void)
{
	fd = new_terminal(&typist.keyboard);
	CHECK_INT(tcgetattr(fd, &typist.before), 0);
	atomic_store(&typist.leaves, false);
	typist.thread = support_start(type_when_asked, NULL);
	CHECK(typist.thread != NULL);
}

static int run_terminal(memward_ward *ward, void **secret)
{
	return memward_read_tty(ward, fd, PROMPT, 100, secret);
}

/* Back as it was, unless that is what failed, and then it was said. */
static void check_terminal(int rc)
{
	struct termios now;
	struct sigaction action;

	atomic_store(&typist.leaves, true);
	support_join(typist.thread);
	CHECK_INT(tcgetattr(fd, &now), 0);
	if (now.c_lflag != typist.before.c_lflag) {
		CHECK_STR(fault.name, "tcsetattr");
		CHECK_CODE(rc, MEMWARD_ESYSTEM);
	}
	CHECK_INT(sigaction(SIGTERM, NULL, &action), 0);
	CHECK(action.sa_handler == SIG_DFL);
	CHECK_INT(close(typist.keyboard), 0);
}

struct act {
	const char *name;
	void (*set)(void);
	int (*run)(memward_ward *ward, void **secret);
	void (*check)(int rc); /* NULL: nothing more */
	bool line_end;         /* is part of the secret */
};

static const struct act acts[] = {
    {"to the end", set_pipe, run_to_end, NULL, true},
    {"exactly", set_pipe, run_exactly, NULL, false},
    {"a line", set_pipe, run_line, NULL, false},
    {"a file", set_file, run_file, NULL, true},
    {"a credential", set_file, run_credential, NULL, true},
    {"a terminal", set_terminal, run_terminal, check_terminal, false},
};

static int free_descriptor(void)
{
	int lowest = dup(0);

	CHECK(lowest >= 0);
	CHECK_INT(close(lowest), 0);
	return lowest;
}

/*
 * What is rightly ignored, there and nowhere else. The length of a file only
 * tells how much room to begin with; of what was only read from, a descriptor
 * is gone even if closing it fails; the line end after a secret is for the eye;
 * and a pipe that cannot be emptied wakes the next prompt for nothing. (say()
 * ignores poll(2) as well, but this terminal always has room.)
 */
static bool is_ignored(void)
{
	static const struct {
		const char *call;
		const char *in;
	} ignored[] = {
	    {"fstat", "mw_sys_bytes_ahead"},
	    {"lseek", "mw_sys_bytes_ahead"},
	    {"close", "mw_sys_close"},
	    {"write", "mw_sys_terminal_settle"},
	    {"read", "drain_wake"},
	};

	for (size_t i = 0; i < TEST_COUNT(ignored); i++) {
		if (strcmp(fault.name, ignored[i].call) == 0 &&
		    strcmp(fault.in, ignored[i].in) == 0)
			return true;
	}
	return false;
}

/* What is not an error to those who look: they try again, or do without. */
static bool is_to_succeed(void)
{
	if (is_ignored())
		return true;
	return fault.err == EINTR && (strcmp(fault.name, "read") == 0 ||
					 strcmp(fault.name, "poll") == 0 ||
					 strcmp(fault.name, "open") == 0 ||
					 strcmp(fault.name, "write") == 0 ||
					 strcmp(fault.name, "tcsetattr") == 0);
}

/* False: the operation makes fewer calls than that. */
static bool fail_one(
    memward_ward *ward, const struct act *act, unsigned nth, int err)
{
	uint64_t live = budget_of(ward, 32).live;
	int lowest = free_descriptor();
	void *secret = NULL;
	int rc;

	act->set();
	memset(&fault, 0, sizeof(fault));
	fault.nth = nth;
	fault.err = err;
	fault.armed = true;
	rc = act->run(ward, &secret);
	fault.armed = false;
	if ((!fault.failed || is_to_succeed()) && rc != 0)
		TEST_FAIL("%s, call %u (%s): %s", act->name, nth,
		    fault.failed ? fault.name : "none", memward_error_name(rc));
	/* Nor does it go on without what it needs. */
	if (fault.failed && err == EIO && rc == 0 && !is_to_succeed())
		TEST_FAIL("%s, call %u: %s() goes on without %s()", act->name,
		    nth, fault.in, fault.name);
	CHECK((rc == 0) == (secret != NULL));
	if (act->check != NULL)
		act->check(rc);
	if (rc == 0)
		expect_text(secret, act->line_end ? ANSWER "\n" : ANSWER);
	else if (rc != MEMWARD_ESYSTEM)
		TEST_FAIL("%s, call %u (%s): %s", act->name, nth, fault.name,
		    memward_error_name(rc));
	CHECK_INT(close(fd), 0);
	CHECK_INT(free_descriptor(), lowest);
	CHECK_INT(budget_of(ward, 32).live, live);
	return fault.failed;
}

static void fail_each(memward_ward *ward)
{
	static const int errors[] = {EIO, EINTR};

	for (size_t i = 0; i < TEST_COUNT(acts); i++) {
		for (size_t e = 0; e < TEST_COUNT(errors); e++) {
			unsigned nth = 0;

			while (fail_one(ward, &acts[i], nth, errors[e]))
				nth++;
			/* The control: calls were made, and failed. */
			CHECK(nth >= 2);
		}
	}
	remove_file();
}

static void every_call_fails_in_turn(void)
{
	const memward_policy policy = unlocked_policy();
	memward_ward *open = new_ward(&policy);
	memward_ward *closed = new_closed_ward();

	fail_each(open);
	fail_each(closed);
	close_ward(open);
	close_ward(closed);
}

static const struct test_case cases[] = {
    TEST_CASE(every_call_fails_in_turn),
};

int main(int argc, char **argv)
{
	int result = test_main(argc, argv, cases, TEST_COUNT(cases));

	remove_file();
	return result;
}
