/* SPDX-License-Identifier: MIT */
/* For doctor on Windows. */
#if !defined(_WIN32)
#error "peek_facts_windows.c is for Windows"
#endif
#define WIN32_LEAN_AND_MEAN

#include "doctor.h"
#include "peek.h"

#include <windows.h>

bool peek_facts_of_kernel(struct doctor *doctor)
{
	(void)doctor;
	return true;
}

void peek_facts(struct doctor *doctor)
{
	SIZE_T low;
	SIZE_T high;

	doctor->section = ABOUT_LIMITS;
	if (GetProcessWorkingSetSize(GetCurrentProcess(), &low, &high))
		(void)doctor_add(doctor, "working set", FACT_NOTE,
		    "%u to %u KiB; memward raises it when it locks",
		    (unsigned)(low / 1024), (unsigned)(high / 1024));
	else
		(void)doctor_add(
		    doctor, "working set", FACT_UNSEEN, "%s", peek_error());
	doctor->section = ABOUT_DISK;
	(void)doctor_add(doctor, "everything else", FACT_UNSEEN,
	    "the page file, dumps and debuggers: looking at them has not been "
	    "written for this system");
}

void peek_describe_machine(char *text, size_t size)
{
	if (size > 0)
		text[0] = '\0';
}
