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

struct memward_ward;

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

/*
 * A pipe with the first len bytes of a secret in it and nothing behind: *fd is
 * the end to read from, for a child to read to the end. No exec passes it on by
 * itself (but, where there is no pipe2(2), as on macOS, for a moment): give it
 * with dup2(2) or posix_spawn_file_actions_adddup2(). Close it here as soon as
 * the child has it: a pipe that nobody has any more is gone with what is in it.
 * Children that are forked meanwhile have it as they have all descriptors.
 *
 * All is in the pipe when this returns, so nobody waits, whether or not the
 * child reads; what does not fit is EPIPELIMIT. Linux has room for 64 KiB, and
 * on request for fs.pipe-max-size, 1 MiB; the others for 64 KiB at most. For
 * more, start the child with a pipe of your own, and then feed it with
 * memward_write_fd().
 *
 * While it waits in the pipe the secret is in pages of the kernel that are
 * never swapped, that readers of its memory see, and that memward_wipe_all()
 * does not reach.
 *
 * Errors: EPIPELIMIT; EUNSUPPORTED: Windows; and as memward_write_fd().
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_hand_pipe(
    const void *secret, size_t len, int *fd);

/*
 * The same in hidden memory, for a child that uses memward too: no reader from
 * outside finds it on its way, root neither, and the kernel clears the pages
 * when nobody has them any more. *fd goes to the child as above. But who may
 * trace either process can take the descriptor as long as one has it.
 *
 * The child, or whoever got the descriptor over a socket, takes the bytes: into
 * a new secret of a ward, whose length is that of what was handed. The hidden
 * pages are wiped, for all who have the descriptor, and it is closed. After an
 * error it is as it was.
 *
 * While such memory exists the machine does not hibernate. It is locked in the
 * process that has it mapped, which is this one for the time of the call.
 *
 * Errors of handing: EZERO; EUNSUPPORTED, EPERM: no hidden memory here, as
 * memward_open() has it; ELOCKLIMIT; and as memward_write_fd(). Of taking:
 * EVALUE: no such descriptor, or a ward that was closed for good; ESYSTEM; and
 * as memward_new().
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_hand_hidden(
    const void *secret, size_t len, int *fd);
MEMWARD_API MEMWARD_MUST_CHECK int memward_take_hidden(
    struct memward_ward *ward, int fd, void **secret);

#ifdef __cplusplus
}
#endif

#endif
