/* SPDX-License-Identifier: MIT */
/* output.h on Windows, on descriptors of the C library. */
#if !defined(_WIN32)
#error "windows_output.c is for Windows"
#endif

#define WIN32_LEAN_AND_MEAN
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif
#include <windows.h>

#include "output.h"

#include "memward/base.h"

#include <errno.h>
#include <io.h>
#include <stdint.h>

/* So long a closed ward stays open at a time. */
#define PIECE 4096

/* -1 for what is no open descriptor. */
static intptr_t handle_of(int fd)
{
	return fd < 0 ? -1 : _get_osfhandle(fd);
}

int mw_sys_check_output(int fd)
{
	if (handle_of(fd) != -1)
		return 0;
	errno = EBADF;
	return MEMWARD_ESYSTEM;
}

/* The system has no such question for handles: the write waits. */
int mw_sys_wait_for_room(int fd)
{
	(void)fd;
	return 0;
}

bool mw_sys_has_room(int fd)
{
	(void)fd;
	return false;
}

static int error_of(DWORD code)
{
	switch (code) {
	case ERROR_BROKEN_PIPE:
	case ERROR_NO_DATA:
		errno = EPIPE;
		break;
	case ERROR_DISK_FULL:
		errno = ENOSPC;
		break;
	default:
		errno = EIO;
	}
	return MEMWARD_ESYSTEM;
}

int mw_sys_write(int fd, const void *mem, size_t len, size_t *written)
{
	DWORD n = 0;

	*written = 0;
	if (!WriteFile((HANDLE)handle_of(fd), mem,
		(DWORD)(len < PIECE ? len : PIECE), &n, NULL))
		return error_of(GetLastError());
	*written = n;
	/* A pipe that was told not to wait takes nothing, and does not say so.
	 */
	if (n == 0)
		Sleep(1);
	return 0;
}

/* A pipe of this system cannot be told to take what fits and no more. */
int mw_sys_pipe(size_t room, int ends[2])
{
	(void)room;
	(void)ends;
	return MEMWARD_EUNSUPPORTED;
}
