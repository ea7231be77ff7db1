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

/*
 * A pipe that no exec passes on, with room for so many bytes where the system
 * can be asked for it: ends[0] to read, ends[1] to write without waiting.
 * EUNSUPPORTED, EPIPELIMIT, ESYSTEM.
 */
int mw_sys_pipe(size_t room, int ends[2]);

/*
 * len bytes of hidden pages, mapped to be filled, with a descriptor by which
 * another process gets them, and which no exec passes on; and those of such a
 * descriptor, EVALUE if it is another one. Errors as of mw_sys_commit().
 */
int mw_sys_hand_hidden(size_t len, int *fd, void **mem);
int mw_sys_take_hidden(int fd, size_t *len, void **mem);
void mw_sys_drop_hidden(void *mem, size_t len);

#endif
