/* SPDX-License-Identifier: MIT */
/* Windows' own account of locked memory: the working set's entry of a page. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "support.h"

/* PSAPI_WORKING_SET_EX_INFORMATION of psapi.h. */
struct working_set_entry {
	void *page;
	ULONG_PTR attributes;
};
#define ENTRY_VALID  ((ULONG_PTR)1 << 0)
#define ENTRY_LOCKED ((ULONG_PTR)1 << 22)

typedef BOOL(WINAPI *query_working_set_fn)(HANDLE, PVOID, DWORD);

static FARPROC find(const wchar_t *module, const char *name)
{
	HMODULE loaded = GetModuleHandleW(module);

	return loaded == NULL ? NULL : GetProcAddress(loaded, name);
}

/* The account is kernel32's since Windows 7. */
static query_working_set_fn find_account(void)
{
	/* Wine has the call, but locks for it exist nowhere. */
	if (find(L"ntdll.dll", "wine_get_version") != NULL)
		return NULL;
	return (query_working_set_fn)(void (*)(void))find(
	    L"kernel32.dll", "K32QueryWorkingSetEx");
}

bool support_is_locked(const void *page, bool *known)
{
	query_working_set_fn query = find_account();
	struct working_set_entry entry = {(void *)(ULONG_PTR)page, 0};

	*known =
	    query != NULL && query(GetCurrentProcess(), &entry, sizeof(entry));
	return *known && (entry.attributes & ENTRY_VALID) != 0 &&
	       (entry.attributes & ENTRY_LOCKED) != 0;
}
