/* SPDX-License-Identifier: MIT */
/*
 * Included before anything else in the files of the input seam, this sends
 * their system calls to input_fault_test.c, where each may fail.
 */
#ifndef MW_TESTS_IO_FAULTS_H
#define MW_TESTS_IO_FAULTS_H

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

int fault_open(const char *path, int flags);
int fault_close(int fd);
int fault_pipe(int ends[2]);
int fault_fcntl(int fd, int command, ...);
int fault_fstat(int fd, struct stat *about);
off_t fault_lseek(int fd, off_t at, int from);
int fault_poll(struct pollfd *fds, nfds_t count, int timeout);
ssize_t fault_read(int fd, void *to, size_t len);
ssize_t fault_write(int fd, const void *from, size_t len);
int fault_tcgetattr(int fd, struct termios *how);
int fault_tcsetattr(int fd, int when, const struct termios *how);

/* The function of the library that made the last call. */
extern const char *fault_caller;

#ifndef IO_FAULTS_THEMSELVES
#define FAULT_CALL(name, ...) \
	(fault_caller = __func__, fault_##name(__VA_ARGS__))
#define open(...)      FAULT_CALL(open, __VA_ARGS__)
#define close(...)     FAULT_CALL(close, __VA_ARGS__)
#define pipe(...)      FAULT_CALL(pipe, __VA_ARGS__)
#define fcntl(...)     FAULT_CALL(fcntl, __VA_ARGS__)
#define fstat(...)     FAULT_CALL(fstat, __VA_ARGS__)
#define lseek(...)     FAULT_CALL(lseek, __VA_ARGS__)
#define poll(...)      FAULT_CALL(poll, __VA_ARGS__)
#define read(...)      FAULT_CALL(read, __VA_ARGS__)
#define write(...)     FAULT_CALL(write, __VA_ARGS__)
#define tcgetattr(...) FAULT_CALL(tcgetattr, __VA_ARGS__)
#define tcsetattr(...) FAULT_CALL(tcsetattr, __VA_ARGS__)
#endif

#endif
