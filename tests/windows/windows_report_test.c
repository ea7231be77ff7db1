/* SPDX-License-Identifier: MIT */
/*
 * On the model of Windows: what error reports leave out, what is left at the
 * end of an allocation, and the process's error settings.
 */
#include "model.h"

#include "harness.h"

#include "memward/mem_sys.h"

#include <stdint.h>
#include <string.h>

/* As windows.cmake sets it: the length of one block of the table. */
#define BLOCK ((size_t)65536)

#define FEW ((size_t)4)

#define WER_INVALID_STATE ((DWORD)0x801B8002)

static char *alloc_bytes(size_t len)
{
	void *mem = NULL;

	CHECK_CODE(memward_sys_alloc(len, &mem), 0);
	memset(mem, 0x5a, len);
	return mem;
}

static void check_nothing_left(void)
{
	CHECK_INT(model_allocations(), 0);
	CHECK_INT(model_locked_pages(), 0);
	CHECK_INT(model_excluded_blocks(), 0);
	CHECK_INT(model.dirty_bytes, 0);
	CHECK_INT(model.minimum, MODEL_MINIMUM);
	CHECK_INT(model.maximum, MODEL_MAXIMUM);
}

static void alloc_excludes_and_free_includes(void)
{
	char *mem;

	model_reset();
	mem = alloc_bytes(1);
	CHECK_INT(model_excluded_blocks(), 1);
	CHECK_CODE(memward_sys_free(mem, 1), 0);
	check_nothing_left();
}

static void long_allocations_take_several_blocks(void)
{
	char *mem;

	model_reset();
	mem = alloc_bytes(2 * BLOCK + 1);
	CHECK_INT(model_excluded_blocks(), 3);
	CHECK_CODE(memward_sys_free(mem, 2 * BLOCK + 1), 0);
	check_nothing_left();
}

static void a_full_table_fails_the_alloc(void)
{
	static void *all[MODEL_WER_ENTRIES];
	void *mem = NULL;

	model_reset();
	for (size_t i = 0; i < MODEL_WER_ENTRIES; i++)
		CHECK_CODE(memward_sys_alloc(1, &all[i]), 0);
	CHECK_CODE(memward_sys_alloc(1, &mem), MEMWARD_EDUMPLIMIT);
	CHECK(mem == NULL);
	CHECK_INT(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	CHECK_INT(model_allocations(), MODEL_WER_ENTRIES);
	CHECK_CODE(memward_sys_free(all[0], 1), 0);
	CHECK_CODE(memward_sys_alloc(1, &all[0]), 0);
	/* One place is too few for two blocks, and none is kept. */
	CHECK_CODE(memward_sys_free(all[1], 1), 0);
	CHECK_CODE(memward_sys_alloc(2 * BLOCK, &all[1]), MEMWARD_EDUMPLIMIT);
	CHECK_INT(model_excluded_blocks(), MODEL_WER_ENTRIES - 1);
	CHECK_INT(model_allocations(), MODEL_WER_ENTRIES - 1);
	CHECK_CODE(memward_sys_alloc(1, &all[1]), 0);
	for (size_t i = 0; i < MODEL_WER_ENTRIES; i++)
		CHECK_CODE(memward_sys_free(all[i], 1), 0);
	check_nothing_left();
}

static void check_exclude_error(DWORD error, int code)
{
	void *mem = NULL;

	model_reset();
	/* The call after VirtualAlloc. */
	model_fail(2, error);
	CHECK_CODE(memward_sys_alloc(1, &mem), code);
	CHECK_INT(model.failed, MODEL_EXCLUDE);
	CHECK_INT(GetLastError(), error);
	check_nothing_left();
}

static void other_errors_of_the_table_are_told_apart(void)
{
	check_exclude_error(ERROR_INSUFFICIENT_BUFFER, MEMWARD_EDUMPLIMIT);
	check_exclude_error(ERROR_OUTOFMEMORY, MEMWARD_ENOMEM);
	check_exclude_error(WER_INVALID_STATE, MEMWARD_ESYSTEM);
}

static int reason_of_no_dump(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	bool granted;

	CHECK_CODE(memward_sys_query(&info), 0);
	granted = (info.granted & MEMWARD_SYS_NO_DUMP) != 0;
	CHECK(granted == (info.reason[1] == 0));
	return info.reason[1];
}

static void query_tells_what_reports_leave_out(void)
{
	model_reset();
	CHECK_CODE(reason_of_no_dump(), 0);
	check_nothing_left();
	model.has_exclude = false;
	CHECK_CODE(reason_of_no_dump(), MEMWARD_EUNSUPPORTED);
	check_nothing_left();
	model.has_exclude = true;
	model_fill_exclusions(MODEL_WER_ENTRIES);
	CHECK_CODE(reason_of_no_dump(), MEMWARD_EDUMPLIMIT);
	CHECK_INT(model_excluded_blocks(), MODEL_WER_ENTRIES);
	model_clear_exclusions();
}

static void an_older_windows_allocates_all_the_same(void)
{
	char *mem;

	model_reset();
	model.has_exclude = false;
	mem = alloc_bytes(1);
	CHECK_INT(model_excluded_blocks(), 0);
	CHECK_CODE(memward_sys_free(mem, 1), 0);
	check_nothing_left();
}

/* The control: the model sees what is not wiped. */
static void the_model_sees_what_is_not_wiped(void)
{
	char *mem;

	model_reset();
	mem = model_alloc(
	    NULL, MODEL_PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	CHECK(mem != NULL);
	memset(mem, 0x5a, 3);
	CHECK(model_free(mem, 0, MEM_RELEASE));
	CHECK_INT(model.dirty_bytes, 3);
}

static void free_wipes_in_any_state(void)
{
	static const memward_access states[] = {
	    MEMWARD_NO_ACCESS, MEMWARD_READ_ONLY, MEMWARD_READ_WRITE};
	size_t len = FEW * MODEL_PAGE;

	model_reset();
	for (size_t i = 0; i < 2 * TEST_COUNT(states); i++) {
		char *mem = alloc_bytes(len);

		if (i % 2 == 0)
			CHECK_CODE(memward_sys_lock(mem, len), 0);
		CHECK_CODE(memward_sys_protect(mem, len, states[i / 2]), 0);
		CHECK_CODE(memward_sys_free(mem, len), 0);
		check_nothing_left();
	}
}

/* A range that is not one whole allocation is refused, and untouched. */
static void check_part(char *mem, size_t len)
{
	CHECK_CODE(memward_sys_free(mem, len), MEMWARD_EPARTIAL);
	for (size_t i = 0; i < len; i++)
		CHECK_INT(mem[i], 0x5a);
}

static void free_of_a_part_changes_nothing(void)
{
	char *mem;

	model_reset();
	mem = alloc_bytes(FEW * MODEL_PAGE);
	CHECK_CODE(memward_sys_lock(mem, FEW * MODEL_PAGE), 0);
	check_part(mem, MODEL_PAGE);
	check_part(mem + MODEL_PAGE, MODEL_PAGE);
	check_part(mem + MODEL_PAGE, (FEW - 1) * MODEL_PAGE);
	CHECK_INT(model_locked_pages(), FEW);
	CHECK_INT(model_excluded_blocks(), 1);
	CHECK_INT(model.calls[MODEL_PROTECT], 0);
	CHECK_CODE(memward_sys_free(mem, FEW * MODEL_PAGE), 0);
	check_nothing_left();
}

/* Two allocations side by side: no call reports their border as a hole. */
static void free_of_two_neighbours_changes_nothing(void)
{
	const DWORD both = MEM_RESERVE | MEM_COMMIT;
	char *place = VirtualAlloc(NULL, 2 * BLOCK, MEM_RESERVE, PAGE_NOACCESS);
	char *first;
	char *second;

	CHECK(place != NULL);
	CHECK(VirtualFree(place, 0, MEM_RELEASE));
	first = VirtualAlloc(place, BLOCK, both, PAGE_READWRITE);
	second = VirtualAlloc(place + BLOCK, BLOCK, both, PAGE_READWRITE);
	if (first == NULL || second == NULL)
		TEST_SKIP("someone else took the place in between");
	model_reset();
	memset(place, 0x5a, 2 * BLOCK);
	check_part(place, 2 * BLOCK);
	CHECK(VirtualFree(first, 0, MEM_RELEASE));
	CHECK(VirtualFree(second, 0, MEM_RELEASE));
}

#define NO_HEAP      1 /* WER_FAULT_REPORTING_FLAG_NOHEAP */
#define QUEUE        2 /* WER_FAULT_REPORTING_FLAG_QUEUE */
#define NO_FAULT_BOX 2 /* SEM_NOGPFAULTERRORBOX */
#define NO_OPEN_BOX  0x8000

static void disabling_dumps_keeps_the_applications_settings(void)
{
	model_reset();
	model.wer_flags = QUEUE;
	model.error_mode = NO_OPEN_BOX;
	CHECK_CODE(memward_sys_disable_core_dumps(), 0);
	CHECK_INT(model.wer_flags, QUEUE | NO_HEAP);
	CHECK_INT(model.error_mode, NO_OPEN_BOX | NO_FAULT_BOX);
	CHECK_CODE(memward_sys_disable_core_dumps(), 0);
	CHECK_INT(model.wer_flags, QUEUE | NO_HEAP);
	CHECK_INT(model.error_mode, NO_OPEN_BOX | NO_FAULT_BOX);
}

static void failing_to_disable_dumps_changes_nothing(void)
{
	model_reset();
	model.error_mode = NO_OPEN_BOX;
	model.has_flags = false;
	CHECK_CODE(memward_sys_disable_core_dumps(), MEMWARD_EUNSUPPORTED);
	CHECK_INT(model.error_mode, NO_OPEN_BOX);
	model.has_flags = true;
	model_fail(2, ERROR_GEN_FAILURE);
	CHECK_CODE(memward_sys_disable_core_dumps(), MEMWARD_ESYSTEM);
	CHECK_INT(model.failed, MODEL_SET_FLAGS);
	CHECK_INT(GetLastError(), ERROR_GEN_FAILURE);
	CHECK_INT(model.wer_flags, 0);
	CHECK_INT(model.error_mode, NO_OPEN_BOX);
}

static void nothing_else_touches_the_process(void)
{
	char *mem;

	model_reset();
	model.wer_flags = QUEUE;
	model.error_mode = NO_OPEN_BOX;
	mem = alloc_bytes(1);
	CHECK_CODE(memward_sys_lock(mem, 1), 0);
	CHECK_CODE(memward_sys_free(mem, 1), 0);
	CHECK_CODE(reason_of_no_dump(), 0);
	CHECK_INT(model.wer_flags, QUEUE);
	CHECK_INT(model.error_mode, NO_OPEN_BOX);
}

static const struct test_case cases[] = {
    TEST_CASE(alloc_excludes_and_free_includes),
    TEST_CASE(long_allocations_take_several_blocks),
    TEST_CASE(a_full_table_fails_the_alloc),
    TEST_CASE(other_errors_of_the_table_are_told_apart),
    TEST_CASE(query_tells_what_reports_leave_out),
    TEST_CASE(an_older_windows_allocates_all_the_same),
    TEST_CASE(the_model_sees_what_is_not_wiped),
    TEST_CASE(free_wipes_in_any_state),
    TEST_CASE(free_of_a_part_changes_nothing),
    TEST_CASE(free_of_two_neighbours_changes_nothing),
    TEST_CASE(disabling_dumps_keeps_the_applications_settings),
    TEST_CASE(failing_to_disable_dumps_changes_nothing),
    TEST_CASE(nothing_else_touches_the_process),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
