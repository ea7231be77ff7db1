/* SPDX-License-Identifier: MIT */
/* Between the files of the model. */
#ifndef MW_TESTS_WINDOWS_MODEL_INSIDE_H
#define MW_TESTS_WINDOWS_MODEL_INSIDE_H

#include "model.h"

/* Begins a call. False: it is the one that fails. Always model_leave(). */
bool model_enter(enum model_call call);
void model_leave(void);

/* What model_find() gives for SetKernelObjectSecurity. */
BOOL WINAPI model_set_security(
    HANDLE process, SECURITY_INFORMATION what, PSECURITY_DESCRIPTOR to);

/* For calls that never fail: a program that sets nothing is a new process. */
void model_ready(void);

#endif
