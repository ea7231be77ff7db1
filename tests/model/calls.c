/* SPDX-License-Identifier: MIT */
/* The calls themselves: what each does to the model's pages. */
#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "calls.h"
#include "state.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define ACCESS (PROT_READ | PROT_WRITE)

static bool is_unaligned(uintptr_t mem)
{
	return mem % model_page_bytes() != 0;
}

static int do_munmap(struct model_record *r)
{
	if (is_unaligned(r->mem) || r->len == 0)
		return EINVAL;
	if (!model_may_change(r))
		return EPERM;
	return model_pages_remove(r->mem, r->len);
}

static bool exceeded;
static bool has_space;

static void find_exceeded(struct model_page *page, uintptr_t at, int prot)
{
	(void)at;
	has_space |= page->is_space;
	exceeded |= !page->is_space && (prot & ~page->ceiling) != 0;
}

/* Space has no pages whose access could change, and nobody complains. */
static void set_prot(struct model_page *page, uintptr_t at, int prot)
{
	if (page->is_space)
		return;
	if (has_space && mprotect((void *)at, model_page_bytes(), prot) != 0)
		abort();
	page->prot = prot;
	if (prot == PROT_NONE && model_system->closing_unlocks)
		model_set_locks(page, 0);
}

static int do_mprotect(struct model_record *r)
{
	if (is_unaligned(r->mem))
		return EINVAL;
	exceeded = false;
	has_space = false;
	if (!model_each(r->mem, r->len, find_exceeded, r->first))
		return ENOMEM;
	if (exceeded)
		return EACCES;
	if (!model_may_change(r))
		return EPERM;
	if (!has_space && mprotect((void *)r->mem, r->len, r->first) != 0)
		return errno;
	(void)model_each(r->mem, r->len, set_prot, r->first);
	(void)model_each(r->mem, r->len, model_enforce, 0);
	(void)model_each(r->mem, r->len, model_close_guard, 0);
	return 0;
}

/* On the host too: its children and core files are real. */
void model_apply(struct model_page *page, uintptr_t at, int effect)
{
	void *mem = (void *)at;
	size_t len = model_page_bytes();
	int rc = 0;

	switch ((enum model_effect)effect) {
	case MODEL_LEAVE_OUT:
		page->left_out = true;
		rc = madvise(mem, len, MADV_DONTDUMP);
		break;
	case MODEL_TAKE_IN:
		page->left_out = false;
		rc = madvise(mem, len, MADV_DODUMP);
		break;
	case MODEL_OMIT:
		page->omitted = true;
		rc = madvise(mem, len, MADV_DONTFORK);
		break;
	case MODEL_UNDO_OMIT:
		page->omitted = false;
		rc = madvise(mem, len, MADV_DOFORK);
		break;
	case MODEL_ZERO:
		page->zeroed = true;
		rc = madvise(mem, len, MADV_WIPEONFORK);
		break;
	case MODEL_UNDO_ZERO:
		page->zeroed = false;
		rc = madvise(mem, len, MADV_KEEPONFORK);
		break;
	case MODEL_COPY:
		model_apply(page, at, MODEL_UNDO_OMIT);
		model_apply(page, at, MODEL_UNDO_ZERO);
		break;
	case MODEL_WIPE_AT_EXIT:
		page->wiped_at_exit = true;
		break;
	case MODEL_GUARD:
	case MODEL_UNGUARD:
		model_set_guard(page, at, effect == MODEL_GUARD);
		break;
	case MODEL_FILL:
	case MODEL_NO_EFFECT:
		break;
	}
	/* Then the model cannot run here at all. */
	if (rc != 0)
		abort();
}

#define FIXED 0x10 /* MAP_FIXED, on every system */

/* Linux alone: MAP_PRIVATE, ANON, NORESERVE and FIXED_NOREPLACE. */
#define FIXED_NO_REPLACE 0x104022

/* One kind of mapping is modelled; other flags are a mistake. */
static bool is_known(int flags, int prot, int announced)
{
	int may =
	    model_system->map_leave_out | model_system->map_no_reserve | FIXED;

	return (flags & ~may) == (MAP_PRIVATE | model_system->map_anon) &&
	       (prot == ACCESS || prot == PROT_NONE) &&
	       (announced & ~ACCESS) == 0;
}

static void make_space(struct model_page *page, uintptr_t at, int number)
{
	(void)at;
	(void)number;
	page->is_space = true;
}

static int do_mmap(struct model_record *r)
{
	bool fixed = (r->second & FIXED) != 0;
	int announced = 0;
	int asked = r->first;
	bool space;
	int err;

	if (model_system->announce_shift != 0) {
		announced = asked >> model_system->announce_shift;
		asked &= (1 << model_system->announce_shift) - 1;
	}
	if (r->second == FIXED_NO_REPLACE)
		return model_each(r->mem, r->len, NULL, 0) ? EEXIST : EINVAL;
	if (model_system->announce_optional && announced == 0)
		announced = ACCESS;
	space = model_system->map_guard != 0 &&
		(r->second & ~FIXED) == model_system->map_guard &&
		r->first == PROT_NONE;
	if (space ? model_system->map_guard == model_state.refused
		  : !is_known(r->second, asked, announced))
		return EINVAL;
	if (fixed && is_unaligned(r->mem))
		return EINVAL;
	if (fixed && !model_may_change(r))
		return EPERM;
	if (r->len == 0 || r->len > SIZE_MAX - model_page_bytes())
		return r->len == 0 ? EINVAL : ENOMEM;
	r->len = (r->len + model_page_bytes() - 1) / model_page_bytes() *
		 model_page_bytes();
	if (model_system->announce_shift == 0)
		announced = ACCESS;
	announced |= asked;
	err = fixed ? model_pages_replace(r->mem, r->len, asked, announced)
		    : model_pages_add(r->len, asked, announced, &r->mem);
	if (err == 0 && (r->second & model_system->map_leave_out) != 0)
		(void)model_each(r->mem, r->len, model_apply, MODEL_LEAVE_OUT);
	if (err == 0 && space)
		(void)model_each(r->mem, r->len, make_space, 0);
	return err;
}

static bool unwritable;

static void find_unwritable(struct model_page *page, uintptr_t at, int number)
{
	(void)at;
	(void)number;
	unwritable |= (model_allowed(page) & PROT_WRITE) == 0;
}

static bool can_write(const struct model_record *r)
{
	unwritable = false;
	(void)model_each(r->mem, r->len, find_unwritable, 0);
	return !unwritable;
}

/* The effect of a number in a table; -1: the system does not know it. */
static int effect_of(const struct model_number *table, int number)
{
	if (number == model_state.refused)
		return -1;
	for (size_t i = 0; i < MODEL_NUMBERS && table[i].value != 0; i++) {
		if (table[i].value == number)
			return (int)table[i].effect;
	}
	return -1;
}

static int do_madvise(struct model_record *r)
{
	int effect = effect_of(model_system->advice, r->first);

	if (is_unaligned(r->mem))
		return EINVAL;
	if (!model_each(r->mem, r->len, NULL, 0))
		return ENOMEM;
	if (model_system->accepts_any_advice)
		return 0;
	if (effect < 0)
		return EINVAL;
	if (effect == MODEL_WIPE_AT_EXIT && !can_write(r))
		return EPERM;
	if (model_refuses_guard(r, effect))
		return effect == MODEL_FILL ? EFAULT : EINVAL;
	(void)model_each(r->mem, r->len, model_apply, effect);
	return 0;
}

static int do_minherit(struct model_record *r)
{
	int effect = effect_of(model_system->inherit, r->first);

	if (is_unaligned(r->mem) || effect < 0)
		return EINVAL;
	if (!model_each(r->mem, r->len, NULL, 0))
		return ENOMEM;
	if (effect == MODEL_ZERO && model_system->inherit_zero_needs_write &&
	    !can_write(r))
		return EPERM;
	if (!model_may_change(r))
		return EPERM;
	(void)model_each(r->mem, r->len, model_apply, MODEL_COPY);
	(void)model_each(r->mem, r->len, model_apply, effect);
	return 0;
}

static int do_memcntl(struct model_record *r)
{
	if (model_system->memcntl_zero == 0 ||
	    r->first != model_system->memcntl_zero || r->second != 0 ||
	    is_unaligned(r->mem))
		return EINVAL;
	return model_each(r->mem, r->len, model_apply, MODEL_ZERO) ? 0 : ENOMEM;
}

static int do_msync(struct model_record *r)
{
	if (is_unaligned(r->mem))
		return EINVAL;
	return model_each(r->mem, r->len, NULL, 0) ? 0 : ENOMEM;
}

/*
 * An injected failure, done the way the system fails: Linux marks what it
 * could not lock, unless a limit was in the way.
 */
static int fail_injected(
    struct model_record *r, int err, int (*act)(struct model_record *))
{
	if (r->name == MODEL_MLOCK &&
	    model_system->closed_lock == MODEL_REFUSED_YET_DONE &&
	    err != model_system->limit_error &&
	    err != model_system->zero_limit_error)
		(void)act(r);
	return err;
}

int model_perform(struct model_record *r, int (*act)(struct model_record *))
{
	int before = errno;

	model_enter();
	if (r->name == MODEL_MUNMAP || r->name == MODEL_MUNLOCK ||
	    (r->name == MODEL_MMAP && (r->second & FIXED) != 0))
		r->zeros = model_pages_hold_zeros(r->mem, r->len);
	if (r->name == MODEL_MLOCK || r->name == MODEL_MUNLOCK)
		model_check_pledge();
	r->err = model_injected(r->name);
	r->err = r->err != 0 ? fail_injected(r, r->err, act) : act(r);
	model_append(r);
	model_leave();
	errno = r->err == 0 ? before : r->err;
	return r->err == 0 ? 0 : -1;
}

void *model_mmap(void *mem, size_t len, int prot, int flags, int fd, off_t at)
{
	struct model_record r = {.name = MODEL_MMAP,
	    .mem = (uintptr_t)mem,
	    .len = len,
	    .first = prot,
	    .second = flags};

	if (flags != 0 && flags == model_system->map_shared)
		return model_map_hidden(&r, fd, at);
	if (fd != -1 || at != 0) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	return model_perform(&r, do_mmap) == 0 ? (void *)r.mem : MAP_FAILED;
}

static int perform_on(enum model_name name, const void *mem, size_t len,
    int first, int second, int (*act)(struct model_record *))
{
	struct model_record r = {.name = name,
	    .mem = (uintptr_t)mem,
	    .len = len,
	    .first = first,
	    .second = second};

	return model_perform(&r, act);
}

int model_munmap(void *mem, size_t len)
{
	return perform_on(MODEL_MUNMAP, mem, len, 0, 0, do_munmap);
}

int model_mprotect(void *mem, size_t len, int prot)
{
	return perform_on(MODEL_MPROTECT, mem, len, prot, 0, do_mprotect);
}

int model_madvise(void *mem, size_t len, int advice)
{
	return perform_on(MODEL_MADVISE, mem, len, advice, 0, do_madvise);
}

int model_minherit(void *mem, size_t len, int inherit)
{
	return perform_on(MODEL_MINHERIT, mem, len, inherit, 0, do_minherit);
}

int model_memcntl(void *mem, size_t len, int command, void *argument,
    int attributes, int mask)
{
	int others = argument != NULL || attributes != 0 || mask != 0;

	return perform_on(MODEL_MEMCNTL, mem, len, command, others, do_memcntl);
}

int model_msync(void *mem, size_t len, int flags)
{
	return perform_on(MODEL_MSYNC, mem, len, flags, 0, do_msync);
}
