/* SPDX-License-Identifier: MIT */
/*
 * A layer that promises and does nothing. The tool is built over it once, to
 * show that a proof can fail. What the real functions are called is changed
 * on the compiler's command line; these stand in their place.
 */
#include "memward/harden.h"
#include "memward/mem_sys.h"

#include <stdlib.h>
#include <string.h>

int broken_alloc(size_t len, void **mem);
int broken_free(void *mem, size_t len);
int broken_protect(void *mem, size_t len, memward_access access);
int broken_set_fork_rule(void *mem, size_t len, memward_fork_rule rule);
int broken_disable_core_dumps(void);
int broken_harden(uint32_t items, memward_hardening *hardening);

/* Plain memory: in every core file. */
int broken_alloc(size_t len, void **mem)
{
	size_t page = memward_sys_page_size();

	*mem = aligned_alloc(page, (len + page - 1) / page * page);
	if (*mem == NULL)
		return MEMWARD_ENOMEM;
	memset(*mem, 0, len);
	return 0;
}

/* Neither wiped nor given back. */
int broken_free(void *mem, size_t len)
{
	(void)mem;
	(void)len;
	return 0;
}

int broken_protect(void *mem, size_t len, memward_access access)
{
	(void)mem;
	(void)len;
	(void)access;
	return 0;
}

int broken_set_fork_rule(void *mem, size_t len, memward_fork_rule rule)
{
	(void)mem;
	(void)len;
	(void)rule;
	return 0;
}

int broken_disable_core_dumps(void)
{
	return 0;
}

int broken_harden(uint32_t items, memward_hardening *hardening)
{
	if (hardening != NULL)
		hardening->obtained = items;
	return 0;
}
