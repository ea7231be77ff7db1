/* SPDX-License-Identifier: MIT */
/* A program that needs Windows 8: the check of imports must find it. */
#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0602
#include <windows.h>

int main(void)
{
	FILETIME now;

	GetSystemTimePreciseAsFileTime(&now);
	return VirtualAlloc(NULL, 1, MEM_RESERVE, PAGE_NOACCESS) == NULL;
}
