/* SPDX-License-Identifier: MIT */
/* The victim's parts: what it holds, how it answers, what it is made to do. */
#ifndef MEMWARD_CLI_VICTIM_H
#define MEMWARD_CLI_VICTIM_H

#include "memward.h"
#include "session.h"

#define WARDS_MAX 3

struct victim {
	struct hold hold;
	unsigned char *block; /* what free takes; the secret is inside */
	void *fence;          /* on the heap behind the block */
	unsigned char *secret;
	size_t len;
	unsigned char *below; /* the nearest byte of what lies below it */
	unsigned char *above; /* and of what lies above it */
	memward_ward *wards[WARDS_MAX];
	memward_ward *ward; /* of these, the secret's */
	memward_sealed *sealed;
	uint64_t fingerprint; /* of the secret in it */
};

/* Answers; false: the prover is gone. */
bool victim_say(char tag, const void *bytes, size_t len);
bool victim_done(void);
/* Touches the secret of a victim and says what is there; 0: said. */
int victim_look(void *argument);
/* Says why something could not be done; false. */
bool victim_unable(const char *what, const char *name, const char *why);
/* The same for a code of memward that is not 0. */
bool victim_check(const char *what, int code);

/* One order of the prover; false: the victim is to end. */
typedef bool victim_order(struct victim *victim);

/* malloc's own records lie around a block, and in it once it is freed. */
#define MARGIN ((size_t)64)

/* malloc and the layer's pages: victim_plain.c. */
bool plain_take(struct victim *victim);
victim_order plain_free;
victim_order plain_free_again;
victim_order plain_reuse;
victim_order plain_resize;
victim_order plain_fill;
victim_order plain_interrupt;
/* What is left at the end. */
void plain_give(struct victim *victim);

/* Wards: victim_ward.c. */
bool ward_take(struct victim *victim);
victim_order ward_free;
victim_order ward_reuse;
victim_order ward_resize;
victim_order ward_check;
victim_order ward_close;
victim_order ward_wipe_all;
victim_order ward_open_to_read;
victim_order ward_fill;
victim_order ward_interrupt;
/* A window, so that the secret can be written. */
bool ward_begin(struct victim *victim);
bool ward_end(struct victim *victim);
/* Gives a guarded secret the access of the hold. */
bool ward_settle(struct victim *victim);

/* Sealed: victim_seal.c. */
bool seal_settle(struct victim *victim);
victim_order seal_use;

/* Functions and their stacks: victim_stack.c. */
victim_order stack_expand;

/* Ways in: victim_input.c. */
victim_order input_file;
victim_order input_pipe;
victim_order input_variable;
victim_order input_terminal;

/* Offences: offences.c. */
victim_order offend_overrun;
victim_order offend_underrun;
victim_order offend_walk_up;
victim_order offend_walk_down;
victim_order offend_read_late;
victim_order offend_write_late;
victim_order offend_pass;
victim_order offend_second_thread;
victim_order offend_in_second_thread;
victim_order offend_in_new_thread;
victim_order offend_in_handler;

/* Ways out: leaks.c. */
victim_order leak_call;
victim_order leak_call_wiped;
victim_order leak_direct;
victim_order leak_splice;
victim_order leak_ring;
victim_order leak_undo_no_dump;
/* Copies the secret to mem, is interrupted at once, and wipes mem. */
bool leak_interrupt(struct victim *victim, void *mem);
/* Takes away what the hold says; false: it was said why not. */
bool leak_take_away(const struct victim *victim);

/* So that nobody can say that the bytes were lost on the way. */
uint64_t victim_fingerprint(const unsigned char *bytes, size_t len);

#endif
