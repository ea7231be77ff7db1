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

/* Wards that reserve more fall back to halves; see mw_arena_start(). */
#define RESERVE_MOST ((size_t)1 << 30)

/* More than all arenas and their records need; see arena.c and meta.c. */
#define RESERVATIONS 160

/*
 * What was reserved. Windows Error Reporting knows some hundred blocks, far
 * fewer than there are commits, so a reservation is left out as a whole when
 * pages for secrets first come into it.
 */
static struct reservation {
	char *mem; /* NULL: the place is free */
	size_t len;
	bool excluded;
} reservations[RESERVATIONS];

static SRWLOCK reservations_lock = SRWLOCK_INIT;

/* The reservation an address lies in, with NULL a free place; NULL: none. */
static struct reservation *find_reservation(const char *mem)
{
	for (size_t i = 0; i < RESERVATIONS; i++) {
		struct reservation *r = &reservations[i];

		if (mem == NULL ? r->mem == NULL
				: r->mem != NULL && mem >= r->mem &&
				      mem < r->mem + r->len)
			return r;
	}
	return NULL;
}

static void *reserve(size_t len)
{
	struct reservation *r = find_reservation(NULL);

	if (r == NULL)
		return NULL;
	r->mem = VirtualAlloc(NULL, len, MEM_RESERVE, PAGE_NOACCESS);
	r->len = len;
	r->excluded = false;
	return r->mem;
}

int mw_sys_reserve(size_t len, void **mem)
{
	void *p = NULL;

	AcquireSRWLockExclusive(&reservations_lock);
	if (len <= RESERVE_MOST)
		p = reserve(len);
	ReleaseSRWLockExclusive(&reservations_lock);
	if (p == NULL)
		return MEMWARD_ENOMEM;
	*mem = p;
	return 0;
}

void mw_sys_unreserve(void *mem, size_t len)
{
	struct reservation *r;

	(void)len;
	AcquireSRWLockExclusive(&reservations_lock);
	r = find_reservation(mem);
	if (r != NULL) {
		if (r->excluded)
			mw_sys_include_in_reports(r->mem, r->len);
		r->mem = NULL;
	}
	ReleaseSRWLockExclusive(&reservations_lock);
	/* Fails only for arguments that no reservation has. */
	(void)VirtualFree(mem, 0, MEM_RELEASE);
}

int mw_sys_commit_plain(void *mem, size_t len)
{
	return VirtualAlloc(mem, len, MEM_COMMIT, PAGE_READWRITE) != NULL
		   ? 0
		   : MEMWARD_ENOMEM;
}

/* 0 also where the system has no such thing: memward_sys_query() tells. */
static int exclude_reservation(const char *mem)
{
	struct reservation *r;
	int rc = 0;

	AcquireSRWLockExclusive(&reservations_lock);
	r = find_reservation(mem);
	if (r != NULL && !r->excluded) {
		rc = mw_sys_exclude_from_reports(r->mem, r->len);
		r->excluded = rc == 0;
	}
	ReleaseSRWLockExclusive(&reservations_lock);
	return rc == MEMWARD_EUNSUPPORTED ? 0 : rc;
}

int mw_sys_commit(void *mem, size_t len, const struct mw_sys_kind *kind)
{
	int rc;

	if (kind->hidden)
		return MEMWARD_EUNSUPPORTED;
	/* There is no fork: each rule holds but those that need a child. */
	if (kind->key != 0)
		return MEMWARD_EUNSUPPORTED;
	rc = exclude_reservation(mem);
	return rc != 0 ? rc : mw_sys_commit_plain(mem, len);
}

/* Guards are uncommitted pages here, laid and lifted by that alone. */
int mw_sys_lay_guards(void *mem, size_t len)
{
	(void)mem;
	(void)len;
	return MEMWARD_EUNSUPPORTED;
}

int mw_sys_lift_guards(void *mem, size_t len)
{
	return mw_sys_lay_guards(mem, len);
}

int mw_sys_lock_lazily(void *mem, size_t len)
{
	return mw_sys_lay_guards(mem, len);
}

int mw_sys_fill(void *mem, size_t len)
{
	return mw_sys_lay_guards(mem, len);
}

int mw_sys_account(
    bool (*visit)(void *argument, const struct mw_sys_mapping *mapping),
    void *argument)
{
	(void)visit;
	(void)argument;
	return MEMWARD_EUNSUPPORTED;
}

static int free_pages(void *mem, size_t len)
{
	return VirtualFree(mem, len, MEM_DECOMMIT) ? 0 : MEMWARD_ENOMEM;
}

int mw_sys_decommit(void *mem, size_t len)
{
	/* Decommitting drops the lock. */
	return mw_sys_drop(mem, len, free_pages);
}

int mw_sys_make_permanent(void *mem, size_t len)
{
	(void)mem;
	(void)len;
	return MEMWARD_EUNSUPPORTED;
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

/* A thread may end after FreeLibrary(): then at_exit must still be there. */
static bool stay_loaded(void)
{
	HMODULE self;

	return GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN |
				      GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
	    (LPCWSTR)(const void *)&exit_slot, &self);
}

bool mw_sys_at_thread_exit(void (*function)(void *), void *argument)
{
	static SRWLOCK guard = SRWLOCK_INIT;

	AcquireSRWLockExclusive(&guard);
	exit_function = function;
	if (exit_slot == FLS_OUT_OF_INDEXES && stay_loaded())
		exit_slot = FlsAlloc(at_exit);
	ReleaseSRWLockExclusive(&guard);
	return exit_slot != FLS_OUT_OF_INDEXES &&
	       FlsSetValue(exit_slot, argument);
}

void mw_sys_yield(void)
{
	(void)SwitchToThread();
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

/* The system wants to know of every stack; see its thread block. */
bool mw_sys_allows_stacks(void)
{
	return false;
}

bool mw_sys_on_signal_stack(void)
{
	return false;
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
