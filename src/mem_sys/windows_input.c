/* SPDX-License-Identifier: MIT */
/* input.h on Windows, on descriptors of the C library. */
#if !defined(_WIN32)
#error "windows_input.c is for Windows"
#endif

#define WIN32_LEAN_AND_MEAN
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif
#include <windows.h>

#include "input.h"
#include "store.h"

#include "memward/base.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdint.h>
#include <string.h>

#define PART ((size_t)1 << 20)

int mw_sys_wait_for_input(int fd, int wake)
{
	/* The system has no such question for all handles: the reading waits */
	(void)fd;
	(void)wake;
	return 0;
}

/* INVALID_HANDLE_VALUE for what is no descriptor. */
static HANDLE handle_of(int fd)
{
	return fd < 0 ? INVALID_HANDLE_VALUE : (HANDLE)_get_osfhandle(fd);
}

/*
 * Not _read(), which has a buffer of its own for text. ^Z is a byte like all
 * others.
 */
int mw_sys_read(int fd, void *to, size_t len, size_t *got)
{
	HANDLE handle = handle_of(fd);
	DWORD n = 0;

	*got = 0;
	if (handle == INVALID_HANDLE_VALUE) {
		errno = EBADF;
		return MEMWARD_ESYSTEM;
	}
	if (!ReadFile(handle, to, (DWORD)(len < PART ? len : PART), &n, NULL)) {
		DWORD code = GetLastError();

		/* A pipe whose other end is closed has come to its end. */
		if (code == ERROR_BROKEN_PIPE || code == ERROR_HANDLE_EOF)
			return 0;
		/* One that was told not to wait. */
		if (code == ERROR_NO_DATA) {
			Sleep(1);
			return MW_SYS_AGAIN;
		}
		errno = EIO;
		return MEMWARD_ESYSTEM;
	}
	*got = n;
	return 0;
}

size_t mw_sys_bytes_ahead(int fd)
{
	HANDLE handle = handle_of(fd);
	LARGE_INTEGER nothing = {.QuadPart = 0};
	LARGE_INTEGER size;
	LARGE_INTEGER at;

	if (handle == INVALID_HANDLE_VALUE ||
	    GetFileType(handle) != FILE_TYPE_DISK ||
	    !GetFileSizeEx(handle, &size) ||
	    !SetFilePointerEx(handle, nothing, &at, FILE_CURRENT) ||
	    at.QuadPart >= size.QuadPart ||
	    (uint64_t)(size.QuadPart - at.QuadPart) > SIZE_MAX)
		return 0;
	return (size_t)(size.QuadPart - at.QuadPart);
}

/* Files. */

int mw_sys_open_file(
    const char *path, const struct mw_file_checks *checks, int *fd)
{
	/* There is no mode that would say who else may. */
	if (checks->others_may_not != 0 || checks->no_link)
		return MEMWARD_EUNSUPPORTED;
	*fd = _open(path, _O_RDONLY | _O_BINARY | _O_NOINHERIT);
	if (*fd >= 0)
		return 0;
	if (errno == ENOENT)
		return MEMWARD_ENOTFOUND;
	return errno == EACCES ? MEMWARD_EPERM : MEMWARD_ESYSTEM;
}

void mw_sys_close(int fd)
{
	int err = errno;

	(void)_close(fd);
	errno = err;
}

bool mw_sys_is_file_name(const char *name)
{
	return name[0] != '\0' && strpbrk(name, "/\\:") == NULL &&
	       strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* The system hands out copies of the environment, and moves it about. */

bool mw_sys_reaches_environment(void)
{
	return false;
}

const char *mw_sys_environment_value(const char *name)
{
	(void)name;
	return NULL;
}

void mw_sys_environment_wipe(const char *name)
{
	(void)name;
}

/* The console. */

static SRWLOCK asking = SRWLOCK_INIT;
static HANDLE console;
static DWORD shown;
static bool hidden;
static bool opened;

/* Runs in a thread of its own; what was there before runs next. */
static BOOL WINAPI show_first(DWORD event)
{
	(void)event;
	(void)SetConsoleMode(console, shown);
	return FALSE;
}

int mw_sys_terminal_open(int given, struct mw_terminal *terminal)
{
	DWORD mode;

	AcquireSRWLockExclusive(&asking);
	opened = given < 0;
	hidden = false;
	terminal->wake = -1;
	terminal->fd = opened
			   ? _open("CONIN$", _O_RDWR | _O_BINARY | _O_NOINHERIT)
			   : given;
	console = handle_of(terminal->fd);
	if (console != INVALID_HANDLE_VALUE && GetConsoleMode(console, &mode))
		return 0;
	if (opened && terminal->fd >= 0)
		mw_sys_close(terminal->fd);
	ReleaseSRWLockExclusive(&asking);
	return MEMWARD_ENOTERMINAL;
}

static int say(const char *text)
{
	int out = _open("CONOUT$", _O_RDWR | _O_BINARY | _O_NOINHERIT);
	DWORD n;
	bool said;

	if (out < 0)
		return MEMWARD_ENOTERMINAL;
	said =
	    WriteFile(handle_of(out), text, (DWORD)strlen(text), &n, NULL) != 0;
	mw_sys_close(out);
	return said ? 0 : MEMWARD_ESYSTEM;
}

int mw_sys_terminal_ask(const struct mw_terminal *terminal, const char *prompt)
{
	DWORD quiet;

	(void)terminal;
	if (!GetConsoleMode(console, &shown))
		return MEMWARD_ENOTERMINAL;
	quiet = (shown | ENABLE_LINE_INPUT | ENABLE_PROCESSED_INPUT) &
		~(DWORD)ENABLE_ECHO_INPUT;
	if (!SetConsoleCtrlHandler(show_first, TRUE))
		return MEMWARD_ESYSTEM;
	hidden = true;
	/* What was typed before could be seen, so it is thrown away. */
	if (!FlushConsoleInputBuffer(console) ||
	    !SetConsoleMode(console, quiet))
		return MEMWARD_ESYSTEM;
	return say(prompt);
}

int mw_sys_terminal_settle(const struct mw_terminal *terminal)
{
	bool done;

	(void)terminal;
	if (!hidden)
		return 0;
	hidden = false;
	/* The line end that was not shown; nothing depends on it. */
	(void)say("\r\n");
	done = SetConsoleMode(console, shown) != 0;
	(void)SetConsoleCtrlHandler(show_first, FALSE);
	return done ? 0 : MEMWARD_ESYSTEM;
}

void mw_sys_terminal_close(const struct mw_terminal *terminal)
{
	if (opened)
		mw_sys_close(terminal->fd);
	ReleaseSRWLockExclusive(&asking);
}
