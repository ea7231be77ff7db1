/* SPDX-License-Identifier: MIT */
/* The end of a process whose memory shows corruption. */
#ifndef MW_CORE_FATAL_H
#define MW_CORE_FATAL_H

/*
 * Prints "memward: CALL: REASON", two fixed texts, and aborts. Uses neither
 * heap nor stdio, and nothing of the memory in question.
 */
_Noreturn void mw_fatal(const char *call, const char *reason);

/* The line alone; a reason that is not fixed is cut. */
void mw_fatal_say(const char *call, const char *reason);

#define MW_DOUBLE_FREE   "secret was freed before"
#define MW_FOREIGN       "pointer is not to a secret of memward"
#define MW_INTERIOR      "pointer is not to the first byte of a secret"
#define MW_BROKEN_CANARY "memory next to a secret was overwritten"
#define MW_LATE_WRITE    "memory of a freed secret was overwritten"
#define MW_OBJECT_FREED  "object was freed before"
#define MW_NO_OBJECT     "pointer is not to such an object"

#endif
