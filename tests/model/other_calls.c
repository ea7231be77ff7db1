/* SPDX-License-Identifier: MIT */
/* Calls that are not about pages: limits, descriptors, the heap. */
#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "calls.h"
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CORE_PATTERN "/proc/sys/kernel/core_pattern"
#define TRACE_SCOPE  "/proc/sys/kernel/yama/ptrace_scope"

/* As include/linux/sys/syscall.h has them. */
#define NUMBER_MLOCK         149
#define NUMBER_MUNLOCK       150
#define NUMBER_MEMBARRIER    324
#define NUMBER_MLOCK2        325
#define NUMBER_PKEY_MPROTECT 329
#define NUMBER_PKEY_ALLOC    330
#define NUMBER_PKEY_FREE     331

bool model_fails(enum model_name name, int first)
{
	struct model_record r = {.name = name, .first = first};

	model_enter();
	r.err = model_injected(name);
	model_append(&r);
	model_leave();
	if (r.err != 0)
		errno = r.err;
	return r.err != 0;
}

static uint64_t to_system(uint64_t host)
{
	return host == RLIM_INFINITY ? model_system->rlim_infinity : host;
}

static uint64_t to_host(uint64_t system)
{
	return system == model_system->rlim_infinity ? RLIM_INFINITY : system;
}

static int get_core_limit(struct model_rlimit *limit)
{
	struct rlimit host = {model_state.core_soft, model_state.core_hard};

	if (!model_state.core_limit_set && getrlimit(RLIMIT_CORE, &host) != 0)
		return -1;
	limit->soft = to_system(host.rlim_cur);
	limit->hard = to_system(host.rlim_max);
	return 0;
}

int model_getrlimit(int resource, struct model_rlimit *limit)
{
	if (model_fails(MODEL_GETRLIMIT, resource))
		return -1;
	if (resource == model_system->rlimit_core)
		return get_core_limit(limit);
	if (resource != model_system->rlimit_memlock || resource == 0) {
		errno = EINVAL;
		return -1;
	}
	limit->soft = to_system(model_state.lock_limit);
	limit->hard = limit->soft;
	return 0;
}

int model_setrlimit(int resource, const struct model_rlimit *limit)
{
	struct rlimit host = {to_host(limit->soft), to_host(limit->hard)};

	if (model_fails(MODEL_SETRLIMIT, resource))
		return -1;
	if (resource != model_system->rlimit_core ||
	    limit->soft > limit->hard) {
		errno = EINVAL;
		return -1;
	}
	if (!model_state.core_limit_set)
		return setrlimit(RLIMIT_CORE, &host);
	if (host.rlim_max > model_state.core_hard && !model_state.privileged) {
		errno = EPERM;
		return -1;
	}
	model_state.core_soft = host.rlim_cur;
	model_state.core_hard = host.rlim_max;
	return 0;
}

int model_pipe(int fd[2])
{
	if (model_fails(MODEL_PIPE, 0) || pipe(fd) != 0)
		return -1;
	model_state.open_files += 2;
	return 0;
}

ssize_t model_read(int fd, void *to, size_t len)
{
	return model_fails(MODEL_READ, fd) ? -1 : read(fd, to, len);
}

ssize_t model_write(int fd, const void *from, size_t len)
{
	return model_fails(MODEL_WRITE, fd) ? -1 : write(fd, from, len);
}

int model_close(int fd)
{
	bool failing = model_fails(MODEL_CLOSE, fd);
	int err = errno;

	/* Where close(2) fails, the descriptor is gone all the same. */
	model_state.open_files--;
	if (close(fd) != 0)
		return -1;
	errno = err;
	return failing ? -1 : 0;
}

/* A descriptor that gives a text. */
static int open_text(const char *text)
{
	int fd[2];
	size_t len = strlen(text);

	if (pipe(fd) != 0)
		return -1;
	if (write(fd[1], text, len) != (ssize_t)len)
		abort();
	if (close(fd[1]) != 0)
		abort();
	return fd[0];
}

/* A file of the model's own: its text, or why it cannot be opened. */
static bool find_text(const char *path, const char **text, int *err)
{
	static char scope[] = "?\n";

	if (strcmp(path, TRACE_SCOPE) == 0) {
		scope[0] = model_process.trace_scope;
		*text = scope[0] == '\0' ? NULL : scope;
		*err = ENOENT;
		return true;
	}
	*text = model_state.core_handler;
	*err = EACCES;
	return model_state.core_handler_set && strcmp(path, CORE_PATTERN) == 0;
}

int model_open(const char *path, int flags, ...)
{
	const char *text;
	int err;
	int fd;

	if (model_fails(MODEL_OPEN, 0))
		return -1;
	if (!find_text(path, &text, &err)) {
		fd = open(path, flags);
	} else if (text == NULL) {
		errno = err;
		return -1;
	} else {
		fd = open_text(text);
	}
	if (fd >= 0)
		model_state.open_files++;
	return fd;
}

long model_sysconf(int name)
{
	/* The only name that a backend asks for. */
	(void)name;
	return (long)model_page_bytes();
}

static int do_barrier(int command, int flags)
{
	return model_fails(MODEL_BARRIER, command)
		   ? -1
		   : (int)syscall(SYS_membarrier, command, flags);
}

/* The calls that begin with an address and a length. */
static int call_on_memory(long number, void *mem, size_t len, long key)
{
	switch (number) {
	case NUMBER_MLOCK:
		return model_mlock(mem, len);
	case NUMBER_MUNLOCK:
		return model_munlock(mem, len);
	case NUMBER_PKEY_MPROTECT:
		return model_pkey_mprotect(mem, len, (int)key);
	default:
		errno = ENOSYS;
		return -1;
	}
}

long model_syscall(long number, ...)
{
	void *mem;
	size_t len;
	long key = 0;
	int command;
	va_list args;

	va_start(args, number);
	if (number == model_system->secret_call && number != 0 &&
	    number != model_state.refused) {
		command = va_arg(args, int);
		va_end(args);
		return model_secret((unsigned)command);
	}
	if (number == NUMBER_MEMBARRIER) {
		command = va_arg(args, int);
		va_end(args);
		return do_barrier(command, 0);
	}
	if (number == NUMBER_PKEY_ALLOC || number == NUMBER_PKEY_FREE) {
		key = va_arg(args, long);
		va_end(args);
		return number == NUMBER_PKEY_ALLOC ? model_pkey_alloc()
						   : model_pkey_free((int)key);
	}
	mem = va_arg(args, void *);
	len = va_arg(args, size_t);
	if (number == NUMBER_MLOCK2) {
		command = va_arg(args, int);
		va_end(args);
		return model_mlock2(mem, len, command);
	}
	if (number == NUMBER_PKEY_MPROTECT) {
		(void)va_arg(args, long);
		key = va_arg(args, long);
	}
	va_end(args);
	return call_on_memory(number, mem, len, key);
}

void *model_realloc(void *old, size_t len)
{
	return model_fails(MODEL_REALLOC, 0) ? NULL : realloc(old, len);
}

void *model_malloc(size_t len)
{
	return model_realloc(NULL, len);
}

ssize_t model_getrandom(void *mem, size_t len, unsigned flags)
{
	/* It may always give less; its user has to ask again. */
	size_t most = len > 3 ? len - 1 : len;
	bool can;

	if (model_fails(MODEL_RANDOM, 0))
		return -1;
	model_enter();
	can = model_fill_hidden((uintptr_t)mem);
	model_leave();
	if (!can) {
		errno = EFAULT;
		return -1;
	}
	return getrandom(mem, most, flags);
}

int model_getentropy(void *mem, size_t len)
{
	return model_fails(MODEL_RANDOM, 0) ? -1 : getentropy(mem, len);
}

int model_issetugid(void)
{
	return model_state.setuid;
}

char *model_secure_getenv(const char *name)
{
	return model_state.setuid ? NULL : getenv(name);
}

/* These answer by their result, not by errno. */
static int refusal(enum model_name name)
{
	int before = errno;
	int err = model_fails(name, 0) ? errno : 0;

	errno = before;
	return err;
}

int model_pthread_atfork(
    void (*before)(void), void (*parent)(void), void (*child)(void))
{
	int err = refusal(MODEL_ATFORK);

	return err != 0 ? err : pthread_atfork(before, parent, child);
}

int model_pthread_key_create(pthread_key_t *key, void (*end)(void *))
{
	int err = refusal(MODEL_KEY_CREATE);

	return err != 0 ? err : pthread_key_create(key, end);
}

int model_pthread_setspecific(pthread_key_t key, const void *value)
{
	int err = refusal(MODEL_SET_SPECIFIC);

	return err != 0 ? err : pthread_setspecific(key, value);
}
