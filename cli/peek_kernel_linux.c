/* SPDX-License-Identifier: MIT */
/*
 * For doctor on Linux: which system calls are allowed here and what the
 * kernel offers, each tried, and each in a child, since a filter may kill
 * whoever makes a call: seccomp(2).
 */
#if !defined(__linux__)
#error "peek_kernel_linux.c is for Linux"
#endif
#define _GNU_SOURCE

#include "cli.h"
#include "peek.h"
#include "peek_facts_linux.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of kernels that are newer than many headers; the same on most CPUs. */
#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif
#define GUARD_INSTALL 102 /* Linux 6.13 */
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447 /* Linux 5.14 */
#endif
#ifndef SYS_mseal
#define SYS_mseal 462 /* Linux 6.10 */
#endif

#define FUTEX_WAKE_PRIVATE 129
#define MEMBARRIER_QUERY   0
#define MEMBARRIER_PRIVATE (1 << 3)

/* Pages for trying, in each child. */
static unsigned char *page;
static size_t page_len;

/* 0, or errno. */
static int told(long result)
{
	return result >= 0 ? 0 : errno;
}

static int try_prctl(void)
{
	return told(prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L));
}

static int try_mmap(void)
{
	return page != NULL ? 0 : ENOMEM;
}

static int try_mprotect(void)
{
	return told(syscall(SYS_mprotect, page, page_len, PROT_READ));
}

static int try_madvise(void)
{
	return told(syscall(SYS_madvise, page, page_len, MADV_DONTDUMP));
}

static int try_munmap(void)
{
	return told(syscall(SYS_munmap, page, page_len));
}

static int try_mlock(void)
{
	int error = told(syscall(SYS_mlock, page, page_len));
	struct rlimit limit;

	/* The limit's own answers are no filter's. */
	if (error == EPERM && getrlimit(RLIMIT_MEMLOCK, &limit) == 0 &&
	    limit.rlim_cur == 0)
		return 0;
	return error == ENOMEM || error == EAGAIN ? 0 : error;
}

static int try_munlock(void)
{
	return told(syscall(SYS_munlock, page, page_len));
}

static int try_getrandom(void)
{
	return told(syscall(SYS_getrandom, page, 1, 0));
}

static int try_prlimit(void)
{
	return told(syscall(SYS_prlimit64, 0, RLIMIT_MEMLOCK, NULL, page));
}

static int try_futex(void)
{
	return told(
	    syscall(SYS_futex, page, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
}

static int try_membarrier(void)
{
	return told(syscall(SYS_membarrier, MEMBARRIER_QUERY, 0, 0));
}

static int try_memfd_secret(void)
{
	return told(syscall(SYS_memfd_secret, 0));
}

static int try_pkey_alloc(void)
{
	return told(syscall(SYS_pkey_alloc, 0, 0));
}

static int try_mseal(void)
{
	return told(syscall(SYS_mseal, page, page_len, 0));
}

/* What memward calls. needed: without it there is no secret at all. */
static const struct call {
	const char *name; /* of the fact */
	int (*attempt)(void);
	const char *purpose;
	bool needed;
} calls[] = {
    {"call prctl", try_prctl, "hardening", false},
    {"call mmap", try_mmap, "any memory", true},
    {"call mprotect", try_mprotect, "guards, closed wards", true},
    {"call madvise", try_madvise, "no_dump, unmerged, fork rules", true},
    {"call munmap", try_munmap, "giving memory back", true},
    {"call mlock", try_mlock, "locked", false},
    {"call munlock", try_munlock, "giving locked memory back", false},
    {"call getrandom", try_getrandom, "canaries", true},
    {"call prlimit64", try_prlimit, "reports, budgets", true},
    {"call futex", try_futex, "threads", true},
    {"call membarrier", try_membarrier, "limits shared by threads", false},
    {"call memfd_secret", try_memfd_secret, "hidden", false},
    {"call pkey_alloc", try_pkey_alloc, "keyed", false},
    {"call mseal", try_mseal, "nothing yet", false},
};

#define CALL_COUNT (sizeof(calls) / sizeof(calls[0]))

/* Features, used as memward would. */

static int use_guard_region(void)
{
	return told(madvise(page, page_len, GUARD_INSTALL));
}

static int use_hidden(void)
{
	int fd = (int)syscall(SYS_memfd_secret, 0);
	void *mem;

	if (fd < 0 || ftruncate(fd, (off_t)page_len) != 0)
		return errno;
	mem = mmap(NULL, page_len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mem == MAP_FAILED)
		return errno;
	memset(mem, 1, page_len);
	return 0;
}

static int use_key(void)
{
	long key = syscall(SYS_pkey_alloc, 0, 0);

	return told(key < 0 ? key
			    : syscall(SYS_pkey_mprotect, page, page_len,
				  PROT_READ | PROT_WRITE, key));
}

static int use_barrier(void)
{
	long offered = syscall(SYS_membarrier, MEMBARRIER_QUERY, 0, 0);

	if (offered < 0)
		return errno;
	return (offered & MEMBARRIER_PRIVATE) != 0 ? 0 : EINVAL;
}

static int use_wipe_on_fork(void)
{
	int status;
	pid_t pid;

	if (madvise(page, page_len, MADV_WIPEONFORK) != 0)
		return errno;
	page[0] = 1;
	pid = fork();
	if (pid == 0)
		_exit(page[0] == 0 ? 0 : EIO);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

static const struct use {
	const char *name;
	int (*attempt)(void);
	const char *meaning;
	const char *remedy;
} uses[] = {
    {"guard regions", use_guard_region,
	"guards that need no mapping of their own", "Linux 6.13 has them"},
    {"hidden memory", use_hidden,
	"pages that no other process can read, root's included",
	"Linux 6.5 has it on by default; since 5.14 start the kernel with "
	"secretmem.enable=1"},
    {"mseal", try_mseal, "mappings that nobody can change again",
	"Linux 6.10 has it, with 64 bits"},
    {"protection keys", use_key, "windows for one thread at a time",
	"they are a matter of the CPU (x86: pku; arm64: overlays) and, in a "
	"virtual machine, of its host"},
    {"membarrier", use_barrier, "a thread at a limit gets what others keep",
	"Linux 4.14 has it"},
    {"wipe on fork", use_wipe_on_fork, "a forked child finds zeros",
	"Linux 4.14 has it"},
};

/* What trying something in a child came to. */
struct trial {
	bool ran;
	int error;  /* 0, or what the kernel answered */
	int killed; /* 0, or the signal */
};

static void take_page(void)
{
	void *mem;

	page_len = (size_t)sysconf(_SC_PAGESIZE);
	mem = mmap(NULL, page_len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	page = mem != MAP_FAILED ? mem : NULL;
}

/* quiet: it is known that a child may say that it leaves no core file. */
static struct trial try_in_child(int (*attempt)(void), bool quiet)
{
	struct trial trial = {0};
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (quiet)
			(void)prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
		take_page();
		_exit(page == NULL && attempt != try_mmap ? ENOMEM : attempt());
	}
	trial.ran = pid > 0 && waitpid(pid, &status, 0) == pid;
	if (!trial.ran)
		trial.error = errno;
	else if (WIFSIGNALED(status))
		trial.killed = WTERMSIG(status);
	else
		trial.error = WEXITSTATUS(status);
	return trial;
}

static int get_seccomp(void)
{
	return prctl(PR_GET_SECCOMP, 0L, 0L, 0L, 0L);
}

static int get_dumpable(void)
{
	return prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L);
}

int mw_get_dumpable(void)
{
	struct trial trial = try_in_child(get_dumpable, false);

	return trial.ran && trial.killed == 0 && trial.error <= 2 ? trial.error
								  : -1;
}

/* 0: none; 2: a filter; -1: not to be seen. */
static int seccomp_mode(bool quiet)
{
	char mode[16];
	struct trial trial;

	if (mw_status_value("Seccomp", mode, sizeof(mode)))
		return atoi(mode);
	/* The same without /proc; a filter may have its own opinion. */
	trial = try_in_child(get_seccomp, quiet);
	return trial.ran && trial.killed == 0 &&
		       (trial.error == 0 || trial.error == 2)
		   ? trial.error
		   : -1;
}

static void add_call(struct doctor *doctor, const struct call *call,
    const struct trial *trial, bool filtered)
{
	bool missing = trial->error == ENOSYS || trial->error == EINVAL ||
		       trial->error == ENOSPC;
	struct fact *fact;

	if (trial->killed != 0) {
		fact = doctor_add(doctor, call->name, FACT_SHORT,
		    "whoever makes it is killed (signal %d); for %s",
		    trial->killed, call->purpose);
	} else if (missing && !filtered) {
		(void)doctor_add(doctor, call->name, FACT_NOTE,
		    "this kernel lacks it (%s); for %s", strerror(trial->error),
		    call->purpose);
		return;
	} else {
		fact = doctor_add(doctor, call->name,
		    missing && !call->needed ? FACT_NOTE : FACT_SHORT,
		    "%s: %s; for %s",
		    missing ? "refused, or this kernel lacks it" : "refused",
		    strerror(trial->error), call->purpose);
	}
	doctor_remedy(
	    fact, "let the filter allow it, as it allows mmap by name");
	doctor_paste(fact, IN_SYSTEMD, "SystemCallFilter=%s", call->name + 5);
	doctor_paste(
	    fact, IN_DOCKER, "docker run --security-opt seccomp=FILE.json");
	doctor_paste(fact, IN_KUBERNETES,
	    "seccompProfile: {type: Localhost, localhostProfile: FILE.json}");
}

static void add_mode(struct doctor *doctor, int mode)
{
	if (mode < 0)
		(void)doctor_add(doctor, "seccomp", FACT_UNSEEN,
		    "neither /proc/self/status nor prctl(2) tells");
	else if (mode == 0)
		(void)doctor_add(
		    doctor, "seccomp", FACT_FINE, "no system call is filtered");
	else
		(void)doctor_add(doctor, "seccomp", FACT_NOTE,
		    "mode %d: a filter may refuse system calls; each that "
		    "memward makes was tried",
		    mode);
}

/* True: none of the calls kills. */
static bool facts_calls(struct doctor *doctor)
{
	bool quiet = try_in_child(try_prctl, false).killed == 0;
	int mode = seccomp_mode(quiet);
	char allowed[400] = "";
	unsigned count = 0;
	bool safe = true;

	add_mode(doctor, mode);
	for (size_t i = 0; i < CALL_COUNT; i++) {
		struct trial trial = try_in_child(calls[i].attempt, quiet);
		size_t len = strlen(allowed);

		if (!trial.ran) {
			(void)mw_add_unseen(
			    doctor, calls[i].name, "fork", strerror(errno));
			return true;
		}
		if (trial.error != 0 || trial.killed != 0) {
			add_call(doctor, &calls[i], &trial, mode != 0);
			safe = safe && trial.killed == 0;
			continue;
		}
		count++;
		(void)text_format(allowed + len, sizeof(allowed) - len, "%s%s",
		    len > 0 ? ", " : "", calls[i].name + 5);
	}
	(void)doctor_add(doctor, "system calls",
	    count == CALL_COUNT ? FACT_FINE : FACT_NOTE,
	    "%u of the %u that memward makes work here: %s", count,
	    (unsigned)CALL_COUNT, allowed);
	return safe;
}

static void facts_uses(struct doctor *doctor)
{
	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
		const struct use *use = &uses[i];
		struct trial trial = try_in_child(use->attempt, false);

		if (!trial.ran)
			(void)mw_add_unseen(
			    doctor, use->name, "fork", strerror(trial.error));
		else if (trial.error == 0 && trial.killed == 0)
			(void)doctor_add(doctor, use->name, FACT_FINE,
			    "works: %s", use->meaning);
		else
			doctor_remedy(
			    doctor_add(doctor, use->name, FACT_NOTE,
				"not here (%s): %s",
				trial.killed != 0 ? "it kills"
						  : strerror(trial.error),
				use->meaning),
			    "%s",
			    trial.killed != 0
				? "a filter kills for it; let it refuse instead"
				: use->remedy);
	}
}

/* What the CPU has, and what of it the kernel has switched on. */
static void facts_cpu(struct doctor *doctor)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[8192];
	bool has = false;
	bool on = false;
	bool x86 = false;

	if (file == NULL) {
		(void)mw_add_unseen(
		    doctor, "CPU keys", "/proc/cpuinfo", peek_error());
		return;
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, "flags", 5) != 0)
			continue;
		x86 = true;
		has = has || strstr(line, " pku") != NULL;
		on = on || strstr(line, " ospke") != NULL;
	}
	(void)fclose(file);
	if (x86)
		(void)doctor_add(doctor, "CPU keys", on ? FACT_FINE : FACT_NOTE,
		    "%s",
		    on    ? "the CPU has them, the kernel uses them"
		    : has ? "the CPU has them, the kernel does not use "
			    "them (nopku?)"
			  : "this CPU has none");
	else
		(void)doctor_add(doctor, "CPU keys", FACT_UNSEEN,
		    "/proc/cpuinfo of this CPU does not tell");
}

bool peek_facts_of_kernel(struct doctor *doctor)
{
	bool safe;
	char size[32];

	doctor->section = ABOUT_KERNEL;
	doctor_bytes((uint64_t)sysconf(_SC_PAGESIZE), size, sizeof(size));
	(void)doctor_add(doctor, "page size", FACT_FINE, "%s", size);
	safe = facts_calls(doctor);
	facts_uses(doctor);
	facts_cpu(doctor);
	if (safe)
		return true;
	doctor->section = ABOUT_PAGES;
	(void)doctor_add(doctor, "everything here", FACT_UNSEEN,
	    "not tried: a call that memward makes would end this program; "
	    "see below");
	doctor->section = ABOUT_WARDS;
	doctor_remedy(
	    doctor_add(doctor, "every ward", FACT_SHORT,
		"not possible here, because a filter kills whoever makes a "
		"call that memward makes"),
	    "let the filter refuse with an error rather than kill, or allow "
	    "the calls");
	return false;
}
