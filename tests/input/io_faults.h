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

#ifndef IO_FAULTS_THEMSELVES
#define open      fault_open
#define close     fault_close
#define pipe      fault_pipe
#define fcntl     fault_fcntl
#define fstat     fault_fstat
#define lseek     fault_lseek
#define poll      fault_poll
#define read      fault_read
#define write     fault_write
#define tcgetattr fault_tcgetattr
#define tcsetattr fault_tcsetattr
#endif

#endif
