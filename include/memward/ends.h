/* SPDX-License-Identifier: MIT */
/*
 * memward: wiping everything as the process ends. Nothing here happens unless
 * it is asked for. Included by memward.h, whose common rules hold here too.
 *
 * SIGKILL, _exit(), quick_exit() and exec wipe nothing. The kernel then frees
 * the pages as they are, and clears them before it hands them to anybody.
 */
#ifndef MEMWARD_ENDS_H
#define MEMWARD_ENDS_H

#include "base.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * From now on these signals do what memward_wipe_all() does, for good, and
 * then what they did before: a handler is called with all it was promised; by
 * default the process ends of that very signal, with a core file, if it leaves
 * one, that shows where the signal struck. A signal that is ignored stays so,
 * and wipes nothing: memward_wipes_on_signal() tells. NULL and 0 stands for
 * HUP, INT, QUIT, TERM, ILL, ABRT, BUS, FPE, SEGV, SYS, XCPU and XFSZ.
 *
 * Signal handlers are the whole process's. A child of fork has them, an exec
 * takes them away. A handler that the program sets later takes the place of
 * this one: call it after that, or again. Where a thread has an alternate
 * signal stack, handlers of signals that by default end the process run there.
 * A handler that is called afterwards and goes on finds no secret any more.
 * In a child of vfork(2) a signal wipes the parent's secrets.
 *
 * Errors: EVALUE: a signal that does not exist, cannot be caught, or by
 * default stops the process or is ignored; then nothing has changed. ENULL;
 * EUNSUPPORTED: Windows, which has none of them; ENOMEM: memward cannot start.
 * ESYSTEM, EPERM: the system refused one; memward_wipes_on_signal() tells which
 * were set before.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_wipe_on_signals(
    const int *signals, size_t count);

/*
 * Takes it back, for all signals: what was there before is there again. Where
 * a handler was set over memward's meanwhile it stays, and may go on to call
 * memward's, which then only passes on.
 */
MEMWARD_API void memward_leave_signals(void);

/* Whether the signal wipes now. */
MEMWARD_API bool memward_wipes_on_signal(int signal);

/*
 * Wipes everything when the process ends by exit() or by returning from main;
 * false takes it back. What was registered with atexit() before the first
 * such call runs after it, and finds no secrets. A child of fork does the
 * same. Errors: ENOMEM.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_wipe_at_exit(bool wipe);

/*
 * Wipes everything, writes "memward: panic: REASON" to the standard error and
 * ends the process without a core file and without running anything of its
 * own: by SIGABRT, if the system promises that this leaves no core (on Linux
 * the process is made not dumpable first, which also stops handlers that cores
 * are piped or sent to); else by SIGKILL. On Windows it ends with exit status
 * 3 and no report. For signal handlers too. The reason may be NULL, and is cut
 * if it is long; let nothing of a secret be in it.
 */
MEMWARD_API MEMWARD_NORETURN void memward_panic(const char *reason);

#ifdef __cplusplus
}
#endif

#endif
