/* SPDX-License-Identifier: MIT */
/*
 * leaks MODE < SECRET: holds a secret in a container that grows and ends, and
 * then ends itself. tests/cpp/leaks.sh looks at what is left in its memory.
 */
#include <memward.hpp>

#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

/* Growing leaves the old blocks behind, each with what was in it. */
template <class Container> static void grow(Container some, const char *secret)
{
	/* Not at the front, where malloc() notes things in freed blocks. */
	some.insert(some.end(), 40, '.');
	some.insert(some.end(), secret, secret + std::strlen(secret));
	for (int i = 0; i < 10000; i++)
		some.push_back('.');
}

static void grow_secret_string(const char *secret)
{
	memward::secret_string text(std::string(40, '.'));

	text.append(secret);
	for (int i = 0; i < 10000; i++)
		text.push_back('.');
}

/* No container at all: it shows that nothing else here leaves a copy. */
static void nothing(const char *)
{
}

/* A short text lies in the string itself, whatever its allocator. */
using string_in_ward =
    std::basic_string<char, std::char_traits<char>, memward::allocator<char>>;

static void keep_short(const char *secret)
{
	auto text = std::make_unique<string_in_ward>(secret);

	std::printf("%zu characters\n", text->size());
}

static void keep_short_secret_string(const char *secret)
{
	auto text = std::make_unique<memward::secret_string>(secret);

	std::printf("%zu characters\n", text->size());
}

static void grow_standard_vector(const char *secret)
{
	grow(std::vector<char>(), secret);
}

static void grow_standard_string(const char *secret)
{
	grow(std::string(), secret);
}

static void grow_ward_vector(const char *secret)
{
	grow(memward::vector<char>(), secret);
}

static const struct {
	const char *name;
	void (*run)(const char *secret);
} modes[] = {
    {"nothing", nothing},
    {"standard-vector", grow_standard_vector},
    {"standard-string", grow_standard_string},
    {"ward-vector", grow_ward_vector},
    {"secret-string", grow_secret_string},
    {"short-string", keep_short},
    {"short-secret-string", keep_short_secret_string},
};

int main(int argc, char **argv)
{
	memward::secret_string secret;

	secret.resize_and_overwrite(15, [](char *to, std::size_t room) {
		ssize_t got = read(0, to, room);

		return got < 0 ? 0 : got;
	});
	if (secret.empty())
		return 2;
	for (const auto &mode : modes) {
		if (argc == 2 && std::strcmp(argv[1], mode.name) == 0) {
			auto open = secret.read();

			mode.run(open.c_str());
			return 0;
		}
	}
	std::fputs("usage: leaks MODE < SECRET\n", stderr);
	return 2;
}
