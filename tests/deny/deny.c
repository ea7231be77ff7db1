/* SPDX-License-Identifier: MIT */
/*
 * deny WHAT ERROR PROGRAM ARGUMENT...: becomes the program, on a kernel that
 * refuses one feature. A kernel too old for a call answers ENOSYS, a container
 * that forbids it EPERM. What there is to refuse: see calls[] below. "deny
 * --try" shows for each of them that the filter is felt, and nothing else is.
 */
#include "mem_sys/linux_calls.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#define ADVICE_GUARD_INSTALL 102
#define ADVICE_GUARD_REMOVE  103
#define ADVICE_WIPEONFORK    18

/* Two advices beside each other, or a call whatever its arguments are. */
struct call {
	const char *name;
	uint32_t number;
	uint32_t advice_from;
	uint32_t advice_to;
};

static const struct call calls[] = {
    {"memfd_secret", SYS_memfd_secret, 0, 0},
    {"pkey_alloc", SYS_pkey_alloc, 0, 0},
    {"mseal", SYS_mseal, 0, 0},
    {"membarrier", SYS_membarrier, 0, 0},
    {"guard_advice", SYS_madvise, ADVICE_GUARD_INSTALL, ADVICE_GUARD_REMOVE},
    {"wipeonfork", SYS_madvise, ADVICE_WIPEONFORK, ADVICE_WIPEONFORK},
};

#define COUNT (sizeof(calls) / sizeof(calls[0]))

static const struct {
	const char *name;
	int code;
} errors[] = {{"ENOSYS", ENOSYS}, {"EPERM", EPERM}, {"EINVAL", EINVAL}};

/* The lower half of an argument of 64 bits. */
static uint32_t offset_of_argument(size_t which)
{
	const uint16_t probe = 1;
	size_t at = offsetof(struct seccomp_data, args) + which * 8;

	return (uint32_t)(*(const uint8_t *)&probe == 1 ? at : at + 4);
}

static bool install(const struct call *call, int code)
{
	struct sock_filter filter[] = {
	    BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call->number, 0, 4),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset_of_argument(2)),
	    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, call->advice_from, 0, 2),
	    BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K,
		call->advice_to == 0 ? UINT32_MAX : call->advice_to, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)code),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {
	    .len = sizeof(filter) / sizeof(filter[0]), .filter = filter};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* Makes the call with arguments that do no harm; its errno, or 0. */
static int probe(const struct call *call)
{
	long result;

	errno = 0;
	if (call->number == SYS_madvise)
		/* Nothing is mapped there: a kernel that looks says so. */
		result = syscall(
		    SYS_madvise, (void *)4096, 4096, (long)call->advice_to);
	else
		result = syscall(call->number, ~0UL, ~0UL, ~0UL, 0UL);
	return result < 0 ? errno : 0;
}

/* EDOM is an answer that no kernel gives to any of these. */
static int try_one(const struct call *denied)
{
	if (!install(denied, EDOM))
		return 2;
	for (size_t i = 0; i < COUNT; i++)
		if ((probe(&calls[i]) == EDOM) != (&calls[i] == denied))
			return 1;
	/* Advice that nobody denied. */
	return madvise((void *)4096, 4096, MADV_NORMAL) != 0 && errno == EDOM;
}

static int try_all(void)
{
	int failed = 0;

	for (size_t i = 0; i < COUNT; i++) {
		int status = -1;
		pid_t child = fork();

		if (child == 0)
			_exit(try_one(&calls[i]));
		if (child > 0 && waitpid(child, &status, 0) == child &&
		    status == 0) {
			printf("ok denying_%s_is_felt\n", calls[i].name);
			continue;
		}
		printf("not ok denying_%s_is_felt: status %d\n", calls[i].name,
		    status);
		failed++;
	}
	printf("deny: %zu passed, %d failed, 0 skipped\n",
	    COUNT - (size_t)failed, failed);
	return failed != 0;
}

static const struct call *find_call(const char *name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (strcmp(calls[i].name, name) == 0)
			return &calls[i];
	return NULL;
}

static int find_error(const char *name)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(errors[i].name, name) == 0)
			return errors[i].code;
	return 0;
}

int main(int argc, char **argv)
{
	const struct call *call;
	int code;

	if (argc == 2 && strcmp(argv[1], "--try") == 0)
		return try_all();
	call = argc < 4 ? NULL : find_call(argv[1]);
	code = argc < 4 ? 0 : find_error(argv[2]);
	if (call == NULL || code == 0) {
		(void)fputs("usage: deny --try | deny CALL ERROR PROGRAM "
			    "ARGUMENT...\n",
		    stderr);
		return 2;
	}
	if (!install(call, code)) {
		/* A kernel without filters, or one that forbids them. */
		printf("skip %s_%s: no filter can be installed: %s\n", argv[1],
		    argv[2], strerror(errno));
		printf("deny: 0 passed, 0 failed, 1 skipped\n");
		return 0;
	}
	(void)execv(argv[3], argv + 3);
	(void)fprintf(stderr, "deny: %s: %s\n", argv[3], strerror(errno));
	return 2;
}
