/* SPDX-License-Identifier: MIT */
/* Ends of the process. The conventions are those of backend.h. */
#ifndef MW_MEM_SYS_ENDS_H
#define MW_MEM_SYS_ENDS_H

#include <stdbool.h>
#include <stddef.h>

/* One caller at a time; but for these two, which are for handlers as well. */
bool mw_sys_signal_wipes(int signal);
_Noreturn void mw_sys_end_without_core(void);

/* Whether a signal can be taken: EVALUE, EUNSUPPORTED. */
int mw_sys_signal_check(int signal);

/*
 * Has wipe() called before whatever else the signal does. The function is the
 * same in every call. A signal that is ignored is left alone.
 */
int mw_sys_signal_take(int signal, void (*wipe)(void));

/* Whether it ends the process, wiped or not: no handler of others is there. */
bool mw_sys_signal_ends(int signal);

/* Takes back what was taken. */
void mw_sys_signals_leave(void);

/* Those that end a process because of a bug, a user or an administrator. */
extern const int mw_sys_signals[];
extern const size_t mw_sys_signal_count;

#endif
