/* SPDX-License-Identifier: MIT */
/* What was asked for, and what holds. */
#include "cache.h"
#include "fork.h"
#include "guarded.h"
#include "kind.h"
#include "pool.h"
#include "range.h"
#include "secret.h"
#include "slot.h"
#include "verify.h"

#include <stdarg.h>
#include <stdio.h>

static memward_summary summary_of(const memward_report *report)
{
	if (report->obtained == report->requested)
		return MEMWARD_FULL;
	return report->obtained == 0 ? MEMWARD_NONE : MEMWARD_PARTIAL;
}

/* What holds for the ward as a whole; lock held. */
static void fill(memward_ward *ward, memward_report *report)
{
	report->requested |= ward->features;
	report->lowered |= ward->lowered;
	report->pages += ward->committed;
	report->pages_unlocked += ward->unlocked;
	for (unsigned i = 0; i < MEMWARD_FEATURE_COUNT; i++) {
		if (ward->reason[i] == 0 || report->reason[i] != 0)
			continue;
		report->reason[i] = ward->reason[i];
		report->system_error[i] = ward->system_error[i];
	}
}

/* Without a lock on its pages, a page is not locked, whatever was asked. */
static void settle(memward_report *report)
{
	uint32_t missing = 0;

	if (report->pages != 0 && report->pages_unlocked == 0) {
		report->reason[0] = 0;
		report->system_error[0] = 0;
	}
	for (unsigned i = 0; i < MEMWARD_FEATURE_COUNT; i++) {
		if (report->reason[i] != 0)
			missing |= UINT32_C(1) << i;
	}
	report->obtained = report->requested & ~missing;
	report->confirmed &= report->obtained;
	report->summary = summary_of(report);
}

static int begin(memward_report *report)
{
	size_t size;

	if (report == NULL)
		return MEMWARD_ENULL;
	if (report->size < sizeof(*report))
		return MEMWARD_EVALUE;
	size = report->size;
	*report = (memward_report){.size = size, .store = MEMWARD_STORE_HIDDEN};
	mw_fork_check();
	return 0;
}

/* What others may have undone on the pages between two addresses. */
static void verify(const memward_ward *ward, uintptr_t from, uintptr_t to,
    memward_report *report)
{
	uint32_t undone = 0;

	/* Hidden pages are in no core file, whatever anybody asks for. */
	if (report->store != MEMWARD_STORE_HIDDEN && report->pages != 0 &&
	    (report->requested & MW_VERIFIED) != 0 &&
	    !mw_verify(ward, from, to, &undone))
		return;
	report->confirmed = MW_VERIFIED;
	undone &= report->requested;
	for (unsigned i = 0; i < MEMWARD_FEATURE_COUNT; i++) {
		if ((undone >> i & 1) != 0 && report->reason[i] == 0)
			report->reason[i] = MEMWARD_EUNDONE;
	}
}

int memward_report_ward(memward_ward *handle, memward_report *report)
{
	int rc = begin(report);
	memward_ward *ward;

	if (rc != 0)
		return rc;
	ward = mw_ward_resolve(handle, &rc);
	if (ward == NULL)
		return rc;
	mw_mutex_lock(&ward->lock);
	fill(ward, report);
	mw_kind_report(ward, NULL, report);
	verify(ward, 0, UINTPTR_MAX, report);
	mw_mutex_unlock(&ward->lock);
	settle(report);
	return 0;
}

int memward_report_process(memward_report *report)
{
	int rc = begin(report);
	bool held;

	if (rc != 0)
		return rc;
	/* All at once, so that one look at the account is enough. */
	held = mw_ward_first() != NULL;
	if (held)
		mw_ward_hold();
	for (memward_ward *w = mw_ward_first(); w != NULL; w = w->next) {
		if (atomic_load(&w->serial) == 0)
			continue;
		fill(w, report);
		if (w->committed != 0)
			mw_kind_report(w, NULL, report);
	}
	if (report->pages == 0)
		report->store = MEMWARD_STORE_PAGES;
	verify(NULL, 0, UINTPTR_MAX, report);
	if (held)
		mw_ward_let_go();
	settle(report);
	return 0;
}

/* Bytes of the pages a packed secret lies on that are not locked. */
static size_t unlocked_packed(struct mw_place place, size_t *pages)
{
	size_t page = mw_arena_page();
	size_t from = (size_t)place.slot * place.run->slot_size;
	size_t first = from / page;
	size_t last = (from + place.run->slot_size - 1) / page;
	size_t unlocked = 0;

	*pages = (last - first + 1) * page;
	for (size_t i = first; i <= last; i++)
		unlocked += mw_run_is_locked(place.run, (uint32_t)i) ? 0 : page;
	return unlocked;
}

static void fill_secret(struct mw_place place, memward_report *report)
{
	uintptr_t at = (uintptr_t)mw_slot_data(place.run, place.slot);

	fill(place.run->ward, report);
	mw_kind_report(place.run->ward, place.run, report);
	if (place.guarded) {
		report->pages = mw_slot_guarded_bytes(place.run);
		report->pages_unlocked =
		    mw_slot_guarded(place.run, place.slot)->locked
			? 0
			: report->pages;
	} else {
		report->pages_unlocked = unlocked_packed(place, &report->pages);
		/* Its page stays in use after its free. */
		if ((report->requested & MEMWARD_TRAP_FREE) != 0)
			report->reason[7] = MEMWARD_EPACKED;
	}
	if (!place.run->orphan)
		verify(place.run->ward, at, at + 1 + report->pages, report);
}

_Static_assert(MEMWARD_LOCKED == 1 && MEMWARD_TRAP_FREE == 1 << 7,
    "the places of reasons are bit numbers");

int memward_report_secret(const void *secret, memward_report *report)
{
	int rc = begin(report);
	struct mw_place place;
	struct mw_run *run;

	if (rc == 0 && secret == NULL)
		rc = MEMWARD_ENULL;
	if (rc != 0)
		return rc;
	run = mw_arena_find(secret);
	place = mw_secret_find("memward_report_secret", secret);
	mw_mutex_lock(&run->ward->lock);
	fill_secret(place, report);
	mw_mutex_unlock(&run->ward->lock);
	settle(report);
	if (run->orphan) {
		report->orphaned = true;
		report->obtained = 0;
		report->summary = MEMWARD_NONE;
	}
	return 0;
}

/* Collects text, counting what does not fit. */
struct text {
	char *at;
	size_t room;
	size_t len;
};

static void put(struct text *text, const char *format, ...)
{
	size_t left = text->len < text->room ? text->room - text->len : 0;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(
	    left == 0 ? NULL : text->at + text->len, left, format, args);
	va_end(args);
	if (n > 0)
		text->len += (size_t)n;
}

static const char *summary_name(memward_summary summary)
{
	static const char *const names[] = {"none", "partial", "full"};

	return names[summary];
}

/* The kind of pages, and why none of the stronger ones. */
static void put_store(struct text *out, const memward_report *report)
{
	put(out, "  store     %s\n", mw_kind_name(report->store));
	for (unsigned i = report->store + 1; i < MEMWARD_STORE_COUNT; i++)
		put(out, "    not %s: %s\n", mw_kind_name((memward_store)i),
		    memward_error_text(report->store_reason[i]));
}

size_t memward_report_text(
    const memward_report *report, char *text, size_t room)
{
	struct text out = {text, room, 0};

	put(&out, "protection: %s\n", summary_name(report->summary));
	for (unsigned i = 0; i < MEMWARD_FEATURE_COUNT; i++) {
		uint32_t bit = UINT32_C(1) << i;

		if ((report->requested & bit) == 0)
			continue;
		put(&out, "  %-9s %s%s%s", memward_feature_name(bit),
		    report->obtained & bit ? "yes" : "NO",
		    report->obtained & ~report->confirmed & MW_VERIFIED & bit
			? " (as set; the kernel gives no account)"
			: "",
		    report->lowered & bit ? " (lowered by the operator)" : "");
		if (report->reason[i] != 0)
			put(&out, ": %s",
			    memward_error_text(report->reason[i]));
		if (report->system_error[i] != 0)
			put(&out, " (system error %d)",
			    report->system_error[i]);
		put(&out, "\n");
	}
	put(&out, "  pages     %zu bytes, %zu of them not locked\n",
	    report->pages, report->pages_unlocked);
	put_store(&out, report);
	if (report->orphaned)
		put(&out, "  inherited over fork: nothing holds\n");
	return out.len;
}

static void put_feature(
    struct text *out, const memward_report *report, unsigned i)
{
	uint32_t bit = UINT32_C(1) << i;

	put(out,
	    "\"%s\":{\"obtained\":%s,\"confirmed\":%s,\"lowered\":%s,"
	    "\"code\":\"%s\",",
	    memward_feature_name(bit),
	    report->obtained & bit ? "true" : "false",
	    report->confirmed & bit ? "true" : "false",
	    report->lowered & bit ? "true" : "false",
	    memward_error_name(report->reason[i]));
	/* Our own fixed sentences: without quotes, backslashes, controls. */
	put(out, "\"system_error\":%d,\"remedy\":\"%s\"}",
	    report->system_error[i],
	    report->reason[i] == 0 ? ""
				   : memward_error_text(report->reason[i]));
}

size_t memward_report_json(
    const memward_report *report, char *json, size_t room)
{
	struct text out = {json, room, 0};
	const char *comma = "";

	put(&out, "{\"summary\":\"%s\",\"features\":{",
	    summary_name(report->summary));
	for (unsigned i = 0; i < MEMWARD_FEATURE_COUNT; i++) {
		if ((report->requested >> i & 1) == 0)
			continue;
		put(&out, "%s", comma);
		put_feature(&out, report, i);
		comma = ",";
	}
	put(&out, "},\"pages\":%zu,\"pages_unlocked\":%zu,\"orphaned\":%s,",
	    report->pages, report->pages_unlocked,
	    report->orphaned ? "true" : "false");
	put(&out, "\"store\":\"%s\",\"not_used\":{",
	    mw_kind_name(report->store));
	for (unsigned i = report->store + 1; i < MEMWARD_STORE_COUNT; i++)
		put(&out, "%s\"%s\":{\"code\":\"%s\",\"system_error\":%d}",
		    i == report->store + 1 ? "" : ",",
		    mw_kind_name((memward_store)i),
		    memward_error_name(report->store_reason[i]),
		    report->store_error[i]);
	put(&out, "}}");
	return out.len;
}

/* Secrets of a class that still fit, counted by whole pages. */
static size_t fit(memward_ward *ward, unsigned class, size_t bytes)
{
	size_t page = mw_arena_page();
	size_t slot = mw_class_bytes(class);
	size_t pages = bytes / page;
	size_t idle = (size_t)mw_pool_idle(ward, class);

	if (class >= MW_PACKED_CLASSES)
		return idle + bytes / slot;
	/* Slots do not cross from run to run. */
	return idle + pages / MW_DATA_PAGES * (MW_DATA_PAGES * page / slot) +
	       pages % MW_DATA_PAGES * page / slot;
}

/* Bytes of pages the ward can still get, as far as limits tell. */
static size_t bytes_left(memward_ward *ward, size_t limit, size_t locked)
{
	size_t left = SIZE_MAX;

	if (((ward->policy.require & MEMWARD_LOCKED) != 0 ||
		(ward->policy.require & MEMWARD_HIDDEN) != 0) &&
	    limit != SIZE_MAX)
		left = locked < limit ? limit - locked : 0;
	if (ward->policy.limit != 0 &&
	    ward->policy.limit - ward->committed < left)
		left = ward->policy.limit - ward->committed;
	return left;
}

/* Living secrets of a class; slots go from cache to cache meanwhile. */
static uint64_t count_live(memward_ward *ward, unsigned class)
{
	uint64_t cached = class < MW_CLASSES ? mw_cache_count(ward, class) : 0;

	return ward->out[class] > cached ? ward->out[class] - cached : 0;
}

static void count(memward_ward *ward, unsigned class, memward_budget_info *info)
{
	info->live = 0;
	for (unsigned i = 0; i <= MW_CLASSES; i++)
		info->live += count_live(ward, i);
	info->peak = ward->peak[MW_ALL_CLASSES];
	info->refused = atomic_load(&ward->refused[MW_ALL_CLASSES]);
	info->live_of_size = count_live(ward, class);
	info->peak_of_size = ward->peak[class];
	info->refused_of_size = atomic_load(&ward->refused[class]);
}

int memward_budget(
    memward_ward *handle, size_t secret_size, memward_budget_info *info)
{
	uint64_t limit = mw_sys_lock_limit();
	unsigned class;
	memward_ward *ward;
	size_t left;
	int rc = 0;

	if (info == NULL)
		return MEMWARD_ENULL;
	class = mw_class_of(secret_size);
	if (class == MW_PACKED_CLASSES)
		class = mw_guarded_class(secret_size);
	if (info->size < sizeof(*info) || class == MW_CLASSES)
		return MEMWARD_EVALUE;
	mw_fork_check();
	ward = mw_ward_resolve(handle, &rc);
	if (ward == NULL)
		return rc;
	info->locked = atomic_load(&mw_ward_locked);
	info->limit = limit > SIZE_MAX ? SIZE_MAX : (size_t)limit;
	mw_mutex_lock(&ward->lock);
	/* What is locked without need is let go at the limit. */
	left = bytes_left(
	    ward, info->limit, info->locked - ward->spare + mw_range_locked());
	info->more = left == SIZE_MAX ? SIZE_MAX : fit(ward, class, left);
	count(ward, class, info);
	info->committed = ward->committed;
	mw_mutex_unlock(&ward->lock);
	return 0;
}
