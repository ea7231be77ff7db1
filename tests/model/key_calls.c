/* SPDX-License-Identifier: MIT */
/*
 * Protection keys: the calls of Linux, and in place of the processor's
 * register one of the model's. It is one for the whole process, not one a
 * thread; what it forbids is forbidden for real, by the host's mprotect.
 */
#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "calls.h"
#include "state.h"

#include "cpu/keys.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Two bits a key: what it allows, as PROT_ bits. */
static uint64_t rights;
static uint32_t taken; /* bit per key */

int model_allowed(const struct model_page *page)
{
	int allowed = (int)(rights >> (2 * page->key) & 3);

	if (page->guarded)
		return PROT_NONE;
	return page->key == 0 ? page->prot : page->prot & allowed;
}

void model_enforce(struct model_page *page, uintptr_t at, int unused)
{
	(void)unused;
	/* Otherwise the model cannot run here at all. */
	if (page->key != 0 &&
	    mprotect((void *)at, model_page_bytes(), model_allowed(page)) != 0)
		abort();
}

bool mw_cpu_has_keys(void)
{
	return model_system->keys != 0;
}

uint64_t mw_cpu_rights(void)
{
	return rights;
}

void mw_cpu_set_rights(uint64_t wanted)
{
	model_enter();
	rights = wanted;
	model_pages_visit(model_enforce);
	model_leave();
}

uint64_t mw_cpu_rights_with(uint64_t old, int key, memward_access access)
{
	uint64_t allowed = 0;

	if (access == MEMWARD_READ_ONLY)
		allowed = PROT_READ;
	else if (access == MEMWARD_READ_WRITE)
		allowed = PROT_READ | PROT_WRITE;
	return (old & ~((uint64_t)3 << (2 * key))) | allowed << (2 * key);
}

/* Records a call with what came of it. 0 or -1 and errno. */
static int record(enum model_name name, uintptr_t mem, size_t len, int key,
    int (*act)(struct model_record *r))
{
	struct model_record r = {
	    .name = name, .mem = mem, .len = len, .second = key};

	model_enter();
	r.err = model_injected(name);
	/* A refusal to take a key back loses the answer, not the key. */
	if (r.err == 0 || name == MODEL_PKEY_FREE)
		r.err = r.err != 0 ? (act(&r), r.err) : act(&r);
	model_append(&r);
	model_leave();
	if (r.err == 0)
		return r.second;
	errno = r.err;
	return -1;
}

static int do_alloc(struct model_record *r)
{
	for (int key = 1; key <= model_system->keys; key++) {
		if ((taken >> key & 1) == 0) {
			taken |= UINT32_C(1) << key;
			rights &= ~((uint64_t)3 << (2 * key));
			r->second = key;
			return 0;
		}
	}
	return model_system->keys == 0 ? EINVAL : ENOSPC;
}

static int do_free(struct model_record *r)
{
	if (r->second <= 0 || (taken >> r->second & 1) == 0)
		return EINVAL;
	taken &= ~(UINT32_C(1) << r->second);
	r->second = 0;
	return 0;
}

static void put_key(struct model_page *page, uintptr_t at, int key)
{
	page->key = key;
	page->prot = PROT_READ | PROT_WRITE;
	if (mprotect((void *)at, model_page_bytes(), model_allowed(page)) != 0)
		abort();
}

static int do_mprotect(struct model_record *r)
{
	if (r->second != 0 && (taken >> r->second & 1) == 0)
		return EINVAL;
	if (!model_each(r->mem, r->len, put_key, r->second))
		return ENOMEM;
	r->second = 0;
	return 0;
}

int model_pkey_alloc(void)
{
	return record(MODEL_PKEY_ALLOC, 0, 0, 0, do_alloc);
}

int model_pkey_free(int key)
{
	return record(MODEL_PKEY_FREE, 0, 0, key, do_free);
}

/* Read-write is the only protection that is asked for so. */
int model_pkey_mprotect(void *mem, size_t len, int key)
{
	return record(
	    MODEL_PKEY_MPROTECT, (uintptr_t)mem, len, key, do_mprotect);
}

int model_keys_taken(void)
{
	return __builtin_popcount(taken);
}

void model_forget_keys(void)
{
	taken = 0;
}
