/* SPDX-License-Identifier: MIT */
/*
 * memward: secrets on their way out of the process. Included by memward.h,
 * whose common rules hold here too.
 *
 * What is written leaves memward's hands: the kernel keeps a copy in the
 * buffers of a pipe or socket until it is read, and of a file or terminal for
 * as long as it likes. It frees such pages without wiping them, unless it was
 * booted with init_on_free=1. memward itself makes no copy.
 */
#ifndef MEMWARD_OUTPUT_H
#define MEMWARD_OUTPUT_H

#include "base.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Writes the first len bytes of a secret to a descriptor, all of them, or says
 * why not; *written (NULL: not wanted) is how many the system took, whatever
 * the answer.
 *
 * It waits for as long as the other side has no room, also where the
 * descriptor is non-blocking, and goes on after a signal. If nobody reads any
 * more, errno is EPIPE and SIGPIPE is not raised. (On macOS, where that signal
 * is the process's, the descriptor is told so for the time of a write.)
 *
 * The ward need not be open. A closed one is opened while bytes are handed to
 * the system, and is closed while it waits for room; only on a descriptor that
 * announces room and then blocks all the same, as a pipe that others write to
 * or a terminal that was stopped may, it stays open meanwhile.
 *
 * For bytes in order: pipes, stream sockets, files, terminals. A datagram
 * socket gets one datagram, if all fits one. On Windows the descriptor is one
 * of the C library's, and it waits with the ward open.
 *
 * Errors: ENULL; EVALUE: the secret has fewer bytes; ECLOSED: it is guarded
 * and closed by memward_protect(); EUNMAPPED: it was inherited over fork under
 * omit or wipe; EWIPEDALL: memward_wipe_all() was called, perhaps meanwhile:
 * the last of the bytes written may be zeros; ENOMEM and EWINDOW: a window
 * could not be opened; ESYSTEM, EPERM, EUNSUPPORTED: errno says why.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_write_fd(
    const void *secret, size_t len, int fd, size_t *written);

#ifdef __cplusplus
}
#endif

#endif
