/* SPDX-License-Identifier: MIT */
/* memward for C++: objects and arrays in wards. */
#ifndef MEMWARD_SECRET_HPP
#define MEMWARD_SECRET_HPP

#include "memward.h"
#include "memward/allocator.hpp"
#include "memward/error.hpp"
#include "memward/ward.hpp"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <type_traits>
#include <utility>
#if __cplusplus >= 202002L
#include <span>
#endif

namespace memward
{

/*
 * A secret within reach, from here to the end of the scope: on a closed ward
 * that is a window. T is const for reading. It is a contiguous range, which
 * std::span takes as it is.
 *
 * Nothing may be kept of it for later, and what stays within the statement is
 * not handed out at all: `auto key = secret.read(); use(*key);`.
 */
template <class T> class [[nodiscard]] access
{
      public:
	access(memward_ward *where, T *data, std::size_t size)
	    : window_(where,
		  std::is_const_v<T> ? MEMWARD_READ_ONLY : MEMWARD_READ_WRITE),
	      data_(data), size_(size)
	{
	}

	T &operator*() const &
	{
		return *data_;
	}

	T *operator->() const &
	{
		return data_;
	}

	/* Unchecked, as everywhere. */
	T &operator[](std::size_t index) const &
	{
		return data_[index];
	}

	T *data() const &
	{
		return data_;
	}

	std::size_t size() const noexcept
	{
		return size_;
	}

	T *begin() const &
	{
		return data_;
	}

	T *end() const &
	{
		return data_ + size_;
	}

#if defined(__cpp_lib_span)
	std::span<T> span() const &
	{
		return {data_, size_};
	}
	std::span<T> span() const && = delete;
#endif

	T &operator*() const && = delete;
	T *operator->() const && = delete;
	T &operator[](std::size_t index) const && = delete;
	T *data() const && = delete;
	T *begin() const && = delete;
	T *end() const && = delete;

      private:
	window window_;
	T *data_;
	std::size_t size_;
};

/*
 * For taking over a secret that a call of memward.h has made, memward_read_fd()
 * for one. It is the new object's from then on, also where that throws: ENULL,
 * or EVALUE for a size or an alignment that is not the type's.
 *
 *	memward::secret_bytes key(memward::adopt, pointer);
 */
struct adopt_t {
	explicit adopt_t() = default;
};
inline constexpr adopt_t adopt{};

namespace detail
{

inline void *not_null(void *memory)
{
	check(memory == nullptr ? MEMWARD_ENULL : 0, "memward::adopt");
	return memory;
}

/* Memory of a ward, or none, and who frees it. */
template <class T> class owner
{
      public:
	owner(memward_ward *where, T *data, std::size_t size) noexcept
	    : ward_(where), data_(data), size_(size)
	{
	}

	owner(adopt_t, void *memory)
	    : owner(memward_ward_of(not_null(memory)), static_cast<T *>(memory),
		  memward_size(memory) / sizeof(T))
	{
	}

	owner(owner &&other) noexcept
	    : ward_(other.ward_), data_(std::exchange(other.data_, nullptr)),
	      size_(std::exchange(other.size_, 0))
	{
	}

	owner &operator=(owner &&other) noexcept
	{
		owner old(std::move(other));

		std::swap(ward_, old.ward_);
		std::swap(data_, old.data_);
		std::swap(size_, old.size_);
		return *this;
	}

	~owner()
	{
		memward_free(data_);
	}

	std::size_t size() const noexcept
	{
		return size_;
	}

      protected:
	memward_ward *ward_;
	T *data_;
	std::size_t size_; /* of what is in use, in objects */
};

/* So many objects in a ward; what secret<T> and secret<T[]> share. */
template <class T> class holder : public owner<T>
{
	static_assert(std::is_trivially_copyable_v<T> &&
			  std::is_trivially_default_constructible_v<T>,
	    "a secret is wiped, not destroyed, and begins as zeros: its type "
	    "has to be trivial");
	static_assert(!std::is_const_v<T> && !std::is_volatile_v<T>,
	    "a secret's type is neither const nor volatile");

      public:
	holder(memward_ward *where, std::size_t count, place kind)
	    : owner<T>(where, allocate<T>(where, count, kind), count)
	{
	}

	holder(adopt_t, void *memory) : owner<T>(adopt, memory)
	{
		auto address = reinterpret_cast<std::uintptr_t>(memory);

		if (memward_size(memory) % sizeof(T) != 0 ||
		    address % alignof(T) != 0)
			throw error(MEMWARD_EVALUE, "memward::adopt");
	}

	/* For memward_free() and others that take a secret over. */
	[[nodiscard]] T *release() noexcept
	{
		this->size_ = 0;
		return std::exchange(this->data_, nullptr);
	}

	/* Whether there is a secret: not after it was moved or released. */
	explicit operator bool() const noexcept
	{
		return this->data_ != nullptr;
	}

	/* Within reach. ENULL: it was moved; and what memward_begin() says. */
	access<const T> read() const
	{
		return {this->ward_, checked(), this->size_};
	}

	access<T> write()
	{
		return {this->ward_, checked(), this->size_};
	}

	/* For calls of memward.h: memward_protect(), memward_seal(), ... */
	T *get() const noexcept
	{
		return this->data_;
	}

	/*
	 * In a time that depends on the sizes only, byte by byte: types with
	 * bytes or values that compare otherwise are refused.
	 */
	friend bool operator==(const holder &a, const holder &b)
	{
		static_assert(std::has_unique_object_representations_v<T>,
		    "equal values of this type may differ in their bytes");
		access<const T> x = a.read();
		access<const T> y = b.read();

		return x.size() == y.size() &&
		       memward_equal(x.data(), y.data(), x.size() * sizeof(T));
	}

	friend bool operator!=(const holder &a, const holder &b)
	{
		return !(a == b);
	}

      private:
	T *checked() const
	{
		if (this->data_ == nullptr)
			throw error(MEMWARD_ENULL, "memward::secret");
		return this->data_;
	}
};

} // namespace detail

/*
 * One T in a ward, zeros at first: no constructor runs. It can be moved, by
 * which the bytes stay where they are; it cannot be copied, printed, hashed or
 * ordered.
 *
 *	memward::secret<aes_key> key(my_ward);
 *	{
 *		auto open = key.write();
 *		read_key(&*open);
 *	}
 */
template <class T> class secret : public detail::holder<T>
{
      public:
	explicit secret(
	    memward_ward *where = nullptr, place kind = place::packed)
	    : detail::holder<T>(where, 1, kind)
	{
	}

	secret(adopt_t, void *memory) : detail::holder<T>(adopt, memory)
	{
		if (this->size() != 1)
			throw error(MEMWARD_EVALUE, "memward::adopt");
	}
};

/* So many of them. */
template <class T> class secret<T[]> : public detail::holder<T>
{
      public:
	explicit secret(std::size_t count, memward_ward *where = nullptr,
	    place kind = place::packed)
	    : detail::holder<T>(where, count, kind)
	{
	}

	secret(adopt_t, void *memory) : detail::holder<T>(adopt, memory)
	{
	}
};

using secret_bytes = secret<unsigned char[]>;

template <class C, class Traits, class T>
std::basic_ostream<C, Traits> &operator<<(
    std::basic_ostream<C, Traits> &, const detail::holder<T> &) = delete;

} // namespace memward

#endif
