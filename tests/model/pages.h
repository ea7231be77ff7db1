/* SPDX-License-Identifier: MIT */
/* The model's account of its pages. The caller keeps threads apart. */
#ifndef MW_TESTS_MODEL_PAGES_H
#define MW_TESTS_MODEL_PAGES_H

#include "system.h"

struct model_page {
	unsigned locks;
	int prot;
	int ceiling; /* PROT_ bits that it may ever have */
	int key;     /* protection key; 0: none of its own */
	bool mapped;
	bool left_out;
	bool hidden;  /* locked by nature */
	bool guarded; /* on the host closed, whatever prot says */
	bool omitted;
	bool zeroed;
	bool wiped_at_exit;
	bool is_space;  /* address space without a page */
	bool permanent; /* after mimmutable(2) */
};

size_t model_page_bytes(void);

/* NULL: not a mapped page of the model. */
struct model_page *model_page_at(uintptr_t mem);

/* Whether every page of the range is mapped; each is then visited. */
bool model_each(uintptr_t mem, size_t len,
    void (*visit)(struct model_page *page, uintptr_t at, int number),
    int number);

/* Real memory, and its pages. 0 or errno. */
int model_pages_add(size_t len, int prot, int ceiling, uintptr_t *mem);
int model_pages_remove(uintptr_t mem, size_t len);
/* New pages in the place of old ones of the model. */
int model_pages_replace(uintptr_t mem, size_t len, int prot, int ceiling);

/* The pages of one range in the place of others. */
int model_pages_move(uintptr_t from, size_t len, uintptr_t to);

/* What the calling thread may do with a page, as PROT_ bits: key_calls.c. */
int model_allowed(const struct model_page *page);
/* Has the host forbid the rest, where a key does. */
void model_enforce(struct model_page *page, uintptr_t at, int unused);

/* Visits every mapped page. */
void model_pages_visit(
    void (*visit)(struct model_page *page, uintptr_t at, int unused));

size_t model_pages_mapped(void);

/* The locks of a page; all changes go through here, and so are counted. */
void model_set_locks(struct model_page *page, unsigned locks);
size_t model_pages_locked(void);

/* Whether all of a range can be read and is zero; a guard holds nothing. */
bool model_pages_hold_zeros(uintptr_t mem, size_t len);

/* In a child: locks are gone, and what is omitted is not there. */
void model_pages_after_fork(void);

#endif
