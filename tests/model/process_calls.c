/* SPDX-License-Identifier: MIT */
/* Calls about the process as a whole, for memward_harden(). */
#include "calls.h"
#include "state.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

static int fail(int err)
{
	errno = err;
	return -1;
}

/* Whether a request has an effect; if not, it still says that it had. */
static bool takes_effect(void)
{
	return !model_process.pretends;
}

/* include/uapi/linux/prctl.h */
#define GET_DUMPABLE     3
#define SET_DUMPABLE     4
#define SET_MEMORY_MERGE 67
#define GET_MEMORY_MERGE 68
#define SET_PTRACER      0x59616d61

static int do_prctl(int option, unsigned long value)
{
	switch (option) {
	case GET_DUMPABLE:
		return model_process.dumpable;
	case SET_DUMPABLE:
		/* prctl(2): 2 cannot be set. */
		if (value > 1)
			return fail(EINVAL);
		if (takes_effect())
			model_process.dumpable = (int)value;
		return 0;
	case GET_MEMORY_MERGE:
		return model_process.merging;
	case SET_MEMORY_MERGE:
		if (takes_effect())
			model_process.merging = value != 0;
		return 0;
	case SET_PTRACER:
		if (model_process.trace_scope == '\0')
			return fail(EINVAL);
		model_process.tracer_let = value != 0;
		return 0;
	default:
		return fail(EINVAL);
	}
}

int model_prctl(int option, ...)
{
	unsigned long value;
	va_list args;

	va_start(args, option);
	value = va_arg(args, unsigned long);
	va_end(args);
	if (model_fails(MODEL_PRCTL, option))
		return -1;
	return option == model_state.refused ? fail(EINVAL)
					     : do_prctl(option, value);
}

/* sys/procctl.h of FreeBSD */
#define TRACE_CTL              7
#define TRACE_STATUS           8
#define TRACE_CTL_DISABLE_EXEC 3

int model_procctl(int kind, id_t id, int command, void *argument)
{
	int *state = argument;

	if (model_fails(MODEL_PROCCTL, command))
		return -1;
	if (kind != 0 || id != (id_t)getpid() || command == model_state.refused)
		return fail(EINVAL);
	if (command == TRACE_STATUS) {
		*state = model_process.traced        ? 1
			 : model_process.untraceable ? -1
						     : 0;
		return 0;
	}
	if (command != TRACE_CTL || *state != TRACE_CTL_DISABLE_EXEC)
		return fail(EINVAL);
	/* sys/kern/kern_procctl.c */
	if (model_process.traced)
		return fail(EBUSY);
	if (takes_effect())
		model_process.untraceable = true;
	return 0;
}

/* kern.global_ptrace of OpenBSD; of macOS, the flags of this process. */
int model_sysctl(const int *name, unsigned count, void *old, size_t *old_len,
    void *new_value, size_t new_len)
{
	int *value = old;

	if (model_fails(MODEL_SYSCTL, name[1]))
		return -1;
	if (name[0] != 1 || *old_len != sizeof(*value) || new_value != NULL ||
	    new_len != 0)
		return fail(EINVAL);
	if (count == 2 && name[1] == 81) {
		*value = model_process.global_ptrace;
		return 0;
	}
	if (count != 4 || name[1] != 14 || name[2] != 1 || name[3] != getpid())
		return fail(EINVAL);
	*value = model_process.traced ? 0x800 : 0;
	return 0;
}

/* macOS: mach_process.c ends a process that asks while it is traced. */
int model_ptrace(int request, pid_t pid, char *address, int data)
{
	if (model_fails(MODEL_PTRACE, request))
		return -1;
	if (request != 31 || pid != 0 || address != NULL || data != 0)
		return fail(EINVAL);
	if (model_process.traced)
		abort();
	model_process.untraceable = true;
	return 0;
}

/* illumos, usr/src/uts/common/syscall/ppriv.c: needs no privilege. */
int model_setpflags(unsigned flag, unsigned value)
{
	if (model_fails(MODEL_SETPFLAGS, (int)flag))
		return -1;
	if (flag != 8 || value > 1)
		return fail(EINVAL);
	model_process.untraceable = value != 0;
	return 0;
}
