/* SPDX-License-Identifier: MIT */
/*
 * tests/harness.h for C++: that leaves a case by longjmp(), which destructors
 * do not survive, so here a failed check or a skip is an exception. The lines
 * printed are the same.
 */
#ifndef MW_TESTS_CPP_CASES_HPP
#define MW_TESTS_CPP_CASES_HPP

#include <memward.hpp>

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
			if (e.code() == MEMWARD_ELOCKLIMIT)                 \
				throw;                                      \
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

/* Whether all this is about is that the process may lock next to nothing. */
inline bool test_may_lock_little(const memward::error &why)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	return why.code() == MEMWARD_ELOCKLIMIT &&
	       memward_sys_query(&info) == 0 && info.lock_limit < (8 << 20);
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
		} catch (const memward::error &why) {
			bool limit = test_may_lock_little(why);

			std::printf("%s %s: %s\n", limit ? "skip" : "not ok",
			    test.name,
			    limit ? "cannot: this process may lock too little"
				  : why.what());
			(limit ? skipped : failed)++;
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
