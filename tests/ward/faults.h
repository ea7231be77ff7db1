/* SPDX-License-Identifier: MIT */
/*
 * Every platform call fails in turn, in every public operation on wards. On a
 * model of a system, whose account of its pages is compared with what memward
 * says of them.
 */
#ifndef MW_TESTS_WARD_FAULTS_H
#define MW_TESTS_WARD_FAULTS_H

#include "harness.h"
#include "model/model.h"

#include "memward.h"

/* Ends the case, or the forked child it is in, and says what was failing. */
#define DEMAND(condition) \
	((condition) ? (void)0 : fault_is_wrong(__FILE__, __LINE__, #condition))

_Noreturn void fault_is_wrong(const char *file, int line, const char *what);

/* From now on the process is a forked child, where no case can be left. */
void fault_in_child(void);

#define KEPT 6

/* A secret that was there before, and must be there after. */
struct kept {
	unsigned char *at;
	size_t len;
	unsigned seed;
	bool closed;  /* of the closed ward */
	bool guarded; /* in pages of its own */
};

struct scene {
	memward_ward *open;
	memward_ward *closed;
	struct kept kept[KEPT];
	/* What the operation works on: */
	struct kept victim; /* at NULL: none */
	void *out;
	memward_ward *made;
	void *mem;        /* the caller's own pages */
	unsigned windows; /* open on the closed ward */
	size_t ranges;    /* pages that lock_range() locked */
	size_t strays; /* bytes locked, before it began, that nobody claims */
	size_t before; /* bytes committed for both wards */
	int err;       /* errno of the calls that fail */
	bool onward;   /* not one call fails, but all from one on */
	bool may_keep; /* failed or not, pages may stay for later */
};

struct act {
	const char *name;
	void (*prepare)(struct scene *s); /* NULL: nothing */
	int (*run)(struct scene *s);
	void (*check)(struct scene *s, int code); /* NULL: nothing more */
};

extern const struct act fault_acts[];
extern const size_t fault_act_count;
extern const struct act fault_seal_acts[];
extern const size_t fault_seal_act_count;

/* Runs an operation as often as it makes calls, failing each in turn. */
void fault_fail_each(const struct act *act);

/* The operations of memward_call(): in fault_call.c. */
void faults_in_call(void);
/* Those of output.h: in fault_output.c. */
void faults_in_output(void);

/* Those of reading in: in fault_input.c. */
void faults_in_input(void);
/* Those that are other operations in another shape: in fault_forms.c. */
void faults_in_other_forms(void);
void faults_in_decoding(void);

/* What happens once in a process: in fault_child.c. */
void the_start_can_be_repeated(void);
void a_child_that_cannot_lock_says_so(void);
void wiping_all_tells_what_it_could_not_wipe(void);
void what_a_ward_lost_is_not_wiped_in_a_child(void);

/* The steps of fault_fail_each(), for those that need a process each. */
#define FAULT_WHERE 200
extern char fault_where[FAULT_WHERE]; /* for messages */
size_t fault_error_count(void);
int fault_error_of(size_t round, size_t nth);
memward_policy fault_policy_of(memward_access rest);
void fault_set_scene(struct scene *s, const struct act *act);
void fault_check_account(const struct scene *s);
void fault_check_works(struct scene *s);
void fault_check_after(struct scene *s, const struct act *act, int code);
void fault_end_scene(struct scene *s);
/* Whether that is documented of any of the operations. */
bool fault_is_an_answer(int code);

/* Fills with bytes that belong to a seed, and whether it is so. */
void fault_fill(unsigned char *at, size_t len, unsigned seed);
bool fault_is_filled(const unsigned char *at, size_t len, unsigned seed);

/* Asks for hidden pages as well, in the run that is about them. */
bool fault_are_hidden(void);
void fault_hide(memward_policy *policy);

/* Whether every byte of a range can be read and written, by the model. */
bool fault_is_open(const unsigned char *at, size_t len);

/* A new secret with a seed; no failure must be due. */
struct kept fault_secret(
    memward_ward *ward, bool closed, bool guarded, size_t len, unsigned seed);

/* A secret holds what it held, and its pages are what is said of them. */
void fault_check_kept(struct scene *s, const struct kept *kept);

size_t fault_committed(const struct scene *s);

#endif
