/* SPDX-License-Identifier: MIT */
/*
 * as_user LIMIT PROGRAM ARGUMENT...: becomes the user nobody, if this is root,
 * for good and without any capability, sets the limit of locked memory, and
 * becomes the program.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

static bool fail(const char *what)
{
	(void)fprintf(stderr, "as_user: %s: %s\n", what, strerror(errno));
	return false;
}

static bool set_lock_limit(unsigned long bytes)
{
#ifdef RLIMIT_MEMLOCK
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0)
		return fail("getrlimit");
	if (limit.rlim_max < bytes && geteuid() != 0) {
		printf("# the hard limit of locked memory is %llu bytes, "
		       "less than %lu\n",
		    (unsigned long long)limit.rlim_max, bytes);
		return true;
	}
	limit.rlim_cur = bytes;
	limit.rlim_max = bytes;
	if (setrlimit(RLIMIT_MEMLOCK, &limit) != 0)
		return fail("setrlimit");
#else
	printf("# this system has no limit of locked memory; not %lu bytes\n",
	    bytes);
#endif
	return true;
}

static bool become_nobody(void)
{
	const struct passwd *nobody;

	if (geteuid() != 0) {
		printf("# not root: runs as the current user alone\n");
		return true;
	}
	errno = ENOENT;
	nobody = getpwnam("nobody");
	if (nobody == NULL)
		return fail("the user nobody");
	/* The user last, since with it goes the right to all of this. */
	if (setgroups(1, &nobody->pw_gid) != 0)
		return fail("setgroups");
	if (setgid(nobody->pw_gid) != 0)
		return fail("setgid");
	if (setuid(nobody->pw_uid) != 0)
		return fail("setuid");
	if (setuid(0) == 0) {
		errno = EPERM;
		return fail("root was to be had again");
	}
	printf("# runs as the user nobody\n");
	return true;
}

int main(int argc, char **argv)
{
	char *end;
	unsigned long bytes;

	if (argc < 3) {
		(void)fprintf(
		    stderr, "usage: as_user LIMIT PROGRAM ARGUMENT...\n");
		return 2;
	}
	bytes = strtoul(argv[1], &end, 10);
	if (*end != '\0' || !set_lock_limit(bytes) || !become_nobody())
		return 2;
	if (fflush(stdout) != 0)
		return 2;
	(void)execv(argv[2], argv + 2);
	(void)fail(argv[2]);
	return 2;
}
