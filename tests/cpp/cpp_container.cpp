/* SPDX-License-Identifier: MIT */
/* memward::allocator: containers of the standard library in wards. */
#include "cpp_cases.hpp"
#include "heap_watch.hpp"

#include <cstring>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>

template <class T> using in_ward = memward::allocator<T>;
using bytes = memward::vector<unsigned char>;

static_assert(std::is_nothrow_move_assignable_v<bytes>);
static_assert(!std::allocator_traits<in_ward<int>>::is_always_equal::value);

static bool all_in(const bytes &some, const memward::ward &where)
{
	return memward_ward_of(some.data()) == where.get();
}

static void a_vector_lies_in_its_ward()
{
	memward::ward where;
	bytes some(where);

	for (unsigned i = 0; i < 5000; i++)
		some.push_back(static_cast<unsigned char>(i));
	CHECK(all_in(some, where));
	for (unsigned i = 0; i < 5000; i++)
		CHECK(some[i] == static_cast<unsigned char>(i));
}

static void what_it_outgrows_is_freed()
{
	bytes some(16, 0x5a);
	unsigned char *old = some.data();

	some.resize(4000);
	CHECK(some.data() != old);
	CHECK(place_of(old) == MEMWARD_PLACE_FREED);
}

template <class Container> static void grow(Container some, const char *secret)
{
	some.insert(some.end(), secret, secret + std::strlen(secret));
	for (int i = 0; i < 10000; i++)
		some.push_back('.');
}

static void growing_leaves_copies_in_the_heap_alone()
{
	memward::ward where;
	const char *secret = "a password of 25 letters.";

	/* The control: the standard allocator gives them back as they are. */
	heap_watch(secret);
	grow(std::vector<char>(), secret);
	CHECK(heap_blocks_with_secret() > 2);
	heap_watch(secret);
	grow(std::string(), secret);
	CHECK(heap_blocks_with_secret() > 2);

	heap_watch(secret);
	grow(memward::vector<char>(where), secret);
	CHECK(heap_blocks_with_secret() == 0);
	heap_watch(secret);
	{
		memward::secret_string text(secret, where);

		for (int i = 0; i < 10000; i++)
			text.push_back('.');
	}
	CHECK(heap_blocks_with_secret() == 0);
}

static void every_container_may_lie_there()
{
	memward::ward where;
	std::list<int, in_ward<int>> list({1, 2, 3}, where);
	std::deque<int, in_ward<int>> deque(1000, 7, where);
	std::map<int, int, std::less<>, in_ward<std::pair<const int, int>>> map(
	    where);
	std::unordered_map<int, int, std::hash<int>, std::equal_to<>,
	    in_ward<std::pair<const int, int>>>
	    hashed(8, where);

	for (int i = 0; i < 100; i++)
		map[i] = hashed[i] = i * i;
	CHECK(place_of(&list.front()) == MEMWARD_PLACE_SECRET);
	CHECK(place_of(&deque[999]) == MEMWARD_PLACE_SECRET);
	CHECK(place_of(&map.at(50)) == MEMWARD_PLACE_SECRET);
	CHECK(place_of(&hashed.at(50)) == MEMWARD_PLACE_SECRET);
	CHECK(map.at(9) == 81 && hashed.at(9) == 81);
}

static void a_shared_object_lies_there_with_its_counts()
{
	memward::ward where;
	auto shared = std::allocate_shared<int>(in_ward<int>(where), 5);

	CHECK(place_of(shared.get()) == MEMWARD_PLACE_SECRET);
}

static void copies_stay_in_their_ward()
{
	memward::ward first;
	memward::ward second;
	bytes original({1, 2, 3}, first);
	bytes copy(original);
	bytes elsewhere(original, second);

	CHECK(all_in(copy, first) && all_in(elsewhere, second));
	/* Assigning: who receives it says where it lies. */
	elsewhere = copy;
	CHECK(all_in(elsewhere, second) && elsewhere == original);
}

static void moves_carry_the_ward_along()
{
	memward::ward first;
	memward::ward second;
	bytes one({1, 2, 3}, first);
	bytes two({4, 5}, second);
	const unsigned char *data = one.data();

	two = std::move(one);
	CHECK(two.data() == data && all_in(two, first));
	bytes three({6}, second);
	swap(two, three);
	CHECK(all_in(two, second) && all_in(three, first));
	CHECK(three.data() == data);
}

static void a_container_is_used_within_a_window()
{
	memward::ward where = closed_ward();
	bytes some(where);
	const unsigned char *data;
	{
		memward::window open(where, MEMWARD_READ_WRITE);

		for (unsigned char i = 0; i < 200; i++)
			some.push_back(i);
		data = some.data();
		CHECK(some[199] == 199);
	}
	CHECK(!is_open(data));
}

static void allocators_are_equal_in_one_ward()
{
	memward::ward first;
	memward::ward second;
	in_ward<int> one(first);
	in_ward<char> same(one);

	CHECK(one == same && one != in_ward<int>(second));
	CHECK(in_ward<int>() == in_ward<int>(nullptr));
}

static void a_refusal_is_thrown_and_changes_nothing()
{
	memward::ward where(memward::policy().limit(64 * 1024));
	bytes some({1, 2, 3}, where);

	CHECK_THROWS(some.reserve(1 << 20), MEMWARD_ELIMIT);
	CHECK(some.size() == 3 && some[2] == 3);
	CHECK_THROWS((void)in_ward<long>().allocate(SIZE_MAX / 8 + 2),
	    MEMWARD_EOVERFLOW);
}

const std::vector<test_case> container_cases = {
    TEST_CASE(a_vector_lies_in_its_ward),
    TEST_CASE(what_it_outgrows_is_freed),
    TEST_CASE(growing_leaves_copies_in_the_heap_alone),
    TEST_CASE(every_container_may_lie_there),
    TEST_CASE(a_shared_object_lies_there_with_its_counts),
    TEST_CASE(copies_stay_in_their_ward),
    TEST_CASE(moves_carry_the_ward_along),
    TEST_CASE(a_container_is_used_within_a_window),
    TEST_CASE(allocators_are_equal_in_one_ward),
    TEST_CASE(a_refusal_is_thrown_and_changes_nothing),
};
