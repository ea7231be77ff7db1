/* SPDX-License-Identifier: MIT */
/* Pages that can no longer change: mimmutable(2) of OpenBSD. */
#include "calls.h"
#include "state.h"

#include <errno.h>

static bool is_permanent;

static void find_permanent(struct model_page *page, uintptr_t at, int number)
{
	(void)at;
	(void)number;
	is_permanent |= page->permanent;
}

bool model_may_change(const struct model_record *r)
{
	is_permanent = false;
	(void)model_each(r->mem, r->len, find_permanent, 0);
	return !is_permanent;
}

static bool has_zeroed;

static void find_zeroed(struct model_page *page, uintptr_t at, int number)
{
	(void)at;
	(void)number;
	has_zeroed |= page->zeroed;
}

static void make_permanent(struct model_page *page, uintptr_t at, int number)
{
	(void)at;
	(void)number;
	page->permanent = true;
}

/* uvm_map.c: EPERM for what is zeros in a child. */
static int do_mimmutable(struct model_record *r)
{
	has_zeroed = false;
	if (r->mem % model_page_bytes() != 0)
		return EINVAL;
	if (!model_each(r->mem, r->len, find_zeroed, 0))
		return ENOMEM;
	if (has_zeroed)
		return EPERM;
	(void)model_each(r->mem, r->len, make_permanent, 0);
	return 0;
}

int model_mimmutable(void *mem, size_t len)
{
	struct model_record r = {
	    .name = MODEL_MIMMUTABLE, .mem = (uintptr_t)mem, .len = len};

	return model_perform(&r, do_mimmutable);
}
