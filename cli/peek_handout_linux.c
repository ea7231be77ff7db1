/* SPDX-License-Identifier: MIT */
/*
 * Pages handed to the kernel on Linux: open(2) with O_DIRECT, vmsplice(2),
 * io_uring_register(2). Each takes the pages themselves, which it cannot do
 * with pages that are closed or hidden.
 */
#if !defined(__linux__)
#error "peek_handout_linux.c is for Linux"
#endif
#define _GNU_SOURCE

#include "cli.h"
#include "peek_leak.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Linux 5.1, the same on nearly all architectures; old headers lack them. */
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup    425
#define SYS_io_uring_enter    426
#define SYS_io_uring_register 427
#endif

/* Refused as closed and hidden pages are, or for lack of the way itself. */
static void tell_refusal(const char *call, struct glimpse *glimpse)
{
	if (errno == EFAULT)
		glimpse_set(glimpse, SIGHT_NONE, "refused: %s", peek_error());
	else
		glimpse_set(
		    glimpse, SIGHT_UNABLE, "%s: %s", call, peek_error());
}

static void tell_bytes(ssize_t n, size_t *got, struct glimpse *glimpse)
{
	*got = n > 0 ? (size_t)n : 0;
	if (n > 0)
		glimpse_set(glimpse, SIGHT_SEEN, "%s", "");
	else
		glimpse_set(
		    glimpse, SIGHT_UNABLE, "reading back: %s", peek_error());
}

/* Reads what is in a pipe, which holds all of it. */
static void drain(
    int fd, unsigned char *copy, size_t *got, struct glimpse *glimpse)
{
	ssize_t n = read(fd, copy, PEEK_HANDED_MAX);

	tell_bytes(n, got, glimpse);
}

static void splice_out(const void *mem, size_t len, unsigned char *copy,
    size_t *got, struct glimpse *glimpse)
{
	struct iovec from = {
	    .iov_base = (void *)(uintptr_t)mem, .iov_len = len};
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
		glimpse_set(glimpse, SIGHT_UNABLE, "pipe: %s", peek_error());
		return;
	}
	if (vmsplice(ends[1], &from, 1, 0) > 0)
		drain(ends[0], copy, got, glimpse);
	else
		tell_refusal("vmsplice", glimpse);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

/* A file without a name on a disk, past the cache; -1: there is none. */
static int open_direct(void)
{
	const char *folders[] = {getenv("TMPDIR"), "/tmp", "/var/tmp", "."};
	struct statfs fs;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		int fd;

		if (folders[i] == NULL || statfs(folders[i], &fs) != 0)
			continue;
		/* It takes the flag, and copies all the same. */
		if ((unsigned long)fs.f_type == TMPFS_MAGIC)
			continue;
		fd = open(folders[i], O_TMPFILE | O_DIRECT | O_RDWR | O_CLOEXEC,
		    0600);
		if (fd >= 0)
			return fd;
	}
	return -1;
}

/* The pages that hold these bytes. */
static struct iovec pages_of(const void *mem, size_t len)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = (uintptr_t)mem & ~(page - 1);
	uintptr_t to = ((uintptr_t)mem + len + page - 1) & ~(page - 1);

	return (struct iovec){.iov_base = (void *)from, .iov_len = to - from};
}

/* Bytes of mem within a file that its pages were written to. */
static ssize_t read_back(int fd, const struct iovec *pages, const void *mem,
    size_t len, unsigned char *copy)
{
	size_t skipped = (size_t)((uintptr_t)mem - (uintptr_t)pages->iov_base);
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_DIRECT) != 0)
		return -1;
	return pread(fd, copy, len, (off_t)skipped);
}

/* The blocks go back to the disk's free ones: nothing may stay in them. */
static void overwrite(int fd, size_t len)
{
	static const char zeros[4096];

	for (size_t at = 0; at < len; at += sizeof(zeros)) {
		if (pwrite(fd, zeros, sizeof(zeros), (off_t)at) < 0)
			return;
	}
	(void)fdatasync(fd);
}

static void write_past_cache(const void *mem, size_t len, unsigned char *copy,
    size_t *got, struct glimpse *glimpse)
{
	struct iovec pages = pages_of(mem, len);
	int fd = open_direct();
	ssize_t n;

	if (fd < 0) {
		glimpse_set(glimpse, SIGHT_UNABLE,
		    "no folder for temporary files allows direct I/O");
		return;
	}
	/* Not write(2), whose arguments sanitizers look at: these are pages. */
	if (syscall(SYS_write, fd, pages.iov_base, pages.iov_len) < 0) {
		tell_refusal("direct write", glimpse);
	} else {
		n = read_back(fd, &pages, mem, len, copy);
		tell_bytes(n, got, glimpse);
		overwrite(fd, pages.iov_len);
	}
	(void)close(fd);
}

/* A ring with one place, as mapped by its kernel. */
struct ring {
	int fd;
	struct io_uring_params params;
	unsigned char *queue;
	struct io_uring_sqe *entries;
	size_t queue_len;
	size_t entries_len;
};

static void ring_close(struct ring *ring)
{
	if (ring->queue != MAP_FAILED)
		(void)munmap(ring->queue, ring->queue_len);
	if (ring->entries != MAP_FAILED)
		(void)munmap(ring->entries, ring->entries_len);
	(void)close(ring->fd);
}

static bool ring_open(struct ring *ring)
{
	struct io_uring_params *params = &ring->params;

	memset(ring, 0, sizeof(*ring));
	ring->fd = (int)syscall(SYS_io_uring_setup, 1, params);
	if (ring->fd < 0)
		return false;
	ring->queue_len =
	    params->sq_off.array + params->sq_entries * sizeof(unsigned);
	ring->entries_len = params->sq_entries * sizeof(*ring->entries);
	ring->queue = mmap(NULL, ring->queue_len, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQ_RING);
	ring->entries = mmap(NULL, ring->entries_len, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES);
	if (ring->queue != MAP_FAILED && ring->entries != MAP_FAILED)
		return true;
	ring_close(ring);
	return false;
}

/* Writes from the one registered buffer; waits until that is done. */
static bool ring_write(struct ring *ring, int to, const void *mem, size_t len)
{
	unsigned *array =
	    (unsigned *)(void *)(ring->queue + ring->params.sq_off.array);
	unsigned *tail =
	    (unsigned *)(void *)(ring->queue + ring->params.sq_off.tail);

	memset(&ring->entries[0], 0, sizeof(ring->entries[0]));
	ring->entries[0].opcode = IORING_OP_WRITE_FIXED;
	ring->entries[0].fd = to;
	ring->entries[0].addr = (uint64_t)(uintptr_t)mem;
	ring->entries[0].len = (uint32_t)len;
	array[0] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	return syscall(SYS_io_uring_enter, ring->fd, 1, 1,
		   IORING_ENTER_GETEVENTS, NULL, 0) == 1;
}

static void write_by_ring(const void *mem, size_t len, unsigned char *copy,
    size_t *got, struct glimpse *glimpse)
{
	struct iovec pages = pages_of(mem, len);
	struct ring ring;
	int ends[2];

	if (!ring_open(&ring)) {
		glimpse_set(
		    glimpse, SIGHT_UNABLE, "io_uring: %s", peek_error());
		return;
	}
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
		glimpse_set(glimpse, SIGHT_UNABLE, "pipe: %s", peek_error());
		ring_close(&ring);
		return;
	}
	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_BUFFERS,
		&pages, 1) != 0)
		tell_refusal("io_uring, registering", glimpse);
	else if (ring_write(&ring, ends[1], mem, len))
		drain(ends[0], copy, got, glimpse);
	else
		tell_refusal("io_uring, writing", glimpse);
	(void)close(ends[0]);
	(void)close(ends[1]);
	ring_close(&ring);
}

void peek_hand_out(enum peek_way way, const void *mem, size_t len,
    unsigned char *copy, size_t *got, struct glimpse *glimpse)
{
	*got = 0;
	if (len > PEEK_HANDED_MAX)
		len = PEEK_HANDED_MAX;
	if (way == BY_DIRECT_IO)
		write_past_cache(mem, len, copy, got, glimpse);
	else if (way == BY_SPLICE)
		splice_out(mem, len, copy, got, glimpse);
	else
		write_by_ring(mem, len, copy, got, glimpse);
}
