/* SPDX-License-Identifier: MIT */
/*
 * A program that is looked at as it ends, on Linux: ptrace(2). A tracer's own
 * child needs no privilege. PTRACE_O_TRACEEXIT stops it before its memory is
 * given back. Its children are not followed.
 */
#if !defined(__linux__)
#error "peek_run_linux.c is for Linux"
#endif
#define _GNU_SOURCE

#include "cli.h"
#include "peek.h"
#include "peek_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How long a program is given to end after SIGTERM. */
#define PATIENCE_MS 5000

static const struct {
	const char *name;
	int number;
} signals[] = {
    {"HUP", SIGHUP},
    {"INT", SIGINT},
    {"QUIT", SIGQUIT},
    {"ILL", SIGILL},
    {"TRAP", SIGTRAP},
    {"ABRT", SIGABRT},
    {"BUS", SIGBUS},
    {"FPE", SIGFPE},
    {"KILL", SIGKILL},
    {"USR1", SIGUSR1},
    {"SEGV", SIGSEGV},
    {"USR2", SIGUSR2},
    {"PIPE", SIGPIPE},
    {"ALRM", SIGALRM},
    {"TERM", SIGTERM},
    {"CHLD", SIGCHLD},
    {"CONT", SIGCONT},
    {"STOP", SIGSTOP},
    {"TSTP", SIGTSTP},
    {"TTIN", SIGTTIN},
    {"TTOU", SIGTTOU},
    {"URG", SIGURG},
    {"WINCH", SIGWINCH},
    {"SYS", SIGSYS},
};

#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

const char *peek_program_refusal(void)
{
	return NULL;
}

static int signal_number(const char *name)
{
	char *end;
	long number = strtol(name, &end, 10);

	if (*name != '\0' && *end == '\0')
		return number > 0 && number < NSIG ? (int)number : 0;
	if (strncmp(name, "SIG", 3) == 0)
		name += 3;
	for (size_t i = 0; i < SIGNALS; i++) {
		if (strcmp(signals[i].name, name) == 0)
			return signals[i].number;
	}
	return 0;
}

int peek_signal(const char *name)
{
	int number = signal_number(name);

	/* A program cannot be seen to get these two. */
	return number == SIGKILL || number == SIGSTOP ? 0 : number;
}

static void signal_text(int number, char text[24])
{
	(void)text_format(text, 24, "signal %d", number);
	for (size_t i = 0; i < SIGNALS; i++) {
		if (signals[i].number == number)
			(void)text_format(text, 24, "SIG%s", signals[i].name);
	}
}

/* In the new process: never returns. */
static void become(char *const *arguments, const sigset_t *mask, bool quiet,
    int go, int result)
{
	int error;
	char byte;

	/* Traced from its first step on. */
	if (read(go, &byte, 1) != 1)
		_exit(CLI_UNABLE);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	(void)signal(SIGTERM, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, mask, NULL);
	if (!quiet || dup2(STDERR_FILENO, STDOUT_FILENO) >= 0)
		(void)execvp(arguments[0], arguments);
	error = errno;
	(void)!write(result, &error, sizeof(error));
	_exit(CLI_UNABLE);
}

struct ends {
	int go[2];     /* to the child: it is being traced */
	int result[2]; /* from it: why it could not be executed */
};

static bool open_pipes(struct ends *ends)
{
	if (pipe2(ends->go, O_CLOEXEC) != 0)
		return false;
	if (pipe2(ends->result, O_CLOEXEC) == 0)
		return true;
	(void)close(ends->go[0]);
	(void)close(ends->go[1]);
	return false;
}

static bool trace(pid_t pid, int go, char *why, size_t size)
{
	const long options = PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL;

	if (ptrace(PTRACE_SEIZE, pid, NULL, options) != 0)
		return text_refuse(why, size,
		    "cannot here: ptrace of the own child: %s",
		    strerror(errno));
	if (write(go, "", 1) != 1)
		return text_refuse(
		    why, size, "cannot here: %s", strerror(errno));
	return true;
}

static void reap(pid_t pid)
{
	int status;

	(void)kill(pid, SIGKILL);
	/* It may stop at its end first. */
	while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status))
		(void)ptrace(PTRACE_CONT, pid, NULL, NULL);
}

static bool start(pid_t *pid, char *const *arguments, const sigset_t *mask,
    bool quiet, char *why, size_t size)
{
	struct ends ends;
	bool traced;
	int error;

	if (!open_pipes(&ends))
		return text_refuse(
		    why, size, "cannot here: pipe: %s", strerror(errno));
	*pid = fork();
	if (*pid == 0) {
		(void)close(ends.go[1]);
		become(arguments, mask, quiet, ends.go[0], ends.result[1]);
	}
	(void)close(ends.go[0]);
	(void)close(ends.result[1]);
	traced = *pid > 0 ? trace(*pid, ends.go[1], why, size)
			  : text_refuse(why, size, "cannot here: fork: %s",
				strerror(errno));
	(void)close(ends.go[1]);
	/* Execution closes the pipe; so does a child that died before it. */
	if (traced && read(ends.result[0], &error, sizeof(error)) ==
			  (ssize_t)sizeof(error))
		traced = text_refuse(
		    why, size, "cannot be run: %s", strerror(error));
	(void)close(ends.result[0]);
	if (!traced && *pid > 0)
		reap(*pid);
	return traced;
}

/* Waiting. SIGCHLD is blocked, so that none gets lost before a wait. */

static uint64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* False: the time is over, or the user has had enough. */
static bool await_change(pid_t pid, uint64_t until, int *status)
{
	sigset_t child;

	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	for (;;) {
		uint64_t now = now_ms();
		uint64_t left = until > now ? until - now : 0;
		struct timespec wait = {
		    .tv_sec = (time_t)(left / 1000),
		    .tv_nsec = (long)(left % 1000) * 1000000,
		};

		if (waitpid(pid, status, __WALL | WNOHANG) == pid)
			return true;
		if (until == 0) {
			if (sigwaitinfo(&child, NULL) < 0 && peek_interrupted())
				return false;
		} else if (left == 0 ||
			   (sigtimedwait(&child, NULL, &wait) < 0 &&
			       errno == EINTR && peek_interrupted())) {
			return false;
		}
	}
}

static void tell_end(struct peek_program *program, pid_t pid)
{
	unsigned long status = 0;
	char signal[24];

	(void)ptrace(PTRACE_GETEVENTMSG, pid, NULL, &status);
	signal_text(WTERMSIG((int)status), signal);
	if (WIFSIGNALED((int)status))
		(void)text_format(program->moment, sizeof(program->moment),
		    "as it ends by %s", signal);
	else
		(void)text_format(program->moment, sizeof(program->moment),
		    "as it ends with exit status %d", WEXITSTATUS((int)status));
}

/* One stop of the program. True: this is the moment. */
static bool is_moment(struct peek_program *program, pid_t pid, int status,
    const struct peek_moment *moment)
{
	int event = status >> 16;
	int signal = WSTOPSIG(status);
	char text[24];

	if (event == PTRACE_EVENT_EXIT) {
		tell_end(program, pid);
		return true;
	}
	if (event == PTRACE_EVENT_STOP) {
		/* Stopped as by job control: it stays so until it goes on. */
		bool stays = signal != SIGTRAP;

		(void)ptrace(
		    stays ? PTRACE_LISTEN : PTRACE_CONT, pid, NULL, NULL);
		return false;
	}
	if (event == 0 && signal == moment->signal) {
		signal_text(signal, text);
		(void)text_format(program->moment, sizeof(program->moment),
		    "as it gets %s", text);
		return true;
	}
	(void)ptrace(PTRACE_CONT, pid, NULL, event == 0 ? signal : 0);
	return false;
}

/* After the delay: it stops where it is, or at its end. */
static bool stop_now(struct peek_program *program, pid_t pid,
    const struct peek_moment *moment, int *status)
{
	(void)ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	while (waitpid(pid, status, __WALL) == pid && WIFSTOPPED(*status)) {
		if (*status >> 16 == PTRACE_EVENT_STOP) {
			(void)text_format(program->moment,
			    sizeof(program->moment), "%.3g s after its start",
			    (double)moment->millis / 1000);
			return true;
		}
		if (is_moment(program, pid, *status, moment))
			return true;
	}
	return false;
}

static bool refuse_ended(int status, char *why, size_t size)
{
	char signal[24];

	if (!WIFSIGNALED(status))
		return text_refuse(
		    why, size, "it ended before it could be looked at");
	signal_text(WTERMSIG(status), signal);
	return text_refuse(
	    why, size, "%s ended it before it could be looked at", signal);
}

static bool reach(struct peek_program *program, pid_t pid,
    const struct peek_moment *moment, char *why, size_t size)
{
	uint64_t until = moment->millis > 0 ? now_ms() + moment->millis : 0;
	int status;

	while (await_change(pid, until, &status)) {
		if (!WIFSTOPPED(status))
			return refuse_ended(status, why, size);
		if (is_moment(program, pid, status, moment))
			return true;
	}
	if (peek_interrupted()) {
		reap(pid);
		return text_refuse(why, size, "stopped by a signal");
	}
	return stop_now(program, pid, moment, &status) ||
	       refuse_ended(status, why, size);
}

bool peek_program_run(struct peek_program *program, char *const *arguments,
    const struct peek_moment *moment, char *why, size_t size)
{
	struct sigaction ignore;
	struct sigaction before;
	sigset_t child;
	sigset_t mask;
	pid_t pid = 0;
	bool reached;

	memset(&ignore, 0, sizeof(ignore));
	ignore.sa_handler = SIG_IGN;
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child, &mask);
	/* What is typed to end the program shall not end the scan as well. */
	(void)sigaction(SIGINT, &ignore, &before);
	/* What is printed so far comes before what the program prints. */
	(void)fflush(stdout);
	reached = start(&pid, arguments, &mask, program->quiet, why, size) &&
		  reach(program, pid, moment, why, size);
	(void)sigaction(SIGINT, &before, NULL);
	if (!reached)
		(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	program->process = pid;
	program->id = (uint64_t)pid;
	return reached;
}

void peek_program_end(struct peek_program *program)
{
	pid_t pid = (pid_t)program->process;
	uint64_t until = now_ms() + PATIENCE_MS;
	int status = 0;

	/* SIGTERM lets it clean up; at its end it just goes on ending. */
	(void)kill(pid, SIGTERM);
	(void)ptrace(PTRACE_CONT, pid, NULL, NULL);
	while (await_change(pid, until, &status)) {
		int signal = WSTOPSIG(status);

		if (!WIFSTOPPED(status))
			return;
		(void)ptrace(
		    PTRACE_CONT, pid, NULL, status >> 16 == 0 ? signal : 0);
	}
	reap(pid);
}
