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

#endif

#endif
