/* SPDX-License-Identifier: MIT */
/*
 * memward_call(): functions on a stack of a ward. That nothing is left is
 * shown beside a control: the same function, run on a plain stack.
 */
#include "stack_cases.h"

#include <stdlib.h>
#include <string.h>

static int add_one(void *number)
{
	return *(int *)number + 1;
}

static void a_call_answers_as_its_function(void)
{
	int number = 41;

	CHECK_INT(call(NULL, add_one, &number), 42);
	number = -100;
	CHECK_INT(call(NULL, add_one, &number), -99);
}

static void bad_arguments_are_errors(void)
{
	memward_ward *ward = new_ward(NULL);
	int number = 0;

	CHECK_CODE(memward_call(ward, NULL, &number), MEMWARD_ENULL);
	if (memward_call_switches())
		CHECK_CODE(memward_call_sized(ward, SIZE_MAX, add_one, &number),
		    MEMWARD_EOVERFLOW);
	close_ward(ward);
	CHECK_CODE(call(ward, add_one, &number), MEMWARD_EVALUE);
}

static void it_runs_on_memory_of_the_ward(void)
{
	memward_ward *ward = new_ward(NULL);
	struct seen seen = {0};
	bool known;

	need_switch();
	CHECK_INT(call(ward, fill_and_tell, &seen), 0);
	CHECK(seen.ward == ward);
	CHECK_INT(seen.len, SMALL);
	CHECK(support_is_locked(seen.low, &known) || !known);
	CHECK_INT(place_of(seen.low - 1), MEMWARD_PLACE_GUARD);
	CHECK_INT(place_of(seen.low + seen.len), MEMWARD_PLACE_GUARD);
	check_left_nothing(&seen);
	close_ward(ward);
}

/* What pages are rounded up to, and what has a run of its own. */
static void every_size_is_wiped_to_its_end(void)
{
	static const size_t pages[] = {1, 2, 3, 8, 9, 16, 21, 64, 100};
	memward_ward *ward = new_ward(NULL);

	need_switch();
	for (size_t i = 0; i < TEST_COUNT(pages); i++) {
		size_t size = pages[i] * page_size() - 100;
		struct seen seen = {0};

		check_granted(
		    memward_call_sized(ward, size, fill_and_tell, &seen));
		CHECK(seen.len >= size);
		CHECK_INT(place_of(seen.low - 1), MEMWARD_PLACE_GUARD);
		check_left_nothing(&seen);
	}
	close_ward(ward);
}

static void the_usual_stack_is_as_long_as_it_says(void)
{
	struct seen seen = {0};

	need_switch();
	check_granted(memward_call(NULL, fill_and_tell, &seen));
	CHECK(seen.len >= MEMWARD_CALL_STACK);
	check_left_nothing(&seen);
}

struct nest {
	memward_ward *wards[2];
	unsigned depth;
	struct seen inner;
	unsigned char *low;
};

static int go_deeper(void *argument)
{
	struct nest *nest = argument;
	memward_address here = stack_here();
	unsigned char *outer = nest->low;
	int rc;

	if (here.secret == outer)
		return 1;
	if (nest->depth == 0)
		return fill_and_tell(&nest->inner);
	nest->low = here.secret;
	nest->depth--;
	rc = memward_call_sized(
	    nest->wards[nest->depth % 2], SMALL, go_deeper, nest);
	if (rc != 0)
		return rc;
	if (!holds(nest->inner.low, nest->inner.len, 0))
		return 2;
	/* The outer function is still on its own. */
	return stack_here().secret == here.secret ? 0 : 3;
}

static void calls_nest_on_stacks_of_their_own(void)
{
	struct nest nest = {{new_ward(NULL), NULL}, 4, {0}, NULL};

	need_switch();
	check_granted(call(nest.wards[0], go_deeper, &nest));
	check_left_nothing(&nest.inner);
	close_ward(nest.wards[0]);
}

#define THREADS 4

static int call_often(void *argument)
{
	struct seen seen = {0};
	int rc = 0;

	for (int i = 0; i < 200 && rc == 0; i++) {
		rc = memward_call_sized(argument, SMALL, fill_and_tell, &seen);
		/* The next thread may be at work there by now. */
	}
	return rc;
}

struct result {
	memward_ward *ward;
	int rc;
};

static void call_in_thread(void *argument)
{
	struct result *result = argument;

	result->rc = call_often(result->ward);
}

static void threads_do_not_meet(void)
{
	memward_ward *ward = new_ward(NULL);
	struct result results[THREADS];
	struct support_thread *threads[THREADS];

	need_switch();
	for (int i = 0; i < THREADS; i++) {
		results[i] = (struct result){ward, 0};
		threads[i] = support_start(call_in_thread, &results[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		support_join(threads[i]);
		check_granted(results[i].rc);
	}
	close_ward(ward);
}

struct closed {
	unsigned char *secret;
	struct seen seen;
};

static int use_secret(void *argument)
{
	struct closed *closed = argument;

	if (read_byte(closed->secret) != FILLED)
		return 1;
	write_byte(closed->secret, FILLED + 1);
	write_byte(closed->secret, FILLED);
	return fill_and_tell(&closed->seen);
}

static void a_call_is_a_window_of_a_closed_ward(void)
{
	memward_ward *ward = new_closed_ward();
	struct closed closed = {new_secret(ward, 32), {0}};

	need_switch();
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	memset(closed.secret, FILLED, 32);
	CHECK_CODE(memward_end(ward), 0);
	CHECK_CODE(call(ward, use_secret, &closed), 0);
	CHECK_CODE(call(ward, use_secret, &closed), 0);
	/* All windows are closed again. */
	CHECK_CODE(memward_end(ward), MEMWARD_EWINDOW);
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
	check_left_nothing(&closed.seen);
	CHECK_CODE(memward_end(ward), 0);
	close_ward(ward);
}

static int child_touch_closed_stack(void)
{
	memward_ward *ward = new_closed_ward();
	struct seen seen = {0};

	need_switch();
	CHECK_CODE(call(ward, fill_and_tell, &seen), 0);
	will_touch();
	(void)read_byte(seen.low);
	return done_touching();
}

static void the_stack_of_a_closed_ward_is_closed(void)
{
	need_switch();
	expect_fault("touch_closed_stack");
}

static int close_own_ward(void *ward)
{
	return memward_close(ward);
}

static void a_ward_is_not_closed_under_a_function(void)
{
	memward_ward *ward = new_ward(NULL);

	need_switch();
	CHECK_CODE(call(ward, close_own_ward, ward), MEMWARD_EWINDOW);
	close_ward(ward);
}

/* Idle stacks are given up for secrets, and count in the limit. */
static void stacks_count_in_the_limit(void)
{
	memward_policy policy = unlocked_policy();
	memward_ward *ward;
	struct seen seen = {0};

	need_switch();
	policy.limit = 4 * page_size();
	ward = new_ward(&policy);
	CHECK_CODE(
	    memward_call_sized(ward, 8 * page_size(), fill_and_tell, &seen),
	    MEMWARD_ELIMIT);
	CHECK_CODE(
	    memward_call_sized(ward, 4 * page_size(), fill_and_tell, &seen), 0);
	CHECK_INT(budget_of(ward, 32).committed, 4 * page_size());
	CHECK_INT(budget_of(ward, 32).live, 1);
	memward_free(new_secret(ward, 32));
	CHECK(budget_of(ward, 32).committed < 4 * page_size());
	CHECK_INT(budget_of(ward, 32).live, 0);
	close_ward(ward);
}

static int child_call_without_system_calls(void)
{
	memward_ward *ward = new_ward(NULL);
	int number = 0;
	const char *why;

	need_switch();
	CHECK_INT(call(ward, add_one, &number), 1);
	why = support_forbid_calls();
	if (why != NULL)
		child_cannot(why);
	for (int i = 0; i < 1000; i++) {
		number = i;
		if (call(ward, add_one, &number) != i + 1)
			_Exit(2);
	}
	_Exit(0);
}

static void a_warm_call_makes_no_system_call(void)
{
	need_switch();
	expect_success("call_without_system_calls");
}

static int fill_too_far(void *unused)
{
	(void)unused;
	will_touch();
	fill_stack(stack_here().secret, 0);
	return 0;
}

static int fill_far_enough(void *unused)
{
	(void)unused;
	will_touch();
	fill_stack(stack_here().secret, BRINK);
	return 0;
}

static int child_overflow(void)
{
	need_switch();
	(void)call(new_ward(NULL), fill_too_far, NULL);
	return done_touching();
}

static int child_no_overflow(void)
{
	need_switch();
	(void)call(new_ward(NULL), fill_far_enough, NULL);
	return done_touching();
}

static void an_overflow_faults(void)
{
	need_switch();
	expect_fault("overflow");
	expect_no_fault("no_overflow");
}

/* For a debugger: see gdb.sh. */
static int stop_here(void *unused)
{
	(void)unused;
	__builtin_trap();
}

static int child_stop_inside(void)
{
	return call(new_ward(NULL), stop_here, NULL);
}

static const struct test_case cases[] = {
    TEST_CASE(a_call_answers_as_its_function),
    TEST_CASE(bad_arguments_are_errors),
    TEST_CASE(it_runs_on_memory_of_the_ward),
    TEST_CASE(every_size_is_wiped_to_its_end),
    TEST_CASE(the_usual_stack_is_as_long_as_it_says),
    TEST_CASE(calls_nest_on_stacks_of_their_own),
    TEST_CASE(threads_do_not_meet),
    TEST_CASE(a_call_is_a_window_of_a_closed_ward),
    TEST_CASE(the_stack_of_a_closed_ward_is_closed),
    TEST_CASE(a_ward_is_not_closed_under_a_function),
    TEST_CASE(stacks_count_in_the_limit),
    TEST_CASE(a_warm_call_makes_no_system_call), TEST_CASE(an_overflow_faults),
/* And those of the other files. */
#define ROW(name) TEST_CASE(name),
    STACK_TRACE_CASES(ROW) STACK_LEAVE_CASES(ROW)
#undef ROW
};

#define CHILD(name)                 \
	{                           \
#name, child_##name \
	}

static const struct child_entry children[] = {
    CHILD(touch_closed_stack),
    CHILD(call_without_system_calls),
    CHILD(overflow),
    CHILD(no_overflow),
    CHILD(registers_after_call),
    CHILD(registers_after_function),
    CHILD(stop_inside),
    CHILD(wipe_all_after_jump),
    CHILD(wipe_all_inside),
    CHILD(wipe_all_on_signal_stack),
    CHILD(call_after_wipe_all),
};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
