/* SPDX-License-Identifier: MIT */
/* memward for C++: functions on stacks that are wiped. */
#ifndef MEMWARD_CALL_HPP
#define MEMWARD_CALL_HPP

#include "memward.h"
#include "memward/error.hpp"

#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace memward
{
namespace detail
{

struct nothing {
};

/* A function, and where its result or its exception waits for the caller. */
template <class F> class errand
{
	using declared = std::invoke_result_t<F &>;

	static_assert(!std::is_reference_v<declared>,
	    "what a reference names may be gone with the stack");

      public:
	using result =
	    std::conditional_t<std::is_void_v<declared>, nothing, declared>;

	explicit errand(F &function) : function_(function)
	{
	}

	/* What runs on the ward's stack. */
	static int run(void *argument)
	{
		errand *self = static_cast<errand *>(argument);

		try {
			self->call();
		} catch (...) {
			self->thrown_ = std::current_exception();
			/* A thread that ends: this goes on to its start. */
			if (self->thrown_ == nullptr)
				throw;
		}
		return 0;
	}

	/* code: what memward_call() has answered. */
	result take(int code)
	{
		if (thrown_ != nullptr)
			std::rethrow_exception(std::move(thrown_));
		check(code, "memward_call");
		return std::move(*result_);
	}

      private:
	void call()
	{
		if constexpr (std::is_void_v<declared>) {
			function_();
			result_.emplace();
		} else {
			result_.emplace(function_());
		}
	}

	F &function_;
	std::optional<result> result_;
	std::exception_ptr thrown_;
};

} // namespace detail

/*
 * Calls function() on a locked stack of the ward, as memward_call_sized() in
 * memward/stack.h says, which is wiped afterwards; 0: the usual size. An
 * exception is caught there, and thrown again when all is wiped.
 *
 * What leaves is the caller's affair: the result is moved to the caller's own
 * stack, and an exception lies with its text in ordinary memory; neither may be
 * secret. Return a memward::secret, or write to one.
 *
 * Unwinding needs stack, too, some kilobytes: with 16 KiB there is room.
 * Throws memward::error where memward_call() answers one.
 */
template <class F>
std::invoke_result_t<F &> call(
    memward_ward *where, std::size_t stack, F &&function)
{
	using errand = detail::errand<std::remove_reference_t<F>>;
	errand task(function);
	int code = stack == 0
		       ? memward_call(where, errand::run, &task)
		       : memward_call_sized(where, stack, errand::run, &task);

	return static_cast<std::invoke_result_t<F &>>(task.take(code));
}

template <class F>
std::invoke_result_t<F &> call(memward_ward *where, F &&function)
{
	return call(where, 0, std::forward<F>(function));
}

} // namespace memward

#endif
