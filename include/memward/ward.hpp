/* SPDX-License-Identifier: MIT */
/* memward for C++: wards, their policies, windows. */
#ifndef MEMWARD_WARD_HPP
#define MEMWARD_WARD_HPP

#include "memward.h"
#include "memward/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace memward
{

/*
 * What a ward must and should have: a preset, and changes to it.
 *
 *	policy().require(MEMWARD_HIDDEN).fork(MEMWARD_FORK_OMIT).closed()
 */
class policy
{
      public:
	explicit policy(memward_preset preset = MEMWARD_SERVER)
	{
		raw_.size = sizeof(raw_);
		detail::check(memward_policy_preset(&raw_, preset),
		    "memward_policy_preset");
	}

	/* Features are MEMWARD_ bits; a feature is in one of both sets. */
	policy &require(std::uint32_t features) noexcept
	{
		raw_.prefer &= ~features;
		raw_.require |= features;
		return *this;
	}

	policy &prefer(std::uint32_t features) noexcept
	{
		raw_.require &= ~features;
		raw_.prefer |= features;
		return *this;
	}

	policy &without(std::uint32_t features) noexcept
	{
		raw_.require &= ~features;
		raw_.prefer &= ~features;
		return *this;
	}

	/* Closed at rest, and opened by windows. */
	policy &closed() noexcept
	{
		raw_.rest = MEMWARD_NO_ACCESS;
		return *this;
	}

	policy &fork(memward_fork_rule rule) noexcept
	{
		raw_.fork = rule;
		return *this;
	}

	policy &reserve(std::size_t bytes) noexcept
	{
		raw_.reserve = bytes;
		return *this;
	}

	policy &limit(std::size_t bytes) noexcept
	{
		raw_.limit = bytes;
		return *this;
	}

	/* MEMWARD_FIXED, MEMWARD_NEVER_HIDDEN. */
	policy &flags(std::uint32_t bits) noexcept
	{
		raw_.flags |= bits;
		return *this;
	}

	const memward_policy *get() const noexcept
	{
		return &raw_;
	}

      private:
	memward_policy raw_ = MEMWARD_POLICY_INIT;
};

/*
 * Opens a ward, and closes it. Moving leaves nothing behind: a ward moved from
 * is no ward, not the default one, and get() of it throws.
 *
 * A ward on which a window is open, in whatever thread, cannot be closed. The
 * destructor then leaves it as it is, for good; close() tells.
 */
class ward
{
      public:
	ward() : ward(policy())
	{
	}

	explicit ward(const policy &rules)
	{
		detail::check(
		    memward_open(rules.get(), &handle_), "memward_open");
	}

	ward(ward &&other) noexcept
	    : handle_(std::exchange(other.handle_, nullptr))
	{
	}

	ward &operator=(ward &&other) noexcept
	{
		ward old(std::move(other));

		std::swap(handle_, old.handle_);
		return *this;
	}

	~ward()
	{
		[[maybe_unused]] int refused =
		    handle_ == nullptr ? 0 : memward_close(handle_);
	}

	/* With all its secrets. Throws EWINDOW, and nothing has changed. */
	void close()
	{
		detail::check(memward_close(get()), "memward_close");
		handle_ = nullptr;
	}

	memward_ward *get() const
	{
		/* nullptr would be the default ward, to everybody else. */
		if (handle_ == nullptr)
			throw error(MEMWARD_EVALUE, "memward::ward::get");
		return handle_;
	}

	/* To name it in any call; not the one that ends with the statement. */
	operator memward_ward *() const &
	{
		return get();
	}
	operator memward_ward *() const && = delete;

	/* What was requested, what was obtained, and why not the rest. */
	memward_report report() const
	{
		memward_report answer = MEMWARD_REPORT_INIT;

		detail::check(
		    memward_report_ward(get(), &answer), "memward_report_ward");
		return answer;
	}

      private:
	memward_ward *handle_ = nullptr;
};

/* A report as text for people. */
inline std::string to_string(const memward_report &report)
{
	std::string text(memward_report_text(&report, nullptr, 0), '\0');

	/* It ends with a NUL, for which every string has room. */
	memward_report_text(&report, text.data(), text.size() + 1);
	return text;
}

/*
 * A window from here to the end of the scope. It belongs to the thread that
 * began it, so it neither moves nor is copied; ending it in another, as
 * coroutines may, is an error that ends the program (std::terminate).
 */
class [[nodiscard]] window
{
      public:
	window(memward_ward *where, memward_access access) : ward_(where)
	{
		detail::check(memward_begin(ward_, access), "memward_begin");
	}

	window(const window &) = delete;
	window &operator=(const window &) = delete;

	/* What is thrown here ends the program, and says why. */
	~window() /* NOLINT(bugprone-exception-escape) */
	{
		detail::check(memward_end(ward_), "memward_end");
	}

      private:
	memward_ward *ward_;
};

} // namespace memward

#endif
