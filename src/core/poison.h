/* SPDX-License-Identifier: MIT */
/*
 * Tells the address sanitizer, where memward is built with it, and Valgrind,
 * where it runs under it, which bytes of open pages are no secret's: those of
 * free slots, canaries and the zeros around a secret. A read one byte too far
 * is then reported where it happens. Guard pages need no telling: they fault.
 *
 * memward's own looks at such bytes are either between mw_poison_lift() and
 * mw_poison_lay(), by whoever owns the slot at that moment, or glances of
 * others, which are exempt.
 */
#ifndef MW_CORE_POISON_H
#define MW_CORE_POISON_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define MW_POISON_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MW_POISON_ASAN 1
#endif
#endif

/* For builds that look at a ward's pages from outside, as the models do. */
#if defined(MW_NO_POISON)
#undef MW_POISON_ASAN
#endif

#if !defined(MW_POISON_ASAN) && !defined(MW_NO_POISON) && defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#define MW_POISON_VALGRIND 1
#endif
#endif

/* An attribute for functions whose looks neither sanitizer is to judge. */
#define MW_UNJUDGED __attribute__((no_sanitize_thread, no_sanitize_address))

#if defined(MW_POISON_ASAN)

/* Of sanitizer/asan_interface.h, which comes with the compiler. */
void __asan_poison_memory_region(const volatile void *mem, size_t len);
void __asan_unpoison_memory_region(const volatile void *mem, size_t len);

#define mw_poison_watched false

static inline void mw_poison_start(void)
{
}

static inline void mw_poison_lay(const void *mem, size_t len)
{
	__asan_poison_memory_region(mem, len);
}

static inline void mw_poison_lift(const void *mem, size_t len)
{
	__asan_unpoison_memory_region(mem, len);
}

static inline void mw_poison_pause(bool pause)
{
	(void)pause;
}

static inline unsigned mw_poison_stack(const void *low, size_t len)
{
	(void)low;
	(void)len;
	return 0;
}

static inline void mw_poison_no_stack(unsigned id)
{
	(void)id;
}

/* For the warm path. */
static inline void mw_poison_lay_warm(const void *mem, size_t len)
{
	mw_poison_lay(mem, len);
}

static inline void mw_poison_lift_warm(const void *mem, size_t len)
{
	mw_poison_lift(mem, len);
}

#else

/* Whether Valgrind is watching. Always false without its header. */
extern bool mw_poison_watched;

void mw_poison_start(void);
void mw_poison_tell(const void *mem, size_t len, bool poisoned);
void mw_poison_tell_pause(bool pause);
unsigned mw_poison_tell_stack(const void *low, size_t len);
void mw_poison_tell_no_stack(unsigned id);

static inline void mw_poison_lay(const void *mem, size_t len)
{
	if (__builtin_expect(mw_poison_watched, false))
		mw_poison_tell(mem, len, true);
}

static inline void mw_poison_lift(const void *mem, size_t len)
{
	if (__builtin_expect(mw_poison_watched, false))
		mw_poison_tell(mem, len, false);
}

/* Around a glance: Valgrind knows no exempt functions. */
static inline void mw_poison_pause(bool pause)
{
	if (__builtin_expect(mw_poison_watched, false))
		mw_poison_tell_pause(pause);
}

/*
 * Valgrind is to take a move of the stack pointer to or from there for a
 * switch. The result names it to mw_poison_no_stack().
 */
static inline unsigned mw_poison_stack(const void *low, size_t len)
{
	return mw_poison_watched ? mw_poison_tell_stack(low, len) : 0;
}

static inline void mw_poison_no_stack(unsigned id)
{
	if (mw_poison_watched)
		mw_poison_tell_no_stack(id);
}

/* The warm path is not taken under Valgrind: even to ask would cost it. */
static inline void mw_poison_lay_warm(const void *mem, size_t len)
{
	(void)mem;
	(void)len;
}

static inline void mw_poison_lift_warm(const void *mem, size_t len)
{
	(void)mem;
	(void)len;
}

#endif

#endif
