/* SPDX-License-Identifier: MIT */
/*
 * What Unixes without a file of their own answer: the attacks that need a
 * reader of another process's memory have not been written for them.
 */
#if defined(__sun)
#define __EXTENSIONS__
#endif

#include "peek_posix.h"

#include <errno.h>
#include <unistd.h>

#define NO_READER                                                     \
	"no reader of another process's memory has been written for " \
	"this system"

int mw_peek_exec_self(char *const *arguments)
{
	(void)arguments;
	errno = ENOSYS;
	return -1;
}

pid_t mw_peek_raw_fork(void)
{
	return fork();
}

const char *mw_peek_memory_folder(void)
{
	return NULL;
}

bool mw_peek_cores_go_elsewhere(struct glimpse *glimpse)
{
	/* If they do, the control finds none and says so. */
	(void)glimpse;
	return false;
}

bool peek_drop_user(void)
{
	return true;
}

const char *peek_method_name(enum peek_method method)
{
	return method == BY_CALL ? "reading its memory" : NULL;
}

void peek_process(const struct peek_target *target, enum peek_method method,
    enum peek_as as, struct glimpse *glimpse)
{
	(void)target;
	(void)method;
	(void)as;
	glimpse_set(glimpse, SIGHT_UNABLE, NO_READER);
}
