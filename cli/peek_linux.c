/* SPDX-License-Identifier: MIT */
/* Looking at processes on Linux: proc(5), process_vm_readv(2), ptrace(2). */
#if !defined(__linux__)
#error "peek_linux.c is for Linux"
#endif
#define _GNU_SOURCE

#include "cli.h"
#include "peek_page_linux.h"
#include "peek_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Debian's nobody, and a number that no account has elsewhere. */
#define ORDINARY_USER 65534

/*
 * Larger mappings are not searched: no victim has one, but sanitizers reserve
 * terabytes.
 */
#define MAPPING_MAX (UINT64_C(256) << 20)

int mw_peek_exec_self(char *const *arguments)
{
	/* Works even where the folder is closed to the user we are by now. */
	return execv("/proc/self/exe", arguments);
}

pid_t mw_peek_raw_fork(void)
{
#ifdef SYS_fork
	return (pid_t)syscall(SYS_fork);
#else
	return (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
#endif
}

const char *mw_peek_memory_folder(void)
{
	return "/dev/shm";
}

bool mw_peek_cores_go_elsewhere(struct glimpse *glimpse)
{
	char pattern[128] = "";
	const char *why;
	size_t len;

	/* Where it cannot be read, the control tells. */
	if (!peek_read_file("/proc/sys/kernel/core_pattern", pattern,
		sizeof(pattern) - 1, &len, &why))
		return false;
	pattern[strcspn(pattern, "\n")] = '\0';
	if (pattern[0] != '|' && pattern[0] != '@' && pattern[0] != '/')
		return false;
	glimpse_set(glimpse, SIGHT_UNABLE,
	    "core files go to a %s (kernel.core_pattern is \"%.90s\")",
	    pattern[0] == '|'   ? "program"
	    : pattern[0] == '@' ? "socket"
				: "folder that is not ours",
	    pattern);
	return true;
}

bool peek_drop_user(void)
{
	if (geteuid() != 0)
		return true;
	if (syscall(SYS_setgroups, 0, NULL) != 0 ||
	    setresgid(ORDINARY_USER, ORDINARY_USER, ORDINARY_USER) != 0 ||
	    setresuid(ORDINARY_USER, ORDINARY_USER, ORDINARY_USER) != 0)
		return false;
	/* As a program has it that this user started; the change took it. */
	return prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L) == 0;
}

const char *peek_method_name(enum peek_method method)
{
	static const char *const names[] = {
	    [BY_FILE] = "/proc/PID/mem",
	    [BY_CALL] = "process_vm_readv",
	    [BY_TRACE] = "ptrace peek",
	};

	return names[method];
}

/*
 * What a process that may not look is told. The control was looked at in the
 * same way, so it is the memory's protection that made the difference.
 */
static bool is_refusal(int err)
{
	return err == EPERM || err == EACCES;
}

/* The state of one look at a process. */
struct look {
	const struct peek_target *target;
	enum peek_method method;
	int mem; /* BY_FILE: descriptor */
	struct page_map pages;
	struct scan scan;
	int error;      /* errno of the last read that failed, or 0 */
	int refused;    /* the same at the secret's address */
	uint64_t bytes; /* read in all */
};

static ssize_t read_at(
    struct look *look, void *to, size_t len, uint64_t address)
{
	struct iovec here = {.iov_base = to, .iov_len = len};
	struct iovec there;

	if (look->method == BY_FILE)
		return pread(look->mem, to, len, (off_t)address);
	there.iov_base = (void *)(uintptr_t)address;
	there.iov_len = len;
	return process_vm_readv(
	    (pid_t)look->target->id, &here, 1, &there, 1, 0);
}

static bool holds_secret(const struct look *look, uint64_t from, uint64_t to)
{
	return from <= look->target->address && look->target->address < to;
}

/* What is neither in memory nor swapped out is zeros, unless it is a file's. */
static uint64_t skip_absent(struct look *look, uint64_t from, uint64_t to)
{
	while (from < to && mw_page_state(&look->pages, from) == PAGE_ABSENT) {
		mw_scan_gap(&look->scan);
		from -= from % look->pages.page;
		from += look->pages.page;
	}
	return from;
}

/*
 * Reads what can be read of one mapping, page by page where something fails.
 * Of a file, what is not in memory is read as well.
 */
static void look_at_mapping(
    struct look *look, uint64_t from, uint64_t to, bool of_file)
{
	uint64_t page = look->pages.page;

	mw_scan_gap(&look->scan);
	while (from < to && !look->scan.found) {
		size_t size;
		unsigned char *space;
		ssize_t n;

		if (!of_file)
			from = skip_absent(look, from, to);
		if (from == to)
			break;
		space = mw_scan_space(&look->scan, &size);
		if (size > to - from)
			size = (size_t)(to - from);
		n = read_at(look, space, size, from);
		if (n > 0) {
			mw_scan_came(&look->scan, (size_t)n);
			look->bytes += (uint64_t)n;
			from += (uint64_t)n;
			continue;
		}
		look->error = n < 0 ? errno : EIO;
		if (holds_secret(look, from, from + page))
			look->refused = look->error;
		mw_scan_gap(&look->scan);
		from += page;
	}
}

static void look_at_mappings(struct look *look, FILE *maps)
{
	char line[512];

	while (fgets(line, sizeof(line), maps) != NULL) {
		uint64_t from;
		uint64_t to;
		uint64_t inode;

		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %*s %*s %" SCNu64,
			&from, &to, &inode) != 3)
			continue;
		/* Kernel data; reading it can fault on some machines. */
		if (strstr(line, "[vvar") != NULL ||
		    strstr(line, "[vsyscall]") != NULL)
			continue;
		if (to - from <= MAPPING_MAX)
			look_at_mapping(look, from, to, inode != 0);
	}
}

void mw_peek_tell_unable(struct glimpse *glimpse, const char *what)
{
	if (is_refusal(errno))
		glimpse_set(glimpse, SIGHT_NONE, "refused: %s", peek_error());
	else
		glimpse_set(
		    glimpse, SIGHT_UNABLE, "%s: %s", what, peek_error());
}

static FILE *open_proc(uint64_t id, const char *name, struct glimpse *glimpse)
{
	char path[64];
	FILE *file;

	(void)text_format(path, sizeof(path), "/proc/%" PRIu64 "/%s", id, name);
	file = fopen(path, "re");
	if (file == NULL) {
		(void)text_format(path, sizeof(path), "/proc/PID/%s", name);
		mw_peek_tell_unable(glimpse, path);
	}
	return file;
}

static void tell(const struct look *look, struct glimpse *glimpse)
{
	if (look->scan.found)
		glimpse_set(glimpse, SIGHT_SEEN, "read by the attacker");
	else if (look->bytes == 0 && !is_refusal(look->error))
		glimpse_set(glimpse, SIGHT_UNABLE, "%s: %s",
		    peek_method_name(look->method), strerror(look->error));
	else if (look->bytes == 0 || look->refused != 0)
		glimpse_set(glimpse, SIGHT_NONE, "refused: %s",
		    strerror(look->bytes == 0 ? look->error : look->refused));
	else
		glimpse_set(glimpse, SIGHT_NONE,
		    "not in %" PRIu64 " KiB of its memory", look->bytes / 1024);
}

/*
 * All mappings; where they are kept from the attacker, the secret's own place,
 * which it is told.
 */
static void scan_process(const struct peek_target *target,
    enum peek_method method, struct glimpse *glimpse)
{
	struct look look = {.target = target, .method = method};
	FILE *maps = open_proc(target->id, "maps", glimpse);
	FILE *mem = NULL;

	if (maps == NULL && glimpse->sight == SIGHT_UNABLE)
		return;
	if (method == BY_FILE)
		mem = open_proc(target->id, "mem", glimpse);
	if (mem != NULL || method != BY_FILE) {
		look.mem = mem != NULL ? fileno(mem) : -1;
		mw_page_map_open(&look.pages, target->id);
		mw_scan_begin(&look.scan, target);
		if (maps != NULL)
			look_at_mappings(&look, maps);
		else
			look_at_mapping(&look, target->address,
			    target->address + target->needle->len, true);
		mw_page_map_close(&look.pages);
		tell(&look, glimpse);
	}
	if (mem != NULL)
		(void)fclose(mem);
	if (maps != NULL)
		(void)fclose(maps);
}

/* Reads the secret's place word by word; the process stands still. */
static void peek_words(
    const struct peek_target *target, struct glimpse *glimpse)
{
	size_t len = target->needle->len;
	size_t at = 0;

	while (at < len) {
		uintptr_t address = (uintptr_t)(target->address + at);
		long word;

		errno = 0;
		word = ptrace(
		    PTRACE_PEEKDATA, (pid_t)target->id, (void *)address, NULL);
		if (errno != 0)
			break;
		memcpy(target->buffer + at, &word, sizeof(word));
		at += sizeof(word);
	}
	if (needle_found(target->needle, target->buffer, at < len ? at : len))
		glimpse_set(glimpse, SIGHT_SEEN, "read by the attacker");
	else if (at < len)
		glimpse_set(glimpse, SIGHT_NONE, "refused: %s", peek_error());
	else
		glimpse_set(glimpse, SIGHT_NONE, "other bytes in its place");
}

static void trace_process(
    const struct peek_target *target, struct glimpse *glimpse)
{
	pid_t pid = (pid_t)target->id;
	int status;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) != 0) {
		mw_peek_tell_unable(glimpse, "ptrace attach");
		return;
	}
	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) != 0 ||
	    waitpid(pid, &status, __WALL) != pid)
		glimpse_set(
		    glimpse, SIGHT_UNABLE, "ptrace stop: %s", peek_error());
	else
		peek_words(target, glimpse);
	(void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

static void look_as_self(const struct peek_target *target,
    enum peek_method method, struct glimpse *glimpse)
{
	if (method == BY_TRACE)
		trace_process(target, glimpse);
	else
		scan_process(target, method, glimpse);
}

/* Adds what a refusal probably comes from. */
static void explain(struct glimpse *glimpse)
{
	char scope = '0';
	const char *why;
	size_t len;

	if (glimpse->sight == SIGHT_SEEN ||
	    !peek_read_file(
		"/proc/sys/kernel/yama/ptrace_scope", &scope, 1, &len, &why) ||
	    scope == '0')
		return;
	len = strlen(glimpse->detail);
	(void)text_format(glimpse->detail + len, sizeof(glimpse->detail) - len,
	    " (kernel.yama.ptrace_scope is %c)", scope);
}

/* In the attacker, a process of its own: reports through the pipe. */
static void attack_and_exit(
    enum peek_as as, mw_peek_act *act, void *argument, int to)
{
	struct glimpse glimpse;

	if (as == AS_SAME_USER && !peek_drop_user())
		glimpse_set(&glimpse, SIGHT_UNABLE,
		    "becoming an ordinary user: %s", peek_error());
	else
		act(argument, &glimpse);
	_exit(write(to, &glimpse, sizeof(glimpse)) == sizeof(glimpse) ? 0 : 1);
}

static void start_attacker(
    enum peek_as as, mw_peek_act *act, void *argument, struct glimpse *glimpse)
{
	int ends[2];
	int status;
	pid_t pid;

	if (pipe(ends) != 0) {
		glimpse_set(glimpse, SIGHT_UNABLE, "pipe: %s", peek_error());
		return;
	}
	pid = fork();
	if (pid == 0)
		attack_and_exit(as, act, argument, ends[1]);
	(void)close(ends[1]);
	if (read(ends[0], glimpse, sizeof(*glimpse)) != sizeof(*glimpse))
		glimpse_set(glimpse, SIGHT_UNABLE, "the attacker ended early");
	(void)close(ends[0]);
	if (pid > 0)
		(void)waitpid(pid, &status, 0);
}

void mw_peek_as_other(
    enum peek_as as, mw_peek_act *act, void *argument, struct glimpse *glimpse)
{
	if (as == AS_ROOT && geteuid() != 0) {
		glimpse_set(glimpse, SIGHT_UNABLE, "needs root");
		return;
	}
	start_attacker(as, act, argument, glimpse);
	explain(glimpse);
}

struct other_look {
	const struct peek_target *target;
	enum peek_method method;
};

static void look_as_other(void *argument, struct glimpse *glimpse)
{
	const struct other_look *look = argument;

	look_as_self(look->target, look->method, glimpse);
}

void peek_process(const struct peek_target *target, enum peek_method method,
    enum peek_as as, struct glimpse *glimpse)
{
	struct other_look look = {target, method};

	if (as != AS_SELF) {
		mw_peek_as_other(as, look_as_other, &look, glimpse);
		return;
	}
	look_as_self(target, method, glimpse);
	explain(glimpse);
}
