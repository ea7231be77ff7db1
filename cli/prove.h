/* SPDX-License-Identifier: MIT */
/* The proof: rows of attacks, what each came to, and how it is reported. */
#ifndef MEMWARD_CLI_PROVE_H
#define MEMWARD_CLI_PROVE_H

#include "memward/mem_sys.h"
#include "peek.h"

#include <stdbool.h>
#include <stddef.h>

/* Where a victim's secret lies. */
enum store {
	STORE_MALLOC,
	STORE_PAGES,   /* memward_sys_alloc */
	STORE_PACKED,  /* memward_new in a ward of its own */
	STORE_GUARDED, /* memward_new_guarded, alignment 1 */
	STORE_SEALED   /* packed, then memward_seal */
};

/* What else lies in such a place, on both sides of the secret. */
enum company {
	ALONE,
	NEIGHBOURS, /* secrets of the same ward */
	STRANGERS   /* secrets, each of a ward of its own */
};

/* How a victim holds the secret. */
struct hold {
	enum store store;
	enum company company;
	memward_access access;  /* afterwards; 0: as allocated */
	memward_fork_rule fork; /* 0: as allocated */
	/*
	 * memward_sys_lock; a ward then requires locks, else it prefers them.
	 * malloc: locked too, but whether that worked is not asked.
	 */
	bool locked;
	bool closed;     /* ward: at rest */
	bool trap_free;  /* ward */
	bool hidden;     /* ward, whose rule is then omit */
	bool keyed;      /* ward: required */
	bool careless;   /* malloc: freed blocks go to a list without checks */
	bool own_stack;  /* ward: functions that use it run on its stacks */
	bool own_input;  /* ward: what is read in, its calls read */
	bool no_cores;   /* memward_sys_disable_core_dumps */
	bool untraced;   /* memward_harden, for what stops readers here */
	bool undumpable; /* memward_harden, not_dumpable */
	bool unmerged;   /* memward_harden, no_merge */
	bool wiping;     /* memward_wipe_on_signals */
	bool piped;      /* also waiting in an inherited pipe */
	bool shared;     /* also in inherited shared memory */
	bool merged;     /* the process asked that all its memory be merged */
	/* Taken away by a filter when more is allocated. */
	bool deny_locks;
	bool deny_no_dump;
	/*
	 * May write a core file; set by the attack. A ward then requires
	 * no_dump, else it prefers it. malloc: left out too, but whether that
	 * worked is not asked.
	 */
	bool cores;
	bool drop_user; /* as an ordinary user; set by the attack */
};

/* Adversaries, as rows are grouped. */
enum group {
	GROUP_CORE,
	GROUP_SAME_USER,
	GROUP_ROOT,
	GROUP_INSIDE,
	GROUP_CHILD,
	GROUP_BUG,
	GROUP_LEFTOVER,
	GROUP_SWAP,
	GROUP_MERGE,
	GROUP_COUNT
};

enum promise {
	PROMISED,
	NOT_PROMISED,
	ASKED_FOR /* a leak is what the caller of memward chose */
};

enum result { HELD, LEAKED, NOT_TESTABLE };

struct attempt;

struct row {
	const char *name; /* for --only and JSON; never changes */
	enum group group;
	const char *attack; /* NULL: the name of the method */
	const char *memory; /* how the secret is held, for people */
	enum promise promise;
	const char *note; /* beside a leak that is not promised against */
	void (*run)(struct attempt *attempt);
	const char *steps; /* what the victim does: commands of session.h */
	/* "CALL: REASON" with which memward may stop it, or NULL. */
	const char *words;
	const char *or_words;
	enum peek_method method;
	enum peek_as as;
	/*
	 * The control would leave the secret on a disk, or is given to the
	 * disk's driver: it holds random bytes of the same length.
	 */
	bool decoy_control;
	bool decoy; /* so would the row itself, since a leak is expected */
	struct hold control;
	struct hold hold;
};

/* Rows of one kind, in the order of their groups. */
struct rows {
	const struct row *rows;
	size_t count;
};
extern const struct rows rows_of_pages;
extern const struct rows rows_of_wards;
extern const struct rows rows_of_leaks;
extern const struct rows rows_of_hardened;
extern const struct rows rows_of_seals;
extern const struct rows rows_of_hidden;
extern const struct rows rows_of_stacks;
extern const struct rows rows_of_inputs;
extern const struct rows rows_of_keys;

/* All rows in the order of the table people see. */
#define ROWS_MAX 160
size_t rows_all(const struct row *all[ROWS_MAX]);

/* One run of an attack: against the control or the protected memory. */
struct attempt {
	const struct row *row;
	struct hold hold;
	const struct needle *needle;
	unsigned char *buffer; /* PEEK_BUFFER bytes, wiped afterwards */
	struct glimpse glimpse;
};

struct outcome {
	const struct row *row;
	enum result result;
	struct glimpse control;
	struct glimpse attack;
	char why[300]; /* not testable: the reason */
};

struct proof {
	const char *subject; /* "64 random bytes" */
	char system[128];
	bool privileged;
	bool unlocked; /* the prover could not lock its own copy */
	const struct outcome *outcomes;
	size_t count;
};

/* Numbers for the last lines; not size_t, which mingw's printf lacks. */
struct tally {
	unsigned promised_held;
	unsigned promised_leaked;
	unsigned extra_held; /* held, though not promised */
	unsigned unpromised; /* leaked, not promised */
	unsigned asked_for;  /* leaked, as the caller chose */
	unsigned not_testable;
};
struct tally prove_tally(const struct proof *proof);

const char *group_name(enum group group);
const char *group_title(enum group group);
const char *result_name(enum result result);
const char *promise_name(enum promise promise);
const char *row_attack(const struct row *row);
bool row_exists(const struct row *row);

void report_table(const struct proof *proof);
void report_json(const struct proof *proof);
/* One page by itself; false: errno, and what is there is not whole. */
bool report_html(const struct proof *proof, const char *path);
extern const char *const report_style[]; /* its lines, up to a NULL */

/* What an attack does and what its control is, each in a sentence or two. */
const char *row_how(const struct row *row);
const char *row_control(const struct row *row);
/* What it all comes to, in a sentence. */
const char *prove_verdict(const struct tally *tally);

/* The attacks. */
void attack_core(struct attempt *attempt);
void attack_core_handler(struct attempt *attempt);
void attack_outside(struct attempt *attempt);
void attack_fork(struct attempt *attempt);
void attack_grandchild(struct attempt *attempt);
void attack_exec(struct attempt *attempt);
void attack_read(struct attempt *attempt);
void attack_write(struct attempt *attempt);
void attack_misuse(struct attempt *attempt);
void attack_residue(struct attempt *attempt);
void attack_locks(struct attempt *attempt);
void attack_swap(struct attempt *attempt);
void attack_inject(struct attempt *attempt);
void attack_merge(struct attempt *attempt);

#endif
