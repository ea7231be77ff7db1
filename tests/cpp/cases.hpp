/* SPDX-License-Identifier: MIT */
/*
 * tests/harness.h for C++: that leaves a case by longjmp(), which destructors
 * do not survive, so here a failed check or a skip is an exception. The lines
 * printed are the same.
 */
#ifndef MW_TESTS_CPP_CASES_HPP
#define MW_TESTS_CPP_CASES_HPP

#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

struct test_case {
	const char *name;
	void (*run)();
};

struct test_failed : std::runtime_error {
	using runtime_error::runtime_error;
};

struct test_skipped : std::runtime_error {
	using runtime_error::runtime_error;
};

#define CHECK(condition)                                               \
	((condition) ? (void)0                                         \
		     : throw test_failed(std::string(__FILE__) + ":" + \
					 std::to_string(__LINE__) +    \
					 ": " #condition " is false"))

/* That the statement throws memward::error with this code. */
#define CHECK_THROWS(statement, expected)                                   \
	do {                                                                \
		int code_thrown = 0;                                        \
		try {                                                       \
			statement;                                          \
		} catch (const memward::error &e) {                         \
			code_thrown = e.code().value();                     \
		}                                                           \
		if (code_thrown != (expected))                              \
			throw test_failed(std::string(__FILE__) + ":" +     \
					  std::to_string(__LINE__) +        \
					  ": " #statement " threw " +       \
					  memward_error_name(code_thrown)); \
	} while (0)

#define TEST_CASE(function)           \
	{                             \
#function, (function) \
	}

inline int test_all(
    const char *program, const std::vector<test_case> &cases, const char *only)
{
	int passed = 0;
	int failed = 0;
	int skipped = 0;
	const char *slash = std::strrchr(program, '/');

	for (const test_case &test : cases) {
		if (only != nullptr && std::strcmp(only, test.name) != 0)
			continue;
		try {
			test.run();
			std::printf("ok %s\n", test.name);
			passed++;
		} catch (const test_skipped &why) {
			std::printf("skip %s: %s\n", test.name, why.what());
			skipped++;
		} catch (const std::exception &why) {
			std::printf("not ok %s: %s\n", test.name, why.what());
			failed++;
		}
		std::fflush(stdout);
	}
	if (passed + failed + skipped == 0) {
		std::printf("not ok no case has that name\n");
		failed++;
	}
	std::printf("%s: %d passed, %d failed, %d skipped\n",
	    slash == nullptr ? program : slash + 1, passed, failed, skipped);
	return failed == 0 ? 0 : 1;
}

#endif
