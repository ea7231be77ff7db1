/* SPDX-License-Identifier: MIT */
/* store.h on Windows. */
#if !defined(_WIN32)
#error "windows_store.c is for Windows"
#endif

#define WIN32_LEAN_AND_MEAN
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif
#include <windows.h>

#include "store.h"
#include "windows.h"

#include <stdlib.h>

/* Wards that reserve more fall back to halves; see mw_arena_start(). */
#define RESERVE_MOST ((size_t)1 << 30)

int mw_sys_reserve(size_t len, void **mem)
{
	void *p;

	if (len > RESERVE_MOST)
		return MEMWARD_ENOMEM;
	p = VirtualAlloc(NULL, len, MEM_RESERVE, PAGE_NOACCESS);
	if (p == NULL)
		return MEMWARD_ENOMEM;
	*mem = p;
	return 0;
}

void mw_sys_unreserve(void *mem, size_t len)
{
	(void)len;
	/* Fails only for arguments that no reservation has. */
	(void)VirtualFree(mem, 0, MEM_RELEASE);
}

int mw_sys_commit_plain(void *mem, size_t len)
{
	return VirtualAlloc(mem, len, MEM_COMMIT, PAGE_READWRITE) != NULL
		   ? 0
		   : MEMWARD_ENOMEM;
}

int mw_sys_commit(void *mem, size_t len, memward_fork_rule rule)
{
	int rc;

	/* There is no fork: each rule holds but those that need a child. */
	(void)rule;
	rc = mw_sys_commit_plain(mem, len);
	if (rc != 0)
		return rc;
	rc = mw_sys_exclude_from_reports(mem, len);
	if (rc == 0 || rc == MEMWARD_EUNSUPPORTED)
		return 0;
	(void)VirtualFree(mem, len, MEM_DECOMMIT);
	return rc;
}

int mw_sys_decommit(void *mem, size_t len)
{
	mw_sys_include_in_reports(mem, len);
	/* Decommitting drops the lock; the working set is given back first */
	(void)mw_sys_unlock(mem, len);
	return VirtualFree(mem, len, MEM_DECOMMIT) ? 0 : MEMWARD_ENOMEM;
}

_Static_assert(sizeof(SRWLOCK) <= sizeof(struct mw_mutex), "a lock fits");

static SRWLOCK *as_srw(struct mw_mutex *mutex)
{
	return (SRWLOCK *)(void *)mutex->space;
}

void mw_mutex_init(struct mw_mutex *mutex)
{
	InitializeSRWLock(as_srw(mutex));
}

void mw_mutex_lock(struct mw_mutex *mutex)
{
	AcquireSRWLockExclusive(as_srw(mutex));
}

void mw_mutex_unlock(struct mw_mutex *mutex)
{
	ReleaseSRWLockExclusive(as_srw(mutex));
}

static BOOL CALLBACK call_once(PINIT_ONCE once, PVOID function, PVOID *unused)
{
	(void)once;
	(void)unused;
	(*(void (**)(void))function)();
	return TRUE;
}

void mw_sys_once(void (*function)(void))
{
	static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

	(void)InitOnceExecuteOnce(&once, call_once, &function, NULL);
}

static DWORD exit_slot = FLS_OUT_OF_INDEXES;
static void (*exit_function)(void *);

static void WINAPI at_exit(void *argument)
{
	if (argument != NULL)
		exit_function(argument);
}

bool mw_sys_at_thread_exit(void (*function)(void *), void *argument)
{
	static SRWLOCK guard = SRWLOCK_INIT;

	AcquireSRWLockExclusive(&guard);
	exit_function = function;
	if (exit_slot == FLS_OUT_OF_INDEXES)
		exit_slot = FlsAlloc(at_exit);
	ReleaseSRWLockExclusive(&guard);
	return exit_slot != FLS_OUT_OF_INDEXES &&
	       FlsSetValue(exit_slot, argument);
}

bool mw_sys_around_fork(
    void (*before)(void), void (*parent)(void), void (*child)(void))
{
	(void)before;
	(void)parent;
	(void)child;
	return true;
}

bool mw_sys_barrier(void)
{
	FlushProcessWriteBuffers();
	return true;
}

/* SystemFunction036 of advapi32, known as RtlGenRandom, since XP. */
typedef BOOLEAN(WINAPI *random_fn)(PVOID, ULONG);

int mw_sys_random(void *mem, size_t len)
{
	HMODULE module = LoadLibraryW(L"advapi32.dll");
	random_fn fill = NULL;
	unsigned char *at = mem;

	if (module != NULL)
		fill = (random_fn)(void (*)(void))GetProcAddress(
		    module, "SystemFunction036");
	if (fill == NULL)
		return MEMWARD_ESYSTEM;
	while (len != 0) {
		ULONG part = len < 65536 ? (ULONG)len : 65536;

		if (!fill(at, part))
			return MEMWARD_ESYSTEM;
		at += part;
		len -= part;
	}
	return 0;
}

const char *mw_sys_environment(const char *name)
{
	return getenv(name);
}

void mw_sys_last_words(const char *text, size_t len)
{
	DWORD written;

	/* The process ends whether or not anybody can read it. */
	(void)WriteFile(
	    GetStdHandle(STD_ERROR_HANDLE), text, (DWORD)len, &written, NULL);
}

uint64_t mw_sys_lock_limit(void)
{
	/* The working set is grown on demand, so no figure is a limit. */
	return UINT64_MAX;
}
