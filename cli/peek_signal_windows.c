/* SPDX-License-Identifier: MIT */
/* There are no signals on Windows that save registers where we look. */
#if !defined(_WIN32)
#error "peek_signal_windows.c is for Windows"
#endif
#define WIN32_LEAN_AND_MEAN

#include "peek_leak.h"

#include <windows.h>

bool peek_unwritten(void)
{
	SetLastError(ERROR_CALL_NOT_IMPLEMENTED);
	return false;
}

bool peek_interrupt_after(void (*function)(void *), void *argument)
{
	(void)function;
	(void)argument;
	return peek_unwritten();
}
