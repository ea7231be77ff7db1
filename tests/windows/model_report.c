/* SPDX-License-Identifier: MIT */
/* The model's Windows Error Reporting and its error mode. */
#include "model_inside.h"

#include <string.h>

#define WER_NOT_FOUND ((HRESULT)0x801B8004)

static const void *excluded[MODEL_WER_ENTRIES];
static size_t excluded_count;

size_t model_excluded_blocks(void)
{
	return excluded_count;
}

void model_fill_exclusions(size_t count)
{
	static char blocks[MODEL_WER_ENTRIES];

	for (size_t i = 0; i < count && i < MODEL_WER_ENTRIES &&
			   excluded_count < MODEL_WER_ENTRIES;
	     i++)
		excluded[excluded_count++] = &blocks[i];
}

void model_clear_exclusions(void)
{
	excluded_count = 0;
}

/* As the system does it: a code of its own facility is passed on as it is. */
static HRESULT failure(void)
{
	return HRESULT_FROM_WIN32(model.fail_error);
}

static HRESULT exclude_entered(const void *mem, DWORD len)
{
	if (mem == NULL || len == 0)
		return E_INVALIDARG;
	if (excluded_count == MODEL_WER_ENTRIES)
		return HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER);
	excluded[excluded_count++] = mem;
	return S_OK;
}

static HRESULT WINAPI exclude(const void *mem, DWORD len)
{
	HRESULT result =
	    model_enter(MODEL_EXCLUDE) ? exclude_entered(mem, len) : failure();

	model_leave();
	return result;
}

static HRESULT include_entered(const void *mem)
{
	for (size_t i = 0; i < excluded_count; i++) {
		if (excluded[i] == mem) {
			excluded[i] = excluded[--excluded_count];
			return S_OK;
		}
	}
	return WER_NOT_FOUND;
}

static HRESULT WINAPI include(const void *mem)
{
	HRESULT result =
	    model_enter(MODEL_INCLUDE) ? include_entered(mem) : failure();

	model_leave();
	return result;
}

static HRESULT WINAPI get_flags(HANDLE process, PDWORD flags)
{
	HRESULT result = S_OK;

	(void)process;
	if (model_enter(MODEL_GET_FLAGS))
		*flags = model.wer_flags;
	else
		result = failure();
	model_leave();
	return result;
}

static HRESULT WINAPI set_flags(DWORD flags)
{
	HRESULT result = S_OK;

	if (model_enter(MODEL_SET_FLAGS))
		model.wer_flags = flags;
	else
		result = failure();
	model_leave();
	return result;
}

UINT WINAPI model_get_error_mode(void)
{
	return model.error_mode;
}

UINT WINAPI model_set_error_mode(UINT mode)
{
	UINT before = model.error_mode;

	model.error_mode = mode;
	return before;
}

#define FOUND(function) ((FARPROC)(void (*)(void))(function))

FARPROC WINAPI model_find(HMODULE module, LPCSTR name)
{
	static const bool always = true;
	static const struct {
		const char *name;
		FARPROC function;
		const bool *present;
	} known[] = {
	    {"WerRegisterExcludedMemoryBlock", FOUND(exclude),
		&model.has_exclude},
	    {"WerUnregisterExcludedMemoryBlock", FOUND(include),
		&model.has_exclude},
	    {"WerGetFlags", FOUND(get_flags), &model.has_flags},
	    {"WerSetFlags", FOUND(set_flags), &model.has_flags},
	    {"SetKernelObjectSecurity", FOUND(model_set_security), &always},
	};

	model_ready();
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].name, name) == 0) {
			if (*known[i].present)
				return known[i].function;
			SetLastError(ERROR_PROC_NOT_FOUND);
			return NULL;
		}
	}
	/* Whatever else it asks for, the real system answers. */
	return GetProcAddress(module, name);
}
