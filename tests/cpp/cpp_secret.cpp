/* SPDX-License-Identifier: MIT */
/* memward::secret. What must not compile is in tests/cpp/compile.sh. */
#include "cpp_cases.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <ostream>
#include <type_traits>
#include <utility>

struct key {
	std::uint32_t id;
	unsigned char bytes[28];
};

struct alignas(64) wide {
	unsigned char bytes[64];
};

using secret_key = memward::secret<key>;

static_assert(!std::is_copy_constructible_v<secret_key>);
static_assert(!std::is_copy_assignable_v<secret_key>);
static_assert(std::is_nothrow_move_constructible_v<secret_key>);
static_assert(std::is_nothrow_move_assignable_v<secret_key>);
static_assert(!std::is_copy_constructible_v<memward::secret_bytes>);
static_assert(!std::is_convertible_v<memward_ward *, secret_key>);
static_assert(!std::is_convertible_v<std::size_t, memward::secret_bytes>);
static_assert(!std::is_convertible_v<secret_key, key>);
static_assert(!std::is_convertible_v<secret_key, bool>);
static_assert(!std::is_copy_constructible_v<memward::ward>);
static_assert(!std::is_copy_constructible_v<memward::window>);
static_assert(!std::is_move_constructible_v<memward::window>);
static_assert(!std::is_move_constructible_v<memward::access<key>>);

/* Whether such a value can be printed, hashed, ordered. */
template <class T, class = void> struct prints : std::false_type {
};
template <class T>
struct prints<T, std::void_t<decltype(std::declval<std::ostream &>()
				      << std::declval<const T &>())>>
    : std::true_type {
};
template <class T, class = void> struct orders : std::false_type {
};
template <class T>
struct orders<T, std::void_t<decltype(std::declval<const T &>() <
				      std::declval<const T &>())>>
    : std::true_type {
};

static_assert(prints<int>::value && orders<int>::value); /* control */
static_assert(!prints<memward::secret<int>>::value);
static_assert(!prints<memward::secret<char[]>>::value);
static_assert(!prints<memward::secret_string>::value);
static_assert(!orders<memward::secret<int>>::value);
static_assert(!orders<memward::secret_string>::value);
static_assert(!std::is_default_constructible_v<std::hash<secret_key>>);

static void a_secret_begins_as_zeros_in_its_ward()
{
	memward::ward where;
	secret_key secret(where);
	auto open = secret.read();

	CHECK(place_of(&*open) == MEMWARD_PLACE_SECRET);
	CHECK(memward_ward_of(secret.get()) == where.get());
	CHECK(memward_size(secret.get()) == sizeof(key));
	CHECK(open->id == 0 && open->bytes[27] == 0);
}

static void none_named_is_the_default_ward()
{
	memward::secret<int> number;

	CHECK(memward_ward_of(number.get()) == nullptr);
}

static void what_is_written_is_read()
{
	memward::ward where = closed_ward();
	secret_key secret(where);

	CHECK(!is_open(secret.get()));
	{
		auto open = secret.write();

		open->id = 7;
		(*open).bytes[3] = 9;
	}
	CHECK(!is_open(secret.get()));
	auto open = std::as_const(secret).read();
	CHECK(open->id == 7 && open->bytes[3] == 9);
	static_assert(std::is_same_v<decltype(*open), const key &>);
}

static void moving_leaves_the_bytes_where_they_are()
{
	memward::ward where;
	secret_key first(where);
	key *place = first.get();
	{
		auto open = first.write();
		open->id = 5;
	}
	secret_key second(std::move(first));

	CHECK(second.get() == place && second.size() == 1);
	CHECK(!first && second);
	CHECK_THROWS((void)first.read(), MEMWARD_ENULL);
	first = std::move(second);
	CHECK(first.get() == place);
	auto open = first.read();
	CHECK(open->id == 5);
}

static void assigning_frees_the_old_secret()
{
	memward::secret<int> number;
	int *old = number.get();

	number = memward::secret<int>();
	CHECK(number.get() != old);
	CHECK(place_of(old) == MEMWARD_PLACE_FREED);
}

static void a_secret_is_freed_with_its_scope()
{
	memward::ward where = closed_ward();
	int *place;
	{
		memward::secret<int> number(where);

		place = number.get();
		auto open = number.write();
		*open = 1;
	}
	CHECK(place_of(place) == MEMWARD_PLACE_FREED);
}

static void arrays_are_contiguous_ranges()
{
	memward::secret<std::uint16_t[]> numbers(3);
	unsigned sum = 0;
	{
		auto open = numbers.write();

		open[0] = 1;
		open[2] = 40;
	}
	auto open = numbers.read();
	for (std::uint16_t number : open)
		sum += number;
	CHECK(sum == 41 && open.size() == 3 && numbers.size() == 3);
	CHECK(open.end() - open.begin() == 3 && open.data() == &open[0]);
#if defined(__cpp_lib_span)
	std::span<const std::uint16_t> span = open.span();
	std::span<const std::uint16_t> same(open);
	CHECK(span.data() == open.data() && same.size() == 3);
#endif
}

static void guarded_secrets_end_at_their_guard()
{
	memward::ward where;
	memward::secret_bytes bytes(100, where, memward::place::guarded);

	CHECK(place_of(bytes.get() + 100) == MEMWARD_PLACE_GUARD);
	CHECK(memward_protect(bytes.get(), MEMWARD_NO_ACCESS) == 0);
	CHECK(!is_open(bytes.get()));
}

static void alignment_is_kept()
{
	memward::secret<wide> secret;
	memward::secret<wide[]> secrets(3);
	memward::secret<std::max_align_t> most;

	CHECK(reinterpret_cast<std::uintptr_t>(secret.get()) % 64 == 0);
	CHECK(reinterpret_cast<std::uintptr_t>(secrets.get()) % 64 == 0);
	CHECK(reinterpret_cast<std::uintptr_t>(most.get()) %
		  alignof(std::max_align_t) ==
	      0);
}

static void secrets_compare_by_their_bytes()
{
	memward::ward where = closed_ward();
	secret_key a(where);
	secret_key b;

	CHECK(a == b && !(a != b));
	{
		auto open = b.write();
		open->bytes[27] = 1;
	}
	CHECK(a != b && b != a);
	CHECK(a == a);
	memward::secret_bytes three(3);
	memward::secret_bytes four(4, where);
	CHECK(three != four);
}

static void lengths_that_overflow_are_refused()
{
	CHECK_THROWS(memward::secret<key[]>(SIZE_MAX / sizeof(key) + 2),
	    MEMWARD_EOVERFLOW);
}

static void *bytes_of_c(memward_ward *where, std::size_t len)
{
	void *memory = nullptr;

	memward::detail::check(
	    memward_new_random(where, len, &memory), "memward_new_random");
	return memory;
}

static void secrets_of_c_are_adopted_and_released()
{
	memward::ward where = closed_ward();
	void *memory = bytes_of_c(where, 64);
	memward::secret<key[]> keys(memward::adopt, memory);

	CHECK(keys.get() == memory && keys.size() == 2);
	/* It knows the ward to open. */
	CHECK(keys == keys && !is_open(memory));
	key *again = keys.release();
	CHECK(again == memory && !keys && keys.size() == 0);
	memward::secret<wide> one(
	    memward::adopt, memward_alloc_guarded(where, 64, 64));
	CHECK(one.size() == 1);
	memward_free(again);
}

static void what_is_not_of_the_type_is_not_adopted()
{
	void *memory = bytes_of_c(nullptr, 33);

	CHECK_THROWS(
	    memward::secret<key>(memward::adopt, nullptr), MEMWARD_ENULL);
	CHECK_THROWS(
	    memward::secret<key[]>(memward::adopt, memory), MEMWARD_EVALUE);
	/* It was taken over, and is gone. */
	CHECK(!memward_is_secret(memory));
	memory = bytes_of_c(nullptr, 64);
	CHECK_THROWS(
	    memward::secret<key>(memward::adopt, memory), MEMWARD_EVALUE);
	CHECK(!memward_is_secret(memory));
}

static void arrays_may_be_empty()
{
	memward::secret_bytes none(0);

	CHECK(none && none.size() == 0);
	auto open = none.read();
	CHECK(open.begin() == open.end());
}

const std::vector<test_case> secret_cases = {
    TEST_CASE(a_secret_begins_as_zeros_in_its_ward),
    TEST_CASE(none_named_is_the_default_ward),
    TEST_CASE(what_is_written_is_read),
    TEST_CASE(moving_leaves_the_bytes_where_they_are),
    TEST_CASE(assigning_frees_the_old_secret),
    TEST_CASE(a_secret_is_freed_with_its_scope),
    TEST_CASE(arrays_are_contiguous_ranges),
    TEST_CASE(guarded_secrets_end_at_their_guard),
    TEST_CASE(alignment_is_kept),
    TEST_CASE(secrets_compare_by_their_bytes),
    TEST_CASE(lengths_that_overflow_are_refused),
    TEST_CASE(secrets_of_c_are_adopted_and_released),
    TEST_CASE(what_is_not_of_the_type_is_not_adopted),
    TEST_CASE(arrays_may_be_empty),
};
