/* SPDX-License-Identifier: MIT */
#include "meta.h"

#include "mem_sys/store.h"

#include <string.h>

#define LINE        64
#define CLASS_COUNT 32
/* A page table's worth on small machines, plenty on large ones. */
#define MOST  (sizeof(void *) > 4 ? (size_t)1 << 32 : (size_t)1 << 25)
#define LEAST ((size_t)1 << 20)

/* A free record: the next of its size class. */
struct spare {
	struct spare *next;
};

static struct {
	struct mw_mutex lock;
	char *next;      /* the first byte never given out */
	char *committed; /* end of what is readable and writable */
	char *end;       /* end of the reservation, less its last guard */
	struct spare *spares[CLASS_COUNT];
} meta;

#if defined(__ELF__) && defined(__GNUC__)
/*
 * Of the leak sanitizer, in programs that have it: it looks for pointers into
 * the heap (to the boxes of sealed objects) in what it knows of, and does not
 * know of mappings.
 */
__attribute__((weak)) void __lsan_register_root_region(
    const void *begin, size_t size); /* NOLINT: the name is not ours */

static void tell_sanitizer(const void *space, size_t len)
{
	if (__lsan_register_root_region != NULL)
		__lsan_register_root_region(space, len);
}
#else
static void tell_sanitizer(const void *space, size_t len)
{
	(void)space;
	(void)len;
}
#endif

int mw_meta_start(void)
{
	size_t page = mw_sys_page_size();
	size_t len;
	void *space = NULL;

	for (len = MOST; len >= LEAST; len /= 2) {
		if (mw_sys_reserve(len, &space) == 0)
			break;
	}
	if (len < LEAST)
		return MEMWARD_ENOMEM;
	mw_mutex_init(&meta.lock);
	meta.next = (char *)space + page;
	meta.committed = meta.next;
	meta.end = (char *)space + len - page;
	/* Where this cannot be had, they are merely never touched. */
	(void)mw_sys_make_permanent(space, page);
	(void)mw_sys_make_permanent(meta.end, page);
	tell_sanitizer(space, len);
	return 0;
}

/* Sizes are powers of two from a cache line up. */
static unsigned class_of(size_t size, size_t *rounded)
{
	unsigned class = 0;

	*rounded = LINE;
	while (*rounded < size && class < CLASS_COUNT - 1) {
		*rounded *= 2;
		class ++;
	}
	return class;
}

/* Makes the next bytes usable, in steps so that calls are rare. */
static int commit_to(char *end)
{
	size_t step = 16 * mw_sys_page_size();
	size_t need;
	int rc;

	if (end <= meta.committed)
		return 0;
	need = (size_t)(end - meta.committed);
	need = (need + step - 1) / step * step;
	if (need > (size_t)(meta.end - meta.committed))
		need = (size_t)(meta.end - meta.committed);
	rc = mw_sys_commit_plain(meta.committed, need);
	if (rc == 0)
		meta.committed += need;
	return rc;
}

static void *take(size_t size)
{
	size_t rounded;
	unsigned class = class_of(size, &rounded);
	struct spare *spare = meta.spares[class];
	void *record = meta.next;

	if (spare != NULL) {
		meta.spares[class] = spare->next;
		return memset(spare, 0, rounded);
	}
	if (rounded < size || rounded > (size_t)(meta.end - meta.next) ||
	    commit_to(meta.next + rounded) != 0)
		return NULL;
	meta.next += rounded;
	return record;
}

void *mw_meta_alloc(size_t size)
{
	void *record;

	mw_mutex_lock(&meta.lock);
	record = take(size);
	mw_mutex_unlock(&meta.lock);
	return record;
}

void mw_meta_free(void *record, size_t size)
{
	struct spare *spare = record;
	size_t rounded;
	unsigned class = class_of(size, &rounded);

	if (record == NULL)
		return;
	mw_mutex_lock(&meta.lock);
	spare->next = meta.spares[class];
	meta.spares[class] = spare;
	mw_mutex_unlock(&meta.lock);
}

void mw_meta_hold(void)
{
	mw_mutex_lock(&meta.lock);
}

void mw_meta_let_go(void)
{
	mw_mutex_unlock(&meta.lock);
}

void mw_meta_after_fork(void)
{
	mw_mutex_init(&meta.lock);
}
