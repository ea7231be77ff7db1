/* SPDX-License-Identifier: MIT */
/* memward::secret_string. */
#include "cpp_cases.hpp"

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <unistd.h>
#include <utility>

using memward::secret_string;

static_assert(!std::is_copy_constructible_v<secret_string>);
static_assert(!std::is_copy_assignable_v<secret_string>);
static_assert(std::is_nothrow_move_constructible_v<secret_string>);
static_assert(!std::is_convertible_v<secret_string, std::string_view>);
static_assert(!std::is_convertible_v<secret_string, std::string>);
static_assert(!std::is_convertible_v<const char *, secret_string>);

static bool is(const secret_string &text, const char *expected)
{
	auto open = text.read();

	return open.view() == expected &&
	       std::strlen(open.c_str()) == std::strlen(expected) &&
	       text.size() == std::strlen(expected);
}

static void even_short_text_lies_in_the_ward()
{
	memward::ward where = closed_ward();
	secret_string text("hi", where);
	const char *at = nullptr;
	{
		auto open = text.read();

		at = open.data();
		CHECK(memward_ward_of(at) == where.get());
	}
	CHECK(!is_open(at));
	CHECK(is(text, "hi"));
}

static void an_empty_text_needs_no_memory()
{
	secret_string text;

	CHECK(text.empty() && is(text, ""));
	text.append("");
	text.clear();
	text.pop_back();
	CHECK(text.empty() && is(text, ""));
}

static void text_grows_and_is_cut()
{
	memward::ward where = closed_ward();
	secret_string text(where);
	std::string expected;

	for (int i = 0; i < 300; i++) {
		char letter = static_cast<char>('a' + i % 26);

		text.push_back(letter);
		expected.push_back(letter);
		CHECK(is(text, expected.c_str()));
	}
	text.append("-end");
	expected.append("-end");
	CHECK(is(text, expected.c_str()));
	text.pop_back();
	expected.pop_back();
	CHECK(is(text, expected.c_str()));
	text.clear();
	CHECK(text.empty() && is(text, ""));
}

static void text_may_be_appended_to_itself()
{
	secret_string text("0123456789012345678901234567");

	for (int i = 0; i < 4; i++) {
		auto open = text.read();

		text.append(open.view());
	}
	CHECK(text.size() == 28 * 16);
	auto open = text.read();
	CHECK(open.view().substr(28 * 15) == "0123456789012345678901234567");
}

/* All that is dropped is zeros at once, up to the end of the memory. */
static void what_is_dropped_is_wiped()
{
	secret_string text("the password");
	auto open = text.read();
	const char *at = open.data();
	std::size_t room = memward_size(at);

	text.pop_back();
	CHECK(std::memcmp(at, "the passwor\0", 12) == 0);
	text.clear();
	for (std::size_t i = 0; i < room; i++)
		CHECK(at[i] == 0);
}

static void text_is_written_in_place()
{
	memward::ward where = closed_ward();
	secret_string text("ab", where);

	text.resize_and_overwrite(100, [](char *to, std::size_t room) {
		CHECK(room == 100);
		CHECK(std::memcmp(to, "ab\0\0", 4) == 0);
		std::memset(to, 'x', room);
		return 3;
	});
	CHECK(is(text, "xxx"));
	auto open = text.read();
	for (std::size_t i = 3; i < memward_size(open.data()); i++)
		CHECK(open.data()[i] == 0);
}

static void writing_that_fails_leaves_nothing()
{
	secret_string text("ab");

	CHECK_THROWS(text.resize_and_overwrite(
			 4, [](char *, std::size_t room) { return room + 1; }),
	    MEMWARD_EVALUE);
	CHECK(text.empty() && is(text, ""));
	text.append("ab");
	try {
		text.resize_and_overwrite(4, [](char *to, std::size_t) {
			to[0] = 'c';
			throw 1;
			return 0;
		});
		CHECK(false);
	} catch (int) {
		CHECK(text.empty() && is(text, ""));
	}
}

static void what_is_read_is_adopted()
{
	memward::ward where = closed_ward();
	void *line = nullptr;
	int ends[2];

	CHECK(pipe(ends) == 0);
	CHECK(write(ends[1], "password\nrest", 13) == 13);
	memward::detail::check(
	    memward_read_fd(where, ends[0], '\n', 100, &line),
	    "memward_read_fd");
	secret_string text(memward::adopt, line);
	close(ends[0]);
	close(ends[1]);
	CHECK(is(text, "password"));
	text.push_back('!');
	CHECK(is(text, "password!"));
}

static void texts_compare_by_length_and_bytes()
{
	memward::ward where = closed_ward();
	secret_string text("password", where);
	secret_string same("password");
	secret_string other("passwore");

	CHECK(text == same && text == "password" && !(text != "password"));
	CHECK(text != other && text != "passwor" && text != "");
	CHECK(secret_string() == "" && secret_string() == secret_string());
}

static void texts_are_moved()
{
	secret_string first("password");
	secret_string second(std::move(first));

	CHECK(first.empty() && is(first, "") && is(second, "password"));
	first = std::move(second);
	CHECK(is(first, "password"));
	/* One moved from is an empty text in the same ward. */
	second.append("new");
	CHECK(is(second, "new"));
}

const std::vector<test_case> string_cases = {
    TEST_CASE(even_short_text_lies_in_the_ward),
    TEST_CASE(an_empty_text_needs_no_memory),
    TEST_CASE(text_grows_and_is_cut),
    TEST_CASE(text_may_be_appended_to_itself),
    TEST_CASE(what_is_dropped_is_wiped),
    TEST_CASE(text_is_written_in_place),
    TEST_CASE(writing_that_fails_leaves_nothing),
    TEST_CASE(what_is_read_is_adopted),
    TEST_CASE(texts_compare_by_length_and_bytes),
    TEST_CASE(texts_are_moved),
};
