/* SPDX-License-Identifier: MIT */
/* memward.hpp: wards, windows, errors. The other files have the rest. */
#include "cpp_cases.hpp"

#include <csignal>
#include <cstring>
#include <memory>
#include <optional>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

memward::ward closed_ward()
{
	return memward::ward(memward::policy().closed());
}

memward_place place_of(const void *address)
{
	memward_address what;

	CHECK(memward_explain_address(address, &what) == 0);
	return what.place;
}

bool is_open(const void *address)
{
	int ends[2];
	bool open;

	/* The kernel says EFAULT where a touch would end the program. */
	CHECK(pipe(ends) == 0);
	open = write(ends[1], address, 1) == 1;
	close(ends[0]);
	close(ends[1]);
	return open;
}

static void a_ward_is_opened_with_its_policy()
{
	memward::ward where(memward::policy(MEMWARD_CONTAINER)
				.without(MEMWARD_UNMERGED)
				.require(MEMWARD_CANARY)
				.limit(1 << 20));
	memward_report report = where.report();

	CHECK((report.requested & MEMWARD_CANARY) != 0);
	CHECK((report.requested & MEMWARD_UNMERGED) == 0);
	CHECK(memward::to_string(report).find("canary") != std::string::npos);
	CHECK_THROWS(memward::secret_bytes(2 << 20, where), MEMWARD_ELIMIT);
}

static void a_policy_is_built_step_by_step()
{
	memward::policy rules(MEMWARD_SERVER);

	rules.prefer(MEMWARD_LOCKED)
	    .require(MEMWARD_UNMERGED)
	    .without(MEMWARD_CANARY)
	    .fork(MEMWARD_FORK_WIPE)
	    .closed()
	    .reserve(4096)
	    .limit(65536)
	    .flags(MEMWARD_FIXED);
	CHECK(rules.get()->require ==
	      (MEMWARD_NO_DUMP | MEMWARD_GUARDED | MEMWARD_UNMERGED));
	CHECK(rules.get()->prefer == MEMWARD_LOCKED);
	CHECK(rules.get()->fork == MEMWARD_FORK_WIPE);
	CHECK(rules.get()->rest == MEMWARD_NO_ACCESS);
	CHECK(rules.get()->reserve == 4096);
	CHECK(rules.get()->limit == 65536);
	CHECK(rules.get()->flags == MEMWARD_FIXED);
}

static void a_ward_that_cannot_be_had_is_an_error()
{
	memward::policy rules;

	rules.fork(static_cast<memward_fork_rule>(0));
	CHECK_THROWS(memward::ward{rules}, MEMWARD_EVALUE);
}

static void a_ward_moved_from_is_none()
{
	memward::ward first;
	memward_ward *handle = first;
	memward::ward second(std::move(first));

	CHECK(second.get() == handle);
	CHECK_THROWS(first.get(), MEMWARD_EVALUE);
	CHECK_THROWS(memward::secret<int>{first}, MEMWARD_EVALUE);
	first = std::move(second);
	CHECK(first.get() == handle);
	CHECK_THROWS(second.close(), MEMWARD_EVALUE);
}

static void a_ward_ends_with_its_scope()
{
	memward_ward *handle = nullptr;
	{
		memward::ward where;
		handle = where;
	}
	CHECK_THROWS(memward::secret<int>{handle}, MEMWARD_EVALUE);
}

static void assigning_a_ward_closes_the_old_one()
{
	memward::ward where;
	memward_ward *old = where;

	where = memward::ward();
	CHECK(where.get() != old);
	CHECK_THROWS(memward::secret<int>{old}, MEMWARD_EVALUE);
}

static void a_ward_with_a_window_open_is_not_closed()
{
	auto where = std::make_unique<memward::ward>();
	memward_ward *handle = *where;
	{
		memward::window open(handle, MEMWARD_READ_ONLY);

		CHECK_THROWS(where->close(), MEMWARD_EWINDOW);
		where.reset();
		/* It is left as it was. */
		CHECK(memward::secret<int>(handle).size() == 1);
	}
	CHECK(memward_close(handle) == 0);
}

static void a_window_opens_a_closed_ward()
{
	memward::ward where = closed_ward();
	memward::secret<int> number(where);
	{
		memward::window outer(where, MEMWARD_READ_ONLY);
		memward::window inner(where, MEMWARD_READ_WRITE);

		*number.get() = 7;
	}
	CHECK(!is_open(number.get()));
	{
		auto open = number.read();

		CHECK(*open == 7);
		CHECK(is_open(number.get()));
	}
	CHECK(!is_open(number.get()));
}

static void a_window_ends_with_an_exception()
{
	memward::ward where = closed_ward();
	memward::secret<int> number(where);

	try {
		memward::window open(where, MEMWARD_READ_WRITE);

		CHECK(is_open(number.get()));
		throw 1;
	} catch (int) {
		CHECK(!is_open(number.get()));
	}
}

/* As a coroutine may that goes on elsewhere. */
[[noreturn]] static void end_a_window_in_another_thread()
{
	auto open =
	    std::make_unique<memward::window>(nullptr, MEMWARD_READ_ONLY);

	std::thread([&] { open.reset(); }).join();
	_exit(0);
}

static void a_window_ended_by_another_thread_ends_the_program()
{
	int status = 0;
	pid_t child = fork();

	CHECK(child >= 0);
	if (child == 0) {
		struct rlimit none = {0, 0};

		if (setrlimit(RLIMIT_CORE, &none) == 0 && close(2) == 0)
			end_a_window_in_another_thread();
		_exit(1);
	}
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void errors_tell_the_call_and_the_reason()
{
	std::optional<std::error_code> code;
	std::string what;

	try {
		memward::secret_bytes(SIZE_MAX);
	} catch (const std::system_error &e) {
		code = e.code();
		what = e.what();
	}
	CHECK(code == MEMWARD_EOVERFLOW);
	CHECK(code != MEMWARD_ENOMEM);
	CHECK(code->category() == memward::category());
	CHECK(std::strcmp(code->category().name(), "memward") == 0);
	CHECK(what == std::string("memward_new: ") +
			  memward_error_text(MEMWARD_EOVERFLOW));
}

static void errors_compare_with_those_of_the_system()
{
	std::error_code refused = MEMWARD_ELOCKLIMIT;
	std::error_code memory = MEMWARD_ENOMEM;

	CHECK(refused == std::errc::resource_unavailable_try_again);
	CHECK(memory == std::errc::not_enough_memory);
	CHECK(memory != std::errc::invalid_argument);
}

static const std::vector<test_case> ward_cases = {
    TEST_CASE(a_ward_is_opened_with_its_policy),
    TEST_CASE(a_policy_is_built_step_by_step),
    TEST_CASE(a_ward_that_cannot_be_had_is_an_error),
    TEST_CASE(a_ward_moved_from_is_none),
    TEST_CASE(a_ward_ends_with_its_scope),
    TEST_CASE(assigning_a_ward_closes_the_old_one),
    TEST_CASE(a_ward_with_a_window_open_is_not_closed),
    TEST_CASE(a_window_opens_a_closed_ward),
    TEST_CASE(a_window_ends_with_an_exception),
    TEST_CASE(a_window_ended_by_another_thread_ends_the_program),
    TEST_CASE(errors_tell_the_call_and_the_reason),
    TEST_CASE(errors_compare_with_those_of_the_system),
};

int main(int argc, char **argv)
{
	std::vector<test_case> cases;

	for (const auto &more : {ward_cases, secret_cases, string_cases,
		 container_cases, call_cases})
		cases.insert(cases.end(), more.begin(), more.end());
	return test_all(argv[0], cases, argc > 1 ? argv[1] : nullptr);
}
