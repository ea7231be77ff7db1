/* SPDX-License-Identifier: MIT */
/*
 * Sequences of operations on wards, read from bytes, beside a simple model of
 * what they must have done. random_test makes the bytes from a seed, the
 * fuzzer from what it has seen.
 */
#ifndef MW_TESTS_OPS_H
#define MW_TESTS_OPS_H

#include "memward.h"

#define OPS_WARDS   6   /* the first is the default one */
#define OPS_SECRETS 192 /* alive at once */
#define OPS_WINDOWS 12  /* open at once on one ward */
#define OPS_PAGES   6   /* of the caller's own memory */

struct ops_ward {
	bool open;
	memward_ward *handle;
	memward_policy policy;
	bool keyed; /* windows are of one thread alone */
	memward_access windows[OPS_WINDOWS]; /* of these, the widest holds */
	unsigned depth;
	uint64_t live;
	uint64_t refused;
};

struct ops_secret {
	unsigned char *at;
	size_t len;
	size_t align; /* 0: packed */
	memward_access access;
	struct ops_ward *ward;
	uint32_t fill;  /* seed of what it holds */
	bool inherited; /* orphaned in a child */
};

struct ops {
	const unsigned char *next; /* what is not read yet */
	size_t left;
	unsigned step;
	bool elsewhere; /* this step is another thread's */
	uint32_t fills;
	size_t page;
	struct ops_ward wards[OPS_WARDS];
	struct ops_secret secrets[OPS_SECRETS]; /* the first `count` live */
	unsigned count;
	unsigned char *own; /* the caller's own memory */
	unsigned locks[OPS_PAGES];
};

/*
 * Runs a sequence and, at its end, frees what is left. What the model did not
 * expect ends in ops_failed().
 */
void ops_run(const unsigned char *bytes, size_t len);

/* Supplied by the program: must not return. */
_Noreturn void ops_failed(const char *text);

/* Supplied by the program: runs child(ops) in a forked child, or does not. */
void ops_fork(void (*child)(struct ops *ops), struct ops *ops);

/* Runs a step in another thread, and waits for it; ends that thread. */
void ops_elsewhere(void (*step)(struct ops *ops), struct ops *ops);
void ops_elsewhere_end(void);

/* The rest is between the parts of the interpreter. */
extern struct ops *ops_current;

_Noreturn void ops_fail(const char *file, int line, const char *text);
#define EXPECT(condition) \
	((condition) ? (void)0 : ops_fail(__FILE__, __LINE__, #condition))

/* The next byte of the sequence; 0 at its end. */
unsigned ops_byte(struct ops *ops);

/* The policy that a byte of the sequence stands for. */
memward_policy ops_policy(unsigned kind, size_t page);

/* Whether a ward is closed by a key. */
bool ops_has_key(memward_ward *ward);

/* What a ward's pages allow now, and a secret's. */
memward_access ops_ward_access(const struct ops_ward *ward);
memward_access ops_secret_access(const struct ops_secret *secret);

/* Fills a secret anew, and compares; opens what is closed for it. */
void ops_fill(struct ops *ops, struct ops_secret *secret);
void ops_verify(struct ops_secret *secret);

/* Every byte of the secret is zero from a place on. */
void ops_expect_zeros(struct ops_secret *secret, size_t from);

/* All that can be said of one secret, of one ward, of everything. */
void ops_look_at_secret(struct ops *ops, struct ops_secret *secret);
void ops_look_at_ward(struct ops *ops, struct ops_ward *ward);
void ops_look_at_all(struct ops *ops);

/* The same of one that was made, moved or closed, its report and place too. */
void ops_look_at_changed(struct ops *ops, struct ops_secret *secret);

/* What a new secret must be. */
void ops_welcome(struct ops *ops, struct ops_secret *secret);

/* What a child must find. */
void ops_child(struct ops *ops);

#endif
