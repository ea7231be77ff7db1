/* SPDX-License-Identifier: MIT */
/* Hidden pages handed to another process: output.h on Linux. */
#if !defined(__linux__)
#error "linux_hand.c is for Linux"
#endif
#define _GNU_SOURCE

#include "linux_hidden.h"
#include "output.h"
#include "posix.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* linux/magic.h, SECRETMEM_MAGIC */
#define HIDDEN_FILE 0x5345434d

/* The kernel clears these pages when nobody has them any more. */
int mw_sys_hand_hidden(size_t len, int *fd, void **mem)
{
	return mw_linux_new_hidden(len, fd, mem);
}

int mw_sys_take_hidden(int fd, size_t *len, void **mem)
{
	struct statfs kind;
	struct stat about;
	int rc = 0;
	void *p;

	if (fstatfs(fd, &kind) != 0 || fstat(fd, &about) != 0)
		return mw_posix_error(errno);
	if ((unsigned long)kind.f_type != HIDDEN_FILE || about.st_size == 0)
		return MEMWARD_EVALUE;
	p = mw_linux_map_hidden(fd, (size_t)about.st_size, &rc);
	if (p == MAP_FAILED)
		return rc;
	/* A child forked before this has the descriptor as well. */
	rc = mw_posix_advise(p, (size_t)about.st_size, MADV_DONTFORK);
	if (rc != 0) {
		(void)munmap(p, (size_t)about.st_size);
		return rc;
	}
	*len = (size_t)about.st_size;
	*mem = p;
	return 0;
}

void mw_sys_drop_hidden(void *mem, size_t len)
{
	/* Fails only for arguments that no mapping has. */
	(void)munmap(mem, len);
}
