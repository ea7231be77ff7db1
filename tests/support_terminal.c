/* SPDX-License-Identifier: MIT */
/* A terminal for tests, and who sits at it. */
#if defined(__linux__)
#define _GNU_SOURCE
#elif defined(__sun)
#define __EXTENSIONS__
#endif

#include "input/terminal_cases.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static struct {
	pid_t child;
	int keyboard; /* what is typed goes in here, what is shown comes out */
	int terminal; /* the same from the other side */
	struct termios before;
	size_t len;
	char seen[20000]; /* all that was shown */
} s;

int new_terminal(int *keyboard)
{
	const char *name = NULL;
	int terminal = -1;

	*keyboard = posix_openpt(O_RDWR | O_NOCTTY);
	if (*keyboard >= 0 && grantpt(*keyboard) == 0 &&
	    unlockpt(*keyboard) == 0)
		name = ptsname(*keyboard);
	if (name != NULL)
		terminal = open(name, O_RDWR | O_NOCTTY);
	if (terminal < 0)
		TEST_SKIP("this system has no terminals to spare");
	return terminal;
}

static void open_terminal(void)
{
	struct termios how;

	memset(&s, 0, sizeof(s));
	s.terminal = new_terminal(&s.keyboard);
	CHECK_INT(tcgetattr(s.terminal, &how), 0);
	how.c_lflag |= ECHO | ECHONL | ICANON | ISIG;
	/* Something that nobody sets by himself. */
	how.c_cc[VEOL] = 'q';
	CHECK_INT(tcsetattr(s.terminal, TCSANOW, &how), 0);
	CHECK_INT(tcgetattr(s.terminal, &s.before), 0);
}

/* As the leader of a session that has the terminal. */
static void take_terminal(void)
{
	test_in_child();
	CHECK_INT(setsid(), getpid());
	CHECK_INT(ioctl(s.terminal, TIOCSCTTY, 0), 0);
	CHECK_INT(dup2(s.terminal, 0), 0);
	(void)close(s.keyboard);
}

void sit_down_alone(int (*job)(void))
{
	open_terminal();
	(void)fflush(stdout);
	s.child = fork();
	CHECK(s.child >= 0);
	if (s.child != 0)
		return;
	take_terminal();
	(void)close(s.terminal);
	_exit(job());
}

static void say(const char *text)
{
	CHECK_INT(write(0, text, strlen(text)), strlen(text));
}

static _Noreturn void work(int (*job)(void))
{
	const struct rlimit none = {0, 0};

	/* Some signals would write core files. */
	CHECK_INT(setrlimit(RLIMIT_CORE, &none), 0);
	CHECK_INT(setpgid(0, 0), 0);
	CHECK_INT(tcsetpgrp(0, getpid()), 0);
	CHECK(signal(SIGTTOU, SIG_DFL) != SIG_ERR);
	(void)close(s.terminal);
	_exit(job());
}

static void go_on(pid_t job)
{
	struct termios now;

	CHECK_INT(tcgetattr(0, &now), 0);
	say((now.c_lflag & (tcflag_t)ECHO) != 0 ? "stopped, shown."
						: "stopped, hidden.");
	CHECK_INT(tcsetattr(0, TCSANOW, &s.before), 0);
	CHECK_INT(tcsetpgrp(0, job), 0);
	CHECK_INT(kill(-job, SIGCONT), 0);
}

static _Noreturn void lead(int (*job)(void))
{
	int status = -1;
	char text[64];
	pid_t pid;

	take_terminal();
	CHECK(signal(SIGTTOU, SIG_IGN) != SIG_ERR);
	pid = fork();
	if (pid == 0)
		work(job);
	while (waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status))
		go_on(pid);
	CHECK_INT(tcsetpgrp(0, getpid()), 0);
	if (WIFSIGNALED(status))
		(void)snprintf(
		    text, sizeof(text), "signal %d.", WTERMSIG(status));
	else
		(void)snprintf(
		    text, sizeof(text), "status %d.", WEXITSTATUS(status));
	say(text);
	/* The terminal lives as long as this process. */
	for (;;)
		(void)pause();
}

void sit_down(int (*job)(void))
{
	open_terminal();
	(void)fflush(stdout);
	s.child = fork();
	CHECK(s.child >= 0);
	if (s.child == 0)
		lead(job);
}

bool is_as_before(void)
{
	struct termios now;

	CHECK_INT(tcgetattr(s.terminal, &now), 0);
	return now.c_lflag == s.before.c_lflag &&
	       now.c_iflag == s.before.c_iflag &&
	       now.c_oflag == s.before.c_oflag &&
	       memcmp(now.c_cc, s.before.c_cc, sizeof(now.c_cc)) == 0;
}

/* Takes in what is shown; false: nothing came in time. */
static bool look(int timeout)
{
	struct pollfd more = {.fd = s.keyboard, .events = POLLIN};
	ssize_t n;

	if (poll(&more, 1, timeout) <= 0)
		return false;
	n = read(s.keyboard, s.seen + s.len, sizeof(s.seen) - 1 - s.len);
	if (n <= 0)
		return false;
	s.len += (size_t)n;
	return true;
}

bool has_seen(const char *text, int times)
{
	const char *at = s.seen;

	while ((at = strstr(at, text)) != NULL) {
		if (--times == 0)
			return true;
		at++;
	}
	return false;
}

void await(const char *text, int times)
{
	while (!has_seen(text, times)) {
		if (!look(20000))
			TEST_FAIL(
			    "\"%s\" is not shown, but \"%s\"", text, s.seen);
	}
}

void await_prompt(int times)
{
	struct termios now;

	await(PROMPT, times);
	CHECK_INT(tcgetattr(s.terminal, &now), 0);
	CHECK((now.c_lflag & (tcflag_t)(ECHO | ECHONL)) == 0);
}

void type(const char *text)
{
	CHECK_INT(write(s.keyboard, text, strlen(text)), strlen(text));
}

void send_signal(int number)
{
	pid_t job = tcgetpgrp(s.keyboard);

	CHECK(job > 0);
	CHECK_INT(kill(-job, number), 0);
}

void expect_status(int status)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "status %d.", status);
	await(text, 1);
	CHECK(is_as_before());
}

void expect_signal(int number)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "signal %d.", number);
	await(text, 1);
	CHECK(is_as_before());
}

int bytes_waiting(void)
{
	int waiting = -1;

	CHECK_INT(ioctl(s.terminal, FIONREAD, &waiting), 0);
	return waiting;
}

void stand_up(const char *hidden)
{
	int status;

	CHECK_INT(kill(s.child, SIGKILL), 0);
	CHECK_INT(waitpid(s.child, &status, 0), s.child);
	while (look(0))
		continue;
	if (hidden != NULL)
		CHECK(strstr(s.seen, hidden) == NULL);
	hang_up();
}

void hang_up(void)
{
	CHECK_INT(close(s.terminal), 0);
	CHECK_INT(close(s.keyboard), 0);
}

int end_alone(void)
{
	int status = -1;

	CHECK_INT(waitpid(s.child, &status, 0), s.child);
	return status;
}

int ask_for(memward_ward *ward, int fd, const char *expected)
{
	void *secret = NULL;
	int rc = memward_read_tty(ward, fd, PROMPT, 100, &secret);

	CHECK((rc == 0) == (secret != NULL));
	if (rc != 0)
		return -rc;
	CHECK_INT(memward_size(secret), strlen(expected));
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
	CHECK(memcmp(secret, expected, strlen(expected)) == 0);
	CHECK_CODE(memward_end(ward), 0);
	memward_check(secret);
	memward_free(secret);
	return 0;
}

int ask(void)
{
	return ask_for(NULL, -1, ANSWER);
}
