/* SPDX-License-Identifier: MIT */
/*
 * Windows by protection key in instructions, one step of the kernel's tracer
 * each: a count that is the same in an emulator, where time means nothing.
 */
#define _GNU_SOURCE

#include "bench.h"
#include "memward.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* SECCOMP_MODE_STRICT of seccomp(2). */
#define STRICT 1

static const char *const subjects[] = {"by key", "by page protection"};
static const char *const rows[] = {"begin + end", "the same, nested"};
enum { PLAIN, NESTED };

static int prepare(bool keyed, bool nested, memward_ward **ward)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	void *secret;
	int rc;

	policy.rest = MEMWARD_NO_ACCESS;
	if (keyed)
		policy.require |= MEMWARD_KEYED;
	rc = memward_open(&policy, ward);
	if (rc == 0)
		rc = memward_new(*ward, 32, &secret);
	if (rc == 0)
		rc = memward_begin(*ward, MEMWARD_READ_WRITE);
	if (rc == 0 && !nested)
		rc = memward_end(*ward);
	return rc;
}

static bool use(memward_ward *ward, unsigned windows)
{
	for (; windows != 0; windows--) {
		if (memward_begin(ward, MEMWARD_READ_WRITE) != 0 ||
		    memward_end(ward) != 0)
			return false;
	}
	return true;
}

/* Stops before and after so many windows. */
static _Noreturn void be_traced(memward_ward *ward, unsigned windows)
{
	bool fine = ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 &&
		    raise(SIGSTOP) == 0 && use(ward, windows) &&
		    raise(SIGSTOP) == 0;

	_exit(fine ? 0 : 1);
}

static bool stopped(pid_t pid, int *number)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return false;
	*number = WSTOPSIG(status);
	return true;
}

/* Steps from the first stop to the second; 0: it did not get there. */
static unsigned long count_steps(memward_ward *ward, unsigned windows)
{
	unsigned long steps = 0;
	int number = 0;
	pid_t pid = fork();

	if (pid == 0)
		be_traced(ward, windows);
	if (pid < 0 || !stopped(pid, &number))
		return 0;
	do {
		steps++;
		if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) != 0 ||
		    !stopped(pid, &number))
			return 0;
	} while (number == SIGTRAP);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	return number == SIGSTOP ? steps : 0;
}

/*
 * From here on the kernel ends this process at any call but read, write and
 * exit.
 */
static const char *prove_no_call(memward_ward *ward)
{
	if (prctl(PR_SET_SECCOMP, STRICT) != 0)
		return "no proof: strict seccomp is refused";
	return use(ward, 10000) ? "no system call, under strict seccomp"
				: "refuses";
}

static void work(const char *subject, size_t row, struct bench_outcome *result)
{
	const unsigned windows = 16;
	bool keyed = strcmp(subject, subjects[0]) == 0;
	memward_ward *ward;
	unsigned long none;
	unsigned long all;
	const char *note;
	int rc = prepare(keyed, row == NESTED, &ward);

	if (rc != 0) {
		(void)snprintf(result->note, sizeof(result->note), "%s",
		    memward_error_text(rc));
		return;
	}
	none = count_steps(ward, 0);
	all = count_steps(ward, windows);
	if (none == 0 || all <= none)
		note = "this process cannot be traced";
	else if (!keyed && row == PLAIN)
		note = "and two calls of mprotect, not counted";
	else
		note = prove_no_call(ward);
	if (none != 0 && all > none)
		result->value = (double)(all - none) / windows;
	(void)snprintf(result->note, sizeof(result->note), "%s", note);
}

const struct bench_experiment bench_keyed = {
    .name = "keyed",
    .title = "A window, in instructions",
    .unit = "instructions",
    .about = "begin + end on a closed ward with one secret, counted by "
	     "single steps in user space; what the kernel does is not in it.",
    .rows = rows,
    .row_count = 2,
    .subjects = subjects,
    .subject_count = 2,
    .work = work,
    .rounds = 1,
    .bars = true,
};
