/* SPDX-License-Identifier: MIT */
/* memward for C++: text in wards. */
#ifndef MEMWARD_SECRET_STRING_HPP
#define MEMWARD_SECRET_STRING_HPP

#include "memward.h"
#include "memward/allocator.hpp"
#include "memward/error.hpp"
#include "memward/secret.hpp"
#include "memward/ward.hpp"

#include <cstddef>
#include <cstring>
#include <functional>
#include <iosfwd>
#include <string_view>

namespace memward
{

/*
 * A text within reach, to the end of the scope, and a NUL behind it. Whoever
 * changes the text meanwhile has moved it, as with std::string.
 */
class [[nodiscard]] text_access : public access<const char>
{
      public:
	using access<const char>::access;

	const char *c_str() const &
	{
		return data();
	}

	std::string_view view() const &
	{
		return {data(), size()};
	}

	const char *c_str() const && = delete;
	std::string_view view() const && = delete;
};

/*
 * Text in a ward, however short. What it drops is wiped at once, and growing
 * leaves no copy behind. Its length is no secret. It can be moved, and not
 * copied, printed, hashed or ordered.
 *
 * The functions that take a std::string_view leave that where it is. To bring
 * text in without a copy elsewhere, have it written in place by
 * resize_and_overwrite(), or adopt what a call of memward/input.h has read.
 */
class secret_string : public detail::owner<char>
{
      public:
	explicit secret_string(memward_ward *where = nullptr) noexcept
	    : owner(where, nullptr, 0)
	{
	}

	explicit secret_string(
	    std::string_view text, memward_ward *where = nullptr)
	    : owner(where, nullptr, 0)
	{
		append(text);
	}

	secret_string(adopt_t, void *memory) : owner(adopt, memory)
	{
		window open(ward_, MEMWARD_READ_WRITE);

		make_room(0);
	}

	text_access read() const
	{
		/* What never held anything has no memory. */
		return {ward_, data_ == nullptr ? "" : data_, size_};
	}

	bool empty() const noexcept
	{
		return size_ == 0;
	}

	secret_string &append(std::string_view text)
	{
		window open(ward_, MEMWARD_READ_WRITE);
		std::size_t offset = offset_of(text.data());

		if (text.empty())
			return *this;
		make_room(text.size());
		/* A part of this very text may have moved. */
		std::memmove(data_ + size_,
		    offset == elsewhere ? text.data() : data_ + offset,
		    text.size());
		size_ += text.size();
		return *this;
	}

	void push_back(char letter)
	{
		window open(ward_, MEMWARD_READ_WRITE);

		make_room(1);
		data_[size_++] = letter;
	}

	/* The last character; of an empty text, nothing. */
	void pop_back()
	{
		cut(size_ == 0 ? 0 : size_ - 1);
	}

	void clear()
	{
		cut(0);
	}

	/*
	 * Makes room for count characters and calls write(first, count), which
	 * finds the text there that fits, and zeros; it answers how many
	 * characters the text has from now on. What is behind them is wiped.
	 * If it throws, or answers more than count (EVALUE), nothing is left.
	 *
	 *	text.resize_and_overwrite(64, [](char *to, size_t room) {
	 *		return read_password(to, room);
	 *	});
	 */
	template <class F> void resize_and_overwrite(std::size_t count, F write)
	{
		window open(ward_, MEMWARD_READ_WRITE);
		std::size_t length = 0;

		if (count > size_)
			make_room(count - size_);
		try {
			length = static_cast<std::size_t>(write(data_, count));
			detail::check(length > count ? MEMWARD_EVALUE : 0,
			    "memward::secret_string::resize_and_overwrite");
		} catch (...) {
			wipe_from(0);
			throw;
		}
		wipe_from(length);
	}

	/* In a time that depends on the lengths only. */
	friend bool operator==(const secret_string &a, std::string_view b)
	{
		text_access text = a.read();

		return text.size() == b.size() &&
		       memward_equal(text.data(), b.data(), b.size());
	}

	friend bool operator==(const secret_string &a, const secret_string &b)
	{
		text_access text = b.read();

		return a == text.view();
	}

	friend bool operator!=(const secret_string &a, std::string_view b)
	{
		return !(a == b);
	}

	friend bool operator!=(const secret_string &a, const secret_string &b)
	{
		return !(a == b);
	}

      private:
	static constexpr std::size_t elsewhere = static_cast<std::size_t>(-1);

	std::size_t offset_of(const char *text) const noexcept
	{
		std::less<const char *> before;

		if (data_ == nullptr || before(text, data_) ||
		    !before(text, data_ + size_))
			return elsewhere;
		return static_cast<std::size_t>(text - data_);
	}

	/* For so many more characters and the NUL; within a window. */
	void make_room(std::size_t more)
	{
		constexpr std::size_t least = 32;
		std::size_t room = data_ == nullptr ? 0 : memward_size(data_);
		void *moved = data_;

		if (more >= elsewhere - size_)
			throw error(
			    MEMWARD_EOVERFLOW, "memward::secret_string");
		if (size_ + more < room)
			return;
		room =
		    size_ + more + 1 < 2 * room ? 2 * room : size_ + more + 1;
		if (data_ == nullptr) {
			data_ = detail::allocate<char>(
			    ward_, room < least ? least : room);
			return;
		}
		detail::check(memward_resize(&moved, room), "memward_resize");
		data_ = static_cast<char *>(moved);
	}

	void wipe_from(std::size_t length) noexcept
	{
		memward_wipe(data_ + length, memward_size(data_) - length);
		size_ = length;
	}

	void cut(std::size_t length)
	{
		window open(ward_, MEMWARD_READ_WRITE);

		if (data_ != nullptr)
			wipe_from(length);
	}
};

template <class C, class Traits>
std::basic_ostream<C, Traits> &operator<<(
    std::basic_ostream<C, Traits> &, const secret_string &) = delete;

} // namespace memward

#endif
