/* SPDX-License-Identifier: MIT */
/* output.h where there are no hidden pages. */
#include "output.h"

#include "memward/base.h"

int mw_sys_hand_hidden(size_t len, int *fd, void **mem)
{
	(void)len;
	(void)fd;
	(void)mem;
	return MEMWARD_EUNSUPPORTED;
}

int mw_sys_take_hidden(int fd, size_t *len, void **mem)
{
	(void)fd;
	(void)len;
	(void)mem;
	return MEMWARD_EUNSUPPORTED;
}

void mw_sys_drop_hidden(void *mem, size_t len)
{
	(void)mem;
	(void)len;
}
