/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE

#include "shim_util.h"

#include "harness.h"

#include <dlfcn.h>
#include <grp.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define NOBODY 65534

void find_function(void *handle, const char *name, void *function)
{
	void *found = dlsym(handle, name);

	if (found == NULL)
		TEST_FAIL("%s is missing", name);
	/* ISO C knows no way from data to a function but its bytes. */
	memcpy(function, &found, sizeof(found));
}

void need_lock_limit(size_t limit)
{
	struct rlimit locks;

	CHECK(getrlimit(RLIMIT_MEMLOCK, &locks) == 0);
	if (geteuid() != 0 && locks.rlim_max < limit)
		TEST_SKIP("the limit of locked memory is too low");
}

void become_user(size_t limit)
{
	struct rlimit locks = {limit, limit};

	CHECK(setrlimit(RLIMIT_MEMLOCK, &locks) == 0);
	if (geteuid() != 0)
		return;
	CHECK(setgroups(0, NULL) == 0);
	CHECK(setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
}
