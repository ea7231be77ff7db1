/* SPDX-License-Identifier: MIT */
/* What the tests of differences share. */
#ifndef MW_TESTS_MODEL_DIFFERENCES_H
#define MW_TESTS_MODEL_DIFFERENCES_H

#include "harness.h"
#include "model.h"

#include "memward/mem_sys.h"

#define MODEL_STEPS 6

/* A call and the number that says what it asks for. */
struct model_step {
	enum model_name name; /* MODEL_MMAP (0) ends a list of steps */
	int number;
};

struct model_fork_rule {
	int code; /* of memward_sys_set_fork_rule() */
	struct model_step steps[MODEL_STEPS];
};

/* What one system is to be asked for; one row per system in expected.c. */
struct model_expected {
	int map_prot;
	int map_flags;
	struct model_step prepare[MODEL_STEPS]; /* after mmap, for new pages */
	struct model_fork_rule keep;
	struct model_fork_rule omit;
	struct model_fork_rule wipe;
	uint32_t granted; /* features, with privilege and without limit */
	int core_answer;  /* of memward_sys_disable_core_dumps() */
};

extern const struct model_expected *const model_expected;

/* The cases of one system alone, and the children they run. */
extern const struct test_case model_own_cases[];
extern const size_t model_own_count;
extern const struct child_entry model_own_children[];
extern const size_t model_own_child_count;

/* The model's pages of a new allocation, or the case fails. */
void *model_alloc(size_t pages);
void model_free(void *mem, size_t pages);

#endif
