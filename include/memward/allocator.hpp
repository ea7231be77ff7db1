/* SPDX-License-Identifier: MIT */
/* memward for C++: containers in wards. */
#ifndef MEMWARD_ALLOCATOR_HPP
#define MEMWARD_ALLOCATOR_HPP

#include "memward.h"
#include "memward/error.hpp"
#include "memward/ward.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace memward
{

/* Many to a page; or on pages of its own, before one that faults. */
enum class place { packed, guarded };

namespace detail
{

/* What memward_new() aligns to; more takes pages of a secret's own. */
constexpr std::size_t packed_alignment = 16;

template <class T>
T *allocate(memward_ward *where, std::size_t count, place kind = place::packed)
{
	std::size_t most = SIZE_MAX / sizeof(T);
	std::size_t len = count > most ? SIZE_MAX : count * sizeof(T);
	void *secret = nullptr;

	if (alignof(T) <= packed_alignment && kind == place::packed)
		check(memward_new(where, len, &secret), "memward_new");
	else
		check(memward_new_guarded(where, len, alignof(T), &secret),
		    "memward_new_guarded");
	return static_cast<T *>(secret);
}

} // namespace detail

/*
 * An allocator for the containers of the standard library. What a container
 * gives back, as it grows or ends, is wiped. Throws memward::error.
 *
 * - A copy of a container lies in the ward of its original, unless another is
 *   named: vector(other, allocator). Assigning a copy leaves the target in its
 *   own ward: where secrets go is up to who receives them.
 * - Moving and swapping containers carries the allocator along: no element is
 *   copied, and none changes its ward.
 * - On a closed ward a container is used, from its construction to its end,
 *   within a memward::window. Only a vector may end outside one, if its
 *   elements need no destructor.
 * - What a container drops but keeps room for (clear, pop_back, erase) stays in
 *   the ward, unwiped, until that room is given back or used again.
 * - NOT for std::basic_string: it keeps a short text in itself, outside of any
 *   ward. Use memward::secret_string.
 */
template <class T> class allocator
{
      public:
	using value_type = T;
	using propagate_on_container_copy_assignment = std::false_type;
	using propagate_on_container_move_assignment = std::true_type;
	using propagate_on_container_swap = std::true_type;
	using is_always_equal = std::false_type;

	/* Not explicit, so that a container takes the ward itself. */
	allocator(memward_ward *where = nullptr) noexcept : ward_(where)
	{
	}

	allocator(const ward &where) : ward_(where)
	{
	}
	allocator(const ward &&) = delete;

	template <class U>
	allocator(const allocator<U> &other) noexcept : ward_(other.where())
	{
	}

	[[nodiscard]] T *allocate(std::size_t count)
	{
		return detail::allocate<T>(ward_, count);
	}

	void deallocate(T *secret, std::size_t) noexcept
	{
		memward_free(secret);
	}

	memward_ward *where() const noexcept
	{
		return ward_;
	}

      private:
	memward_ward *ward_;
};

/* Whether one frees what the other has allocated: any does, but no container
 * may take over what lies in another's ward. */
template <class T, class U>
bool operator==(const allocator<T> &a, const allocator<U> &b) noexcept
{
	return a.where() == b.where();
}

template <class T, class U>
bool operator!=(const allocator<T> &a, const allocator<U> &b) noexcept
{
	return !(a == b);
}

template <class T> using vector = std::vector<T, allocator<T>>;

} // namespace memward

#endif
