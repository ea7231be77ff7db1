/* SPDX-License-Identifier: MIT */
#include "forked.h"

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

int in_forked_child(int (*function)(void *), void *argument, bool *forked)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(function(argument));
	*forked = true;
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 256;
	return WEXITSTATUS(status);
}
