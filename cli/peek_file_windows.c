/* SPDX-License-Identifier: MIT */
/* Large and sparse files, and standard input, on Windows. */
#if !defined(_WIN32)
#error "peek_file_windows.c is for Windows"
#endif
#define WIN32_LEAN_AND_MEAN

#include "cli.h"
#include "peek.h"
#include "peek_scan.h"

#include <string.h>
#include <windows.h>
#include <winioctl.h>

/* Bytes that are read at a time, at the most. */
#define PART ((size_t)1 << 20)

static bool is_console(DWORD which)
{
	DWORD mode;

	return GetConsoleMode(GetStdHandle(which), &mode) != 0;
}

bool peek_errors_to_terminal(void)
{
	return is_console(STD_ERROR_HANDLE);
}

bool peek_input_is_terminal(void)
{
	return is_console(STD_INPUT_HANDLE);
}

/* A pipe whose other end is closed has come to its end. */
static bool is_end(void)
{
	DWORD error = GetLastError();

	return error == ERROR_BROKEN_PIPE || error == ERROR_HANDLE_EOF;
}

bool peek_read_input(void *to, size_t max, size_t *len, const char **why)
{
	HANDLE from = GetStdHandle(STD_INPUT_HANDLE);
	char *at = to;
	DWORD n = 1;

	*len = 0;
	*why = NULL;
	for (; *len < max && n != 0; *len += n) {
		size_t part = max - *len < PART ? max - *len : PART;

		if (ReadFile(from, at + *len, (DWORD)part, &n, NULL))
			continue;
		if (!is_end())
			*why = peek_error();
		break;
	}
	return *why == NULL;
}

/* Files. */

static bool measure(struct peek_file *file, char *why, size_t size)
{
	HANDLE handle = (HANDLE)file->handle;
	LARGE_INTEGER end;

	if (GetFileType(handle) != FILE_TYPE_DISK)
		return text_refuse(
		    why, size, "is no file with a beginning and an end");
	if (!GetFileSizeEx(handle, &end))
		return text_refuse(why, size, "%s", peek_error());
	file->size = (uint64_t)end.QuadPart;
	file->used = file->size;
	return true;
}

bool peek_file_open(
    struct peek_file *file, const char *path, char *why, size_t size)
{
	HANDLE handle;
	DWORD kind = GetFileAttributesA(path);

	if (kind != INVALID_FILE_ATTRIBUTES &&
	    (kind & FILE_ATTRIBUTE_DIRECTORY) != 0)
		return text_refuse(why, size, "is a directory");
	handle = CreateFileA(path, GENERIC_READ,
	    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
	    OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
	if (handle == INVALID_HANDLE_VALUE)
		return text_refuse(why, size, "%s", peek_error());
	*file = (struct peek_file){.handle = (intptr_t)handle};
	if (measure(file, why, size))
		return true;
	(void)CloseHandle(handle);
	return false;
}

void peek_file_close(struct peek_file *file)
{
	(void)CloseHandle((HANDLE)file->handle);
}

bool peek_file_read(const struct peek_file *file, uint64_t at, void *to,
    size_t len, size_t *came)
{
	OVERLAPPED place;
	DWORD n = 0;
	bool done;

	memset(&place, 0, sizeof(place));
	place.Offset = (DWORD)(at & 0xffffffff);
	place.OffsetHigh = (DWORD)(at >> 32);
	done = ReadFile((HANDLE)file->handle, to,
	    (DWORD)(len < PART ? len : PART), &n, &place);
	*came = n;
	return done || is_end();
}

bool peek_file_data(const struct peek_file *file, uint64_t *from, uint64_t *to)
{
	FILE_ALLOCATED_RANGE_BUFFER asked;
	FILE_ALLOCATED_RANGE_BUFFER range;
	DWORD got;

	if (*from >= file->size)
		return false;
	*to = file->size;
	asked.FileOffset.QuadPart = (LONGLONG)*from;
	asked.Length.QuadPart = (LONGLONG)(file->size - *from);
	/* More ranges than one is an error that has filled the first in. */
	if (!DeviceIoControl((HANDLE)file->handle, FSCTL_QUERY_ALLOCATED_RANGES,
		&asked, sizeof(asked), &range, sizeof(range), &got, NULL) &&
	    GetLastError() != ERROR_MORE_DATA)
		return true; /* it knows no holes */
	if (got < sizeof(range))
		return false;
	*from = (uint64_t)range.FileOffset.QuadPart;
	*to = *from + (uint64_t)range.Length.QuadPart;
	if (*to > file->size)
		*to = file->size;
	return *from < *to;
}
