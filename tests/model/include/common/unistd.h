/* SPDX-License-Identifier: MIT */
/* The few calls of unistd.h that backends make, answered by the model. */
#ifndef MW_MODEL_UNISTD_H
#define MW_MODEL_UNISTD_H

#include "redirect.h"

/* Each system has its own number for it; the model knows this one only. */
#define _SC_PAGESIZE 30

#define STDERR_FILENO 2

int pipe(int fd[2]);
ssize_t read(int fd, void *to, size_t len);
ssize_t write(int fd, const void *from, size_t len);
int close(int fd);
int ftruncate(int fd, off_t len);
long sysconf(int name);
long syscall(long number, ...);
int getentropy(void *mem, size_t len);
int issetugid(void);
off_t lseek(int fd, off_t at, int from);
uid_t geteuid(void);
pid_t getpid(void);
_Noreturn void _exit(int status);

#endif
