/* SPDX-License-Identifier: MIT */
/* Switches and record of the model, between model.c and calls.c. */
#ifndef MW_TESTS_MODEL_STATE_H
#define MW_TESTS_MODEL_STATE_H

#include "model.h"
#include "pages.h"

#include <sys/types.h>

struct model_state {
	bool privileged;
	uint64_t lock_limit;
	bool setuid;
	bool pledged;
	int refused; /* a number that is unknown; 0: none */
	bool core_handler_set;
	const char *core_handler;
	bool core_limit_set; /* not the host's, but these: */
	uint64_t core_soft;
	uint64_t core_hard;
	int open_files;
	int secret_file;     /* the last descriptor of memfd_secret */
	size_t secret_bytes; /* and its size */
	uintptr_t moving;    /* what mremap moves */
	bool hidden_late;    /* hidden pages are locked as they are filled in */
};

extern struct model_state model_state;

/* Keeps threads apart, and fork out. */
void model_enter(void);
void model_leave(void);

/* Whether this call is to fail, and with what; 0: it is not. */
int model_injected(enum model_name name);
void model_append(const struct model_record *record);
/* Records a call that is not about pages; true, with errno: it is to fail. */
bool model_fails(enum model_name name, int first);

/* Records a call on pages and does it. 0, or -1 and errno. */
int model_perform(struct model_record *r, int (*act)(struct model_record *));

/* Whether no page of a call's range is permanent; else it answers EPERM. */
bool model_may_change(const struct model_record *r);

/* An effect on a page, also on the host's. */
void model_apply(struct model_page *page, uintptr_t at, int effect);

/* Ends the process if it may not lock any more. */
void model_check_pledge(void);

/* 0, or the errno of locking so many pages more. */
int model_check_lock_limit(size_t more);

/* Guard regions, which the host only closes. */
void model_set_guard(struct model_page *page, uintptr_t at, bool guarded);
void model_close_guard(struct model_page *page, uintptr_t at, int unused);
bool model_refuses_guard(const struct model_record *r, int effect);

/* memfd_secret, and a mapping of what it gave. */
int model_secret(unsigned flags);
void *model_map_hidden(struct model_record *r, int fd, off_t at);
bool model_fill_hidden(uintptr_t mem);

#endif
