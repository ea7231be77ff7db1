/* SPDX-License-Identifier: MIT */
#include "forked.h"

int in_forked_child(int (*function)(void *), void *argument, bool *forked)
{
	(void)function;
	(void)argument;
	*forked = false;
	return 256;
}
