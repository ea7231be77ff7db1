/* SPDX-License-Identifier: MIT */
/* A signal, and the frame in which the kernel saves the registers. */
#if defined(__sun)
#define __EXTENSIONS__
#endif

#include "peek_leak.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

/*
 * Room for a frame with the widest registers there are, several times over.
 * Static, so that no later call of the program overwrites the frame.
 */
static unsigned char frame[256 * 1024];

bool peek_unwritten(void)
{
	errno = ENOSYS;
	return false;
}

static void on_signal(int number)
{
	(void)number;
}

bool peek_interrupt_after(void (*function)(void *), void *argument)
{
	stack_t stack;
	struct sigaction action;

	memset(&stack, 0, sizeof(stack));
	stack.ss_sp = frame;
	stack.ss_size = sizeof(frame);
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	action.sa_flags = SA_ONSTACK;
	if (sigaltstack(&stack, NULL) != 0 ||
	    sigaction(SIGUSR1, &action, NULL) != 0)
		return false;
	function(argument);
	return raise(SIGUSR1) == 0;
}
