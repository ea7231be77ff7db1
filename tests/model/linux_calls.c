/* SPDX-License-Identifier: MIT */
/* What Linux alone has: hidden memory, guard regions. */
#define _GNU_SOURCE

#include "calls.h"
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* memfd_secret(2): its only flag is O_CLOEXEC. Memory is the model's own. */
int model_secret(unsigned flags)
{
	int fd;

	if (model_fails(MODEL_SECRET, (int)flags))
		return -1;
	if (flags != O_CLOEXEC) {
		errno = EINVAL;
		return -1;
	}
	fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -1;
	model_state.open_files++;
	model_state.secret_file = fd;
	model_state.secret_bytes = 0;
	return fd;
}

int model_ftruncate(int fd, off_t len)
{
	if (model_fails(MODEL_TRUNCATE, fd))
		return -1;
	/* The size changes once. */
	if (fd != model_state.secret_file || model_state.secret_bytes != 0) {
		errno = EINVAL;
		return -1;
	}
	model_state.secret_bytes = (size_t)len;
	return 0;
}

/* mm/secretmem.c: locked and left out of dumps by nature. */
static void hide(struct model_page *page, uintptr_t at, int number)
{
	(void)number;
	page->hidden = true;
	model_set_locks(page, model_state.hidden_late ? 0 : 1);
	model_apply(page, at, MODEL_LEAVE_OUT);
}

/* A mapping of a file from memfd_secret: all of it, wherever. */
static int do_map_hidden(struct model_record *r)
{
	int err;

	if (r->mem != 0 || r->first != (PROT_READ | PROT_WRITE) ||
	    r->len == 0 || r->len != model_state.secret_bytes)
		return EINVAL;
	if (!model_state.hidden_late &&
	    model_check_lock_limit(r->len / model_page_bytes()) != 0)
		return EAGAIN;
	err = model_pages_add(
	    r->len, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, &r->mem);
	if (err == 0)
		(void)model_each(r->mem, r->len, hide, 0);
	return err;
}

void *model_map_hidden(struct model_record *r, int fd, off_t at)
{
	if (fd < 0 || fd != model_state.secret_file || at != 0) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	return model_perform(r, do_map_hidden) == 0 ? (void *)r->mem
						    : MAP_FAILED;
}

/* Whether a page has memory once the system writes to it. */
bool model_fill_hidden(uintptr_t mem)
{
	struct model_page *page = model_page_at(mem);

	if (page == NULL || !page->hidden || page->locks != 0)
		return true;
	if (model_check_lock_limit(1) != 0)
		return false;
	model_set_locks(page, 1);
	return true;
}

static int do_mremap(struct model_record *r)
{
	if (r->first != 3 || r->mem % model_page_bytes() != 0 || r->len == 0)
		return EINVAL;
	return model_pages_move(model_state.moving, r->len, r->mem);
}

/* Of the one kind that is modelled; the record has the new place. */
void *model_mremap(void *old, size_t len, size_t new_len, int flags, ...)
{
	struct model_record r = {
	    .name = MODEL_MREMAP, .len = len, .first = flags};
	va_list args;

	va_start(args, flags);
	r.mem = (uintptr_t)va_arg(args, void *);
	va_end(args);
	if (new_len != len) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	model_state.moving = (uintptr_t)old;
	return model_perform(&r, do_mremap) == 0 ? (void *)r.mem : MAP_FAILED;
}

/*
 * Guard regions: whatever the access of their pages, any touch of them faults.
 * The host has pages without access in their place.
 */
void model_set_guard(struct model_page *page, uintptr_t at, bool guarded)
{
	void *mem = (void *)at;
	size_t len = model_page_bytes();

	if (page->guarded == guarded)
		return;
	page->guarded = guarded;
	/* Then the model cannot run here at all. */
	if (guarded && madvise(mem, len, MADV_DONTNEED) != 0)
		abort();
	if (mprotect(mem, len, guarded ? PROT_NONE : page->prot) != 0)
		abort();
}

void model_close_guard(struct model_page *page, uintptr_t at, int unused)
{
	(void)unused;
	if (page->guarded &&
	    mprotect((void *)at, model_page_bytes(), PROT_NONE) != 0)
		abort();
}

static bool refused;

static void find_locked(struct model_page *page, uintptr_t at, int number)
{
	(void)at;
	(void)number;
	refused |= page->locks != 0;
}

static void find_closed(struct model_page *page, uintptr_t at, int number)
{
	(void)at;
	(void)number;
	refused |= page->guarded || (page->prot & PROT_WRITE) == 0;
}

/* mm/madvise.c: none in locked memory; no filling in of what is closed. */
bool model_refuses_guard(const struct model_record *r, int effect)
{
	refused = false;
	if (effect == MODEL_GUARD)
		(void)model_each(r->mem, r->len, find_locked, 0);
	if (effect == MODEL_FILL)
		(void)model_each(r->mem, r->len, find_closed, 0);
	return refused;
}
