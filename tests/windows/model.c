/* SPDX-License-Identifier: MIT */
/*
 * The model's state, its memory calls and its working set. Sources: the
 * sdk-api pages of the functions modelled.
 */
#include "model_inside.h"

#include "support.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define LOCKED_MAX      65536
#define ALLOCATIONS_MAX 4096

struct model model;

static uintptr_t locked[LOCKED_MAX];
static size_t locked_count;
static const char *allocations[ALLOCATIONS_MAX];
static size_t allocation_count;
static SRWLOCK guard = SRWLOCK_INIT;

void model_reset(void)
{
	model = (struct model){
	    .minimum = MODEL_MINIMUM,
	    .maximum = MODEL_MAXIMUM,
	    .ceiling = (size_t)1 << 32,
	    .may_grow = true,
	    .has_exclude = true,
	    .has_flags = true,
	};
}

void model_fail(size_t nth, DWORD error)
{
	model.total = 0;
	model.fail_at = nth;
	model.fail_error = error;
	model.failed = MODEL_NONE;
}

void model_ready(void)
{
	if (model.maximum == 0)
		model_reset();
}

bool model_enter(enum model_call call)
{
	AcquireSRWLockExclusive(&guard);
	model_ready();
	model.calls[call]++;
	model.total++;
	if (model.total != model.fail_at)
		return true;
	model.failed = call;
	SetLastError(model.fail_error);
	return false;
}

void model_leave(void)
{
	ReleaseSRWLockExclusive(&guard);
}

static size_t find_locked(uintptr_t page)
{
	size_t i = 0;

	while (i < locked_count && locked[i] != page)
		i++;
	return i;
}

static void drop_lock(uintptr_t page)
{
	size_t i = find_locked(page);

	if (i < locked_count)
		locked[i] = locked[--locked_count];
}

/* A range of bytes means all pages that hold one of them. */
static uintptr_t first_page(const void *mem)
{
	return (uintptr_t)mem & ~(uintptr_t)(MODEL_PAGE - 1);
}

static uintptr_t end_page(const void *mem, size_t len)
{
	return ((uintptr_t)mem + len + MODEL_PAGE - 1) &
	       ~(uintptr_t)(MODEL_PAGE - 1);
}

static void drop_locks(const void *mem, size_t len)
{
	uintptr_t end = end_page(mem, len);

	for (uintptr_t at = first_page(mem); at < end; at += MODEL_PAGE)
		drop_lock(at);
}

bool model_is_locked(const void *page)
{
	return find_locked(first_page(page)) < locked_count;
}

/* The model is the account here: it knows every lock. */
bool support_is_locked(const void *page, bool *known)
{
	*known = true;
	return model_is_locked(page);
}

size_t model_locked_pages(void)
{
	return locked_count;
}

size_t model_allocations(void)
{
	return allocation_count;
}

static _Noreturn void model_full(const char *what)
{
	(void)fprintf(stderr, "model: no room for more %s\n", what);
	exit(1);
}

LPVOID WINAPI model_alloc(LPVOID at, SIZE_T len, DWORD type, DWORD protection)
{
	void *mem = NULL;

	if (model_enter(MODEL_ALLOC))
		mem = VirtualAlloc(at, len, type, protection);
	/* Pages that come into a reservation are no allocation of their own */
	if (mem != NULL && (type & MEM_RESERVE) == 0) {
		model_leave();
		return mem;
	}
	if (mem != NULL && allocation_count == ALLOCATIONS_MAX)
		model_full("allocations");
	if (mem != NULL)
		allocations[allocation_count++] = mem;
	model_leave();
	return mem;
}

/* Counts the bytes that hold something, of pages that are taken away. */
static void inspect_region(
    const char *at, const char *end, const MEMORY_BASIC_INFORMATION *region)
{
	if (region->State != MEM_COMMIT)
		return;
	if (region->Protect == PAGE_NOACCESS) {
		model.dirty_bytes++; /* closed: it was not wiped */
		return;
	}
	for (; at < end; at++)
		model.dirty_bytes += *at != 0;
}

/* The same for an allocation, up to most bytes; returns the size seen. */
static size_t inspect(const char *mem, size_t most)
{
	MEMORY_BASIC_INFORMATION region;
	const char *at = mem;
	const char *base = NULL;

	while ((size_t)(at - mem) < most &&
	       VirtualQuery(at, &region, sizeof(region)) != 0 &&
	       region.State != MEM_FREE &&
	       (base == NULL || region.AllocationBase == base)) {
		const char *end =
		    (const char *)region.BaseAddress + region.RegionSize;

		base = region.AllocationBase;
		if ((size_t)(end - mem) > most)
			end = mem + most;
		inspect_region(at, end, &region);
		at = end;
	}
	return (size_t)(at - mem);
}

static void forget_allocation(const char *mem)
{
	for (size_t i = 0; i < allocation_count; i++) {
		if (allocations[i] == mem)
			allocations[i] = allocations[--allocation_count];
	}
}

BOOL WINAPI model_free(LPVOID mem, SIZE_T len, DWORD type)
{
	BOOL done = FALSE;
	size_t size;

	if (model_enter(MODEL_FREE)) {
		size = inspect(mem, type == MEM_DECOMMIT ? len : SIZE_MAX);
		done = VirtualFree(mem, len, type);
		if (done)
			drop_locks(mem, size);
		if (done && type != MEM_DECOMMIT)
			forget_allocation(mem);
	}
	model_leave();
	return done;
}

/* Pages of one reservation only, and closing a page drops its lock. */
static BOOL protect_entered(void *mem, size_t len, DWORD to, PDWORD before)
{
	MEMORY_BASIC_INFORMATION first;
	MEMORY_BASIC_INFORMATION last;

	if (VirtualQuery(mem, &first, sizeof(first)) == 0 ||
	    VirtualQuery((char *)mem + len - 1, &last, sizeof(last)) == 0 ||
	    first.AllocationBase != last.AllocationBase) {
		SetLastError(ERROR_INVALID_ADDRESS);
		return FALSE;
	}
	if (!VirtualProtect(mem, len, to, before))
		return FALSE;
	if (to == PAGE_NOACCESS)
		drop_locks(mem, len);
	return TRUE;
}

BOOL WINAPI model_protect(LPVOID mem, SIZE_T len, DWORD to, PDWORD before)
{
	BOOL done = FALSE;

	if (model_enter(MODEL_PROTECT))
		done = protect_entered(mem, len, to, before);
	model_leave();
	return done;
}

static bool is_open_page(uintptr_t page)
{
	MEMORY_BASIC_INFORMATION region;

	return VirtualQuery((void *)page, &region, sizeof(region)) != 0 &&
	       region.State == MEM_COMMIT &&
	       (region.Protect & (PAGE_NOACCESS | PAGE_GUARD)) == 0;
}

/*
 * The quota is the minimum working set less a small overhead (8 pages here:
 * a choice). All or nothing, and 998 for a closed page: choices.
 */
static BOOL lock_entered(const void *mem, size_t len)
{
	uintptr_t start = first_page(mem);
	uintptr_t end = end_page(mem, len);
	size_t fresh = 0;

	for (uintptr_t at = start; at < end; at += MODEL_PAGE) {
		if (!is_open_page(at)) {
			SetLastError(ERROR_NOACCESS);
			return FALSE;
		}
		if (find_locked(at) == locked_count)
			fresh++;
	}
	if ((locked_count + fresh) * MODEL_PAGE + MODEL_OVERHEAD >
	    model.minimum) {
		SetLastError(ERROR_WORKING_SET_QUOTA);
		return FALSE;
	}
	if (locked_count + fresh > LOCKED_MAX)
		model_full("locked pages");
	for (uintptr_t at = start; at < end; at += MODEL_PAGE) {
		if (find_locked(at) == locked_count)
			locked[locked_count++] = at;
	}
	return TRUE;
}

BOOL WINAPI model_lock(LPVOID mem, SIZE_T len)
{
	BOOL done = FALSE;

	if (model_enter(MODEL_LOCK))
		done = lock_entered(mem, len);
	model_leave();
	return done;
}

/* If one page is not locked, the others stay locked: a choice. */
static BOOL unlock_entered(const void *mem, size_t len)
{
	uintptr_t start = first_page(mem);
	uintptr_t end = end_page(mem, len);

	for (uintptr_t at = start; at < end; at += MODEL_PAGE) {
		if (find_locked(at) == locked_count) {
			SetLastError(ERROR_NOT_LOCKED);
			return FALSE;
		}
	}
	drop_locks(mem, len);
	return TRUE;
}

BOOL WINAPI model_unlock(LPVOID mem, SIZE_T len)
{
	BOOL done = FALSE;

	if (model_enter(MODEL_UNLOCK))
		done = unlock_entered(mem, len);
	model_leave();
	return done;
}

SIZE_T WINAPI model_query(
    LPCVOID at, PMEMORY_BASIC_INFORMATION region, SIZE_T len)
{
	SIZE_T written = 0;

	if (model_enter(MODEL_QUERY))
		written = VirtualQuery(at, region, len);
	model_leave();
	return written;
}

BOOL WINAPI model_get_size(HANDLE process, PSIZE_T low, PSIZE_T high)
{
	bool done = model_enter(MODEL_GET_SIZE);

	(void)process;
	if (done) {
		*low = model.minimum;
		*high = model.maximum;
	}
	model_leave();
	return done;
}

/* What the documents say, but for the error of a maximum too large: a choice */
static DWORD refuse_size(size_t low, size_t high)
{
	if (low == 0 || low > high || high < 13 * MODEL_PAGE)
		return ERROR_INVALID_PARAMETER;
	if (!model.may_grow && (low > model.minimum || high > model.maximum))
		return ERROR_PRIVILEGE_NOT_HELD;
	return high > model.ceiling ? ERROR_NO_SYSTEM_RESOURCES : 0;
}

BOOL WINAPI model_set_size(HANDLE process, SIZE_T low, SIZE_T high)
{
	bool done = model_enter(MODEL_SET_SIZE);
	DWORD error;

	(void)process;
	error = done ? refuse_size(low, high) : 0;
	if (error != 0) {
		SetLastError(error);
		done = false;
	}
	if (done) {
		model.minimum = low < 20 * MODEL_PAGE ? 20 * MODEL_PAGE : low;
		model.maximum = high;
		if (locked_count * MODEL_PAGE + MODEL_OVERHEAD > model.minimum)
			model.over_quota++;
	}
	model_leave();
	return done;
}

void *model_realloc(void *mem, size_t len)
{
	void *fresh = NULL;

	if (model_enter(MODEL_HEAP))
		fresh = realloc(mem, len);
	model_leave();
	return fresh;
}
