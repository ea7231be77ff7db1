/* SPDX-License-Identifier: MIT */
/*
 * A model of what Windows documents and Wine does not do: the quota of locked
 * pages, locks that vanish when a page is closed, the tables of Windows Error
 * Reporting. It is a model, not Windows. Pages themselves are Wine's real
 * ones. windows.c and spans.c are compiled with this header in front of them
 * and MODEL_REDIRECT defined, which sends their calls here.
 *
 * What Windows leaves undocumented is marked in model.c as a choice.
 */
#ifndef MW_TESTS_WINDOWS_MODEL_H
#define MW_TESTS_WINDOWS_MODEL_H

#define WIN32_LEAN_AND_MEAN
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif
#include <windows.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/* The calls that can be made to fail. */
enum model_call {
	MODEL_NONE,
	MODEL_ALLOC,
	MODEL_FREE,
	MODEL_PROTECT,
	MODEL_LOCK,
	MODEL_UNLOCK,
	MODEL_QUERY,
	MODEL_GET_SIZE,
	MODEL_SET_SIZE,
	MODEL_EXCLUDE, /* WerRegisterExcludedMemoryBlock */
	MODEL_INCLUDE, /* WerUnregisterExcludedMemoryBlock */
	MODEL_GET_FLAGS,
	MODEL_SET_FLAGS,
	MODEL_SECURITY, /* SetKernelObjectSecurity */
	MODEL_OPEN,
	MODEL_HEAP,
	MODEL_CALLS
};

#define MODEL_PAGE        ((size_t)4096)
#define MODEL_OVERHEAD    (8 * MODEL_PAGE)
#define MODEL_MINIMUM     (50 * MODEL_PAGE)
#define MODEL_MAXIMUM     (345 * MODEL_PAGE)
#define MODEL_WER_ENTRIES 512

/* The state of the process, to be set and read by tests. */
struct model {
	size_t minimum; /* working set, bytes */
	size_t maximum;
	size_t ceiling;   /* the largest maximum the machine has room for */
	bool may_grow;    /* the privilege to raise the working set */
	bool has_exclude; /* Windows 10 1703 and newer */
	bool has_flags;   /* Windows Vista and newer */
	DWORD wer_flags;
	UINT error_mode;
	bool may_debug;  /* SeDebugPrivilege: whatever a list says */
	bool listed;     /* the process has an access list of its own */
	DWORD owner_may; /* the rights in it of whoever owns the process */

	size_t calls[MODEL_CALLS]; /* how often each was called */
	size_t total;              /* all of them */
	size_t fail_at;            /* the call that fails, from 1; 0: none */
	DWORD fail_error;          /* its error */
	enum model_call failed;    /* which one it was */

	size_t dirty_bytes; /* released with something in them */
	size_t over_quota;  /* times the quota fell below what is locked */
};

extern struct model model;

/* All settings and counts as in a new process; live pages stay. */
void model_reset(void);

/* The nth call from now fails, counted from 1. */
void model_fail(size_t nth, DWORD error);

/* Leaks are seen in these. */
size_t model_allocations(void);
size_t model_locked_pages(void);
size_t model_excluded_blocks(void);

bool model_is_locked(const void *page);

/* The application takes count places of the table, or empties it. */
void model_fill_exclusions(size_t count);
void model_clear_exclusions(void);

LPVOID WINAPI model_alloc(LPVOID at, SIZE_T len, DWORD type, DWORD protection);
BOOL WINAPI model_free(LPVOID mem, SIZE_T len, DWORD type);
BOOL WINAPI model_protect(LPVOID mem, SIZE_T len, DWORD to, PDWORD before);
BOOL WINAPI model_lock(LPVOID mem, SIZE_T len);
BOOL WINAPI model_unlock(LPVOID mem, SIZE_T len);
SIZE_T WINAPI model_query(
    LPCVOID at, PMEMORY_BASIC_INFORMATION region, SIZE_T len);
BOOL WINAPI model_get_size(HANDLE process, PSIZE_T low, PSIZE_T high);
BOOL WINAPI model_set_size(HANDLE process, SIZE_T low, SIZE_T high);
FARPROC WINAPI model_find(HMODULE module, LPCSTR name);
UINT WINAPI model_get_error_mode(void);
UINT WINAPI model_set_error_mode(UINT mode);
HANDLE WINAPI model_open_process(DWORD access, BOOL inherit, DWORD id);
void *model_realloc(void *mem, size_t len);

#ifdef MODEL_REDIRECT
#define VirtualAlloc             model_alloc
#define VirtualFree              model_free
#define VirtualProtect           model_protect
#define VirtualLock              model_lock
#define VirtualUnlock            model_unlock
#define VirtualQuery             model_query
#define GetProcessWorkingSetSize model_get_size
#define SetProcessWorkingSetSize model_set_size
#define GetProcAddress           model_find
#define GetErrorMode             model_get_error_mode
#define SetErrorMode             model_set_error_mode
#define OpenProcess              model_open_process
#define realloc                  model_realloc
#endif

#endif
