/* SPDX-License-Identifier: MIT */
/* Systems that have no protection keys, or none that memward uses. */
#include "keys.h"
#include "store.h"

int mw_sys_key_take(int *key)
{
	(void)key;
	return MEMWARD_EUNSUPPORTED;
}

int mw_sys_key_give(int key)
{
	(void)key;
	return MEMWARD_EUNSUPPORTED;
}

int mw_keys_put(void *mem, size_t len, int key)
{
	(void)mem;
	(void)len;
	(void)key;
	return MEMWARD_EUNSUPPORTED;
}

void mw_keys_try(memward_sys_info *info, void *page, size_t len)
{
	(void)page;
	(void)len;
	mw_sys_record(info, MEMWARD_SYS_KEYS, MEMWARD_EUNSUPPORTED, 0);
}
