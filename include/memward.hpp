/* SPDX-License-Identifier: MIT */
/*
 * memward for C++17 and later: nothing but headers over memward.h.
 *
 *	memward::ward       opens a ward, and closes it; memward::policy builds
 *	                    what it is opened with
 *	memward::window     a window on a closed ward, to the end of a scope
 *	memward::secret     an object, or an array, in a ward
 *	memward::secret_string   text in a ward, however short
 *	memward::allocator  containers in a ward
 *	memward::call       a function on a stack that is wiped
 *	memward::error      what all of them throw
 *
 * Common to all:
 * - A ward is named by memward_ward *, to which memward::ward converts; none,
 *   or nullptr, is the default ward. Calls of memward.h and these mix freely.
 * - A ward's secrets end with it, so it has to outlive every object that has
 *   memory of it, as with any allocator. Freeing one of them later ends the
 *   process.
 * - What memward.h says of threads, fork and signal handlers holds here.
 * - Exceptions are needed. Without them (-fno-exceptions) use memward.h.
 */
#ifndef MEMWARD_HPP
#define MEMWARD_HPP

#include "memward/allocator.hpp"
#include "memward/call.hpp"
#include "memward/error.hpp"
#include "memward/secret.hpp"
#include "memward/secret_string.hpp"
#include "memward/ward.hpp"

#endif
