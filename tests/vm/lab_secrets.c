/* SPDX-License-Identifier: MIT */
/*
 * The program whose memory the laboratory looks for on disks and in cores.
 *
 * lab_secrets hold       keeps a pattern in each kind of memory, has all that
 *                        can be pushed out to the swap device, says "ready",
 *                        and waits for a signal
 * lab_secrets hold KIND  the same with the control and that kind alone
 * lab_secrets crash      keeps them all, and dies in a way that leaves a core
 * lab_secrets quiet      turns core files off first
 * lab_secrets print KIND writes that pattern twice
 * lab_secrets press MIB  uses so much memory that others have to go
 *
 * Each kind says "row KIND here", or "row KIND lacking ERROR" where the kernel
 * does not grant it. Patterns are computed as they are written (tests/vm/
 * look.py computes them too), so that the program itself does not hold them.
 */
#define _GNU_SOURCE

#include "memward.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

#define SIZE         65536 /* bytes of each kind, in pieces */
#define PACKED_SIZE  1024
#define GUARDED_SIZE 16384

struct kind {
	const char *name;
	int (*make)(const struct kind *kind);
	uint32_t require; /* besides what `server` requires */
	memward_access rest;
};

/* What looking for a pattern must be able to compute as well: splitmix64. */
static uint64_t scramble(uint64_t z)
{
	z += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Byte by byte, so that no more than eight are ever in a register. */
static void write_pattern(void *mem, size_t len, const char *name)
{
	volatile unsigned char *at = mem;
	uint64_t seed = 0;

	while (*name != '\0')
		seed = scramble(seed ^ (unsigned char)*name++);
	for (size_t i = 0; i < len; i++)
		at[i] =
		    (unsigned char)(scramble(seed + i / 8 % 4) >> 8 * (i % 8));
}

/* Every kind is pushed out, also what must not let itself be. */
static void page_out(void *mem, size_t len)
{
	uintptr_t page = memward_sys_page_size();
	uintptr_t from = (uintptr_t)mem & ~(page - 1);
	uintptr_t to = ((uintptr_t)mem + len + page - 1) & ~(page - 1);
	int rc = madvise((void *)from, to - from, MADV_PAGEOUT);

	/* A locked page refuses; whether it went is seen on the disk. */
	(void)rc;
}

static int make_control(const struct kind *kind)
{
	void *mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mem == MAP_FAILED)
		return MEMWARD_ENOMEM;
	write_pattern(mem, SIZE, kind->name);
	page_out(mem, SIZE);
	return 0;
}

static int make_pages(bool locked, const char *name)
{
	void *mem;
	int rc = memward_sys_alloc(SIZE, &mem);

	if (rc == 0 && locked)
		rc = memward_sys_lock(mem, SIZE);
	if (rc != 0)
		return rc;
	write_pattern(mem, SIZE, name);
	page_out(mem, SIZE);
	return 0;
}

static int make_unlocked(const struct kind *kind)
{
	return make_pages(false, kind->name);
}

static int make_locked(const struct kind *kind)
{
	return make_pages(true, kind->name);
}

static int open_ward(const struct kind *kind, memward_ward **ward)
{
	memward_policy policy = MEMWARD_POLICY_INIT;

	policy.require |= kind->require;
	policy.rest = kind->rest;
	/* The only rule for pages that a child would share. */
	if ((kind->require & MEMWARD_HIDDEN) != 0)
		policy.fork = MEMWARD_FORK_OMIT;
	return memward_open(&policy, ward);
}

static int fill(memward_ward *ward, void *secret, const char *name)
{
	size_t len = memward_size(secret);
	int rc = memward_begin(ward, MEMWARD_READ_WRITE);

	if (rc != 0)
		return rc;
	write_pattern(secret, len, name);
	rc = memward_end(ward);
	page_out(secret, len);
	return rc;
}

static int make_packed(const struct kind *kind)
{
	memward_ward *ward;
	void *secret;
	int rc = open_ward(kind, &ward);

	for (size_t i = 0; rc == 0 && i < SIZE / PACKED_SIZE; i++) {
		rc = memward_new(ward, PACKED_SIZE, &secret);
		if (rc == 0)
			rc = fill(ward, secret, kind->name);
	}
	return rc;
}

static int make_guarded(const struct kind *kind)
{
	memward_ward *ward;
	void *secret;
	int rc = open_ward(kind, &ward);

	for (size_t i = 0; rc == 0 && i < SIZE / GUARDED_SIZE; i++) {
		rc = memward_new_guarded(ward, GUARDED_SIZE, 1, &secret);
		if (rc == 0)
			rc = fill(ward, secret, kind->name);
	}
	return rc;
}

static const struct kind kinds[] = {
    {"control", make_control, 0, MEMWARD_READ_WRITE},
    {"unlocked", make_unlocked, 0, MEMWARD_READ_WRITE},
    {"locked", make_locked, 0, MEMWARD_READ_WRITE},
    {"packed", make_packed, 0, MEMWARD_READ_WRITE},
    {"guarded", make_guarded, 0, MEMWARD_READ_WRITE},
    {"packed-closed", make_packed, 0, MEMWARD_NO_ACCESS},
    {"guarded-closed", make_guarded, 0, MEMWARD_NO_ACCESS},
    {"hidden", make_packed, MEMWARD_HIDDEN, MEMWARD_READ_WRITE},
    {"hidden-guarded", make_guarded, MEMWARD_HIDDEN, MEMWARD_READ_WRITE},
    {"keyed", make_packed, MEMWARD_KEYED, MEMWARD_NO_ACCESS},
    {"keyed-guarded", make_guarded, MEMWARD_KEYED, MEMWARD_NO_ACCESS},
};

/* All kinds, or the control and those whose names begin like that. */
static void make_kinds(const char *only)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct kind *kind = &kinds[i];
		int rc;

		if (only != NULL && kind->make != make_control &&
		    strncmp(kind->name, only, strlen(only)) != 0)
			continue;
		rc = kind->make(kind);
		if (rc == 0)
			printf("row %s here\n", kind->name);
		else
			printf("row %s lacking %s\n", kind->name,
			    memward_error_name(rc));
	}
	(void)fflush(stdout);
}

static int press(const char *mib)
{
	size_t count = strtoul(mib, NULL, 10);

	for (size_t i = 0; i < count; i++) {
		volatile unsigned char *mem = malloc(1 << 20);

		if (mem == NULL)
			return 1;
		/* Not all alike, or the kernel would keep one of them. */
		for (size_t at = 0; at < 1 << 20; at += 512)
			mem[at] = (unsigned char)(1 + at / 512 + i);
	}
	return 0;
}

static _Noreturn void crash(bool quiet)
{
	if (quiet)
		printf("quiet %s\n",
		    memward_error_name(memward_sys_disable_core_dumps()));
	make_kinds(NULL);
	abort();
}

/* For a test of the search: this one shows no secret of anybody. */
static int print_pattern(const char *name)
{
	unsigned char twice[64];

	write_pattern(twice, sizeof(twice), name);
	return fwrite(twice, sizeof(twice), 1, stdout) == 1 ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "hold") == 0) {
		make_kinds(argc > 2 ? argv[2] : NULL);
		puts("ready");
		(void)fflush(stdout);
		for (;;)
			(void)pause();
	}
	if (strcmp(what, "press") == 0 && argc == 3)
		return press(argv[2]);
	if (strcmp(what, "print") == 0 && argc == 3)
		return print_pattern(argv[2]);
	if (strcmp(what, "crash") == 0 || strcmp(what, "quiet") == 0)
		crash(what[0] == 'q');
	(void)fputs("usage: lab_secrets hold [KIND] | crash | quiet | "
		    "print KIND | press MIB\n",
	    stderr);
	return 2;
}
