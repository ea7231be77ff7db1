/* SPDX-License-Identifier: MIT */
#include <memward/mem_sys.h>
#include <stdio.h>
#include <string.h>

static int say(const char *step, int rc)
{
	printf("%s: %s\n", step, memward_error_text(rc));
	return rc;
}

int main(void)
{
	void *key;

	if (say("alloc", memward_sys_alloc(32, &key)) != 0)
		return 1;
	say("lock", memward_sys_lock(key, 32)); /* may be refused: see why */
	memset(key, 0x5a, 32);                  /* read your key in here */
	say("close", memward_sys_protect(key, 32, MEMWARD_NO_ACCESS));
	/* Any touch of the key now faults. Open it for use: */
	say("open", memward_sys_protect(key, 32, MEMWARD_READ_ONLY));
	return say("wipe and free", memward_sys_free(key, 32)) == 0 ? 0 : 1;
}
