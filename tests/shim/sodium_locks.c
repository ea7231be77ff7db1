/* SPDX-License-Identifier: MIT */
/* sodium_mlock and sodium_munlock, on memory of the caller's own. */
#include "sodium_pair.h"
#include "support_ward.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGES 8

static size_t page(void)
{
	return memward_sys_page_size();
}

/* Private pages, locked by nobody. */
static unsigned char *new_pages(size_t count)
{
	void *mem = mmap(NULL, count * page(), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(mem != MAP_FAILED);
	return mem;
}

static void give_pages(unsigned char *mem, size_t count)
{
	CHECK_INT(munmap(mem, count * page()), 0);
}

static bool is_locked(const void *mem)
{
	bool known;
	bool locked = support_is_locked(mem, &known);

	if (!known)
		TEST_SKIP("the system has no account of locks");
	return locked;
}

/* libsodium's own calls of mlock(2) must reach the kernel. */
static void need_locks(void)
{
	unsigned char *mem = new_pages(PAGES);
	int rc = mlock(mem, PAGES * page());

	give_pages(mem, PAGES);
	if (support_sanitizer() != NULL)
		TEST_SKIP("the sanitizer puts nothing in the place of mlock");
	if (rc != 0)
		TEST_SKIP("the limit of locked memory is too low");
}

static int lock_nothing(const struct sodium *library)
{
	return outcome(library->mlock(nowhere, 0));
}

static int lock_null(const struct sodium *library)
{
	return outcome(library->mlock(nowhere, 10));
}

static int lock_unmapped(const struct sodium *library)
{
	unsigned char *mem = new_pages(2);

	give_pages(mem, 2);
	return outcome(library->mlock(mem, 2 * page()));
}

static int lock_into_unmapped(const struct sodium *library)
{
	unsigned char *mem = new_pages(2);
	int got;

	give_pages(mem + page(), 1);
	got = outcome(library->mlock(mem, page() + 1));
	give_pages(mem, 1);
	return got;
}

static int lock_closed(const struct sodium *library)
{
	unsigned char *mem = new_pages(1);
	int got;

	CHECK_INT(mprotect(mem, page(), PROT_NONE), 0);
	got = outcome(library->mlock(mem, page()));
	give_pages(mem, 1);
	return got;
}

static int lock_beyond_the_end(const struct sodium *library)
{
	unsigned char *mem = new_pages(1);
	int got = outcome(library->mlock(mem, SIZE_MAX - page()));

	give_pages(mem, 1);
	return got;
}

/* Two whole pages, by bytes in the middle of each. */
static int lock_two_pages(const struct sodium *library)
{
	unsigned char *mem = new_pages(PAGES);
	int got = outcome(library->mlock(mem + 2 * page() - 5, 10));

	if (got == 0) {
		for (unsigned i = 0; i < PAGES; i++)
			CHECK(
			    is_locked(mem + i * page()) == (i == 1 || i == 2));
		got = outcome(library->munlock(mem + 2 * page() - 5, 10));
	}
	for (unsigned i = 0; i < PAGES; i++)
		CHECK(!is_locked(mem + i * page()));
	give_pages(mem, PAGES);
	return got;
}

void locks_answer_alike(void)
{
	need_locks();
	CHECK_BOTH(lock_nothing, 0);
	CHECK_BOTH(lock_null, ENOMEM);
	CHECK_BOTH(lock_unmapped, ENOMEM);
	CHECK_BOTH(lock_into_unmapped, ENOMEM);
	CHECK_BOTH(lock_closed, ENOMEM);
	/* EINVAL or ENOMEM, as the process has privileges or not. */
	CHECK(lock_beyond_the_end(real()) != 0);
	CHECK_INT(lock_beyond_the_end(ours()), ENOMEM);
	CHECK_BOTH(lock_two_pages, 0);
}

static int unlock(const struct sodium *library, size_t locked, size_t len)
{
	unsigned char *mem = new_pages(PAGES);
	int got;

	memset(mem, 1, PAGES * page());
	CHECK_INT(library->mlock(mem, locked), 0);
	got = outcome(library->munlock(mem, len));
	for (size_t i = 0; i < PAGES * page(); i++)
		CHECK_INT(mem[i], i < len ? 0 : 1);
	give_pages(mem, PAGES);
	return got;
}

static int unlock_part(const struct sodium *library)
{
	return unlock(library, 300, 100);
}

static int unlock_nothing(const struct sodium *library)
{
	return unlock(library, 300, 0);
}

static int unlock_the_unlocked(const struct sodium *library)
{
	return unlock(library, 0, 5 * page() + 3);
}

static int unlock_more(const struct sodium *library)
{
	return unlock(library, 2 * page(), 5 * page() + 3);
}

void unlocking_wipes(void)
{
	need_lock_limit(65536);
	CHECK_BOTH(unlock_part, 0);
	CHECK_BOTH(unlock_nothing, 0);
	CHECK_BOTH(unlock_the_unlocked, 0);
	CHECK_BOTH(unlock_more, 0);
}

/* Whether a page stays locked when one of two that lie on it is unlocked. */
static int unlock_one_of_two(const struct sodium *library)
{
	unsigned char *mem = new_pages(1);
	bool locked;

	CHECK_INT(library->mlock(mem, 100), 0);
	CHECK_INT(library->mlock(mem + 100, 100), 0);
	CHECK_INT(library->munlock(mem, 100), 0);
	locked = is_locked(mem);
	CHECK_INT(library->munlock(mem + 100, 100), 0);
	CHECK(!is_locked(mem));
	give_pages(mem, 1);
	return locked;
}

/* Here we are meant to differ. */
void locks_are_counted(void)
{
	need_locks();
	CHECK_INT(unlock_one_of_two(real()), 0);
	CHECK_INT(unlock_one_of_two(ours()), 1);
}

static bool is_left_out(const void *mem)
{
	bool known;
	bool left_out = support_has_flag(mem, "dd", &known);

	if (!known)
		TEST_SKIP("the system has no account of core files");
	return left_out;
}

/* Bit i: page i is left out of core files. */
static int left_out_by(
    const struct sodium *library, size_t from, size_t len, bool undone)
{
	unsigned char *mem = new_pages(PAGES);
	int pages = 0;

	CHECK_INT(library->mlock(mem + from, len), 0);
	if (undone)
		CHECK_INT(library->munlock(mem + from, len), 0);
	for (unsigned i = 0; i < PAGES; i++)
		pages |= is_left_out(mem + i * page()) ? 1 << i : 0;
	if (!undone)
		CHECK_INT(library->munlock(mem + from, len), 0);
	give_pages(mem, PAGES);
	return pages;
}

static int leave_out_pages(const struct sodium *library)
{
	return left_out_by(library, page(), 2 * page(), false);
}

static int leave_out_a_part(const struct sodium *library)
{
	return left_out_by(library, page(), page() + 10, false);
}

static int leave_out_a_little(const struct sodium *library)
{
	return left_out_by(library, page() + 10, 10, false);
}

static int take_in_again(const struct sodium *library)
{
	return left_out_by(library, page(), 2 * page(), true);
}

void what_is_locked_is_left_out_of_cores(void)
{
	need_locks();
	CHECK_BOTH(leave_out_pages, 0x06);
	CHECK_BOTH(leave_out_a_part, 0x06);
	CHECK_BOTH(leave_out_a_little, 0);
	CHECK_BOTH(take_in_again, 0);
	/* Here ours does more. */
	CHECK_INT(left_out_by(real(), 10, 3 * page(), false), 0);
	CHECK_INT(left_out_by(ours(), 10, 3 * page(), false), 0x0e);
}

/* The exit status is errno. */
static int lock_as_user(size_t limit)
{
	const struct sodium *library = chosen();
	unsigned char *mem = new_pages(64);

	become_user(limit);
	return outcome(library->mlock(mem, 64 * page()));
}

int child_lock_beyond_64_kib(void)
{
	return lock_as_user(65536);
}

int child_lock_with_limit_0(void)
{
	return lock_as_user(0);
}

static int lock_above_limit(const struct sodium *library)
{
	return run_with(library, "", "lock_beyond_64_kib").code;
}

static int lock_without_limit(const struct sodium *library)
{
	return run_with(library, "", "lock_with_limit_0").code;
}

void limits_answer_alike(void)
{
	need_lock_limit(65536);
	need_locks();
	CHECK_BOTH(lock_above_limit, ENOMEM);
	CHECK_BOTH(lock_without_limit, EPERM);
}

/* Pages that took the place of locked ones. */
static int lock_the_next(const struct sodium *library)
{
	unsigned char *mem = new_pages(1);
	bool locked;

	CHECK_INT(library->mlock(mem, 10), 0);
	CHECK(mmap(mem, page(), PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == mem);
	CHECK(!is_locked(mem));
	CHECK_INT(library->mlock(mem, 10), 0);
	locked = is_locked(mem);
	CHECK_INT(library->munlock(mem, 10), 0);
	CHECK_INT(library->munlock(mem, 10), 0);
	give_pages(mem, 1);
	return locked;
}

void pages_unmapped_meanwhile_do_not_count(void)
{
	need_locks();
	CHECK_BOTH(lock_the_next, 1);
}

static int unlock_anothers(const struct sodium *library)
{
	unsigned char *mem = new_pages(PAGES);
	int got = 0;

	CHECK_INT(mlock(mem, PAGES * page()), 0);
	CHECK_INT(library->munlock(mem + 1, 3 * page()), 0);
	for (unsigned i = 0; i < PAGES; i++)
		got |= is_locked(mem + i * page()) ? 1 << i : 0;
	give_pages(mem, PAGES);
	return got;
}

void locks_of_others_are_undone(void)
{
	need_locks();
	CHECK_BOTH(unlock_anothers, 0xf0);
}

static int lock_memory(const struct sodium *library)
{
	unsigned char *mem = library->malloc(100);
	int got;

	CHECK(mem != NULL);
	CHECK(is_locked(mem));
	CHECK_INT(library->mlock(mem, 100), 0);
	CHECK_INT(library->munlock(mem, 100), 0);
	for (unsigned i = 0; i < 100; i++)
		CHECK_INT(mem[i], 0);
	got = is_locked(mem);
	library->free(mem);
	return got;
}

/* Another difference that is meant. */
void memory_of_ours_stays_locked(void)
{
	need_locks();
	CHECK_INT(lock_memory(real()), 0);
	CHECK_INT(lock_memory(ours()), 1);
}
