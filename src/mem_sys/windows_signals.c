/* SPDX-License-Identifier: MIT */
/* ends.h on Windows. */
#if !defined(_WIN32)
#error "windows_signals.c is for Windows"
#endif

#define WIN32_LEAN_AND_MEAN
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif
#include <windows.h>

#include "ends.h"

#include "memward/base.h"

/* Console events have threads of their own, and are no signals. */
const int mw_sys_signals[] = {0};
const size_t mw_sys_signal_count = 1;

int mw_sys_signal_check(int signal)
{
	(void)signal;
	return MEMWARD_EUNSUPPORTED;
}

int mw_sys_signal_take(int signal, void (*wipe)(void))
{
	(void)wipe;
	return mw_sys_signal_check(signal);
}

void mw_sys_signals_leave(void)
{
}

bool mw_sys_signal_wipes(int signal)
{
	(void)signal;
	return false;
}

/* As abort() has it, but without handlers, dialogues and reports. */
void mw_sys_end_without_core(void)
{
	(void)TerminateProcess(GetCurrentProcess(), 3);
	for (;;)
		continue;
}
