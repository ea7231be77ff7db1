/* SPDX-License-Identifier: MIT */
/*
 * On the model of Windows, every system call of every public function fails
 * in turn. Each function is tried in a process of its own, so that the calls
 * for memory of the layer's own record are still to come.
 */
#include "model.h"

#include "harness.h"

#include "memward/mem_sys.h"

#include <stdio.h>
#include <string.h>

/* More than the quota of a new process, so that the working set must grow. */
#define LEN    (60 * MODEL_PAGE)
#define HALF   (LEN / 2)
#define FILLED 0x5a

/* No error of its own, so that it means MEMWARD_ESYSTEM. */
#define ERROR_INJECTED ERROR_GEN_FAILURE

static char *mem;

static bool is_readable(const char *page)
{
	MEMORY_BASIC_INFORMATION region;

	return VirtualQuery(page, &region, sizeof(region)) != 0 &&
	       region.State == MEM_COMMIT && region.Protect != PAGE_NOACCESS;
}

static void new_memory(void)
{
	void *fresh = NULL;

	CHECK_CODE(memward_sys_alloc(LEN, &fresh), 0);
	mem = fresh;
	memset(mem, FILLED, LEN);
}

static void new_locked(void)
{
	new_memory();
	CHECK_CODE(memward_sys_lock(mem, LEN), 0);
}

static void new_closed(void)
{
	new_locked();
	CHECK_CODE(memward_sys_protect(mem, LEN, MEMWARD_NO_ACCESS), 0);
}

static void new_half_closed(void)
{
	new_locked();
	CHECK_CODE(memward_sys_protect(mem + HALF, HALF, MEMWARD_NO_ACCESS), 0);
}

static void new_nothing(void)
{
	mem = NULL;
}

static int do_alloc(void)
{
	void *fresh = NULL;
	int rc = memward_sys_alloc(LEN, &fresh);

	CHECK((rc == 0) == (fresh != NULL));
	mem = fresh;
	return rc;
}

static int do_free(void)
{
	return memward_sys_free(mem, LEN);
}

static int do_lock(void)
{
	return memward_sys_lock(mem, LEN);
}

static int do_unlock(void)
{
	return memward_sys_unlock(mem, LEN);
}

static int do_close(void)
{
	return memward_sys_protect(mem, LEN, MEMWARD_NO_ACCESS);
}

static int do_open(void)
{
	return memward_sys_protect(mem, LEN, MEMWARD_READ_ONLY);
}

static int do_fork_rule(void)
{
	return memward_sys_set_fork_rule(mem, LEN, MEMWARD_FORK_OMIT);
}

static int do_query(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	return memward_sys_query(&info);
}

static int do_disable(void)
{
	return memward_sys_disable_core_dumps();
}

/* The bytes are all there; opens what is closed, without a lock if need be */
static void check_intact(void)
{
	DWORD before;

	CHECK(VirtualProtect(mem, LEN, PAGE_READWRITE, &before));
	for (size_t i = 0; i < LEN; i++)
		CHECK_INT(mem[i], FILLED);
}

/* A page that was to be locked is locked or closed. */
static void check_guarded(void)
{
	for (size_t at = 0; at < LEN; at += MODEL_PAGE)
		CHECK(model_is_locked(mem + at) || !is_readable(mem + at));
}

static void after_free(int rc)
{
	if (rc == 0)
		return;
	if (rc != MEMWARD_EWIPED) {
		check_guarded();
		check_intact();
		return;
	}
	for (size_t i = 0; i < LEN; i++)
		CHECK_INT(mem[i], 0);
}

static void after_lock(int rc)
{
	CHECK_INT(model_locked_pages(), rc == 0 ? LEN / MODEL_PAGE : 0);
	check_intact();
}

static void after_unlock(int rc)
{
	if (rc != 0)
		check_guarded();
	check_intact();
}

static void after_protect(int rc)
{
	(void)rc;
	check_guarded();
}

static void after_half(int rc)
{
	check_guarded();
	/* What was open before stays so, whatever becomes of the rest. */
	CHECK(is_readable(mem));
	CHECK(is_readable(mem + HALF) == (rc == 0));
}

static void after_nothing(int rc)
{
	(void)rc;
}

struct rule {
	enum model_call failed;
	int codes[2]; /* what the function may then answer */
};
#define RULES_MAX 8

static const struct operation {
	const char *name;
	void (*before)(void);
	int (*run)(void);
	void (*after)(int rc);
	struct rule rules[RULES_MAX];
} operations[] = {
    {"alloc", new_nothing, do_alloc, after_nothing,
	{{MODEL_ALLOC, {MEMWARD_ESYSTEM}}, {MODEL_EXCLUDE, {MEMWARD_ESYSTEM}},
	    /* Only after another failure. */
	    {MODEL_INCLUDE, {MEMWARD_ESYSTEM}},
	    {MODEL_FREE, {MEMWARD_ESYSTEM}}}},
    {"free", new_locked, do_free, after_free,
	{{MODEL_QUERY, {MEMWARD_EUNMAPPED, MEMWARD_EPARTIAL}},
	    {MODEL_HEAP, {MEMWARD_ENOMEM}}, {MODEL_PROTECT, {MEMWARD_ESYSTEM}},
	    {MODEL_FREE, {MEMWARD_EWIPED}}, {MODEL_INCLUDE, {0}},
	    {MODEL_GET_SIZE, {0}}, {MODEL_SET_SIZE, {0}}}},
    {"free_closed", new_closed, do_free, after_free,
	{{MODEL_QUERY, {MEMWARD_EUNMAPPED, MEMWARD_EPARTIAL}},
	    {MODEL_HEAP, {MEMWARD_ENOMEM}}, {MODEL_PROTECT, {MEMWARD_ESYSTEM}},
	    {MODEL_FREE, {MEMWARD_EWIPED}}, {MODEL_INCLUDE, {0}},
	    {MODEL_GET_SIZE, {0}}, {MODEL_SET_SIZE, {0}}}},
    {"lock", new_memory, do_lock, after_lock,
	{{MODEL_QUERY, {MEMWARD_EUNMAPPED, MEMWARD_EINACCESSIBLE}},
	    {MODEL_HEAP, {MEMWARD_ENOMEM}}, {MODEL_LOCK, {MEMWARD_ESYSTEM}},
	    {MODEL_GET_SIZE, {MEMWARD_ELOCKLIMIT}},
	    {MODEL_SET_SIZE, {MEMWARD_ELOCKLIMIT}}}},
    {"unlock", new_locked, do_unlock, after_unlock,
	{{MODEL_QUERY, {MEMWARD_EUNMAPPED}}, {MODEL_HEAP, {MEMWARD_ENOMEM}},
	    {MODEL_UNLOCK, {MEMWARD_ESYSTEM}}, {MODEL_GET_SIZE, {0}},
	    {MODEL_SET_SIZE, {0}}}},
    {"unlock_closed", new_closed, do_unlock, after_unlock,
	{{MODEL_QUERY, {MEMWARD_EUNMAPPED}}, {MODEL_HEAP, {MEMWARD_ENOMEM}},
	    {MODEL_GET_SIZE, {0}}, {MODEL_SET_SIZE, {0}}}},
    {"close", new_locked, do_close, after_protect,
	{{MODEL_QUERY, {MEMWARD_EUNMAPPED}}, {MODEL_HEAP, {MEMWARD_ENOMEM}},
	    {MODEL_PROTECT, {MEMWARD_ESYSTEM}}}},
    {"open", new_closed, do_open, after_protect,
	{{MODEL_QUERY, {MEMWARD_EUNMAPPED, MEMWARD_EINACCESSIBLE}},
	    {MODEL_HEAP, {MEMWARD_ENOMEM}}, {MODEL_PROTECT, {MEMWARD_ESYSTEM}},
	    {MODEL_LOCK, {MEMWARD_ESYSTEM}}}},
    {"open_half", new_half_closed, do_open, after_half,
	{{MODEL_QUERY, {MEMWARD_EUNMAPPED, MEMWARD_EINACCESSIBLE}},
	    {MODEL_HEAP, {MEMWARD_ENOMEM}}, {MODEL_PROTECT, {MEMWARD_ESYSTEM}},
	    {MODEL_LOCK, {MEMWARD_ESYSTEM}}}},
    {"fork_rule", new_memory, do_fork_rule, after_nothing,
	{{MODEL_QUERY, {MEMWARD_EUNMAPPED}}}},
    {"query", new_nothing, do_query, after_nothing,
	{{MODEL_ALLOC, {MEMWARD_ESYSTEM}}, {MODEL_QUERY, {0}},
	    {MODEL_LOCK, {0}}, {MODEL_UNLOCK, {0}}, {MODEL_EXCLUDE, {0}},
	    {MODEL_INCLUDE, {0}}, {MODEL_GET_SIZE, {0}},
	    {MODEL_FREE, {MEMWARD_ESYSTEM}}}},
    {"disable", new_nothing, do_disable, after_nothing,
	{{MODEL_GET_FLAGS, {0}}, {MODEL_SET_FLAGS, {MEMWARD_ESYSTEM}}}},
};

static void check_code(const struct operation *op, size_t nth, int rc)
{
	for (size_t i = 0; i < RULES_MAX; i++) {
		const struct rule *rule = &op->rules[i];

		if (rule->failed != model.failed)
			continue;
		if (rc == rule->codes[0])
			return;
		if (rule->codes[1] != 0 && rc == rule->codes[1])
			return;
	}
	/* The look beyond the end may fail: nothing is there. */
	if (rc == 0 && op->run == do_free && model.failed == MODEL_QUERY)
		return;
	TEST_FAIL("%s: call %zu, of kind %d, failed: %s", op->name, nth,
	    (int)model.failed, memward_error_name(rc));
}

/* A later success gives all of it back, but for what the failure kept. */
static void check_cleared(const struct operation *op, size_t nth)
{
	size_t lost_blocks = model.failed == MODEL_INCLUDE;
	bool lost_size =
	    model.failed == MODEL_GET_SIZE || model.failed == MODEL_SET_SIZE;

	/* The page of a query that the system did not take back. */
	static size_t lost_pages;

	if (op->run == do_query && model.failed == MODEL_FREE)
		lost_pages++;
	if (model_allocations() != lost_pages || model_locked_pages() != 0 ||
	    model_excluded_blocks() != lost_blocks || model.dirty_bytes != 0 ||
	    model.over_quota != 0)
		TEST_FAIL("%s: call %zu, of kind %d: %zu allocations, %zu "
			  "locked pages, %zu excluded blocks, %zu dirty bytes, "
			  "%zu times over the quota",
		    op->name, nth, (int)model.failed, model_allocations(),
		    model_locked_pages(), model_excluded_blocks(),
		    model.dirty_bytes, model.over_quota);
	if (model.minimum != MODEL_MINIMUM && !lost_size)
		TEST_FAIL("%s: call %zu, of kind %d: working set %zu", op->name,
		    nth, (int)model.failed, model.minimum);
}

/* False: there is no nth call. */
static bool fail_nth(const struct operation *op, size_t nth)
{
	size_t before;
	int rc;

	model_reset();
	op->before();
	before = model_allocations();
	model_fail(nth, ERROR_INJECTED);
	rc = op->run();
	model.fail_at = 0;
	if (model.failed == MODEL_NONE) {
		CHECK_CODE(rc, 0);
	} else {
		check_code(op, nth, rc);
		op->after(rc);
	}
	if (op->before != new_nothing && model_allocations() == before)
		CHECK_CODE(memward_sys_free(mem, LEN), 0);
	if (op->run == do_alloc && rc == 0)
		CHECK_CODE(memward_sys_free(mem, LEN), 0);
	return model.failed != MODEL_NONE;
}

static int run_operation(const struct operation *op)
{
	size_t nth = 1;
	bool failed;

	do {
		failed = fail_nth(op, nth);
		check_cleared(op, nth);
		model_clear_exclusions();
		model_clear_exclusions();
		nth++;
	} while (failed);
	printf("%zu", nth - 2);
	return 0;
}

#define OPERATION(name, index)                                                 \
	static int name##_child(void)                                          \
	{                                                                      \
		return run_operation(&operations[index]);                      \
	}                                                                      \
	static void failures_in_##name(void)                                   \
	{                                                                      \
		struct child_result child = support_run_child(#name "_child"); \
                                                                               \
		if (child.end != CHILD_EXITED || child.code != 0)              \
			TEST_FAIL("child ended with %d: %s", child.code,       \
			    child.output);                                     \
		/* It counted the calls it made fail: there are some. */       \
		CHECK(child.output[0] >= '1' && child.output[0] <= '9');       \
	}

OPERATION(alloc, 0)
OPERATION(free, 1)
OPERATION(free_closed, 2)
OPERATION(lock, 3)
OPERATION(unlock, 4)
OPERATION(unlock_closed, 5)
OPERATION(close, 6)
OPERATION(open, 7)
OPERATION(open_half, 8)
OPERATION(fork_rule, 9)
OPERATION(query, 10)
OPERATION(disable, 11)

static const struct child_entry children[] = {
    {"alloc_child", alloc_child},
    {"free_child", free_child},
    {"free_closed_child", free_closed_child},
    {"lock_child", lock_child},
    {"unlock_child", unlock_child},
    {"unlock_closed_child", unlock_closed_child},
    {"close_child", close_child},
    {"open_child", open_child},
    {"open_half_child", open_half_child},
    {"fork_rule_child", fork_rule_child},
    {"query_child", query_child},
    {"disable_child", disable_child},
};

static const struct test_case cases[] = {
    TEST_CASE(failures_in_alloc),
    TEST_CASE(failures_in_free),
    TEST_CASE(failures_in_free_closed),
    TEST_CASE(failures_in_lock),
    TEST_CASE(failures_in_unlock),
    TEST_CASE(failures_in_unlock_closed),
    TEST_CASE(failures_in_close),
    TEST_CASE(failures_in_open),
    TEST_CASE(failures_in_open_half),
    TEST_CASE(failures_in_fork_rule),
    TEST_CASE(failures_in_query),
    TEST_CASE(failures_in_disable),
};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
