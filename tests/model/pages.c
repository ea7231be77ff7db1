/* SPDX-License-Identifier: MIT */
#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "pages.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* One result of mmap; pages leave it one by one. */
struct mapping {
	uintptr_t start;
	size_t count;
	size_t left; /* pages still mapped */
	struct model_page *pages;
	struct mapping *next;
};

static struct mapping *mappings;
static size_t locked; /* pages */

/*
 * The pages of one mapping, at the most: the model's address space is small,
 * so that whoever wants much has to do with less, as at RLIMIT_AS.
 */
#define MAPPING_PAGES 16384

size_t model_page_bytes(void)
{
	static size_t host; /* asked for once: this runs for every byte */

	if (host == 0)
		host = (size_t)sysconf(_SC_PAGESIZE);
	return model_system->page > host ? model_system->page : host;
}

static struct mapping *mapping_of(uintptr_t mem)
{
	struct mapping *m = mappings;

	while (
	    m != NULL &&
	    (mem < m->start || mem - m->start >= m->count * model_page_bytes()))
		m = m->next;
	return m;
}

void model_set_locks(struct model_page *page, unsigned locks)
{
	if (page->locks != 0)
		locked--;
	if (locks != 0)
		locked++;
	page->locks = locks;
}

size_t model_pages_locked(void)
{
	return locked;
}

struct model_page *model_page_at(uintptr_t mem)
{
	struct mapping *m = mapping_of(mem);
	struct model_page *page;

	if (m == NULL)
		return NULL;
	page = &m->pages[(mem - m->start) / model_page_bytes()];
	return page->mapped ? page : NULL;
}

bool model_each(uintptr_t mem, size_t len,
    void (*visit)(struct model_page *page, uintptr_t at, int number),
    int number)
{
	size_t page = model_page_bytes();
	uintptr_t start = mem - mem % page;
	uintptr_t end = mem + len;

	if (end < mem)
		return false;
	for (uintptr_t at = start; at < end; at += page) {
		if (model_page_at(at) == NULL)
			return false;
	}
	if (visit == NULL)
		return true;
	for (uintptr_t at = start; at < end; at += page)
		visit(model_page_at(at), at, number);
	return true;
}

/* Maps at a multiple of the model's page size. 0: no memory. */
static uintptr_t map_aligned(size_t len, int prot)
{
	size_t align = model_page_bytes();
	uintptr_t start;
	uintptr_t end;
	uintptr_t got;
	void *p;

	if (len > SIZE_MAX - align)
		return 0;
	p = mmap(NULL, len + align, prot,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return 0;
	got = (uintptr_t)p;
	start = (got + align - 1) / align * align;
	end = start + len;
	if (start != got && munmap(p, start - got) != 0)
		return 0;
	if (munmap((void *)end, got + align - start) != 0)
		return 0;
	return start;
}

int model_pages_add(size_t len, int prot, int ceiling, uintptr_t *mem)
{
	size_t count = len / model_page_bytes();
	struct mapping *m = count > MAPPING_PAGES ? NULL : malloc(sizeof(*m));

	if (m == NULL)
		return ENOMEM;
	m->start = map_aligned(len, prot);
	m->pages = m->start == 0 ? NULL : calloc(count, sizeof(*m->pages));
	if (m->pages == NULL) {
		if (m->start != 0)
			(void)munmap((void *)m->start, len);
		free(m);
		return ENOMEM;
	}
	m->count = count;
	m->left = count;
	for (size_t i = 0; i < count; i++) {
		m->pages[i].mapped = true;
		m->pages[i].prot = prot;
		m->pages[i].ceiling = ceiling;
	}
	m->next = mappings;
	mappings = m;
	*mem = m->start;
	return 0;
}

static void drop_mapping(struct mapping *gone)
{
	struct mapping **at = &mappings;

	while (*at != gone)
		at = &(*at)->next;
	*at = gone->next;
	free(gone->pages);
	free(gone);
}

static void remove_page(struct model_page *page, uintptr_t at, int number)
{
	struct mapping *m = mapping_of(at);

	(void)number;
	model_set_locks(page, 0);
	*page = (struct model_page){0};
	if (--m->left == 0)
		drop_mapping(m);
}

int model_pages_remove(uintptr_t mem, size_t len)
{
	if (!model_each(mem, len, NULL, 0))
		return EINVAL;
	if (munmap((void *)mem, len) != 0)
		return errno;
	(void)model_each(mem, len, remove_page, 0);
	return 0;
}

int model_pages_replace(uintptr_t mem, size_t len, int prot, int ceiling)
{
	size_t page = model_page_bytes();

	/* Elsewhere it would tear down a stranger's memory. */
	if (!model_each(mem, len, NULL, 0))
		return EINVAL;
	if (mmap((void *)mem, len, prot,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
		0) == MAP_FAILED)
		return errno;
	for (size_t at = 0; at < len; at += page) {
		struct model_page *old = model_page_at(mem + at);

		model_set_locks(old, 0);
		*old = (struct model_page){
		    .mapped = true, .prot = prot, .ceiling = ceiling};
	}
	return 0;
}

int model_pages_move(uintptr_t from, size_t len, uintptr_t to)
{
	size_t page = model_page_bytes();

	if (!model_each(from, len, NULL, 0) || !model_each(to, len, NULL, 0))
		return EINVAL;
	if (mremap((void *)from, len, len, MREMAP_MAYMOVE | MREMAP_FIXED,
		(void *)to) == MAP_FAILED)
		return errno;
	for (size_t at = 0; at < len; at += page) {
		const struct model_page *moved = model_page_at(from + at);
		struct model_page *old = model_page_at(to + at);

		model_set_locks(old, moved->locks);
		*old = *moved;
	}
	(void)model_each(from, len, remove_page, 0);
	return 0;
}

void model_pages_visit(
    void (*visit)(struct model_page *page, uintptr_t at, int unused))
{
	for (struct mapping *m = mappings; m != NULL; m = m->next) {
		for (size_t i = 0; i < m->count; i++) {
			if (m->pages[i].mapped)
				visit(&m->pages[i],
				    m->start + i * model_page_bytes(), 0);
		}
	}
}

size_t model_pages_mapped(void)
{
	size_t n = 0;

	for (const struct mapping *m = mappings; m != NULL; m = m->next) {
		for (size_t i = 0; i < m->count; i++)
			n += m->pages[i].mapped;
	}
	return n;
}

void model_pages_after_fork(void)
{
	for (struct mapping *m = mappings; m != NULL; m = m->next) {
		for (size_t i = 0; i < m->count; i++) {
			model_set_locks(&m->pages[i], 0);
			if (m->pages[i].omitted)
				m->pages[i].mapped = false;
		}
	}
}

bool model_pages_hold_zeros(uintptr_t mem, size_t len)
{
	const char *at = (const char *)mem;
	const struct model_page *page;

	for (size_t i = 0; i < len; i++) {
		if (i % model_page_bytes() == 0) {
			page = model_page_at(mem + i);
			/* A guard holds nothing. */
			if (page != NULL && page->guarded) {
				i += model_page_bytes() - 1;
				continue;
			}
			if (page == NULL ||
			    (model_allowed(page) & PROT_READ) == 0)
				return false;
		}
		if (at[i] != 0)
			return false;
	}
	return true;
}
