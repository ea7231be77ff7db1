/* SPDX-License-Identifier: MIT */
#include "probe.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

memward_access probe(void *at)
{
	unsigned char byte;
	SIZE_T n;

	if (!ReadProcessMemory(GetCurrentProcess(), at, &byte, 1, &n))
		return MEMWARD_NO_ACCESS;
	MEMORY_BASIC_INFORMATION info;
	if (VirtualQuery(at, &info, sizeof(info)) == 0)
		return MEMWARD_NO_ACCESS;
	return info.Protect == PAGE_READWRITE ? MEMWARD_READ_WRITE
					      : MEMWARD_READ_ONLY;
}

bool probe_copy(void *to, const void *from, size_t len)
{
	SIZE_T n;

	return ReadProcessMemory(GetCurrentProcess(), from, to, len, &n) &&
	       n == len;
}
