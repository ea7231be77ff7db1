/* SPDX-License-Identifier: MIT */
/* memward::call: results, exceptions, and that neither leaves a trace. */
#include "cpp_cases.hpp"

#include <cstdint>
#include <memory>
#include <pthread.h>
#include <stdexcept>
#include <string>

/* What no other code has on a stack. */
constexpr unsigned char mark = 0xa7;
constexpr std::size_t stack_size = 64 * 1024;

static void need_switch()
{
	if (!memward_call_switches())
		throw test_skipped("functions run on the caller's own stack");
}

static memward_address here()
{
	memward_address what;
	volatile char local = 0;

	CHECK(memward_explain_address(const_cast<char *>(&local), &what) == 0);
	return what;
}

static void a_result_is_the_functions()
{
	int number = 40;

	CHECK(memward::call(nullptr, [&] { return number + 2; }) == 42);
	CHECK(memward::call(nullptr, stack_size, [] {
		return std::string("long enough to be no short one");
	}).size() == 30);
	/* What can only be moved, and what is nothing at all. */
	CHECK(*memward::call(
		  nullptr, [] { return std::make_unique<int>(3); }) == 3);
	memward::call(nullptr, [&] { number = 7; });
	CHECK(number == 7);
}

static void a_function_runs_on_memory_of_the_ward()
{
	memward::ward where;
	memward_address inside = {};

	need_switch();
	memward::call(where, [&] { inside = here(); });
	CHECK(inside.place == MEMWARD_PLACE_SECRET);
	CHECK(inside.ward == where.get());
	CHECK(here().place == MEMWARD_PLACE_FOREIGN);
}

static void an_exception_comes_out_as_it_is()
{
	memward::ward where;

	for (int i = 0; i < 3; i++) {
		try {
			memward::call(where, [&] {
				throw std::out_of_range(
				    "number " + std::to_string(i));
			});
			CHECK(false);
		} catch (const std::out_of_range &e) {
			CHECK(e.what() == "number " + std::to_string(i));
			CHECK(here().place == MEMWARD_PLACE_FOREIGN);
		}
	}
	/* The stack is idle again: nothing keeps the ward from closing. */
	where.close();
}

struct counts_down {
	explicit counts_down(int *count) : count_(count)
	{
		++*count_;
	}
	~counts_down()
	{
		--*count_;
	}
	int *count_;
};

static void throw_deep(int depth, int *alive)
{
	counts_down one(alive);

	if (depth == 0)
		throw test_failed("deep");
	throw_deep(depth - 1, alive);
}

static void destructors_run_on_the_way_out()
{
	int alive = 0;

	try {
		memward::call(
		    nullptr, stack_size, [&] { throw_deep(20, &alive); });
		CHECK(false);
	} catch (const test_failed &e) {
		CHECK(std::string(e.what()) == "deep");
	}
	CHECK(alive == 0);
}

static void sixteen_kib_have_room_for_unwinding()
{
	int alive = 0;

	try {
		memward::call(
		    nullptr, 16 * 1024, [&] { throw_deep(5, &alive); });
		CHECK(false);
	} catch (const test_failed &e) {
		CHECK(std::string(e.what()) == "deep");
	}
	CHECK(alive == 0);
}

static void calls_nest_and_exceptions_pass_them_all()
{
	memward::ward inner;
	memward::ward outer;

	try {
		memward::call(outer, [&] {
			try {
				memward::call(inner, [] { throw 1; });
			} catch (int number) {
				throw number + 1;
			}
		});
		CHECK(false);
	} catch (int number) {
		CHECK(number == 2);
	}
	inner.close();
	outer.close();
}

constexpr std::size_t block_size = 16 * 1024;

static std::uintptr_t block_at;

/* Fills much of the stack, and notes where that is. */
static __attribute__((noinline)) void fill()
{
	volatile unsigned char block[block_size];

	for (volatile unsigned char &byte : block)
		byte = mark;
	block_at = reinterpret_cast<std::uintptr_t>(block);
	CHECK(block[100] == mark);
}

static void nothing_is_left_on_the_stack_behind_an_exception()
{
	memward::ward where;

	need_switch();
	try {
		memward::call(where, stack_size, [&] {
			fill();
			throw 1;
		});
		CHECK(false);
	} catch (int) {
		/* The stack stays with the ward, so it can be looked at. */
		for (std::size_t i = 0; i < block_size; i++)
			CHECK(reinterpret_cast<const volatile unsigned char *>(
				  block_at)[i] == 0);
	}
}

static void a_call_that_is_refused_is_an_error()
{
	bool called = false;

	need_switch();
	CHECK_THROWS(memward::call(nullptr, SIZE_MAX, [&] { called = true; }),
	    MEMWARD_EOVERFLOW);
	CHECK(!called);
}

static void errors_inside_come_out_with_their_code()
{
	CHECK_THROWS(memward::call(nullptr,
			 [] { return memward::secret_bytes(SIZE_MAX); }),
	    MEMWARD_EOVERFLOW);
}

static void a_secret_is_what_a_call_may_return()
{
	memward::ward where = closed_ward();
	memward::secret<int> number = memward::call(where, [&] {
		memward::secret<int> made(where);
		auto open = made.write();

		*open = 11;
		return made;
	});
	auto open = number.read();

	CHECK(*open == 11);
}

#if defined(__SANITIZE_ADDRESS__)
constexpr bool under_address_sanitizer = true;
#elif defined(__has_feature)
constexpr bool under_address_sanitizer = __has_feature(address_sanitizer);
#else
constexpr bool under_address_sanitizer = false;
#endif

static void *end_inside(void *argument)
{
	int *alive = static_cast<int *>(argument);

	memward::call(nullptr, [&] {
		counts_down one(alive);

		pthread_exit(nullptr);
	});
	return nullptr;
}

static void a_thread_may_end_inside()
{
	pthread_t thread;
	int alive = 0;

	if (under_address_sanitizer)
		throw test_skipped("the address sanitizer takes the stack that "
				   "is left for the thread's own");
	CHECK(pthread_create(&thread, nullptr, end_inside, &alive) == 0);
	CHECK(pthread_join(thread, nullptr) == 0);
#if defined(__GLIBC__)
	/* Only there a thread's end runs destructors. */
	CHECK(alive == 0);
#endif
}

const std::vector<test_case> call_cases = {
    TEST_CASE(a_result_is_the_functions),
    TEST_CASE(a_function_runs_on_memory_of_the_ward),
    TEST_CASE(an_exception_comes_out_as_it_is),
    TEST_CASE(destructors_run_on_the_way_out),
    TEST_CASE(sixteen_kib_have_room_for_unwinding),
    TEST_CASE(calls_nest_and_exceptions_pass_them_all),
    TEST_CASE(nothing_is_left_on_the_stack_behind_an_exception),
    TEST_CASE(a_call_that_is_refused_is_an_error),
    TEST_CASE(errors_inside_come_out_with_their_code),
    TEST_CASE(a_secret_is_what_a_call_may_return),
    TEST_CASE(a_thread_may_end_inside),
};
