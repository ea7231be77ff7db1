/* SPDX-License-Identifier: MIT */
/*
 * filtered refuse|kill CALL[,CALL...] PROGRAM [ARGUMENT...]: runs a program
 * under a seccomp filter, as containers do, that refuses these system calls
 * or kills whoever makes them. Exit status 77: no filter can be had here.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NO_FILTER 77

static const struct {
	const char *name;
	int number;
} calls[] = {
    {"mlock", SYS_mlock},
    {"mprotect", SYS_mprotect},
    {"madvise", SYS_madvise},
    {"membarrier", SYS_membarrier},
    {"prctl", SYS_prctl},
};

static int number_of(const char *name)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strcmp(calls[i].name, name) == 0)
			return calls[i].number;
	}
	return -1;
}

static int add_filter(int number, unsigned action)
{
	struct sock_filter lines[] = {
	    BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, action),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
	    .len = sizeof(lines) / sizeof(lines[0]),
	    .filter = lines,
	};

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int argc, char **argv)
{
	unsigned action;

	if (argc < 4)
		return NO_FILTER;
	action = strcmp(argv[1], "kill") == 0 ? SECCOMP_RET_KILL_PROCESS
					      : SECCOMP_RET_ERRNO | EPERM;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) != 0) {
		perror("filtered");
		return NO_FILTER;
	}
	for (char *save = NULL, *name = strtok_r(argv[2], ",", &save);
	     name != NULL; name = strtok_r(NULL, ",", &save)) {
		if (number_of(name) < 0 ||
		    add_filter(number_of(name), action) != 0) {
			perror(name);
			return NO_FILTER;
		}
	}
	(void)execv(argv[3], argv + 3);
	perror(argv[3]);
	return NO_FILTER;
}
