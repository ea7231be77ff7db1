/* SPDX-License-Identifier: MIT */
/*
 * memward: functions on a stack that leaves nothing behind.
 *
 * Whatever computes with a secret leaves pieces of it in local variables and
 * registers: round keys, nonces, buffers. memward_call() runs a function on a
 * stack that is a guarded secret of a ward (locked, left out of dumps, between
 * two no-access pages, counted in budget and limit), and wipes it afterwards.
 */
#ifndef MEMWARD_STACK_H
#define MEMWARD_STACK_H

#include "memward/base.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct memward_ward;

/* Bytes of stack that memward_call() gives. */
#define MEMWARD_CALL_STACK ((size_t)64 * 1024)

/*
 * Calls function(argument) on such a stack; its result is the function's, or
 * a negative error if the function was not called. When it returns, the whole
 * stack is wiped, the registers that a call may change are cleared, all vector
 * registers among them (x86-64: SSE, AVX, AVX-512 with its masks, MMX;
 * AArch64: v0 to v31 but for what a call preserves), and the stack stays with
 * the ward for the next call. A warm call makes no system call; its time is
 * that of wiping, so a smaller stack is a faster one.
 *
 * The other form gives a stack of `stack` bytes, rounded up to whole pages;
 * 0: MEMWARD_CALL_STACK. Whoever needs more runs into the no-access page below;
 * a frame longer than a page may step over it, unless its compiler was told
 * -fstack-clash-protection.
 * Leave room for what runs unseen: a signal handler without a stack of its own
 * runs here too, and the kernel's copy of all registers is some kilobytes. It
 * is wiped with the rest.
 *
 * - Calls nest, each on another stack. Threads have stacks of their own.
 * - On a closed ward the call is a window, for writing: see memward_begin().
 * - The function may fork if the ward's fork rule is keep. Under the others the
 *   child has lost the stack it stands on and dies of a fault.
 * - It must return. longjmp, an exception that passes through, cancellation,
 *   thread exit, a switch of coroutines leave its stack as it is: in use, the
 *   ward not to be closed (EWINDOW), until the same thread makes its next call,
 *   ends, or calls memward_wipe_all(). These wipe it. musl ends a thread where
 *   it stands: the frames on which it does so stay until the ward is closed.
 * - memward_wipe_all() spares stacks with a function running on them, counts
 *   their bytes as not wiped, and leaves them to the end of their calls.
 * - Not wiped: what the function wrote elsewhere, the heap of a library that it
 *   calls among it; x87 control and status; AArch64's predicate registers;
 *   matrix registers (AMX, SME).
 *
 * Errors: ENULL (function), EVALUE (a closed ward's handle), EOVERFLOW, as
 * memward_new_guarded(); EWINDOW: too many windows; EUNSUPPORTED: a ward that
 * is closed by a protection key, which no signal handler could run on. Take
 * another ward, and begin a window inside.
 */
MEMWARD_API int memward_call(
    struct memward_ward *ward, int (*function)(void *argument), void *argument);
MEMWARD_API int memward_call_sized(struct memward_ward *ward, size_t stack,
    int (*function)(void *argument), void *argument);

/*
 * Whether functions get such a stack here: x86-64 and AArch64, but for Windows
 * and OpenBSD, whose threads may run on stacks of the system's alone. Elsewhere
 * memward_call() is only this: the function runs on the caller's own stack,
 * which is afterwards wiped down to as many bytes as were asked for, and which
 * must have that room. It is neither guarded nor locked nor left out of dumps,
 * and no register is cleared.
 */
MEMWARD_API bool memward_call_switches(void);

#ifdef __cplusplus
}
#endif

#endif
