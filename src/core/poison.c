/* SPDX-License-Identifier: MIT */
#include "poison.h"

#if !defined(MW_POISON_ASAN)

bool mw_poison_watched;

#if defined(MW_POISON_VALGRIND)

/* The requests are a few instructions that do nothing elsewhere. */
#include <valgrind/memcheck.h>

void mw_poison_start(void)
{
	mw_poison_watched = RUNNING_ON_VALGRIND != 0;
}

void mw_poison_tell(const void *mem, size_t len, bool poisoned)
{
	if (poisoned)
		(void)VALGRIND_MAKE_MEM_NOACCESS(mem, len);
	else
		(void)VALGRIND_MAKE_MEM_DEFINED(mem, len);
}

void mw_poison_tell_pause(bool pause)
{
	if (pause)
		VALGRIND_DISABLE_ERROR_REPORTING;
	else
		VALGRIND_ENABLE_ERROR_REPORTING;
}

unsigned mw_poison_tell_stack(const void *low, size_t len)
{
	return (unsigned)VALGRIND_STACK_REGISTER(
	    low, (const char *)low + len - 1);
}

void mw_poison_tell_no_stack(unsigned id)
{
	VALGRIND_STACK_DEREGISTER(id);
}

#else

void mw_poison_start(void)
{
}

void mw_poison_tell(const void *mem, size_t len, bool poisoned)
{
	(void)mem;
	(void)len;
	(void)poisoned;
}

void mw_poison_tell_pause(bool pause)
{
	(void)pause;
}

unsigned mw_poison_tell_stack(const void *low, size_t len)
{
	(void)low;
	(void)len;
	return 0;
}

void mw_poison_tell_no_stack(unsigned id)
{
	(void)id;
}

#endif

#endif
