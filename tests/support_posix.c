/* SPDX-License-Identifier: MIT */
/* What tests need of a Unix system. */
#if defined(__sun)
#ifndef __EXTENSIONS__
#define __EXTENSIONS__
#endif
#elif defined(__linux__)
#define _GNU_SOURCE
#endif

#include "harness.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_tmpdir
#define P_tmpdir "/tmp"
#endif
#ifndef PATH_MAX
#define PATH_MAX 4096
#endif

/* A core file of a sanitized program may hold terabytes of holes. */
#define CORE_SIZE_MAX ((off_t)1 << 30)

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZER "address"
#elif defined(__SANITIZE_THREAD__)
#define SANITIZER "thread"
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZER "address"
#elif __has_feature(thread_sanitizer)
#define SANITIZER "thread"
#endif
#endif

#ifdef SANITIZER
/*
 * Children must die as they would without a sanitizer: by the signal, and
 * with a core file where one is allowed.
 */
#define SANITIZER_OPTIONS                               \
	"handle_segv=0:handle_sigbus=0:handle_abort=0:" \
	"disable_coredump=0:allow_user_segv_handler=1"

__attribute__((visibility("default"))) const char *__asan_default_options(void);
__attribute__((visibility("default"))) const char *__tsan_default_options(void);

/* A program that looks at freed memory has another; see support.h. */
__attribute__((weak)) bool support_looks_at_freed;

const char *__asan_default_options(void)
{
	return support_looks_at_freed ? SANITIZER_OPTIONS
		   ":allow_user_poisoning=0"
				      : SANITIZER_OPTIONS;
}

const char *__tsan_default_options(void)
{
	return SANITIZER_OPTIONS;
}
#endif

const char *support_sanitizer(void)
{
#ifdef SANITIZER
	return SANITIZER;
#else
	return NULL;
#endif
}

static char program_path[PATH_MAX];

void support_begin(const char *program)
{
	/* Children run in other folders, so a relative path will not do. */
	if (strchr(program, '/') == NULL ||
	    realpath(program, program_path) == NULL)
		(void)snprintf(
		    program_path, sizeof(program_path), "%s", program);
}

static pid_t wait_for(pid_t pid, int *status)
{
	pid_t got;

	do
		got = waitpid(pid, status, 0);
	while (got < 0 && errno == EINTR);
	return got;
}

/* Allows core files up to the hard limit, or forbids them. */
static bool allow_core(bool allowed)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_CORE, &limit) != 0)
		return false;
	limit.rlim_cur = allowed ? limit.rlim_max : 0;
	return setrlimit(RLIMIT_CORE, &limit) == 0;
}

/* The child's side of start_child: never returns. */
static _Noreturn void become_child(
    const char *name, const char *folder, int output)
{
	char option[] = "--child";
	char copy[64];
	/* The kernel cannot run programs for another processor by itself. */
	char *emulator = getenv("MEMWARD_TEST_EMULATOR");
	char *argv[] = {emulator, program_path, option, copy, NULL};
	char **command = emulator != NULL ? argv : argv + 1;

	(void)snprintf(copy, sizeof(copy), "%s", name);
	if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
		_exit(TEST_CHILD_FAILED);
	if (folder != NULL && chdir(folder) != 0)
		_exit(TEST_CHILD_FAILED);
	if (!allow_core(folder != NULL))
		_exit(TEST_CHILD_FAILED);
	(void)execvp(command[0], command);
	_exit(TEST_CHILD_FAILED);
}

/* Reads what the child writes until it ends; the rest is thrown away. */
static void read_output(int fd, char *output, size_t size)
{
	char rest[512];
	size_t used = 0;
	ssize_t n;

	for (;;) {
		bool full = used == size - 1;

		n = read(fd, full ? rest : output + used,
		    full ? sizeof(rest) : size - 1 - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (!full)
			used += (size_t)n;
	}
	output[used] = '\0';
}

/* An emulator has a line of its own about a program that dies. */
static void drop_words_of_emulator(char *output)
{
	char *words = strstr(output, "qemu: uncaught target signal");

	if (getenv("MEMWARD_TEST_EMULATOR") != NULL && words != NULL)
		*words = '\0';
}

/*
 * Runs a child; with a folder it runs in there and may write a core file.
 * *status becomes what waitpid(2) says.
 */
static struct child_result run_child(
    const char *name, const char *folder, int *status, pid_t *pid)
{
	struct child_result result = {.end = CHILD_EXITED};
	int fd[2];

	(void)fflush(NULL);
	if (pipe(fd) != 0)
		TEST_FAIL("pipe: %s", strerror(errno));
	*pid = fork();
	if (*pid < 0)
		TEST_FAIL("fork: %s", strerror(errno));
	if (*pid == 0) {
		(void)close(fd[0]);
		become_child(name, folder, fd[1]);
	}
	(void)close(fd[1]);
	read_output(fd[0], result.output, sizeof(result.output));
	drop_words_of_emulator(result.output);
	(void)close(fd[0]);
	if (wait_for(*pid, status) < 0)
		TEST_FAIL("waitpid: %s", strerror(errno));
	if (WIFEXITED(*status)) {
		result.code = WEXITSTATUS(*status);
		return result;
	}
	result.code = WTERMSIG(*status);
	result.end = result.code == SIGSEGV || result.code == SIGBUS
			 ? CHILD_FAULTED
			 : CHILD_KILLED;
	return result;
}

struct child_result support_run_child(const char *name)
{
	int status;
	pid_t pid;

	return run_child(name, NULL, &status, &pid);
}

/* Results of a forked onlooker; others mean that it did not get so far. */
enum { SAW_SAME = 10, SAW_ZEROS, SAW_OTHER, SAW_FAULT };

static int look_at(
    const volatile unsigned char *mem, size_t len, unsigned char filled)
{
	size_t same = 0;
	size_t zeros = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char byte = mem[i];

		same += byte == filled;
		zeros += byte == 0;
	}
	if (same == len)
		return SAW_SAME;
	return zeros == len ? SAW_ZEROS : SAW_OTHER;
}

/* In a child of its own, so that a fault is seen and not suffered. */
static int look_from_child(
    const void *mem, size_t len, unsigned char filled, int generations)
{
	int status = 0;
	pid_t pid = fork();

	if (pid < 0)
		return -1;
	if (pid == 0) {
		if (!allow_core(false))
			_exit(TEST_CHILD_FAILED);
		(void)signal(SIGSEGV, SIG_DFL);
		(void)signal(SIGBUS, SIG_DFL);
		if (generations > 1)
			_exit(
			    look_from_child(mem, len, filled, generations - 1));
		_exit(look_at(mem, len, filled));
	}
	if (wait_for(pid, &status) < 0)
		return -1;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	if (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS)
		return SAW_FAULT;
	return -1;
}

enum fork_view support_fork_view(
    const void *mem, size_t len, unsigned char filled, int generations)
{
	int saw;

	(void)fflush(NULL);
	saw = look_from_child(mem, len, filled, generations);
	switch (saw) {
	case SAW_SAME:
		return FORK_SAME;
	case SAW_ZEROS:
		return FORK_ZEROS;
	case SAW_OTHER:
		return FORK_OTHER;
	case SAW_FAULT:
		return FORK_FAULTED;
	default:
		TEST_FAIL("the forked onlooker ended with %d", saw);
	}
}

/* Whether the pattern is in a file. -1: cannot be read. */
static int search_stream(int fd, const unsigned char *pattern, size_t len)
{
	static unsigned char buffer[1 << 16];
	size_t kept = 0;

	for (;;) {
		ssize_t n = read(fd, buffer + kept, sizeof(buffer) - kept);
		size_t filled;

		if (n <= 0)
			return n < 0 ? -1 : 0;
		filled = kept + (size_t)n;
		for (size_t at = 0; at + len <= filled; at++) {
			if (buffer[at] == pattern[0] &&
			    memcmp(buffer + at, pattern, len) == 0)
				return 1;
		}
		/* The pattern may lie across two reads. */
		kept = filled < len - 1 ? filled : len - 1;
		memmove(buffer, buffer + filled - kept, kept);
	}
}

static void answer(
    struct core_result *result, enum core_outcome outcome, const char *reason)
{
	result->outcome = outcome;
	(void)snprintf(result->reason, sizeof(result->reason), "%s", reason);
}

static void search_core(const char *path, const unsigned char *pattern,
    size_t len, struct core_result *result)
{
	int fd = open(path, O_RDONLY);
	struct stat about;
	int found = -1;

	if (fd < 0 || fstat(fd, &about) != 0) {
		answer(result, CORE_UNTESTABLE, "cannot read the core file");
	} else if (about.st_size > CORE_SIZE_MAX) {
		answer(result, CORE_UNTESTABLE, "the core file is huge");
	} else {
		found = search_stream(fd, pattern, len);
		answer(result,
		    found < 0    ? CORE_UNTESTABLE
		    : found == 0 ? CORE_LACKS
				 : CORE_HOLDS,
		    found < 0 ? "cannot read the core file" : "");
	}
	if (fd >= 0)
		(void)close(fd);
}

/* Path of the one file in a folder. False: it has none. */
static bool find_file(const char *folder, char *path, size_t size)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	bool found = false;

	if (dir == NULL)
		return false;
	while (!found && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		found = snprintf(path, size, "%s/%s", folder, entry->d_name) <
			(int)size;
	}
	(void)closedir(dir);
	return found;
}

/* Where the core file of a process is: its folder, or macOS' common one. */
static bool find_core(const char *folder, pid_t pid, char *path, size_t size)
{
	if (find_file(folder, path, size))
		return true;
#if defined(__APPLE__)
	(void)snprintf(path, size, "/cores/core.%ld", (long)pid);
	return access(path, F_OK) == 0;
#else
	(void)pid;
	return false;
#endif
}

struct core_result support_core_of(
    const char *child, const unsigned char *pattern, size_t len)
{
	const char *tmp = getenv("TMPDIR");
	struct core_result result = {.outcome = CORE_NONE};
	struct child_result end;
	struct rlimit limit;
	char folder[PATH_MAX];
	char path[PATH_MAX + 300];
	int status;
	pid_t pid;

	if (getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0) {
		answer(&result, CORE_UNTESTABLE,
		    "the hard limit of core files is 0 (ulimit -Hc)");
		return result;
	}
	(void)snprintf(folder, sizeof(folder), "%s/memward-core-XXXXXX",
	    tmp != NULL && tmp[0] == '/' ? tmp : P_tmpdir);
	if (mkdtemp(folder) == NULL)
		TEST_FAIL("mkdtemp: %s", strerror(errno));
	end = run_child(child, folder, &status, &pid);
	if (find_core(folder, pid, path, sizeof(path))) {
		search_core(path, pattern, len, &result);
		(void)unlink(path);
	} else if (WIFSIGNALED(status) && WCOREDUMP(status)) {
		answer(&result, CORE_ELSEWHERE,
		    "the system puts core files elsewhere (on Linux see "
		    "kernel.core_pattern)");
	}
	(void)rmdir(folder);
	if (end.end != CHILD_KILLED || end.code != SIGABRT)
		TEST_FAIL("%s did not crash: %s", child, end.output);
	return result;
}

_Noreturn void support_crash(void)
{
	(void)signal(SIGABRT, SIG_DFL);
	abort();
}
