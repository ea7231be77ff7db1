/* SPDX-License-Identifier: MIT */
#include "verify.h"

#include "slot.h"

#include "mem_sys/store.h"

struct search {
	const memward_ward *ward;
	uintptr_t from;
	uintptr_t to;
	uint32_t undone;
};

static bool overlaps(uintptr_t from, uintptr_t to, const char *at, size_t len)
{
	return (uintptr_t)at < to && from < (uintptr_t)at + len;
}

/* Whether a run has pages in a stretch of addresses. */
static bool has_pages(const struct mw_run *run, uintptr_t from, uintptr_t to)
{
	if (atomic_load(&run->kind) == MW_RUN_PACKED)
		return overlaps(from, to, run->data,
		    atomic_load(&run->committed) * mw_arena_page());
	for (uint32_t i = 0; i < atomic_load(&run->ready); i++) {
		if (mw_slot_guarded(run, i)->committed &&
		    overlaps(from, to, mw_slot_data(run, i),
			mw_slot_guarded_bytes(run)))
			return true;
	}
	return false;
}

static bool concerns(const struct search *search, const struct mw_run *run,
    uintptr_t from, uintptr_t to)
{
	/* First of all: what is another ward's is not to be looked at. */
	if (search->ward != NULL && run->ward != search->ward)
		return false;
	return !run->orphan && has_pages(run, from, to);
}

/* Only the mappings that lack something are worth a closer look. */
static bool look(void *argument, const struct mw_sys_mapping *mapping)
{
	struct search *search = argument;
	uintptr_t from = mapping->from;
	uintptr_t to = mapping->to < search->to ? mapping->to : search->to;
	uint32_t lacks = (mapping->dumped ? MEMWARD_NO_DUMP : 0) |
			 (mapping->merged ? MEMWARD_UNMERGED : 0);
	struct mw_run *run;

	if (from < search->from)
		from = search->from;
	if (lacks != 0 && from < to) {
		for (uintptr_t at = from;
		     (run = mw_arena_next_between(&at, to)) != NULL;) {
			if (concerns(search, run, from, to))
				search->undone |= lacks;
		}
	}
	/* They come in the order of their addresses. */
	return mapping->to < search->to && search->undone != MW_VERIFIED;
}

bool mw_verify(
    const memward_ward *ward, uintptr_t from, uintptr_t to, uint32_t *undone)
{
	struct search search = {.ward = ward, .from = from, .to = to};
	bool known = mw_sys_account(look, &search) == 0;

	*undone = known ? search.undone : 0;
	return known;
}
