/* SPDX-License-Identifier: MIT */
/* Windows has no protection keys, so nothing here could be told apart. */
#include "peek_elsewhere.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

static bool refuse(void)
{
	SetLastError(ERROR_NOT_SUPPORTED);
	return false;
}

bool peek_second_thread(void)
{
	return refuse();
}

bool peek_in_second_thread(int (*function)(void *), void *argument)
{
	(void)function;
	(void)argument;
	return refuse();
}

bool peek_in_new_thread(int (*function)(void *), void *argument)
{
	(void)function;
	(void)argument;
	return refuse();
}

bool peek_in_handler(int (*function)(void *), void *argument)
{
	(void)function;
	(void)argument;
	return refuse();
}
