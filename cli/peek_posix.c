/* SPDX-License-Identifier: MIT */
/* Children and descriptors: what every Unix can do. */
#if defined(__sun)
#define __EXTENSIONS__
#endif
#if defined(_WIN32)
#error "peek_posix.c is for Unix systems"
#endif

#include "cli.h"
#include "peek.h"
#include "peek_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static char own_path[PATH_MAX];
static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
	interrupted = number;
}

bool peek_interrupted(void)
{
	return interrupted != 0;
}

static void handle(int number, void (*handler)(int))
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = handler;
	/* Cannot fail for these signals. */
	(void)sigaction(number, &action, NULL);
}

/* Looks for a program of this name as a shell does. */
static bool find_in_path(const char *name)
{
	const char *path = getenv("PATH");
	char candidate[PATH_MAX];

	while (path != NULL && *path != '\0') {
		size_t len = strcspn(path, ":");

		if (len > 0 &&
		    text_format(candidate, sizeof(candidate), "%.*s/%s",
			(int)len, path, name) &&
		    access(candidate, X_OK) == 0 &&
		    realpath(candidate, own_path) != NULL)
			return true;
		path += len + (path[len] == ':');
	}
	return false;
}

void peek_init(const char *argv0)
{
	bool found;

	/* A victim that died early must not take the prover along. */
	handle(SIGPIPE, SIG_IGN);
	handle(SIGINT, on_interrupt);
	handle(SIGTERM, on_interrupt);
	found = strchr(argv0, '/') != NULL ? realpath(argv0, own_path) != NULL
					   : find_in_path(argv0);
	/* If it is needed and there is no other way, starting a victim fails */
	if (!found)
		own_path[0] = '\0';
}

void peek_describe_system(char *text, size_t size)
{
	struct utsname name;

	if (uname(&name) < 0 || !text_format(text, size, "%s %s %s",
				    name.sysname, name.release, name.machine))
		(void)text_format(text, size, "unknown system");
}

bool peek_is_privileged(void)
{
	return geteuid() == 0;
}

bool peek_colour_terminal(void)
{
	return isatty(STDOUT_FILENO) != 0;
}

bool peek_reader_gone(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

const char *peek_error(void)
{
	return strerror(errno);
}

uint64_t peek_own_id(void)
{
	return (uint64_t)getpid();
}

static bool read_fd(int fd, void *to, size_t len)
{
	char *at = to;

	while (len > 0) {
		ssize_t n = read(fd, at, len);

		if (n < 0 && errno == EINTR && !peek_interrupted())
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static bool write_fd(int fd, const void *from, size_t len)
{
	const char *at = from;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR && !peek_interrupted())
			continue;
		if (n < 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

bool peek_random(void *to, size_t len)
{
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	bool all;

	if (fd < 0)
		return false;
	all = read_fd(fd, to, len);
	(void)close(fd);
	return all;
}

bool peek_read_file(
    const char *path, void *to, size_t max, size_t *len, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *at = to;
	ssize_t n = 1;

	*len = 0;
	while (fd >= 0 && n > 0 && *len < max) {
		n = read(fd, at + *len, max - *len);
		if (n > 0)
			*len += (size_t)n;
	}
	*why = fd < 0 || n < 0 ? strerror(errno) : NULL;
	if (fd >= 0)
		(void)close(fd);
	return *why == NULL;
}

/* Starting and ending children. */

#define FIRST_INHERITABLE 3

int mw_peek_descriptor_limit(void)
{
	long max = sysconf(_SC_OPEN_MAX);

	/* Some systems answer with billions; nobody here opens so many. */
	return max > 0 && max < 4096 ? (int)max : 4096;
}

/* In the new process: never returns. */
static void become(int in, int out, const char *argument1,
    const char *argument2, const char *folder)
{
	char *const arguments[] = {
	    own_path, (char *)argument1, (char *)argument2, NULL};

	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		_exit(CLI_UNABLE);
	/* An heir must find what its victim left it, and nothing else. */
	for (int fd = FIRST_INHERITABLE; fd < mw_peek_descriptor_limit(); fd++)
		(void)close(fd);
	if (folder != NULL && chdir(folder) != 0)
		_exit(CLI_UNABLE);
	(void)mw_peek_exec_self(arguments);
	(void)execv(own_path, arguments);
	_exit(CLI_UNABLE);
}

static void close_pipe(const int ends[2])
{
	(void)close(ends[0]);
	(void)close(ends[1]);
}

bool peek_start(struct peek_child *child, const char *argument1,
    const char *argument2, const char *folder)
{
	int in[2];
	int out[2];
	pid_t pid;

	if (pipe(in) != 0)
		return false;
	if (pipe(out) != 0) {
		close_pipe(in);
		return false;
	}
	pid = fork();
	if (pid == 0)
		become(in[0], out[1], argument1, argument2, folder);
	(void)close(in[0]);
	(void)close(out[1]);
	child->process = pid;
	child->id = (uint64_t)pid;
	child->in = in[1];
	child->out = out[0];
	if (pid > 0)
		return true;
	(void)close(in[1]);
	(void)close(out[0]);
	return false;
}

bool peek_child_write(struct peek_child *child, const void *from, size_t len)
{
	return write_fd((int)child->in, from, len);
}

#define PATIENCE_MS 20000

bool peek_child_read(struct peek_child *child, void *to, size_t len)
{
	struct pollfd wait = {.fd = (int)child->out, .events = POLLIN};
	char *at = to;

	while (len > 0) {
		ssize_t n;

		if (poll(&wait, 1, PATIENCE_MS) <= 0)
			return false;
		n = read(wait.fd, at, len);
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static void describe_signal(int number, struct peek_end *end)
{
	static const struct {
		int number;
		const char *name;
	} names[] = {
	    {SIGSEGV, "SIGSEGV"},
	    {SIGBUS, "SIGBUS"},
	    {SIGKILL, "SIGKILL"},
	    {SIGABRT, "SIGABRT"},
	};
	const char *name = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].number == number)
			name = names[i].name;
	}
	if (name != NULL)
		(void)text_format(end->text, sizeof(end->text), "%s", name);
	else
		(void)text_format(
		    end->text, sizeof(end->text), "signal %d", number);
	end->kind = number == SIGSEGV || number == SIGBUS ? ENDED_FAULT
		    : number == SIGABRT                   ? ENDED_ABORT
							  : ENDED_OTHERWISE;
}

static void describe_end(int status, struct peek_end *end)
{
	end->dumped = false;
	if (WIFSIGNALED(status)) {
		describe_signal(WTERMSIG(status), end);
#ifdef WCOREDUMP
		end->dumped = WCOREDUMP(status) != 0;
#endif
		return;
	}
	end->kind = ENDED_EXIT;
	(void)text_format(end->text, sizeof(end->text), "exit status %d",
	    WEXITSTATUS(status));
}

static void await(pid_t pid, struct peek_end *end)
{
	int status;

	while (waitpid(pid, &status, 0) != pid) {
		if (errno == EINTR)
			continue;
		end->kind = ENDED_OTHERWISE;
		(void)text_format(end->text, sizeof(end->text), "unknown end");
		return;
	}
	describe_end(status, end);
}

void peek_finish(struct peek_child *child, struct peek_end *end)
{
	struct pollfd wait = {.fd = (int)child->out, .events = POLLIN};

	(void)close((int)child->in);
	/* It ends when it finds its input closed; if it hangs, it is ended. */
	while (poll(&wait, 1, PATIENCE_MS) > 0) {
		char rest[64];

		if (read(wait.fd, rest, sizeof(rest)) <= 0)
			break;
		memset(rest, 0, sizeof(rest));
	}
	if ((wait.revents & (POLLHUP | POLLIN)) == 0)
		(void)kill((pid_t)child->process, SIGKILL);
	(void)close((int)child->out);
	await((pid_t)child->process, end);
}

/* The victim's side. */

void peek_begin_victim(void)
{
	handle(SIGSEGV, SIG_DFL);
	handle(SIGBUS, SIG_DFL);
}

bool peek_read_all(void *to, size_t len)
{
	return read_fd(STDIN_FILENO, to, len);
}

bool peek_write_all(const void *from, size_t len)
{
	return write_fd(STDOUT_FILENO, from, len);
}

bool peek_join_errors(void)
{
	return dup2(STDOUT_FILENO, STDERR_FILENO) >= 0;
}

void peek_allow_core_file(void)
{
	struct rlimit limit;

	/* If it fails, the control leaves no core file and says so. */
	if (getrlimit(RLIMIT_CORE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_CORE, &limit);
	}
}

void peek_crash(void)
{
	(void)raise(SIGSEGV);
}

/* No pipe holds less than this. */
#define PIPED_MAX 512

bool peek_leave_in_pipe(const void *mem, size_t len)
{
	int ends[2];

	/* Both ends stay open for the heir; the end closes them. */
	return pipe(ends) == 0 &&
	       write_fd(ends[1], mem, len < PIPED_MAX ? len : PIPED_MAX);
}

static int run_generations(
    int generations, int (*function)(void *), void *argument)
{
	struct peek_end end;
	pid_t pid;

	if (generations == 1)
		return function(argument);
	pid = mw_peek_raw_fork();
	if (pid == 0)
		_exit(run_generations(generations - 1, function, argument));
	if (pid < 0)
		return 1;
	await(pid, &end);
	if (end.kind != ENDED_EXIT) {
		/*
		 * Ends as its child did, so that the victim hears of it. Not
		 * by raise(), as musl does not know of this process: it would
		 * reach the one that forked.
		 */
		(void)kill(
		    getpid(), end.kind == ENDED_FAULT ? SIGSEGV : SIGKILL);
	}
	return 0;
}

void peek_in_fork(int generations, int (*function)(void *), void *argument,
    struct glimpse *glimpse, struct peek_end *end)
{
	pid_t pid = generations > 1 ? mw_peek_raw_fork() : fork();

	glimpse_set(glimpse, SIGHT_NONE, "%s", "");
	if (pid < 0) {
		glimpse_set(glimpse, SIGHT_UNABLE, "fork: %s", peek_error());
		return;
	}
	if (pid == 0)
		_exit(run_generations(generations, function, argument));
	await(pid, end);
}

void peek_exec_heir(struct glimpse *glimpse, struct peek_end *end)
{
	char *const arguments[] = {
	    own_path, (char *)CLI_HEIR, (char *)".", NULL};
	pid_t pid = fork();

	glimpse_set(glimpse, SIGHT_NONE, "%s", "");
	if (pid < 0) {
		glimpse_set(glimpse, SIGHT_UNABLE, "fork: %s", peek_error());
		return;
	}
	if (pid == 0) {
		(void)mw_peek_exec_self(arguments);
		(void)execv(own_path, arguments);
		_exit(CLI_UNABLE);
	}
	await(pid, end);
}

void peek_inherited(void (*function)(const void *bytes, size_t len))
{
	static char bytes[SECRET_MAX];

	for (int fd = FIRST_INHERITABLE; fd < mw_peek_descriptor_limit();
	     fd++) {
		int flags = fcntl(fd, F_GETFL);
		ssize_t n;

		if (flags < 0)
			continue;
		/* Files and shared memory from their beginning; pipes as is */
		(void)lseek(fd, 0, SEEK_SET);
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
		n = read(fd, bytes, sizeof(bytes));
		if (n > 0)
			function(bytes, (size_t)n);
	}
}
