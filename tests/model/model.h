/* SPDX-License-Identifier: MIT */
/*
 * A model of the memory calls of one Unix, on Linux: for tests, and not the
 * system. Memory and its protection are real (mmap and mprotect of the host);
 * locks, limits, inheritance and errors are the model's own, as the table in
 * systems.c has them. Every call is recorded and can be made to fail.
 */
#ifndef MW_TESTS_MODEL_H
#define MW_TESTS_MODEL_H

#include "system.h"

enum model_name {
	MODEL_MMAP,
	MODEL_MUNMAP,
	MODEL_MREMAP,
	MODEL_MPROTECT,
	MODEL_MADVISE,
	MODEL_MINHERIT,
	MODEL_MEMCNTL,
	MODEL_MLOCK,
	MODEL_MUNLOCK,
	MODEL_MSYNC,
	MODEL_SETRLIMIT,
	MODEL_GETRLIMIT,
	MODEL_PIPE,
	MODEL_READ,
	MODEL_WRITE,
	MODEL_CLOSE,
	MODEL_OPEN,
	MODEL_SECRET,   /* memfd_secret */
	MODEL_TRUNCATE, /* ftruncate */
	MODEL_REALLOC,
	MODEL_RANDOM,  /* getrandom, getentropy */
	MODEL_BARRIER, /* membarrier */
	MODEL_ATFORK,
	MODEL_KEY_CREATE,
	MODEL_SET_SPECIFIC,
	MODEL_PRCTL,
	MODEL_PROCCTL,
	MODEL_SYSCTL,
	MODEL_PTRACE,
	MODEL_SETPFLAGS,
	MODEL_MIMMUTABLE,
	MODEL_PKEY_ALLOC,
	MODEL_PKEY_FREE,
	MODEL_PKEY_MPROTECT
};

/* One call as it was made. */
struct model_record {
	enum model_name name;
	uintptr_t mem;
	size_t len;
	int first;  /* prot, advice, inherit, command, resource, descriptor */
	int second; /* flags of mmap */
	int err;    /* errno, 0 for success */
	bool zeros; /* all of the range could be read, and held zeros, before */
};

/* "mmap", ... */
const char *model_name_of(enum model_name name);

/*
 * Forgets the record and every switch below; memory stays as it is. Then
 * limits are the host's and the user's own, or what the environment says
 * (MODEL_UNPRIVILEGED, MODEL_LOCK_LIMIT).
 */
void model_reset(void);

/* The same, with privilege, without limits and with core files. */
void model_fresh(void);

size_t model_count(void);
const struct model_record *model_record(size_t i);
/* The first record of a name from index i on; model_count() if none. */
size_t model_find(enum model_name name, size_t i);

/* The nth call from now on (0: the next) fails, and all later if `onward`. */
void model_fail(size_t nth, int err, bool onward);
/* All calls of one name fail from now on. */
void model_fail_all(enum model_name name, int err);
/* No more failures; the record stays. */
void model_fail_no_more(void);
/* Whether a call has failed because of either. */
bool model_has_failed(void);

/* Switches. */
/* The program is set-uid: it must not be told by its environment. */
void model_set_setuid(bool setuid);
void model_set_privileged(bool privileged);
void model_set_lock_limit(uint64_t bytes);
/* Advice, inheritance or call of this number is unknown, as in an old kernel */
void model_refuse(int number);
/* Hidden pages are locked, and meet the limit, as they are filled in. */
void model_lock_hidden_late(bool late);
/* From now on mlock and munlock abort, as after pledge(2). */
void model_pledge(void);
/* Contents of Linux's core_pattern; NULL: cannot be read. */
void model_set_core_handler(const char *pattern);
/* Core limits of the model alone, not of the host; starting value. */
void model_set_core_limit(uint64_t soft, uint64_t hard);
void model_get_core_limit(uint64_t *soft, uint64_t *hard);

/* What is so of the process as a whole; to be set and read by tests. */
struct model_process {
	int dumpable;      /* Linux: PR_GET_DUMPABLE */
	bool merging;      /* Linux: PR_GET_MEMORY_MERGE */
	char trace_scope;  /* Linux: of Yama; '\0': there is no Yama */
	bool tracer_let;   /* Linux: PR_SET_PTRACER has named one */
	bool traced;       /* FreeBSD, macOS: a debugger is at work */
	bool untraceable;  /* FreeBSD, macOS, Solaris: was asked for */
	int global_ptrace; /* OpenBSD: kern.global_ptrace */
	/* The kernel says yes and does nothing, as an emulator may. */
	bool pretends;
};
extern struct model_process model_process;

/* The model's account of memory. */
size_t model_page_size(void);
size_t model_mapped_pages(void);
size_t model_locked_pages(void);
unsigned model_lock_count(const void *page); /* 0: not locked */
bool model_is_mapped(const void *page);
/* PROT_ bits, less what the key forbids; of a guard none; -1: not mapped. */
int model_protection(const void *page);
/* Protection keys in use; and from now on none, whoever has lost some. */
int model_keys_taken(void);
void model_forget_keys(void);
bool model_is_left_out(const void *page);
bool model_is_space(const void *page); /* mapped, but holds no page */
bool model_is_permanent(const void *page);
bool model_is_hidden(const void *page);
/* What a child finds: MODEL_COPY, MODEL_OMIT or MODEL_ZERO. */
enum model_effect model_child_finds(const void *page);
bool model_wipes_at_exit(const void *page);
/* Descriptors that the backend opened and has not closed. */
int model_open_files(void);

#endif
