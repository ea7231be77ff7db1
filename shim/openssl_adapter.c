/* SPDX-License-Identifier: MIT */
/* All that libcrypto allocates, as secrets: memward/openssl.h. */
#include "memward/openssl.h"

#include "openssl.h"

#include <errno.h>

static _Atomic(memward_ward *) the_ward;

memward_ward *memward_openssl_ward(void)
{
	return mw_openssl_ward(&the_ward);
}

static void *allocate(size_t num)
{
	memward_ward *ward = mw_openssl_ward(&the_ward);

	return ward == NULL || num == 0 ? NULL : memward_alloc(ward, num);
}

void *memward_openssl_malloc(size_t num, const char *file, int line)
{
	(void)file;
	(void)line;
	return allocate(num);
}

void *memward_openssl_realloc(
    void *addr, size_t num, const char *file, int line)
{
	(void)file;
	(void)line;
	if (addr == NULL)
		return allocate(num);
	if (num == 0) {
		memward_free(addr);
		return NULL;
	}
	if (memward_resize(&addr, num) == 0)
		return addr;
	errno = ENOMEM;
	return NULL;
}

void memward_openssl_free(void *addr, const char *file, int line)
{
	(void)file;
	(void)line;
	memward_free(addr);
}
