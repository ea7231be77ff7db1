/* SPDX-License-Identifier: MIT */
/* Locking, and what the systems refuse of it. */
#include "calls.h"
#include "state.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void model_check_pledge(void)
{
	static const char line[] = "model: a lock call after pledge\n";

	if (!model_state.pledged)
		return;
	if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
		_exit(1);
	abort();
}

/* What mlock and munlock ask alike. */
static int check_lock_call(const struct model_record *r)
{
	model_check_pledge();
	if (model_system->lock_needs_privilege && !model_state.privileged)
		return EPERM;
	if (model_system->lock_needs_alignment &&
	    r->mem % model_page_bytes() != 0)
		return EINVAL;
	return model_each(r->mem, r->len, NULL, 0) ? 0 : ENOMEM;
}

static size_t fresh;    /* pages not locked before */
static bool has_closed; /* a page without any access */
static bool has_hidden; /* a page that mlock refuses */

static void weigh(struct model_page *page, uintptr_t at, int number)
{
	(void)at;
	(void)number;
	fresh += page->locks == 0;
	has_hidden |= page->hidden;
	/* What cannot be filled in is as if it were closed. */
	has_closed |= page->guarded;
	has_closed |= model_allowed(page) == PROT_NONE;
}

int model_check_lock_limit(size_t more)
{
	uint64_t pages = more + model_pages_locked();

	if (model_system->privilege_lifts_limit && model_state.privileged)
		return 0;
	if (pages <= model_state.lock_limit / model_page_bytes())
		return 0;
	return model_state.lock_limit == 0 ? model_system->zero_limit_error
					   : model_system->limit_error;
}

static void lock_page(struct model_page *page, uintptr_t at, int number)
{
	(void)at;
	(void)number;
	if (page->prot == PROT_NONE &&
	    model_system->closed_lock == MODEL_IGNORED)
		return;
	if (model_system->locks_nest || page->locks == 0)
		model_set_locks(page, page->locks + 1);
}

static int do_mlock(struct model_record *r)
{
	/* Linux, MLOCK_ONFAULT: pages are not filled in now. */
	bool lazily = r->first != 0;
	int err = check_lock_call(r);

	if (err != 0)
		return err;
	fresh = 0;
	has_closed = false;
	has_hidden = false;
	(void)model_each(r->mem, r->len, weigh, 0);
	if (has_hidden)
		return ENOMEM;
	err = model_check_lock_limit(fresh);
	if (err != 0)
		return err;
	if (has_closed && model_system->closed_lock == MODEL_REFUSED)
		return ENOMEM;
	(void)model_each(r->mem, r->len, lock_page, 0);
	if (has_closed && !lazily &&
	    model_system->closed_lock == MODEL_REFUSED_YET_DONE)
		return ENOMEM;
	return 0;
}

static bool has_unlocked;

static void find_unlocked(struct model_page *page, uintptr_t at, int number)
{
	(void)at;
	(void)number;
	has_unlocked |= page->locks == 0;
}

static void unlock_page(struct model_page *page, uintptr_t at, int number)
{
	(void)at;
	(void)number;
	if (page->locks != 0 && !page->hidden)
		model_set_locks(page, page->locks - 1);
	if (page->locks == 0)
		page->wiped_at_exit = false;
}

static int do_munlock(struct model_record *r)
{
	int err = check_lock_call(r);

	if (err != 0)
		return err;
	has_unlocked = false;
	(void)model_each(r->mem, r->len, find_unlocked, 0);
	if (has_unlocked && model_system->unlocked_error != 0)
		return model_system->unlocked_error;
	(void)model_each(r->mem, r->len, unlock_page, 0);
	return 0;
}

static int perform(enum model_name name, const void *mem, size_t len, int flags,
    int (*act)(struct model_record *))
{
	struct model_record r = {
	    .name = name, .mem = (uintptr_t)mem, .len = len, .first = flags};

	return model_perform(&r, act);
}

int model_mlock(const void *mem, size_t len)
{
	return perform(MODEL_MLOCK, mem, len, 0, do_mlock);
}

int model_mlock2(const void *mem, size_t len, int flags)
{
	return perform(MODEL_MLOCK, mem, len, flags, do_mlock);
}

int model_munlock(const void *mem, size_t len)
{
	return perform(MODEL_MUNLOCK, mem, len, 0, do_munlock);
}
