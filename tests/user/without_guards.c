/* SPDX-License-Identifier: MIT */
/*
 * without_guards PROGRAM ARGUMENT...: becomes the program, for which the
 * kernel knows no guard regions, as one before Linux 6.13.
 */
#include "support_outside.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* MADV_GUARD_INSTALL */
#define GUARD_INSTALL 102

int main(int argc, char **argv)
{
	const char *why;

	if (argc < 2) {
		(void)fprintf(
		    stderr, "usage: without_guards PROGRAM ARGUMENT...\n");
		return 2;
	}
	why = outside_forbid_advice(GUARD_INSTALL, EINVAL);
	if (why != NULL)
		printf("# guard regions are not forbidden: %s\n", why);
	if (fflush(stdout) != 0)
		return 2;
	(void)execv(argv[1], argv + 1);
	(void)fprintf(
	    stderr, "without_guards: %s: %s\n", argv[1], strerror(errno));
	return 2;
}
