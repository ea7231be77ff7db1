/* SPDX-License-Identifier: MIT */
#if defined(__linux__)
#define _GNU_SOURCE
#elif defined(__sun)
#define __EXTENSIONS__
#endif

#include "support_ward.h"

#include "harness.h"

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__linux__)
#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

/* The user and group that own nothing. */
#define NOBODY 65534

struct support_thread {
	pthread_t id;
	void (*function)(void *);
	void *argument;
};

bool support_set_environment(const char *name, const char *value)
{
	return (value == NULL ? unsetenv(name) : setenv(name, value, 1)) == 0;
}

static void *call(void *thread)
{
	struct support_thread *self = thread;

	self->function(self->argument);
	return NULL;
}

struct support_thread *support_start(void (*function)(void *), void *argument)
{
	struct support_thread *thread = malloc(sizeof(*thread));

	if (thread == NULL)
		return NULL;
	thread->function = function;
	thread->argument = argument;
	if (pthread_create(&thread->id, NULL, call, thread) == 0)
		return thread;
	free(thread);
	return NULL;
}

void support_join(struct support_thread *thread)
{
	(void)pthread_join(thread->id, NULL);
	free(thread);
}

bool support_in_thread(void (*function)(void *), void *argument)
{
	struct support_thread *thread = support_start(function, argument);

	if (thread == NULL)
		return false;
	support_join(thread);
	return true;
}

void support_pause(void)
{
	(void)sched_yield();
}

#if defined(__linux__)

/* Reads on to the line of flags that ends an entry of smaps. */
static bool read_flag(FILE *smaps, const char *flag, bool *known)
{
	char line[512];
	char word[8];

	(void)snprintf(word, sizeof(word), " %s", flag);
	while (fgets(line, sizeof(line), smaps) != NULL) {
		if (strncmp(line, "VmFlags:", 8) == 0) {
			*known = true;
			return strstr(line, word) != NULL;
		}
	}
	return false;
}

/* Reads on to the entry of the mapping an address lies in. */
static bool find_entry(
    FILE *smaps, const void *address, uintptr_t *from, uintptr_t *to)
{
	uintptr_t at = (uintptr_t)address;
	char line[512];

	while (fgets(line, sizeof(line), smaps) != NULL) {
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", from, to) == 2 &&
		    *from <= at && at < *to)
			return true;
	}
	return false;
}

bool support_has_flag(const void *address, const char *flag, bool *known)
{
	FILE *smaps = fopen("/proc/self/smaps", "r");
	uintptr_t from;
	uintptr_t to;
	bool found;

	*known = false;
	if (smaps == NULL)
		return false;
	found = find_entry(smaps, address, &from, &to) &&
		read_flag(smaps, flag, known);
	(void)fclose(smaps);
	return found;
}

bool support_same_mapping(const void *a, const void *b, bool *known)
{
	FILE *smaps = fopen("/proc/self/smaps", "r");
	uintptr_t from = 0;
	uintptr_t to = 0;

	*known = false;
	if (smaps == NULL)
		return false;
	*known = find_entry(smaps, a, &from, &to);
	(void)fclose(smaps);
	return from <= (uintptr_t)b && (uintptr_t)b < to;
}

bool support_set_dumped(void *address, bool dumped)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *start = (char *)address - (uintptr_t)address % page;

	return madvise(start, page, dumped ? MADV_DODUMP : MADV_DONTDUMP) == 0;
}

/* Hidden pages that are not in VmLck: on Linux 7.2 all of them. */
static size_t hidden_uncounted(void)
{
	FILE *smaps = fopen("/proc/self/smaps", "r");
	uintptr_t from;
	uintptr_t to;
	size_t bytes = 0;
	char line[512];
	bool known;

	while (smaps != NULL && fgets(line, sizeof(line), smaps) != NULL) {
		if (strstr(line, " /secretmem") != NULL &&
		    sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &from, &to) ==
			2 &&
		    !read_flag(smaps, "lo", &known))
			bytes += to - from;
	}
	if (smaps != NULL)
		(void)fclose(smaps);
	return bytes;
}

size_t support_locked_bytes(bool *known)
{
	FILE *status = fopen("/proc/self/status", "r");
	unsigned long kib = 0;
	char line[256];

	*known = false;
	if (status == NULL)
		return 0;
	while (!*known && fgets(line, sizeof(line), status) != NULL)
		*known = sscanf(line, "VmLck: %lu kB", &kib) == 1;
	(void)fclose(status);
	return (size_t)kib * 1024 + hidden_uncounted();
}

static const char *drop_rights(void)
{
	if (geteuid() != 0)
		return NULL;
	if (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) != 0)
		return "this process cannot become an ordinary user";
	/* The kernel makes such a process undumpable, and its account root's */
	(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	return NULL;
}

const char *support_forbid_calls(void)
{
#define ALLOW(number)                                        \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), \
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
	struct sock_filter filter[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		(uint32_t)offsetof(struct seccomp_data, nr)),
	    ALLOW(SYS_write), ALLOW(SYS_exit_group),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};
	struct sock_fprog program = {
	    (unsigned short)TEST_COUNT(filter), filter};

	if (support_sanitizer() != NULL)
		return "sanitizers make system calls of their own";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return "this process cannot forbid itself system calls";
	return NULL;
#undef ALLOW
}

const char *support_reach_threads(void)
{
	const int query = 0;
	const int private_expedited = 8; /* linux/membarrier.h */
	long barriers = syscall(SYS_membarrier, query, 0);

	if (barriers < 0 || (barriers & private_expedited) == 0)
		return "threads keep what they cached: there is no membarrier";
	return NULL;
}

#else

bool support_has_flag(const void *address, const char *flag, bool *known)
{
	(void)address;
	(void)flag;
	*known = false;
	return false;
}

bool support_same_mapping(const void *a, const void *b, bool *known)
{
	(void)a;
	(void)b;
	*known = false;
	return false;
}

bool support_set_dumped(void *address, bool dumped)
{
	(void)address;
	(void)dumped;
	return false;
}

size_t support_locked_bytes(bool *known)
{
	*known = false;
	return 0;
}

static const char *drop_rights(void)
{
	return geteuid() == 0 ? "the limit does not bind root" : NULL;
}

const char *support_forbid_calls(void)
{
	return "this system has no filter of system calls";
}

const char *support_reach_threads(void)
{
	return "threads keep what they cached on this system";
}

#endif

/* Of a limit that was read; its number has another type in each C library. */
static const char *lower(struct rlimit *limit, size_t bytes)
{
	if (limit->rlim_max < bytes)
		return "the hard limit is lower";
	limit->rlim_cur = bytes;
	limit->rlim_max = bytes;
	return NULL;
}

const char *support_be_user(size_t lock_limit)
{
#ifdef RLIMIT_MEMLOCK
	struct rlimit limit;
	const char *why = "the limit cannot be read";

	if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0)
		why = lower(&limit, lock_limit);
	if (why == NULL && setrlimit(RLIMIT_MEMLOCK, &limit) != 0)
		why = "cannot set the limit";
	return why != NULL ? why : drop_rights();
#else
	(void)lock_limit;
	(void)lower;
	(void)drop_rights;
	return "this system has no limit of locked memory";
#endif
}

const char *support_limit_space(size_t bytes)
{
	struct rlimit limit;
	const char *why = "the limit cannot be read";

	if (support_sanitizer() != NULL)
		return "sanitizers need their address space";
	if (getrlimit(RLIMIT_AS, &limit) == 0)
		why = lower(&limit, bytes);
	if (why == NULL && setrlimit(RLIMIT_AS, &limit) != 0)
		why = "cannot set the limit";
	return why;
}

const char *support_exhaust_mappings(size_t leave)
{
	const size_t most = 150000;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *mem;
	size_t i;

	if (support_sanitizer() != NULL)
		return "sanitizers need mappings of their own";
	mem = mmap(NULL, most * page, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);
	if (mem == MAP_FAILED)
		return "no address space for as many pages";
	for (i = 1; i < most; i += 2) {
		if (mprotect(mem + i * page, page, PROT_READ) != 0)
			break;
	}
	if (i >= most)
		return "150000 mappings are not too many";
	/* Each page that is closed again joins three mappings to one. */
	for (; leave > 1 && i >= 2; leave -= 2) {
		i -= 2;
		if (mprotect(mem + i * page, page, PROT_NONE) != 0)
			return "a page cannot be closed again";
	}
	return NULL;
}

static void (*fault_handler)(void *);
static void (*interrupt_handler)(void);

static void on_fault(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	fault_handler(info->si_addr);
}

static void on_interrupt(int number)
{
	(void)number;
	interrupt_handler();
}

const char *support_on_fault(void (*handler)(void *))
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = on_fault;
	action.sa_flags = SA_SIGINFO;
	fault_handler = handler;
	if (sigaction(SIGSEGV, &action, NULL) != 0 ||
	    sigaction(SIGBUS, &action, NULL) != 0)
		return "no handler can be set";
	return NULL;
}

const char *support_on_interrupt(void (*handler)(void))
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_interrupt;
	interrupt_handler = handler;
	return sigaction(SIGUSR1, &action, NULL) == 0 ? NULL
						      : "no handler can be set";
}

bool support_interrupt(struct support_thread *thread)
{
	return pthread_kill(thread->id, SIGUSR1) == 0;
}
