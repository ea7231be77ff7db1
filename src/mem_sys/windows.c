/* SPDX-License-Identifier: MIT */
/*
 * Windows. Facts: the sdk-api pages of the functions named. Whatever a system
 * older than Windows 7 may lack is looked up at run time, never imported.
 */
#if !defined(_WIN32)
#error "windows.c is for Windows"
#endif

#define WIN32_LEAN_AND_MEAN
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif
#include <windows.h>

#include "keys.h"
#include "store.h"
#include "tracked.h"
#include "windows.h"

#include <stdlib.h>

/* WerSetFlags: collect no heap for a report; werapi.h of Vista. */
#define FAULT_REPORTING_NO_HEAP 1

/* The length of a block left out of reports is a DWORD; tests want less. */
#ifndef EXCLUDED_BLOCK_MAX
#define EXCLUDED_BLOCK_MAX ((size_t)1 << 30)
#endif

typedef HRESULT(WINAPI *register_excluded_fn)(const void *, DWORD);
typedef HRESULT(WINAPI *unregister_excluded_fn)(const void *);
typedef HRESULT(WINAPI *get_wer_flags_fn)(HANDLE, PDWORD);
typedef HRESULT(WINAPI *set_wer_flags_fn)(DWORD);

static FARPROC find_in_kernel32(const char *name)
{
	HMODULE module = GetModuleHandleW(L"kernel32.dll");

	return module == NULL ? NULL : GetProcAddress(module, name);
}

/* A cast by way of void (*)(void), which says that it is meant. */
#define FIND(type, name) ((type)(void (*)(void))find_in_kernel32(name))

static int error_code(DWORD err)
{
	switch (err) {
	case ERROR_NOT_ENOUGH_MEMORY:
	case ERROR_OUTOFMEMORY:
	case ERROR_COMMITMENT_LIMIT:
		return MEMWARD_ENOMEM;
	case ERROR_ACCESS_DENIED:
		return MEMWARD_EPERM;
	default:
		return MEMWARD_ESYSTEM;
	}
}

static int last_error(void)
{
	return error_code(GetLastError());
}

/* What a failed call of Windows Error Reporting says, also by GetLastError. */
static int report_error(HRESULT result)
{
	DWORD err = HRESULT_FACILITY(result) == FACILITY_WIN32
			? (DWORD)HRESULT_CODE(result)
			: (DWORD)result;

	SetLastError(err);
	if (err == ERROR_INSUFFICIENT_BUFFER)
		return MEMWARD_EDUMPLIMIT;
	return error_code(err);
}

size_t mw_sys_page_size(void)
{
	SYSTEM_INFO info;

	GetSystemInfo(&info);
	return info.dwPageSize;
}

/*
 * Leaves a mapping out of Windows Error Reporting dumps, which know a limited
 * number of blocks (Windows 10 1703, found at run time). It binds nobody else
 * who dumps. MEMWARD_EUNSUPPORTED where the system lacks it.
 */
int mw_sys_exclude_from_reports(char *mem, size_t len)
{
	register_excluded_fn add =
	    FIND(register_excluded_fn, "WerRegisterExcludedMemoryBlock");
	unregister_excluded_fn undo =
	    FIND(unregister_excluded_fn, "WerUnregisterExcludedMemoryBlock");

	if (add == NULL || undo == NULL)
		return MEMWARD_EUNSUPPORTED;
	for (size_t at = 0; at < len; at += EXCLUDED_BLOCK_MAX) {
		size_t rest = len - at;
		DWORD part =
		    (DWORD)(rest < EXCLUDED_BLOCK_MAX ? rest
						      : EXCLUDED_BLOCK_MAX);
		HRESULT result = add(mem + at, part);

		if (SUCCEEDED(result))
			continue;
		while (at != 0) {
			at -= EXCLUDED_BLOCK_MAX;
			(void)undo(mem + at);
		}
		return report_error(result);
	}
	return 0;
}

void mw_sys_include_in_reports(char *mem, size_t len)
{
	unregister_excluded_fn undo =
	    FIND(unregister_excluded_fn, "WerUnregisterExcludedMemoryBlock");

	if (undo == NULL)
		return;
	/* Fails only for a block that is not registered. */
	for (size_t at = 0; at < len; at += EXCLUDED_BLOCK_MAX)
		(void)undo(mem + at);
}

int mw_sys_map(size_t len, void **mem)
{
	void *p =
	    VirtualAlloc(NULL, len, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	int rc;

	if (p == NULL) {
		/* A length no address space holds is an invalid one here. */
		DWORD err = GetLastError();

		return err == ERROR_INVALID_PARAMETER ? MEMWARD_ENOMEM
						      : error_code(err);
	}
	rc = mw_sys_exclude_from_reports(p, len);
	if (rc != 0 && rc != MEMWARD_EUNSUPPORTED) {
		DWORD err = GetLastError();

		(void)VirtualFree(p, 0, MEM_RELEASE);
		SetLastError(err);
		return rc;
	}
	*mem = p;
	return 0;
}

/*
 * Runs over the regions of a range. True if all of it is committed; *base is
 * the allocation that the first page belongs to.
 */
static bool walk(const char *mem, size_t len, void **base)
{
	const char *at = mem;
	MEMORY_BASIC_INFORMATION region;

	while (at < mem + len) {
		if (VirtualQuery(at, &region, sizeof(region)) == 0 ||
		    region.State != MEM_COMMIT)
			return false;
		if (at == mem)
			*base = region.AllocationBase;
		at = (const char *)region.BaseAddress + region.RegionSize;
	}
	return true;
}

bool mw_sys_is_mapped(void *mem, size_t len)
{
	void *base;

	return walk(mem, len, &base);
}

/* Whether the range is exactly one allocation: only such can be released. */
static bool is_whole(char *mem, size_t len)
{
	MEMORY_BASIC_INFORMATION region;
	void *base = NULL;

	if (!walk(mem, len, &base) || base != mem)
		return false;
	if (VirtualQuery(mem + len - 1, &region, sizeof(region)) == 0 ||
	    region.AllocationBase != mem)
		return false;
	return VirtualQuery(mem + len, &region, sizeof(region)) == 0 ||
	       region.State == MEM_FREE || region.AllocationBase != mem;
}

static int set_access(void *mem, size_t len, memward_access access)
{
	DWORD protection = PAGE_NOACCESS;
	DWORD before;

	if (access == MEMWARD_READ_ONLY)
		protection = PAGE_READONLY;
	else if (access == MEMWARD_READ_WRITE)
		protection = PAGE_READWRITE;
	return VirtualProtect(mem, len, protection, &before) ? 0 : last_error();
}

static SRWLOCK record = SRWLOCK_INIT;

static void enter(void)
{
	AcquireSRWLockExclusive(&record);
}

static void leave(void)
{
	ReleaseSRWLockExclusive(&record);
}

/* Bytes by which the working set was grown for locks and not given back. */
static size_t grown;

/* Adds to both limits of the working set. */
static bool grow_working_set(size_t bytes)
{
	HANDLE process = GetCurrentProcess();
	SIZE_T low;
	SIZE_T high;

	if (!GetProcessWorkingSetSize(process, &low, &high))
		return false;
	if (bytes > SIZE_MAX - low || bytes > SIZE_MAX - high) {
		SetLastError(ERROR_WORKING_SET_QUOTA);
		return false;
	}
	if (!SetProcessWorkingSetSize(process, low + bytes, high + bytes))
		return false;
	grown += bytes;
	return true;
}

/* A working set that stays larger than needed protects no less. */
static void give_back(size_t bytes)
{
	HANDLE process = GetCurrentProcess();
	SIZE_T low;
	SIZE_T high;

	if (bytes > grown)
		bytes = grown;
	if (bytes == 0 || !GetProcessWorkingSetSize(process, &low, &high))
		return;
	/* Somebody else may have lowered it: never go below nothing. */
	if (bytes < low && bytes < high &&
	    SetProcessWorkingSetSize(process, low - bytes, high - bytes))
		grown -= bytes;
}

static int lock_error(void)
{
	return GetLastError() == ERROR_WORKING_SET_QUOTA ? MEMWARD_ELOCKLIMIT
							 : last_error();
}

/* Pages can be locked up to the minimum working set, less an overhead. */
static int lock_growing(void *mem, size_t len)
{
	DWORD err;

	if (VirtualLock(mem, len))
		return 0;
	if (GetLastError() != ERROR_WORKING_SET_QUOTA)
		return last_error();
	if (!grow_working_set(len))
		return MEMWARD_ELOCKLIMIT;
	if (VirtualLock(mem, len))
		return 0;
	err = GetLastError();
	give_back(len);
	SetLastError(err);
	return lock_error();
}

static bool is_open(void *mem, size_t len)
{
	const char *at = mem;
	const char *end = at + len;
	MEMORY_BASIC_INFORMATION region;

	while (at < end) {
		if (VirtualQuery(at, &region, sizeof(region)) == 0 ||
		    (region.Protect & (PAGE_NOACCESS | PAGE_GUARD)) != 0)
			return false;
		at = (const char *)region.BaseAddress + region.RegionSize;
	}
	return true;
}

static int raw_lock(void *mem, size_t len)
{
	return is_open(mem, len) ? lock_growing(mem, len)
				 : MEMWARD_EINACCESSIBLE;
}

/*
 * One page that is not locked makes the whole call fail, so each is asked for
 * by itself.
 */
static bool unlock_pages(char *mem, size_t len)
{
	size_t page = mw_sys_page_size();

	for (size_t at = 0; at < len; at += page) {
		if (!VirtualUnlock(mem + at, page) &&
		    GetLastError() != ERROR_NOT_LOCKED)
			return false;
	}
	return true;
}

static int raw_unlock(void *mem, size_t len)
{
	if (!VirtualUnlock(mem, len) &&
	    (GetLastError() != ERROR_NOT_LOCKED || !unlock_pages(mem, len)))
		return last_error();
	give_back(len);
	return 0;
}

static int unmap(void *mem, size_t len)
{
	mw_sys_include_in_reports(mem, len);
	return VirtualFree(mem, 0, MEM_RELEASE) ? 0 : last_error();
}

static const struct mw_tracked_ops ops = {
    .lock = raw_lock,
    .unlock = raw_unlock,
    .protect = set_access,
    .unmap = unmap,
    .unlocked = give_back,
    .enter = enter,
    .leave = leave,
    .closing_unlocks = true,
};

int mw_sys_lock(void *mem, size_t len)
{
	return mw_tracked_lock(&ops, mem, len);
}

int mw_sys_unlock(void *mem, size_t len)
{
	return mw_tracked_unlock(&ops, mem, len);
}

int mw_sys_protect(void *mem, size_t len, memward_access access)
{
	return mw_tracked_protect(&ops, mem, len, access);
}

int mw_sys_release(void *mem, size_t len)
{
	if (!is_whole(mem, len))
		return MEMWARD_EPARTIAL;
	return mw_tracked_release(&ops, mem, len);
}

int mw_sys_drop(void *mem, size_t len, int (*drop)(void *mem, size_t len))
{
	return mw_tracked_drop(&ops, mem, len, drop);
}

int mw_sys_expose(void *mem, size_t len)
{
	return set_access(mem, len, MEMWARD_READ_WRITE);
}

int mw_sys_set_fork_rule(void *mem, size_t len, memward_fork_rule rule)
{
	(void)mem;
	(void)len;
	/* There is no fork: every child begins without our memory. */
	return rule == MEMWARD_FORK_OMIT ? 0 : MEMWARD_EUNSUPPORTED;
}

int mw_sys_set_dump(void *mem, size_t len, bool dumped)
{
	(void)mem;
	(void)len;
	(void)dumped;
	/* Excluded is a whole allocation, as it is made: the table is short. */
	return MEMWARD_EUNSUPPORTED;
}

const char *mw_sys_environment(const char *name)
{
	return getenv(name);
}

int mw_sys_disable_core_dumps(void)
{
	get_wer_flags_fn get = FIND(get_wer_flags_fn, "WerGetFlags");
	set_wer_flags_fn set = FIND(set_wer_flags_fn, "WerSetFlags");
	DWORD flags = 0;
	HRESULT result;

	if (set == NULL)
		return MEMWARD_EUNSUPPORTED;
	/* Keep what the application has set. */
	if (get != NULL && FAILED(get(GetCurrentProcess(), &flags)))
		flags = 0;
	result = set(flags | FAULT_REPORTING_NO_HEAP);
	if (FAILED(result))
		return report_error(result);
	/* With this an unhandled exception ends the process, unreported. */
	SetErrorMode(GetErrorMode() | SEM_NOGPFAULTERRORBOX);
	return 0;
}

bool mw_sys_core_dumps_disabled(void)
{
	get_wer_flags_fn get = FIND(get_wer_flags_fn, "WerGetFlags");
	DWORD flags = 0;

	return (GetErrorMode() & SEM_NOGPFAULTERRORBOX) != 0 && get != NULL &&
	       SUCCEEDED(get(GetCurrentProcess(), &flags)) &&
	       (flags & FAULT_REPORTING_NO_HEAP) != 0;
}

static uint64_t lock_limit(void)
{
	SIZE_T low;
	SIZE_T high;

	/* Grown on demand; this is what holds without growing. */
	if (!GetProcessWorkingSetSize(GetCurrentProcess(), &low, &high))
		return 0;
	return low;
}

/* Leaves no lock, and no trace in the record. */
static int try_lock(void *page, size_t len)
{
	int rc;

	enter();
	rc = raw_lock(page, len);
	/* What cannot be unlocked is unlocked when it is unmapped. */
	if (rc == 0)
		(void)raw_unlock(page, len);
	leave();
	return rc;
}

int mw_sys_query(memward_sys_info *info)
{
	size_t len = mw_sys_page_size();
	char *page =
	    VirtualAlloc(NULL, len, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	int rc;

	if (page == NULL)
		return last_error();
	info->page_size = len;
	info->lock_limit = lock_limit();
	info->system = "Windows";
	rc = mw_sys_locks_frozen() ? MEMWARD_ELOCKFROZEN : try_lock(page, len);
	mw_sys_record(info, MEMWARD_SYS_LOCK, rc, (int)GetLastError());
	rc = mw_sys_exclude_from_reports(page, len);
	mw_sys_record(info, MEMWARD_SYS_NO_DUMP, rc, (int)GetLastError());
	/* There is no fork, so a child never has the memory. */
	mw_sys_record(info, MEMWARD_SYS_FORK_OMIT, 0, 0);
	mw_sys_record(info, MEMWARD_SYS_FORK_WIPE, MEMWARD_EUNSUPPORTED, 0);
	/* Page combining exists and no call forbids it for a range. */
	mw_sys_record(info, MEMWARD_SYS_UNMERGED, MEMWARD_EUNSUPPORTED, 0);
	/* Large pages come only to who asks for them. */
	mw_sys_record(info, MEMWARD_SYS_NO_HUGE, 0, 0);
	mw_sys_record(info, MEMWARD_SYS_WIPE_AT_EXIT, MEMWARD_EUNSUPPORTED, 0);
	/* Uncommitted pages are guards, and cost nothing either. */
	mw_sys_record(info, MEMWARD_SYS_GUARDS, MEMWARD_EUNSUPPORTED, 0);
	mw_keys_try(info, page, len);
	return unmap(page, len);
}

/* For the query, which is of the layer; see store.h. */
int mw_sys_try_hidden(int *system_error)
{
	*system_error = 0;
	return MEMWARD_EUNSUPPORTED;
}
