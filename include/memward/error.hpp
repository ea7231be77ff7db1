/* SPDX-License-Identifier: MIT */
/* memward for C++: errors. */
#ifndef MEMWARD_ERROR_HPP
#define MEMWARD_ERROR_HPP

#include "memward/base.h"

#include <string>
#include <system_error>

#if (defined(_MSVC_LANG) ? _MSVC_LANG : __cplusplus) < 201703L
#error "memward.hpp needs C++17; use memward.h"
#endif
#if !defined(__cpp_exceptions)
#error "memward.hpp needs exceptions; use memward.h"
#endif

namespace memward
{

/* Codes are those of memward/base.h, messages are memward_error_text()'s. */
class MEMWARD_API error_category : public std::error_category
{
      public:
	const char *name() const noexcept override
	{
		return "memward";
	}

	std::string message(int code) const override
	{
		return memward_error_text(code);
	}

	/* What errno would say, for code that knows nothing of memward. */
	std::error_condition default_error_condition(
	    int code) const noexcept override
	{
		switch (code) {
		case MEMWARD_ENOMEM:
			return std::errc::not_enough_memory;
		case MEMWARD_ELOCKLIMIT:
		case MEMWARD_ELIMIT:
			return std::errc::resource_unavailable_try_again;
		case MEMWARD_ELOCKPRIV:
		case MEMWARD_EPERM:
			return std::errc::operation_not_permitted;
		case MEMWARD_EUNSUPPORTED:
			return std::errc::not_supported;
		case MEMWARD_ENULL:
		case MEMWARD_EVALUE:
			return std::errc::invalid_argument;
		default:
			return std::error_category::default_error_condition(
			    code);
		}
	}
};

inline const std::error_category &category() noexcept
{
	static const error_category only;

	return only;
}

/*
 * All that is thrown here. code() compares with MEMWARD_E codes; what() is the
 * call that failed, and why: "memward_new: the limit of locked memory ...".
 */
class MEMWARD_API error : public std::system_error
{
      public:
	error(int code, const char *call)
	    : std::system_error(code, category(), call)
	{
	}
};

namespace detail
{

inline void check(int code, const char *call)
{
	if (code != 0)
		throw error(code, call);
}

} // namespace detail
} // namespace memward

/* Found by its argument, so that `e.code() == MEMWARD_ELOCKLIMIT` works. */
inline std::error_code make_error_code(memward_error code) noexcept
{
	return {static_cast<int>(code), memward::category()};
}

template <> struct std::is_error_code_enum<memward_error> : std::true_type {
};

#endif
