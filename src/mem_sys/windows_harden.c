/* SPDX-License-Identifier: MIT */
/*
 * Hardening of the process on Windows. Facts: "Process Security and Access
 * Rights", "Access Control Lists" and "Well-known SIDs" of Microsoft's
 * documentation.
 */
#if !defined(_WIN32)
#error "windows_harden.c is for Windows"
#endif

#define WIN32_LEAN_AND_MEAN
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif
#include <windows.h>

#include "backend.h"
#include "windows.h"

#include "memward/harden.h"

/*
 * Of winnt.h: numbers, because its own names of them are put together in a
 * way that checkers complain of and nobody can answer. tests/ pins them.
 */
#define READ_LIST        0x20000  /* READ_CONTROL */
#define WRITE_LIST       0x40000  /* WRITE_DAC */
#define WAIT_FOR_END     0x100000 /* SYNCHRONIZE */
#define EVERYTHING       0x1fffff /* PROCESS_ALL_ACCESS of Vista */
#define OWNER_RIGHTS_RID 4        /* Vista; older headers lack it */
#define LOCAL_SYSTEM_RID 18

#define OWNER_MAY                                       \
	(READ_LIST | WAIT_FOR_END | PROCESS_TERMINATE | \
	    PROCESS_QUERY_LIMITED_INFORMATION)

typedef BOOL(WINAPI *set_security_fn)(
    HANDLE, SECURITY_INFORMATION, PSECURITY_DESCRIPTOR);

struct entry {
	ACE_HEADER head;
	ACCESS_MASK mask;
	SID who;
};

#define MAY(rights, authority, id)                                            \
	{                                                                     \
		{ACCESS_ALLOWED_ACE_TYPE, 0, sizeof(struct entry)}, (rights), \
		{                                                             \
			SID_REVISION, 1, {authority},                         \
			{                                                     \
				(id)                                          \
			}                                                     \
		}                                                             \
	}

/*
 * Who is not named gets nothing. An owner could always change the list, if
 * the entry "owner rights" did not say what he may (Vista).
 */
static struct {
	ACL head;
	struct entry entries[2];
} list = {
    {ACL_REVISION, 0, sizeof(list), 2, 0},
    {
	MAY(OWNER_MAY, SECURITY_CREATOR_SID_AUTHORITY, OWNER_RIGHTS_RID),
	MAY(EVERYTHING, SECURITY_NT_AUTHORITY, LOCAL_SYSTEM_RID),
    },
};

static int set_list(void)
{
	HMODULE module = LoadLibraryW(L"advapi32.dll");
	SECURITY_DESCRIPTOR descriptor = {
	    .Revision = SECURITY_DESCRIPTOR_REVISION,
	    .Control = SE_DACL_PRESENT,
	    .Dacl = &list.head,
	};
	set_security_fn set = NULL;

	if (module != NULL)
		set = (set_security_fn)(void (*)(void))GetProcAddress(
		    module, "SetKernelObjectSecurity");
	if (set == NULL)
		return MEMWARD_EUNSUPPORTED;
	if (set(GetCurrentProcess(), DACL_SECURITY_INFORMATION, &descriptor))
		return 0;
	return GetLastError() == ERROR_ACCESS_DENIED ? MEMWARD_EPERM
						     : MEMWARD_ESYSTEM;
}

/* Tried as another process of this user would, by the number. */
static bool is_refused(DWORD access)
{
	HANDLE self = OpenProcess(access, FALSE, GetCurrentProcessId());

	if (self == NULL)
		return GetLastError() == ERROR_ACCESS_DENIED;
	(void)CloseHandle(self);
	return false;
}

static int no_trace(bool ask)
{
	int rc = ask ? set_list() : 0;

	if (rc != 0)
		return rc;
	if (is_refused(PROCESS_VM_READ) && is_refused(PROCESS_VM_WRITE) &&
	    is_refused(WRITE_LIST))
		return 0;
	SetLastError(0);
	return MEMWARD_ETRACEABLE;
}

static int no_cores(bool ask)
{
	int rc = ask ? mw_sys_disable_core_dumps() : 0;

	if (rc != 0)
		return rc;
	return mw_sys_core_dumps_disabled() ? 0 : MEMWARD_ESYSTEM;
}

int mw_sys_harden(unsigned bit, bool ask, int *system_error)
{
	int rc = MEMWARD_EUNSUPPORTED;

	SetLastError(0);
	if (UINT32_C(1) << bit == MEMWARD_HARDEN_NO_TRACE)
		rc = no_trace(ask);
	else if (UINT32_C(1) << bit == MEMWARD_HARDEN_NO_CORES)
		rc = no_cores(ask);
	*system_error = (int)GetLastError();
	return rc;
}
