/* SPDX-License-Identifier: MIT */
/* Descriptors to write to. The conventions are those of backend.h. */
#ifndef MW_MEM_SYS_OUTPUT_H
#define MW_MEM_SYS_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/* ESYSTEM, and errno EBADF: it is not open for writing. */
int mw_sys_check_output(int fd);

/*
 * Waits until the descriptor has room or an error to tell, which the next
 * write then does; or only looks.
 */
int mw_sys_wait_for_room(int fd);
bool mw_sys_has_room(int fd);

/*
 * Writes some of len bytes, at least 1: as many as can be without waiting,
 * where the system lets us know. *written may be 0: there is no room. No
 * signal is raised where nobody reads.
 */
int mw_sys_write(int fd, const void *mem, size_t len, size_t *written);

#endif
